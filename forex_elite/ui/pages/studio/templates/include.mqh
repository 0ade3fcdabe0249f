//+------------------------------------------------------------------+
//| An include: functions for several programs.                        |
//| Use it with #include and this file's name in quotes.               |
//+------------------------------------------------------------------+
#property strict

//+------------------------------------------------------------------+
//| A volume on the symbol's step, within its smallest and largest     |
//+------------------------------------------------------------------+
double StepLots(const string symbol, const double lots)
  {
   double step = SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP);
   if(step <= 0.0)
      return(0.0);
   double fitted = MathFloor(lots / step + 0.0000001) * step;
   return(MathMax(SymbolInfoDouble(symbol, SYMBOL_VOLUME_MIN), MathMin(SymbolInfoDouble(symbol, SYMBOL_VOLUME_MAX), fitted)));
  }
