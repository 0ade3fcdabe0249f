//+------------------------------------------------------------------+
//| CAccountInfo: the properties of the account.                     |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CAccountInfo : public CObject
  {
public:
                     CAccountInfo(void) {}
                    ~CAccountInfo(void) {}
   long              Login(void) const { return(AccountInfoInteger(ACCOUNT_LOGIN)); }
   ENUM_ACCOUNT_TRADE_MODE TradeMode(void) const { return((ENUM_ACCOUNT_TRADE_MODE)AccountInfoInteger(ACCOUNT_TRADE_MODE)); }
   long              Leverage(void) const { return(AccountInfoInteger(ACCOUNT_LEVERAGE)); }
   ENUM_ACCOUNT_STOPOUT_MODE StopoutMode(void) const { return((ENUM_ACCOUNT_STOPOUT_MODE)AccountInfoInteger(ACCOUNT_MARGIN_SO_MODE)); }
   ENUM_ACCOUNT_MARGIN_MODE MarginMode(void) const { return((ENUM_ACCOUNT_MARGIN_MODE)AccountInfoInteger(ACCOUNT_MARGIN_MODE)); }
   bool              TradeAllowed(void) const { return((bool)AccountInfoInteger(ACCOUNT_TRADE_ALLOWED)); }
   bool              TradeExpert(void) const { return((bool)AccountInfoInteger(ACCOUNT_TRADE_EXPERT)); }
   int               LimitOrders(void) const { return((int)AccountInfoInteger(ACCOUNT_LIMIT_ORDERS)); }
   double            Balance(void) const { return(AccountInfoDouble(ACCOUNT_BALANCE)); }
   double            Credit(void) const { return(AccountInfoDouble(ACCOUNT_CREDIT)); }
   double            Profit(void) const { return(AccountInfoDouble(ACCOUNT_PROFIT)); }
   double            Equity(void) const { return(AccountInfoDouble(ACCOUNT_EQUITY)); }
   double            Margin(void) const { return(AccountInfoDouble(ACCOUNT_MARGIN)); }
   double            FreeMargin(void) const { return(AccountInfoDouble(ACCOUNT_MARGIN_FREE)); }
   double            MarginLevel(void) const { return(AccountInfoDouble(ACCOUNT_MARGIN_LEVEL)); }
   double            MarginCall(void) const { return(AccountInfoDouble(ACCOUNT_MARGIN_SO_CALL)); }
   double            MarginStopOut(void) const { return(AccountInfoDouble(ACCOUNT_MARGIN_SO_SO)); }
   string            Name(void) const { return(AccountInfoString(ACCOUNT_NAME)); }
   string            Server(void) const { return(AccountInfoString(ACCOUNT_SERVER)); }
   string            Currency(void) const { return(AccountInfoString(ACCOUNT_CURRENCY)); }
   string            Company(void) const { return(AccountInfoString(ACCOUNT_COMPANY)); }
   string            TradeModeDescription(void) const { return(EnumToString(TradeMode())); }
   string            StopoutModeDescription(void) const { return(EnumToString(StopoutMode())); }
   string            MarginModeDescription(void) const { return(EnumToString(MarginMode())); }
   long              InfoInteger(const ENUM_ACCOUNT_INFO_INTEGER prop_id) const { return(AccountInfoInteger(prop_id)); }
   double            InfoDouble(const ENUM_ACCOUNT_INFO_DOUBLE prop_id) const { return(AccountInfoDouble(prop_id)); }
   string            InfoString(const ENUM_ACCOUNT_INFO_STRING prop_id) const { return(AccountInfoString(prop_id)); }
   double            OrderProfitCheck(const string symbol, const ENUM_ORDER_TYPE operation, const double volume, const double price_open,
                                      const double price_close) const
     {
      double profit = 0.0;
      return(OrderCalcProfit(operation, symbol, volume, price_open, price_close, profit) ? profit : EMPTY_VALUE);
     }
   double            MarginCheck(const string symbol, const ENUM_ORDER_TYPE operation, const double volume, const double price) const
     {
      double margin = 0.0;
      return(OrderCalcMargin(operation, symbol, volume, price, margin) ? margin : EMPTY_VALUE);
     }
   double            FreeMarginCheck(const string symbol, const ENUM_ORDER_TYPE operation, const double volume, const double price) const
     {
      return(FreeMargin() - MarginCheck(symbol, operation, volume, price));
     }
   double            MaxLotCheck(const string symbol, const ENUM_ORDER_TYPE operation, const double price, const double percent = 100.0) const
     {
      double margin = MarginCheck(symbol, operation, 1.0, price);
      double step = SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP);
      if(margin <= 0.0 || step <= 0.0)
         return(0.0);
      double volume = MathFloor(FreeMargin() * percent / 100.0 / margin / step) * step;
      return(MathMin(volume, SymbolInfoDouble(symbol, SYMBOL_VOLUME_MAX)));
     }
  };
