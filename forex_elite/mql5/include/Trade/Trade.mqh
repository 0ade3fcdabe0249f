//+------------------------------------------------------------------+
//| CTrade: requests to the trade server, one method for each intent.  |
//+------------------------------------------------------------------+
#include "../Object.mqh"
#include "OrderInfo.mqh"
#include "HistoryOrderInfo.mqh"
#include "PositionInfo.mqh"
#include "DealInfo.mqh"
#include "SymbolInfo.mqh"

enum ENUM_LOG_LEVELS
  {
   LOG_LEVEL_NO = 0,
   LOG_LEVEL_ERRORS = 1,
   LOG_LEVEL_ALL = 2
  };

class CTrade : public CObject
  {
protected:
   MqlTradeRequest       m_request;
   MqlTradeResult        m_result;
   MqlTradeCheckResult   m_check_result;
   bool                  m_async_mode;
   ulong                 m_magic;
   ulong                 m_deviation;
   ENUM_ORDER_TYPE_FILLING m_type_filling;
   ENUM_ACCOUNT_MARGIN_MODE m_margin_mode;
   ENUM_LOG_LEVELS       m_log_level;

public:
                     CTrade(void) : m_async_mode(false), m_magic(0), m_deviation(10), m_type_filling(ORDER_FILLING_FOK),
                                    m_margin_mode(ACCOUNT_MARGIN_MODE_RETAIL_NETTING), m_log_level(LOG_LEVEL_ERRORS)
     {
      SetMarginMode();
      ClearStructures();
     }
                    ~CTrade(void) {}
   void              LogLevel(const ENUM_LOG_LEVELS log_level) { m_log_level = log_level; }
   void              Request(MqlTradeRequest &request) const { request = m_request; }
   ENUM_TRADE_REQUEST_ACTIONS RequestAction(void) const { return(m_request.action); }
   string            RequestActionDescription(void) const { return(EnumToString(m_request.action)); }
   ulong             RequestMagic(void) const { return(m_request.magic); }
   ulong             RequestOrder(void) const { return(m_request.order); }
   ulong             RequestPosition(void) const { return(m_request.position); }
   ulong             RequestPositionBy(void) const { return(m_request.position_by); }
   string            RequestSymbol(void) const { return(m_request.symbol); }
   double            RequestVolume(void) const { return(m_request.volume); }
   double            RequestPrice(void) const { return(m_request.price); }
   double            RequestStopLimit(void) const { return(m_request.stoplimit); }
   double            RequestSL(void) const { return(m_request.sl); }
   double            RequestTP(void) const { return(m_request.tp); }
   ulong             RequestDeviation(void) const { return(m_request.deviation); }
   ENUM_ORDER_TYPE   RequestType(void) const { return(m_request.type); }
   string            RequestTypeDescription(void) const { return(EnumToString(m_request.type)); }
   ENUM_ORDER_TYPE_FILLING RequestTypeFilling(void) const { return(m_request.type_filling); }
   string            RequestTypeFillingDescription(void) const { return(EnumToString(m_request.type_filling)); }
   ENUM_ORDER_TYPE_TIME RequestTypeTime(void) const { return(m_request.type_time); }
   string            RequestTypeTimeDescription(void) const { return(EnumToString(m_request.type_time)); }
   datetime          RequestExpiration(void) const { return(m_request.expiration); }
   string            RequestComment(void) const { return(m_request.comment); }
   void              Result(MqlTradeResult &result) const { result = m_result; }
   uint              ResultRetcode(void) const { return(m_result.retcode); }
   string            ResultRetcodeDescription(void) const { return(RetcodeText(m_result.retcode)); }
   int               ResultRetcodeExternal(void) const { return(m_result.retcode_external); }
   ulong             ResultDeal(void) const { return(m_result.deal); }
   ulong             ResultOrder(void) const { return(m_result.order); }
   double            ResultVolume(void) const { return(m_result.volume); }
   double            ResultPrice(void) const { return(m_result.price); }
   double            ResultBid(void) const { return(m_result.bid); }
   double            ResultAsk(void) const { return(m_result.ask); }
   string            ResultComment(void) const { return(m_result.comment); }
   void              CheckResult(MqlTradeCheckResult &check_result) const { check_result = m_check_result; }
   uint              CheckResultRetcode(void) const { return(m_check_result.retcode); }
   string            CheckResultRetcodeDescription(void) const { return(RetcodeText(m_check_result.retcode)); }
   double            CheckResultBalance(void) const { return(m_check_result.balance); }
   double            CheckResultEquity(void) const { return(m_check_result.equity); }
   double            CheckResultProfit(void) const { return(m_check_result.profit); }
   double            CheckResultMargin(void) const { return(m_check_result.margin); }
   double            CheckResultMarginFree(void) const { return(m_check_result.margin_free); }
   double            CheckResultMarginLevel(void) const { return(m_check_result.margin_level); }
   string            CheckResultComment(void) const { return(m_check_result.comment); }
   void              SetAsyncMode(const bool mode) { m_async_mode = mode; }
   void              SetExpertMagicNumber(const ulong magic) { m_magic = magic; }
   void              SetDeviationInPoints(const ulong deviation) { m_deviation = deviation; }
   void              SetTypeFilling(const ENUM_ORDER_TYPE_FILLING filling) { m_type_filling = filling; }
   bool              SetTypeFillingBySymbol(const string symbol)
     {
      long allowed = SymbolInfoInteger(symbol, SYMBOL_FILLING_MODE);
      if((allowed & SYMBOL_FILLING_FOK) == SYMBOL_FILLING_FOK)
         m_type_filling = ORDER_FILLING_FOK;
      else
         if((allowed & SYMBOL_FILLING_IOC) == SYMBOL_FILLING_IOC)
            m_type_filling = ORDER_FILLING_IOC;
         else
            return(false);
      return(true);
     }
   void              SetMarginMode(void) { m_margin_mode = (ENUM_ACCOUNT_MARGIN_MODE)AccountInfoInteger(ACCOUNT_MARGIN_MODE); }

   bool              PositionOpen(const string symbol, const ENUM_ORDER_TYPE order_type, const double volume,
                                  const double price, const double sl, const double tp, const string comment = "")
     {
      ClearStructures();
      if(order_type != ORDER_TYPE_BUY && order_type != ORDER_TYPE_SELL)
         return(Refuse(TRADE_RETCODE_INVALID));
      m_request.action = TRADE_ACTION_DEAL;
      Fill(symbol, order_type, volume, price, sl, tp, comment);
      return(Send());
     }
   bool              PositionModify(const string symbol, const double sl, const double tp)
     {
      if(!SelectPosition(symbol))
         return(false);
      return(ModifySelected(sl, tp));
     }
   bool              PositionModify(const ulong ticket, const double sl, const double tp)
     {
      if(!PositionSelectByTicket(ticket))
         return(false);
      return(ModifySelected(sl, tp));
     }
   bool              PositionClose(const string symbol, const ulong deviation = ULONG_MAX)
     {
      if(!SelectPosition(symbol))
         return(false);
      return(CloseSelected(PositionGetDouble(POSITION_VOLUME), deviation));
     }
   bool              PositionClose(const ulong ticket, const ulong deviation = ULONG_MAX)
     {
      if(!PositionSelectByTicket(ticket))
         return(false);
      return(CloseSelected(PositionGetDouble(POSITION_VOLUME), deviation));
     }
   bool              PositionCloseBy(const ulong ticket, const ulong ticket_by)
     {
      if(!IsHedging() || !PositionSelectByTicket(ticket))
         return(false);
      ClearStructures();
      m_request.action = TRADE_ACTION_CLOSE_BY;
      m_request.position = ticket;
      m_request.position_by = ticket_by;
      m_request.symbol = PositionGetString(POSITION_SYMBOL);
      m_request.magic = m_magic;
      return(Send());
     }
   bool              PositionClosePartial(const string symbol, const double volume, const ulong deviation = ULONG_MAX)
     {
      if(!SelectPosition(symbol))
         return(false);
      return(CloseSelected(MathMin(volume, PositionGetDouble(POSITION_VOLUME)), deviation));
     }
   bool              PositionClosePartial(const ulong ticket, const double volume, const ulong deviation = ULONG_MAX)
     {
      if(!PositionSelectByTicket(ticket))
         return(false);
      return(CloseSelected(MathMin(volume, PositionGetDouble(POSITION_VOLUME)), deviation));
     }
   bool              OrderOpen(const string symbol, const ENUM_ORDER_TYPE order_type, const double volume,
                               const double limit_price, const double price, const double sl, const double tp,
                               ENUM_ORDER_TYPE_TIME type_time = ORDER_TIME_GTC, const datetime expiration = 0,
                               const string comment = "")
     {
      ClearStructures();
      if(order_type == ORDER_TYPE_BUY || order_type == ORDER_TYPE_SELL)
         return(Refuse(TRADE_RETCODE_INVALID));
      m_request.action = TRADE_ACTION_PENDING;
      Fill(symbol, order_type, volume, price, sl, tp, comment);
      m_request.stoplimit = limit_price;
      m_request.type_time = type_time;
      m_request.expiration = expiration;
      return(Send());
     }
   bool              OrderModify(const ulong ticket, const double price, const double sl, const double tp,
                                 const ENUM_ORDER_TYPE_TIME type_time, const datetime expiration, const double stoplimit = 0.0)
     {
      if(!OrderSelect(ticket))
         return(false);
      ClearStructures();
      m_request.action = TRADE_ACTION_MODIFY;
      m_request.symbol = OrderGetString(ORDER_SYMBOL);
      m_request.magic = m_magic;
      m_request.order = ticket;
      m_request.price = price;
      m_request.stoplimit = stoplimit;
      m_request.sl = sl;
      m_request.tp = tp;
      m_request.type_time = type_time;
      m_request.expiration = expiration;
      return(Send());
     }
   bool              OrderDelete(const ulong ticket)
     {
      ClearStructures();
      m_request.action = TRADE_ACTION_REMOVE;
      m_request.magic = m_magic;
      m_request.order = ticket;
      return(Send());
     }
   bool              Buy(const double volume, const string symbol = NULL, double price = 0.0, const double sl = 0.0,
                         const double tp = 0.0, const string comment = "")
     {
      string name = symbol == NULL ? _Symbol : symbol;
      if(price == 0.0)
         price = SymbolInfoDouble(name, SYMBOL_ASK);
      return(PositionOpen(name, ORDER_TYPE_BUY, volume, price, sl, tp, comment));
     }
   bool              Sell(const double volume, const string symbol = NULL, double price = 0.0, const double sl = 0.0,
                          const double tp = 0.0, const string comment = "")
     {
      string name = symbol == NULL ? _Symbol : symbol;
      if(price == 0.0)
         price = SymbolInfoDouble(name, SYMBOL_BID);
      return(PositionOpen(name, ORDER_TYPE_SELL, volume, price, sl, tp, comment));
     }
   bool              BuyLimit(const double volume, const double price, const string symbol = NULL, const double sl = 0.0,
                              const double tp = 0.0, const ENUM_ORDER_TYPE_TIME type_time = ORDER_TIME_GTC,
                              const datetime expiration = 0, const string comment = "")
     { return(Pending(ORDER_TYPE_BUY_LIMIT, volume, price, symbol, sl, tp, type_time, expiration, comment)); }
   bool              BuyStop(const double volume, const double price, const string symbol = NULL, const double sl = 0.0,
                             const double tp = 0.0, const ENUM_ORDER_TYPE_TIME type_time = ORDER_TIME_GTC,
                             const datetime expiration = 0, const string comment = "")
     { return(Pending(ORDER_TYPE_BUY_STOP, volume, price, symbol, sl, tp, type_time, expiration, comment)); }
   bool              SellLimit(const double volume, const double price, const string symbol = NULL, const double sl = 0.0,
                               const double tp = 0.0, const ENUM_ORDER_TYPE_TIME type_time = ORDER_TIME_GTC,
                               const datetime expiration = 0, const string comment = "")
     { return(Pending(ORDER_TYPE_SELL_LIMIT, volume, price, symbol, sl, tp, type_time, expiration, comment)); }
   bool              SellStop(const double volume, const double price, const string symbol = NULL, const double sl = 0.0,
                              const double tp = 0.0, const ENUM_ORDER_TYPE_TIME type_time = ORDER_TIME_GTC,
                              const datetime expiration = 0, const string comment = "")
     { return(Pending(ORDER_TYPE_SELL_STOP, volume, price, symbol, sl, tp, type_time, expiration, comment)); }
   virtual double    CheckVolume(const string symbol, double volume, double price, ENUM_ORDER_TYPE order_type)
     {
      double margin = 0.0, free = AccountInfoDouble(ACCOUNT_MARGIN_FREE);
      double step = SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP);
      if(!OrderCalcMargin(order_type, symbol, volume, price, margin) || margin <= free || step <= 0.0)
         return(volume);
      double fitting = MathFloor(volume * free / margin / step) * step;
      return(fitting < SymbolInfoDouble(symbol, SYMBOL_VOLUME_MIN) ? 0.0 : fitting);
     }
   virtual bool      OrderCheck(const MqlTradeRequest &request, MqlTradeCheckResult &check_result)
     {
      MqlTradeRequest copy = request;
      return(::OrderCheck(copy, check_result));
     }
   virtual bool      OrderSend(const MqlTradeRequest &request, MqlTradeResult &result)
     {
      MqlTradeRequest copy = request;
      return(m_async_mode ? ::OrderSendAsync(copy, result) : ::OrderSend(copy, result));
     }
   string            FormatPositionType(string &str, const uint type) const
     {
      str = type == POSITION_TYPE_BUY ? "buy" : "sell";
      return(str);
     }
   string            FormatOrderType(string &str, const uint type) const
     {
      str = EnumToString((ENUM_ORDER_TYPE)type);
      return(str);
     }
   string            FormatRequest(string &str, const MqlTradeRequest &request) const
     {
      str = StringFormat("%s %s %g %s", EnumToString(request.action), EnumToString(request.type), request.volume, request.symbol);
      return(str);
     }
   string            FormatRequestResult(string &str, const MqlTradeRequest &request, const MqlTradeResult &result) const
     {
      str = RetcodeText(result.retcode);
      return(str);
     }
   void              PrintRequest(void) const
     {
      string text;
      Print(FormatRequest(text, m_request));
     }
   void              PrintResult(void) const { Print(RetcodeText(m_result.retcode)); }

protected:
   bool              FillingCheck(const string symbol) { return(true); }
   bool              ExpirationCheck(const string symbol) { return(true); }
   bool              OrderTypeCheck(const string symbol) { return(true); }
   bool              IsStopped(const string function) { return(::IsStopped()); }
   bool              IsHedging(void) const { return(m_margin_mode == ACCOUNT_MARGIN_MODE_RETAIL_HEDGING); }
   bool              SelectPosition(const string symbol)
     {
      if(!IsHedging())
         return(PositionSelect(symbol));
      for(int i = PositionsTotal() - 1; i >= 0; i--)
         if(PositionGetSymbol(i) == symbol && (ulong)PositionGetInteger(POSITION_MAGIC) == m_magic)
            return(true);
      return(false);
     }
   void              ClearStructures(void)
     {
      ZeroMemory(m_request);
      ZeroMemory(m_result);
      ZeroMemory(m_check_result);
     }

private:
   bool              Refuse(const uint retcode)
     {
      m_result.retcode = retcode;
      return(false);
     }
   void              Fill(const string symbol, const ENUM_ORDER_TYPE order_type, const double volume, const double price,
                          const double sl, const double tp, const string comment)
     {
      m_request.symbol = symbol;
      m_request.magic = m_magic;
      m_request.volume = volume;
      m_request.type = order_type;
      m_request.price = price;
      m_request.sl = sl;
      m_request.tp = tp;
      m_request.deviation = m_deviation;
      m_request.type_filling = m_type_filling;
      m_request.comment = comment;
     }
   bool              Pending(const ENUM_ORDER_TYPE order_type, const double volume, const double price, const string symbol,
                             const double sl, const double tp, const ENUM_ORDER_TYPE_TIME type_time,
                             const datetime expiration, const string comment)
     {
      string name = symbol == NULL ? _Symbol : symbol;
      if(volume <= 0.0)
         return(Refuse(TRADE_RETCODE_INVALID_VOLUME));
      return(OrderOpen(name, order_type, volume, 0.0, price, sl, tp, type_time, expiration, comment));
     }
   bool              ModifySelected(const double sl, const double tp)
     {
      ClearStructures();
      m_request.action = TRADE_ACTION_SLTP;
      m_request.symbol = PositionGetString(POSITION_SYMBOL);
      m_request.magic = m_magic;
      m_request.position = (ulong)PositionGetInteger(POSITION_TICKET);
      m_request.sl = sl;
      m_request.tp = tp;
      return(Send());
     }
   bool              CloseSelected(const double volume, const ulong deviation)
     {
      bool is_buy = PositionGetInteger(POSITION_TYPE) == POSITION_TYPE_BUY;
      string symbol = PositionGetString(POSITION_SYMBOL);
      ulong ticket = (ulong)PositionGetInteger(POSITION_TICKET);
      ClearStructures();
      m_request.action = TRADE_ACTION_DEAL;
      m_request.position = ticket;
      Fill(symbol, is_buy ? ORDER_TYPE_SELL : ORDER_TYPE_BUY, volume,
           SymbolInfoDouble(symbol, is_buy ? SYMBOL_BID : SYMBOL_ASK), 0.0, 0.0, "");
      m_request.deviation = deviation == ULONG_MAX ? m_deviation : deviation;
      return(Send());
     }
   bool              Send(void)
     {
      bool sent = OrderSend(m_request, m_result);
      if(m_log_level == LOG_LEVEL_ALL || (!sent && m_log_level == LOG_LEVEL_ERRORS))
         PrintResult();
      return(sent);
     }
   string            RetcodeText(const uint retcode) const
     {
      switch(retcode)
        {
         case TRADE_RETCODE_REQUOTE:
            return("requote");
         case TRADE_RETCODE_REJECT:
            return("rejected");
         case TRADE_RETCODE_CANCEL:
            return("canceled by trader");
         case TRADE_RETCODE_PLACED:
            return("placed");
         case TRADE_RETCODE_DONE:
            return("done");
         case TRADE_RETCODE_DONE_PARTIAL:
            return("done partially");
         case TRADE_RETCODE_INVALID:
            return("invalid request");
         case TRADE_RETCODE_INVALID_VOLUME:
            return("invalid volume");
         case TRADE_RETCODE_INVALID_PRICE:
            return("invalid price");
         case TRADE_RETCODE_INVALID_STOPS:
            return("invalid stops");
         case TRADE_RETCODE_NO_MONEY:
            return("not enough money");
         case TRADE_RETCODE_MARKET_CLOSED:
            return("market closed");
         case TRADE_RETCODE_INVALID_FILL:
            return("unsupported filling mode");
         case TRADE_RETCODE_CLIENT_DISABLES_AT:
            return("auto trading disabled by client");
        }
      return("retcode " + IntegerToString(retcode));
     }
  };
