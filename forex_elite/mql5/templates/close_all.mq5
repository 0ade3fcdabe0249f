//+------------------------------------------------------------------+
//| Close all (script)                                               |
//| Runs once: asks, then closes every position of the account, or   |
//| of the chart's symbol alone.                                     |
//+------------------------------------------------------------------+
#property copyright "Made with ForexElite"
#property version "1.00"
#property script_show_inputs

#include <Trade/Trade.mqh>

input bool InpThisSymbolOnly = true; // Only the chart's symbol

//+------------------------------------------------------------------+
//| The whole script                                                 |
//+------------------------------------------------------------------+
void OnStart()
  {
   if(MessageBox("Close the positions?", "Close all", MB_YESNO | MB_ICONQUESTION) != IDYES)
      return;
   CTrade trade;
   for(int i = PositionsTotal() - 1; i >= 0; i--)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0 || (InpThisSymbolOnly && PositionGetString(POSITION_SYMBOL) != _Symbol))
         continue;
      if(!trade.PositionClose(ticket))
         Print("Closing ", ticket, " failed: ", trade.ResultRetcodeDescription());
     }
  }
//+------------------------------------------------------------------+
