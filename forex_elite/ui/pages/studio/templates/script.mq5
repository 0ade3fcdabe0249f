//+------------------------------------------------------------------+
//| A script: runs once and ends. This one lists open positions.       |
//+------------------------------------------------------------------+
#property version "1.00"

void OnStart()
  {
   double total = 0.0;
   for(int i = 0; i < PositionsTotal(); i++)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0)
         continue;
      double profit = PositionGetDouble(POSITION_PROFIT);
      total += profit;
      PrintFormat("%I64u %s %.2f lots: %+.2f", ticket, PositionGetString(POSITION_SYMBOL), PositionGetDouble(POSITION_VOLUME), profit);
     }
   PrintFormat("%d positions, %+.2f %s together", PositionsTotal(), total, AccountInfoString(ACCOUNT_CURRENCY));
  }
