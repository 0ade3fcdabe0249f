//+------------------------------------------------------------------+
//| CMoneySizeOptimized.                                             |
//+------------------------------------------------------------------+
#include "../ExpertMoney.mqh"

class CMoneySizeOptimized : public CExpertMoney
  {
public:
   void              DecreaseFactor(double value) {}
  };
