//+------------------------------------------------------------------+
//| Session breakout: places a stop order on each side of the range    |
//| that the first minutes of a session made.                          |
//+------------------------------------------------------------------+
#property version "1.00"
#property description "Breakout of the first minutes of a session, hours in broker time."

#include <Trade/Trade.mqh>

input group "Session"
input int    InpStartHour = 9;      // Start, hour of broker time
input int    InpRangeMin  = 60;     // Range, minutes
input int    InpEndHour   = 17;     // Close everything at, hour of broker time
input group "Risk"
input double InpLots      = 0.10;   // Volume, lots
input double InpReward    = 1.8;    // Target, in ranges
input ulong  InpMagic     = 510244; // Magic number

CTrade   trade;
datetime placedOn = 0;

int OnInit()
  {
   if(InpStartHour < 0 || InpEndHour > 23 || InpStartHour >= InpEndHour || InpRangeMin < 1 || InpRangeMin > 600)
      return(INIT_PARAMETERS_INCORRECT);
   trade.SetExpertMagicNumber(InpMagic);
   trade.SetTypeFillingBySymbol(_Symbol);
   return(INIT_SUCCEEDED);
  }

void OnTick()
  {
   datetime now = TimeCurrent();
   datetime today = now - now % 86400;
   datetime begins = today + InpStartHour * 3600;
   datetime ranged = begins + InpRangeMin * 60;
   if(now >= today + InpEndHour * 3600)
     {
      CloseOwn();
      return;
     }
   if(now < ranged || placedOn == today)
      return;
   double high = 0.0, low = 0.0;
   if(!RangeOf(begins, ranged, high, low))
      return;
   placedOn = today;
   Place(high, low);
  }

//+------------------------------------------------------------------+
//| Highest and lowest price between two times                         |
//+------------------------------------------------------------------+
bool RangeOf(const datetime from, const datetime to, double &high, double &low)
  {
   MqlRates rates[];
   int count = CopyRates(_Symbol, PERIOD_M1, from, to - 1, rates);
   if(count <= 0)
      return(false);
   high = rates[0].high;
   low = rates[0].low;
   for(int i = 1; i < count; i++)
     {
      high = MathMax(high, rates[i].high);
      low = MathMin(low, rates[i].low);
     }
   return(high > low);
  }

//+------------------------------------------------------------------+
//| One stop order above the range and one below                       |
//+------------------------------------------------------------------+
void Place(const double high, const double low)
  {
   double step = SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_STEP);
   double lots = step > 0.0 ? MathFloor(InpLots / step + 0.5) * step : InpLots;
   double top = NormalizeDouble(high, _Digits);
   double bottom = NormalizeDouble(low, _Digits);
   double reach = (top - bottom) * InpReward;
   if(!trade.BuyStop(lots, top, _Symbol, bottom, NormalizeDouble(top + reach, _Digits)))
      Print("The buy stop was refused: ", trade.ResultRetcodeDescription());
   if(!trade.SellStop(lots, bottom, _Symbol, top, NormalizeDouble(bottom - reach, _Digits)))
      Print("The sell stop was refused: ", trade.ResultRetcodeDescription());
  }

//+------------------------------------------------------------------+
//| Ends the day: no order and no position of this program stays       |
//+------------------------------------------------------------------+
void CloseOwn()
  {
   for(int i = OrdersTotal() - 1; i >= 0; i--)
     {
      ulong ticket = OrderGetTicket(i);
      if(ticket != 0 && OrderGetString(ORDER_SYMBOL) == _Symbol && (ulong)OrderGetInteger(ORDER_MAGIC) == InpMagic)
         if(!trade.OrderDelete(ticket))
            PrintFormat("Order %I64u was not deleted: %s", ticket, trade.ResultRetcodeDescription());
     }
   for(int i = PositionsTotal() - 1; i >= 0; i--)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket != 0 && PositionGetString(POSITION_SYMBOL) == _Symbol && (ulong)PositionGetInteger(POSITION_MAGIC) == InpMagic)
         if(!trade.PositionClose(ticket))
            PrintFormat("Position %I64u was not closed: %s", ticket, trade.ResultRetcodeDescription());
     }
  }
