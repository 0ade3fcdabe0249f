//+------------------------------------------------------------------+
//| CTrailingPSAR.                                                   |
//+------------------------------------------------------------------+
#include "../ExpertTrailing.mqh"

class CTrailingPSAR : public CExpertTrailing
  {
public:
   void              Step(double value) {}
   void              Maximum(double value) {}
  };
