//+------------------------------------------------------------------+
//| CSymbolInfo: the properties of a symbol.                         |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CSymbolInfo : public CObject
  {
protected:
   string            m_name;
   MqlTick           m_tick;

public:
                     CSymbolInfo(void) : m_name(_Symbol) { ZeroMemory(m_tick); }
                    ~CSymbolInfo(void) {}
   bool              Select(void) const { return((bool)SymbolInfoInteger(m_name, SYMBOL_SELECT)); }
   long              SessionDeals(void) const { return(SymbolInfoInteger(m_name, SYMBOL_SESSION_DEALS)); }
   long              SessionBuyOrders(void) const { return(SymbolInfoInteger(m_name, SYMBOL_SESSION_BUY_ORDERS)); }
   long              SessionSellOrders(void) const { return(SymbolInfoInteger(m_name, SYMBOL_SESSION_SELL_ORDERS)); }
   int               Digits(void) const { return((int)SymbolInfoInteger(m_name, SYMBOL_DIGITS)); }
   int               Spread(void) const { return((int)SymbolInfoInteger(m_name, SYMBOL_SPREAD)); }
   bool              SpreadFloat(void) const { return((bool)SymbolInfoInteger(m_name, SYMBOL_SPREAD_FLOAT)); }
   int               TicksBookDepth(void) const { return((int)SymbolInfoInteger(m_name, SYMBOL_TICKS_BOOKDEPTH)); }
   int               StopsLevel(void) const { return((int)SymbolInfoInteger(m_name, SYMBOL_TRADE_STOPS_LEVEL)); }
   int               FreezeLevel(void) const { return((int)SymbolInfoInteger(m_name, SYMBOL_TRADE_FREEZE_LEVEL)); }
   ENUM_SYMBOL_CALC_MODE TradeCalcMode(void) const { return((ENUM_SYMBOL_CALC_MODE)SymbolInfoInteger(m_name, SYMBOL_TRADE_CALC_MODE)); }
   ENUM_SYMBOL_TRADE_MODE TradeMode(void) const { return((ENUM_SYMBOL_TRADE_MODE)SymbolInfoInteger(m_name, SYMBOL_TRADE_MODE)); }
   datetime          StartTime(void) const { return((datetime)SymbolInfoInteger(m_name, SYMBOL_START_TIME)); }
   datetime          ExpirationTime(void) const { return((datetime)SymbolInfoInteger(m_name, SYMBOL_EXPIRATION_TIME)); }
   ENUM_SYMBOL_TRADE_EXECUTION TradeExecution(void) const { return((ENUM_SYMBOL_TRADE_EXECUTION)SymbolInfoInteger(m_name, SYMBOL_TRADE_EXEMODE)); }
   ENUM_SYMBOL_SWAP_MODE SwapMode(void) const { return((ENUM_SYMBOL_SWAP_MODE)SymbolInfoInteger(m_name, SYMBOL_SWAP_MODE)); }
   ENUM_DAY_OF_WEEK  SwapRollover3days(void) const { return((ENUM_DAY_OF_WEEK)SymbolInfoInteger(m_name, SYMBOL_SWAP_ROLLOVER3DAYS)); }
   int               TradeFillFlags(void) const { return((int)SymbolInfoInteger(m_name, SYMBOL_FILLING_MODE)); }
   int               TradeTimeFlags(void) const { return((int)SymbolInfoInteger(m_name, SYMBOL_EXPIRATION_MODE)); }
   int               OrderMode(void) const { return((int)SymbolInfoInteger(m_name, SYMBOL_ORDER_MODE)); }
   double            BidHigh(void) const { return(SymbolInfoDouble(m_name, SYMBOL_BIDHIGH)); }
   double            BidLow(void) const { return(SymbolInfoDouble(m_name, SYMBOL_BIDLOW)); }
   double            AskHigh(void) const { return(SymbolInfoDouble(m_name, SYMBOL_ASKHIGH)); }
   double            AskLow(void) const { return(SymbolInfoDouble(m_name, SYMBOL_ASKLOW)); }
   double            LastHigh(void) const { return(SymbolInfoDouble(m_name, SYMBOL_LASTHIGH)); }
   double            LastLow(void) const { return(SymbolInfoDouble(m_name, SYMBOL_LASTLOW)); }
   double            Point(void) const { return(SymbolInfoDouble(m_name, SYMBOL_POINT)); }
   double            TickValue(void) const { return(SymbolInfoDouble(m_name, SYMBOL_TRADE_TICK_VALUE)); }
   double            TickValueProfit(void) const { return(SymbolInfoDouble(m_name, SYMBOL_TRADE_TICK_VALUE_PROFIT)); }
   double            TickValueLoss(void) const { return(SymbolInfoDouble(m_name, SYMBOL_TRADE_TICK_VALUE_LOSS)); }
   double            TickSize(void) const { return(SymbolInfoDouble(m_name, SYMBOL_TRADE_TICK_SIZE)); }
   double            ContractSize(void) const { return(SymbolInfoDouble(m_name, SYMBOL_TRADE_CONTRACT_SIZE)); }
   double            LotsMin(void) const { return(SymbolInfoDouble(m_name, SYMBOL_VOLUME_MIN)); }
   double            LotsMax(void) const { return(SymbolInfoDouble(m_name, SYMBOL_VOLUME_MAX)); }
   double            LotsStep(void) const { return(SymbolInfoDouble(m_name, SYMBOL_VOLUME_STEP)); }
   double            LotsLimit(void) const { return(SymbolInfoDouble(m_name, SYMBOL_VOLUME_LIMIT)); }
   double            SwapLong(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SWAP_LONG)); }
   double            SwapShort(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SWAP_SHORT)); }
   double            MarginInitial(void) const { return(SymbolInfoDouble(m_name, SYMBOL_MARGIN_INITIAL)); }
   double            MarginMaintenance(void) const { return(SymbolInfoDouble(m_name, SYMBOL_MARGIN_MAINTENANCE)); }
   double            MarginLong(void) const { return(SymbolInfoDouble(m_name, SYMBOL_MARGIN_LONG)); }
   double            MarginShort(void) const { return(SymbolInfoDouble(m_name, SYMBOL_MARGIN_SHORT)); }
   double            MarginLimit(void) const { return(SymbolInfoDouble(m_name, SYMBOL_MARGIN_LIMIT)); }
   double            MarginStop(void) const { return(SymbolInfoDouble(m_name, SYMBOL_MARGIN_STOP)); }
   double            MarginStopLimit(void) const { return(SymbolInfoDouble(m_name, SYMBOL_MARGIN_STOPLIMIT)); }
   double            MarginHedged(void) const { return(SymbolInfoDouble(m_name, SYMBOL_MARGIN_HEDGED)); }
   double            SessionTurnover(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_TURNOVER)); }
   double            SessionInterest(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_INTEREST)); }
   double            SessionBuyOrdersVolume(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_BUY_ORDERS_VOLUME)); }
   double            SessionSellOrdersVolume(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_SELL_ORDERS_VOLUME)); }
   double            SessionOpen(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_OPEN)); }
   double            SessionClose(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_CLOSE)); }
   double            SessionAW(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_AW)); }
   double            SessionPriceSettlement(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_PRICE_SETTLEMENT)); }
   double            SessionPriceLimitMin(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_PRICE_LIMIT_MIN)); }
   double            SessionPriceLimitMax(void) const { return(SymbolInfoDouble(m_name, SYMBOL_SESSION_PRICE_LIMIT_MAX)); }
   string            CurrencyBase(void) const { return(SymbolInfoString(m_name, SYMBOL_CURRENCY_BASE)); }
   string            CurrencyProfit(void) const { return(SymbolInfoString(m_name, SYMBOL_CURRENCY_PROFIT)); }
   string            CurrencyMargin(void) const { return(SymbolInfoString(m_name, SYMBOL_CURRENCY_MARGIN)); }
   string            Bank(void) const { return(SymbolInfoString(m_name, SYMBOL_BANK)); }
   string            Description(void) const { return(SymbolInfoString(m_name, SYMBOL_DESCRIPTION)); }
   string            Path(void) const { return(SymbolInfoString(m_name, SYMBOL_PATH)); }
   string            TradeCalcModeDescription(void) const { return(EnumToString(TradeCalcMode())); }
   string            TradeModeDescription(void) const { return(EnumToString(TradeMode())); }
   string            TradeExecutionDescription(void) const { return(EnumToString(TradeExecution())); }
   string            SwapModeDescription(void) const { return(EnumToString(SwapMode())); }
   string            SwapRollover3daysDescription(void) const { return(EnumToString(SwapRollover3days())); }
   string            Name(void) const { return(m_name); }
   bool              Name(const string name)
     {
      m_name = name == "" || name == NULL ? _Symbol : name;
      if(!SymbolSelect(m_name, true))
         return(false);
      return(Refresh());
     }
   bool              Refresh(void) { return(CheckMarketWatch()); }
   bool              RefreshRates(void) { return(SymbolInfoTick(m_name, m_tick)); }
   bool              Select(const bool select) { return(SymbolSelect(m_name, select)); }
   bool              IsSynchronized(void) const { return(SymbolIsSynchronized(m_name)); }
   bool              CheckMarketWatch(void) { return(Select() || SymbolSelect(m_name, true)); }
   ulong             Volume(void) const { return(m_tick.volume); }
   ulong             VolumeHigh(void) const { return((ulong)SymbolInfoInteger(m_name, SYMBOL_VOLUMEHIGH)); }
   ulong             VolumeLow(void) const { return((ulong)SymbolInfoInteger(m_name, SYMBOL_VOLUMELOW)); }
   datetime          Time(void) const { return(m_tick.time); }
   double            Bid(void) const { return(m_tick.bid); }
   double            Ask(void) const { return(m_tick.ask); }
   double            Last(void) const { return(m_tick.last); }
   double            NormalizePrice(const double price) const
     {
      double tick = TickSize();
      return(NormalizeDouble(tick > 0.0 ? MathRound(price / tick) * tick : price, Digits()));
     }
   bool              InfoInteger(const ENUM_SYMBOL_INFO_INTEGER prop_id, long &var) const { return(SymbolInfoInteger(m_name, prop_id, var)); }
   bool              InfoDouble(const ENUM_SYMBOL_INFO_DOUBLE prop_id, double &var) const { return(SymbolInfoDouble(m_name, prop_id, var)); }
   bool              InfoString(const ENUM_SYMBOL_INFO_STRING prop_id, string &var) const { return(SymbolInfoString(m_name, prop_id, var)); }
   bool              InfoMarginRate(const ENUM_ORDER_TYPE order_type, double &initial_margin_rate, double &maintenance_margin_rate) const
     { return(SymbolInfoMarginRate(m_name, order_type, initial_margin_rate, maintenance_margin_rate)); }
  };
