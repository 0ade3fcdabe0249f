//+------------------------------------------------------------------+
//| Equity guard                                                     |
//| Watches the whole account. When the equity has fallen by the     |
//| allowed percentage since the day began, it closes every position |
//| and deletes every pending order, and keeps doing so until the    |
//| next day: whoever opens more, trader or EA.                      |
//+------------------------------------------------------------------+
#property copyright "Made with ForexElite"
#property version "1.00"

#include <Trade/Trade.mqh>

input double InpMaxDailyLoss = 4.0; // Largest loss of a day, percent
input int InpCheckSeconds = 1; // How often to look, seconds

CTrade trade; // sends the requests
int guarded_day = -1; // day of the year the figures belong to
double day_start = 0; // equity when that day began
bool is_over = false; // whether the limit was reached today

//+------------------------------------------------------------------+
//| Starts the clock                                                 |
//+------------------------------------------------------------------+
int OnInit()
  {
   if(InpMaxDailyLoss <= 0 || InpMaxDailyLoss >= 100 || InpCheckSeconds < 1)
     {
      Print("The largest loss lies between 0 and 100 percent.");
      return(INIT_PARAMETERS_INCORRECT);
     }
   if(!EventSetTimer(InpCheckSeconds))
      return(INIT_FAILED);
   return(INIT_SUCCEEDED);
  }
//+------------------------------------------------------------------+
//| Stops the clock                                                  |
//+------------------------------------------------------------------+
void OnDeinit(const int reason)
  {
   EventKillTimer();
  }
//+------------------------------------------------------------------+
//| Looks at the equity                                              |
//+------------------------------------------------------------------+
void OnTimer()
  {
   MqlDateTime now;
   TimeToStruct(TimeTradeServer(), now);
   double equity = AccountInfoDouble(ACCOUNT_EQUITY);
   if(now.day_of_year != guarded_day)
     {
      guarded_day = now.day_of_year;
      day_start = equity;
      is_over = false;
     }
   if(!is_over && day_start > 0 && equity <= day_start * (1 - InpMaxDailyLoss / 100))
     {
      is_over = true;
      Alert("Daily loss limit reached: all trades are closed until tomorrow.");
     }
   if(is_over)
      CloseEverything();
  }
//+------------------------------------------------------------------+
//| Closes every position and deletes every pending order            |
//+------------------------------------------------------------------+
void CloseEverything()
  {
   for(int i = PositionsTotal() - 1; i >= 0; i--)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket > 0 && !trade.PositionClose(ticket))
         Print("Closing ", ticket, " failed: ", trade.ResultRetcodeDescription());
     }
   for(int i = OrdersTotal() - 1; i >= 0; i--)
     {
      ulong ticket = OrderGetTicket(i);
      if(ticket > 0 && !trade.OrderDelete(ticket))
         Print("Deleting ", ticket, " failed: ", trade.ResultRetcodeDescription());
     }
  }
//+------------------------------------------------------------------+
