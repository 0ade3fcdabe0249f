//+------------------------------------------------------------------+
//| CMoneyNone.                                                      |
//+------------------------------------------------------------------+
#include "../ExpertMoney.mqh"

class CMoneyNone : public CExpertMoney
  {
public:
  };
