//+------------------------------------------------------------------+
//| CMoneyFixedRisk.                                                 |
//+------------------------------------------------------------------+
#include "../ExpertMoney.mqh"

class CMoneyFixedRisk : public CExpertMoney
  {
public:
  };
