//+------------------------------------------------------------------+
//| Script                                                           |
//| Runs once and ends: this one writes the open positions and what  |
//| they have earned together into the journal.                      |
//+------------------------------------------------------------------+
#property copyright "Made with ForexElite"
#property version "1.00"

//+------------------------------------------------------------------+
//| The whole script                                                 |
//+------------------------------------------------------------------+
void OnStart()
  {
   double total = 0;
   for(int i = 0; i < PositionsTotal(); i++)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0)
         continue;
      string symbol = PositionGetString(POSITION_SYMBOL);
      double profit = PositionGetDouble(POSITION_PROFIT);
      total += profit;
      PrintFormat("%I64u %s %.2f lots: %+.2f", ticket, symbol, PositionGetDouble(POSITION_VOLUME), profit);
     }
   PrintFormat("%d positions: %+.2f %s", PositionsTotal(), total, AccountInfoString(ACCOUNT_CURRENCY));
  }
//+------------------------------------------------------------------+
