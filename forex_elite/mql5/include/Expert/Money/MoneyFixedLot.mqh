//+------------------------------------------------------------------+
//| CMoneyFixedLot.                                                  |
//+------------------------------------------------------------------+
#include "../ExpertMoney.mqh"

class CMoneyFixedLot : public CExpertMoney
  {
public:
   void              Lots(double value) {}
  };
