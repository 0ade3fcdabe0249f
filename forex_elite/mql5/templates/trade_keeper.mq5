//+------------------------------------------------------------------+
//| Trade keeper                                                     |
//| Opens nothing itself: it looks after the trades of the chart's   |
//| symbol that were opened by hand. Gives a stop to those without   |
//| one, moves it to break-even, and lets it follow the price.       |
//+------------------------------------------------------------------+
#property copyright "Made with ForexElite"
#property version "1.00"

#include <Trade/Trade.mqh>

input long InpManagedMagic = 0; // Magic number of the trades to look after (0: by hand)
input int InpStopPoints = 300; // Stop for trades without one, points (0: leave)
input int InpBreakEvenPoints = 200; // Profit that moves the stop to the entry, points (0: never)
input int InpTrailPoints = 250; // Distance of the trailing stop, points (0: none)

CTrade trade; // sends the requests

//+------------------------------------------------------------------+
//| Checks the inputs                                                |
//+------------------------------------------------------------------+
int OnInit()
  {
   if(InpStopPoints < 0 || InpBreakEvenPoints < 0 || InpTrailPoints < 0)
     {
      Print("Distances cannot be negative.");
      return(INIT_PARAMETERS_INCORRECT);
     }
   return(INIT_SUCCEEDED);
  }
//+------------------------------------------------------------------+
//| Looks after every trade, on every tick                           |
//+------------------------------------------------------------------+
void OnTick()
  {
   for(int i = PositionsTotal() - 1; i >= 0; i--)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0 || PositionGetString(POSITION_SYMBOL) != _Symbol)
         continue;
      if(PositionGetInteger(POSITION_MAGIC) == InpManagedMagic)
         LookAfter(ticket);
     }
  }
//+------------------------------------------------------------------+
//| Finds the best stop for a trade and sets it if it is better      |
//+------------------------------------------------------------------+
void LookAfter(const ulong ticket)
  {
   bool is_buy = PositionGetInteger(POSITION_TYPE) == POSITION_TYPE_BUY;
   int side = is_buy ? 1 : -1;
   double entry = PositionGetDouble(POSITION_PRICE_OPEN);
   double present = PositionGetDouble(POSITION_SL);
   double price = SymbolInfoDouble(_Symbol, is_buy ? SYMBOL_BID : SYMBOL_ASK);
   double profit_points = (price - entry) * side / _Point;
   double wanted = present;
   if(wanted == 0 && InpStopPoints > 0)
      wanted = entry - side * InpStopPoints * _Point;
   if(InpBreakEvenPoints > 0 && profit_points >= InpBreakEvenPoints)
      wanted = Better(wanted, entry, side);
   if(InpTrailPoints > 0 && profit_points > InpTrailPoints)
      wanted = Better(wanted, price - side * InpTrailPoints * _Point, side);
   double nearest = SymbolInfoInteger(_Symbol, SYMBOL_TRADE_STOPS_LEVEL) * _Point;
   // The broker refuses stops too near to the price: then wait.
   if(wanted == 0 || (price - wanted) * side < nearest)
      return;
   wanted = NormalizeDouble(wanted, _Digits);
   if(MathAbs(wanted - present) < _Point)
      return;
   if(!trade.PositionModify(ticket, wanted, PositionGetDouble(POSITION_TP)))
      Print("Moving the stop of ", ticket, " failed: ", trade.ResultRetcodeDescription());
  }
//+------------------------------------------------------------------+
//| The better of two stops: the higher one for buys                 |
//+------------------------------------------------------------------+
double Better(const double first, const double second, const int side)
  {
   if(first == 0)
      return(second);
   return(side > 0 ? MathMax(first, second) : MathMin(first, second));
  }
//+------------------------------------------------------------------+
