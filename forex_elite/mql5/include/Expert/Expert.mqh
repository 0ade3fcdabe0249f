//+------------------------------------------------------------------+
//| CExpert: the frame of a generated EA; its trading loop is not run here. |
//+------------------------------------------------------------------+
#include "ExpertBase.mqh"
#include "ExpertTrade.mqh"
#include "ExpertSignal.mqh"
#include "ExpertMoney.mqh"
#include "ExpertTrailing.mqh"

class CExpert : public CExpertBase
  {
protected:
   CExpertTrade     *m_trade;
   CExpertSignal    *m_signal;
   CExpertMoney     *m_money;
   CExpertTrailing  *m_trailing;
   CPositionInfo     m_position;
   COrderInfo        m_order;
   CAccountInfo      m_account;

public:
   bool              Init(string symbol, ENUM_TIMEFRAMES period, bool every_tick, ulong magic = 0) { return(true); }
   virtual bool      InitSignal(CExpertSignal *part = NULL) { return(true); }
   virtual bool      InitTrailing(CExpertTrailing *part = NULL) { return(true); }
   virtual bool      InitMoney(CExpertMoney *part = NULL) { return(true); }
   virtual bool      InitTrade(ulong magic, CExpertTrade *trade = NULL) { return(true); }
   virtual void      Deinit(void) {}
   void              OnTickProcess(bool value) {}
   void              OnTradeProcess(bool value) {}
   void              OnTimerProcess(bool value) {}
   void              OnChartEventProcess(bool value) {}
   void              OnBookEventProcess(bool value) {}
   int               MaxOrders(void) const { return(1); }
   void              MaxOrders(int value) {}
   CExpertSignal    *Signal(void) const { return(m_signal); }
   virtual void      OnTick(void) {}
   virtual void      OnTrade(void) {}
   virtual void      OnTimer(void) {}
   virtual void      OnChartEvent(const int id, const long &lparam, const double &dparam, const string &sparam) {}
   virtual void      OnBookEvent(const string &symbol) {}
   virtual bool      Processing(void) { return(false); }
   virtual bool      Refresh(void) { return(true); }
   bool              SelectPosition(void) { return(PositionSelect(_Symbol)); }
  };
