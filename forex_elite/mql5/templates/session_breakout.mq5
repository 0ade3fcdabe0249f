//+------------------------------------------------------------------+
//| Session range breakout                                           |
//| Measures the range of the quiet hours, then trades the first     |
//| break out of it, once a day, with the other side of the range as |
//| the stop. All is closed at the end of the day.                   |
//+------------------------------------------------------------------+
#property copyright "Made with ForexElite"
#property version "1.00"

#include <Trade/Trade.mqh>

input group "Range"
input int InpRangeStart = 0; // First hour of the range, broker's time
input int InpRangeEnd = 8; // First hour after the range, broker's time
input int InpCloseHour = 20; // Hour at which all is closed, broker's time
input group "Trade"
input double InpRiskPercent = 0.5; // Risk of a trade, percent of the balance
input double InpTargetRatio = 1.5; // Take profit, multiples of the stop distance
input double InpBuffer = 10; // Beyond the range, points
input ulong InpMagic = 10002; // Magic number

CTrade trade; // sends the orders
double range_high = 0; // highest price of today's range
double range_low = 0; // lowest price of today's range
int traded_day = -1; // day of the year of the last trade

//+------------------------------------------------------------------+
//| Checks the inputs                                                |
//+------------------------------------------------------------------+
int OnInit()
  {
   if(InpRangeStart < 0 || InpRangeStart >= InpRangeEnd || InpRangeEnd >= InpCloseHour || InpCloseHour > 23)
     {
      Print("Keep range start < range end < close hour <= 23.");
      return(INIT_PARAMETERS_INCORRECT);
     }
   trade.SetExpertMagicNumber(InpMagic);
   trade.SetTypeFillingBySymbol(_Symbol);
   return(INIT_SUCCEEDED);
  }
//+------------------------------------------------------------------+
//| Measures, trades, or closes, by the hour                         |
//+------------------------------------------------------------------+
void OnTick()
  {
   MqlDateTime now;
   TimeToStruct(TimeCurrent(), now);
   if(now.hour >= InpCloseHour)
     {
      CloseOwn();
      return;
     }
   if(now.hour < InpRangeEnd || now.day_of_year == traded_day || HasOwn() || !MeasureRange(now))
      return;
   double buffer = InpBuffer * _Point;
   double ask = SymbolInfoDouble(_Symbol, SYMBOL_ASK);
   double bid = SymbolInfoDouble(_Symbol, SYMBOL_BID);
   if(ask > range_high + buffer)
      OpenTrade(true, ask, range_low, now.day_of_year);
   else
      if(bid < range_low - buffer)
         OpenTrade(false, bid, range_high, now.day_of_year);
  }
//+------------------------------------------------------------------+
//| Finds high and low of the range's hours; false while incomplete  |
//+------------------------------------------------------------------+
bool MeasureRange(const MqlDateTime &now)
  {
   datetime day = TimeCurrent() - now.hour * 3600 - now.min * 60 - now.sec;
   double high[], low[];
   datetime from = day + InpRangeStart * 3600;
   datetime to = day + InpRangeEnd * 3600 - 1;
   if(CopyHigh(_Symbol, PERIOD_M15, from, to, high) < 1 || CopyLow(_Symbol, PERIOD_M15, from, to, low) < 1)
      return(false);
   range_high = high[ArrayMaximum(high)];
   range_low = low[ArrayMinimum(low)];
   return(range_high > range_low);
  }
//+------------------------------------------------------------------+
//| Opens a trade whose stop is the other side of the range          |
//+------------------------------------------------------------------+
void OpenTrade(const bool is_buy, const double price, const double stop, const int day)
  {
   double distance = MathAbs(price - stop);
   double lots = Lots(distance);
   if(lots <= 0)
     {
      traded_day = day; // the range is too wide for today's risk
      Print("No trade today: the volume would be smaller than the broker accepts.");
      return;
     }
   double target = NormalizeDouble(is_buy ? price + InpTargetRatio * distance : price - InpTargetRatio * distance, _Digits);
   ENUM_ORDER_TYPE type = is_buy ? ORDER_TYPE_BUY : ORDER_TYPE_SELL;
   if(trade.PositionOpen(_Symbol, type, lots, price, NormalizeDouble(stop, _Digits), target, "Range breakout"))
      traded_day = day;
   else
      Print("Opening failed: ", trade.ResultRetcodeDescription());
  }
//+------------------------------------------------------------------+
//| Volume whose loss at the stop is the wanted risk                 |
//+------------------------------------------------------------------+
double Lots(const double distance)
  {
   double tick_size = SymbolInfoDouble(_Symbol, SYMBOL_TRADE_TICK_SIZE);
   double tick_value = SymbolInfoDouble(_Symbol, SYMBOL_TRADE_TICK_VALUE_LOSS);
   double step = SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_STEP);
   if(distance <= 0 || tick_size <= 0 || tick_value <= 0 || step <= 0)
      return(0.0);
   double money = AccountInfoDouble(ACCOUNT_BALANCE) * InpRiskPercent / 100;
   double lots = NormalizeDouble(MathFloor(money / (distance / tick_size * tick_value) / step) * step, 8);
   if(lots < SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_MIN))
      return(0.0);
   return(MathMin(lots, SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_MAX)));
  }
//+------------------------------------------------------------------+
//| Whether a position belongs to this EA; selects it                |
//+------------------------------------------------------------------+
bool IsOwn(const ulong ticket)
  {
   if(ticket == 0 || !PositionSelectByTicket(ticket))
      return(false);
   return(PositionGetString(POSITION_SYMBOL) == _Symbol && PositionGetInteger(POSITION_MAGIC) == (long)InpMagic);
  }
//+------------------------------------------------------------------+
//| Whether this EA has a position open                              |
//+------------------------------------------------------------------+
bool HasOwn()
  {
   for(int i = PositionsTotal() - 1; i >= 0; i--)
     {
      if(IsOwn(PositionGetTicket(i)))
         return(true);
     }
   return(false);
  }
//+------------------------------------------------------------------+
//| Closes what this EA has open                                     |
//+------------------------------------------------------------------+
void CloseOwn()
  {
   for(int i = PositionsTotal() - 1; i >= 0; i--)
     {
      ulong ticket = PositionGetTicket(i);
      if(IsOwn(ticket) && !trade.PositionClose(ticket))
         Print("Closing ", ticket, " failed: ", trade.ResultRetcodeDescription());
     }
  }
//+------------------------------------------------------------------+
