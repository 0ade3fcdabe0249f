//+------------------------------------------------------------------+
//| CTrailingFixedPips.                                              |
//+------------------------------------------------------------------+
#include "../ExpertTrailing.mqh"

class CTrailingFixedPips : public CExpertTrailing
  {
public:
   void              StopLevel(int value) {}
   void              ProfitLevel(int value) {}
  };
