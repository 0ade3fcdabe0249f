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
   CIndicators       m_indicators;
   CIndicators      *m_indicators_ptr;
   datetime          m_last_tick_time;
   int               m_max_orders;
   int               m_pos_tot;
   int               m_deal_tot;
   int               m_hist_ord_tot;
   int               m_beg_date;
   int               m_waiting_event;
   bool              m_on_tick_process;
   bool              m_on_trade_process;
   bool              m_on_timer_process;
   MqlDateTime       m_prev_time;
   int               m_period_flags;
   bool              m_expiration;

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
   void              PrepareHistoryDate(void) {}
   void              HistoryPoint(bool from_check_trade = false) {}
   bool              CheckTradeState(void) { return(false); }
   void              WaitEvent(int event) {}
   void              NoWaitEvent(int event) {}
   bool              TimeframesFlags(MqlDateTime &time) { return(true); }
   virtual bool      Processing(void) { return(false); }
   virtual bool      Refresh(void) { return(true); }
   virtual bool      CheckOpen(void) { return(false); }
   virtual bool      CheckOpenLong(void) { return(false); }
   virtual bool      CheckOpenShort(void) { return(false); }
   virtual bool      CheckClose(void) { return(false); }
   virtual bool      CheckCloseLong(void) { return(false); }
   virtual bool      CheckCloseShort(void) { return(false); }
   virtual bool      CheckReverse(void) { return(false); }
   virtual bool      CheckReverseLong(void) { return(false); }
   virtual bool      CheckReverseShort(void) { return(false); }
   virtual bool      CheckTrailingStop(void) { return(false); }
   virtual bool      CheckTrailingStopLong(void) { return(false); }
   virtual bool      CheckTrailingStopShort(void) { return(false); }
   virtual bool      CheckTrailingOrderLong(void) { return(false); }
   virtual bool      CheckTrailingOrderShort(void) { return(false); }
   virtual bool      CheckDeleteOrderLong(void) { return(false); }
   virtual bool      CheckDeleteOrderShort(void) { return(false); }
   virtual bool      CloseAll(void) { return(false); }
   virtual bool      TradeEventPositionStopTake(void) { return(false); }
   virtual bool      TradeEventOrderTriggered(void) { return(false); }
   virtual bool      TradeEventPositionOpened(void) { return(false); }
   virtual bool      TradeEventPositionVolumeChanged(void) { return(false); }
   virtual bool      TradeEventPositionModified(void) { return(false); }
   virtual bool      TradeEventPositionClosed(void) { return(false); }
   virtual bool      TradeEventOrderPlaced(void) { return(false); }
   virtual bool      TradeEventOrderModified(void) { return(false); }
   virtual bool      TradeEventOrderDeleted(void) { return(false); }
   virtual bool      TradeEventNotIdentified(void) { return(false); }
   virtual bool      InitParameters(void) { return(false); }
   virtual bool      OpenLong(double price, double sl, double tp) { return(false); }
   virtual bool      OpenShort(double price, double sl, double tp) { return(false); }
   virtual bool      ReverseLong(double price, double sl, double tp) { return(false); }
   virtual bool      ReverseShort(double price, double sl, double tp) { return(false); }
   virtual bool      CloseLong(double price) { return(false); }
   virtual bool      CloseShort(double price) { return(false); }
   virtual bool      TrailingStopLong(double sl, double tp) { return(false); }
   virtual bool      TrailingStopShort(double sl, double tp) { return(false); }
   virtual double    LotOpenLong(double price, double sl) { return(0.0); }
   virtual double    LotOpenShort(double price, double sl) { return(0.0); }
   virtual double    LotReverse(double sl) { return(0.0); }
   bool              SelectPosition(void) { return(PositionSelect(_Symbol)); }
  };
