//+------------------------------------------------------------------+
//| Average cross: buys when the fast average rises above the slow     |
//| one and sells when it falls below, one position at a time.         |
//+------------------------------------------------------------------+
#property version "1.00"
#property description "Moving average cross with a stop from the average true range."

#include <Trade/Trade.mqh>

input group "Signal"
input ENUM_TIMEFRAMES InpTimeframe = PERIOD_H1;    // Timeframe
input int             InpFast      = 12;           // Fast average, bars
input int             InpSlow      = 48;           // Slow average, bars
input ENUM_MA_METHOD  InpMethod    = MODE_EMA;     // Method
input group "Risk"
input double          InpRiskPct   = 0.5;          // Risk per trade, % of equity
input double          InpStopAtr   = 2.0;          // Stop, in average true ranges
input double          InpReward    = 1.5;          // Target, in stops
input ulong           InpMagic     = 480012;       // Magic number

CTrade   trade;
int      fast = INVALID_HANDLE;
int      slow = INVALID_HANDLE;
int      range = INVALID_HANDLE;
datetime lastBar = 0;

int OnInit()
  {
   if(InpFast < 1 || InpSlow <= InpFast || InpRiskPct <= 0.0)
     {
      Print("The slow average needs more bars than the fast one, and the risk must be above zero");
      return(INIT_PARAMETERS_INCORRECT);
     }
   trade.SetExpertMagicNumber(InpMagic);
   trade.SetTypeFillingBySymbol(_Symbol);
   fast = iMA(_Symbol, InpTimeframe, InpFast, 0, InpMethod, PRICE_CLOSE);
   slow = iMA(_Symbol, InpTimeframe, InpSlow, 0, InpMethod, PRICE_CLOSE);
   range = iATR(_Symbol, InpTimeframe, 14);
   if(fast == INVALID_HANDLE || slow == INVALID_HANDLE || range == INVALID_HANDLE)
      return(INIT_FAILED);
   return(INIT_SUCCEEDED);
  }

void OnDeinit(const int reason)
  {
   IndicatorRelease(fast);
   IndicatorRelease(slow);
   IndicatorRelease(range);
  }

void OnTick()
  {
   if(!IsNewBar())
      return;
   double quick[], calm[], atr[];
   if(CopyBuffer(fast, 0, 1, 2, quick) != 2 || CopyBuffer(slow, 0, 1, 2, calm) != 2 || CopyBuffer(range, 0, 1, 1, atr) != 1)
      return;
   bool crossedUp = quick[0] <= calm[0] && quick[1] > calm[1];
   bool crossedDown = quick[0] >= calm[0] && quick[1] < calm[1];
   if(crossedUp || crossedDown)
     {
      CloseOwn();
      Open(crossedUp, atr[0] * InpStopAtr);
     }
  }

//+------------------------------------------------------------------+
//| True once for each bar of the chosen timeframe                     |
//+------------------------------------------------------------------+
bool IsNewBar()
  {
   datetime opened = iTime(_Symbol, InpTimeframe, 0);
   if(opened == 0 || opened == lastBar)
      return(false);
   lastBar = opened;
   return(true);
  }

//+------------------------------------------------------------------+
//| Closes what this program has open on this symbol                   |
//+------------------------------------------------------------------+
void CloseOwn()
  {
   for(int i = PositionsTotal() - 1; i >= 0; i--)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0 || PositionGetString(POSITION_SYMBOL) != _Symbol)
         continue;
      if((ulong)PositionGetInteger(POSITION_MAGIC) != InpMagic)
         continue;
      if(!trade.PositionClose(ticket))
         PrintFormat("Position %I64u was not closed: %s", ticket, trade.ResultRetcodeDescription());
     }
  }

//+------------------------------------------------------------------+
//| Opens a position with stop and target                              |
//+------------------------------------------------------------------+
void Open(const bool isBuy, const double stop)
  {
   double lots = LotsFor(stop);
   if(lots <= 0.0 || stop <= 0.0)
      return;
   double price = SymbolInfoDouble(_Symbol, isBuy ? SYMBOL_ASK : SYMBOL_BID);
   double side = isBuy ? 1.0 : -1.0;
   double sl = NormalizeDouble(price - side * stop, _Digits);
   double tp = NormalizeDouble(price + side * stop * InpReward, _Digits);
   bool sent = isBuy ? trade.Buy(lots, _Symbol, 0.0, sl, tp) : trade.Sell(lots, _Symbol, 0.0, sl, tp);
   if(!sent)
      Print("The order was refused: ", trade.ResultRetcodeDescription());
  }

//+------------------------------------------------------------------+
//| Volume that loses the chosen share of equity at the stop           |
//+------------------------------------------------------------------+
double LotsFor(const double stop)
  {
   double tickValue = SymbolInfoDouble(_Symbol, SYMBOL_TRADE_TICK_VALUE_LOSS);
   double tickSize = SymbolInfoDouble(_Symbol, SYMBOL_TRADE_TICK_SIZE);
   double step = SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_STEP);
   if(tickValue <= 0.0 || tickSize <= 0.0 || step <= 0.0 || stop <= 0.0)
      return(0.0);
   double money = AccountInfoDouble(ACCOUNT_EQUITY) * InpRiskPct / 100.0;
   double lots = MathFloor(money / (stop / tickSize * tickValue) / step) * step;
   if(lots < SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_MIN))
      return(0.0);
   return(MathMin(lots, SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_MAX)));
  }
