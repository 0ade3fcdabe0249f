//+------------------------------------------------------------------+
//| CExpertMoney.                                                    |
//+------------------------------------------------------------------+
#include "ExpertBase.mqh"
#include "../Trade/PositionInfo.mqh"

class CExpertMoney : public CExpertBase
  {
protected:
   double            m_percent;
   CAccountInfo      m_account;

public:
   void              Percent(double percent) { m_percent = percent; }
   virtual double    CheckOpenLong(double price, double sl) { return(0.0); }
   virtual double    CheckOpenShort(double price, double sl) { return(0.0); }
   virtual double    CheckReverse(CPositionInfo *position, double sl) { return(0.0); }
   virtual double    CheckClose(CPositionInfo *position) { return(0.0); }
  };
