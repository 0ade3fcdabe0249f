//+------------------------------------------------------------------+
//| CMoneyFixedMargin.                                               |
//+------------------------------------------------------------------+
#include "../ExpertMoney.mqh"

class CMoneyFixedMargin : public CExpertMoney
  {
public:
  };
