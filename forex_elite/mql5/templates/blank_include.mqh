//+------------------------------------------------------------------+
//| Include                                                          |
//| Functions that several programs share. They use it by #include   |
//| with the name of this file in quotes.                            |
//+------------------------------------------------------------------+
#ifndef BLANK_INCLUDE_MQH
#define BLANK_INCLUDE_MQH

//+------------------------------------------------------------------+
//| The volume on the symbol's step, within its smallest and largest |
//+------------------------------------------------------------------+
double StepLots(const string symbol, const double lots)
  {
   double step = SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP);
   if(step <= 0)
      return(0.0);
   double fitted = MathFloor(lots / step + 0.0000001) * step;
   double least = SymbolInfoDouble(symbol, SYMBOL_VOLUME_MIN);
   double most = SymbolInfoDouble(symbol, SYMBOL_VOLUME_MAX);
   return(NormalizeDouble(MathMax(least, MathMin(most, fitted)), 8));
  }

#endif
