//+------------------------------------------------------------------+
//| Empty Expert Advisor                                             |
//| The three functions every EA has, and nothing else.              |
//+------------------------------------------------------------------+
#property copyright "Made with ForexElite"
#property version "1.00"

#include <Trade/Trade.mqh>

input ulong InpMagic = 10001; // Magic number: marks the trades of this EA

CTrade trade; // sends the orders

//+------------------------------------------------------------------+
//| Called once, when the EA starts or its inputs were changed       |
//+------------------------------------------------------------------+
int OnInit()
  {
   trade.SetExpertMagicNumber(InpMagic);
   trade.SetTypeFillingBySymbol(_Symbol);
   return(INIT_SUCCEEDED);
  }
//+------------------------------------------------------------------+
//| Called once, when the EA ends; reason says why                   |
//+------------------------------------------------------------------+
void OnDeinit(const int reason)
  {
  }
//+------------------------------------------------------------------+
//| Called on every new price of the chart's symbol                  |
//+------------------------------------------------------------------+
void OnTick()
  {
  }
//+------------------------------------------------------------------+
