//+------------------------------------------------------------------+
//| Indicator                                                        |
//| One line in the chart, calculated for new bars alone: the middle |
//| of the highest and the lowest price of the last bars.            |
//+------------------------------------------------------------------+
#property copyright "Made with ForexElite"
#property version "1.00"
#property indicator_chart_window
#property indicator_buffers 1
#property indicator_plots 1
#property indicator_type1 DRAW_LINE
#property indicator_color1 clrDodgerBlue
#property indicator_label1 "Middle"

input int InpBars = 20; // Bars looked back on

double middle[]; // the line

//+------------------------------------------------------------------+
//| Called once, when the indicator starts or its inputs change      |
//+------------------------------------------------------------------+
int OnInit()
  {
   if(InpBars < 1)
     {
      Print("Look back on one bar or more.");
      return(INIT_PARAMETERS_INCORRECT);
     }
   SetIndexBuffer(0, middle, INDICATOR_DATA);
   PlotIndexSetInteger(0, PLOT_DRAW_BEGIN, InpBars - 1);
   PlotIndexSetDouble(0, PLOT_EMPTY_VALUE, EMPTY_VALUE);
   IndicatorSetString(INDICATOR_SHORTNAME, "Middle(" + IntegerToString(InpBars) + ")");
   return(INIT_SUCCEEDED);
  }
//+------------------------------------------------------------------+
//| Called on every new price; the oldest bar has index 0            |
//+------------------------------------------------------------------+
int OnCalculate(const int rates_total, const int prev_calculated, const datetime &time[], const double &open[],
      const double &high[], const double &low[], const double &close[], const long &tick_volume[],
      const long &volume[], const int &spread[])
  {
   for(int i = MathMax(0, prev_calculated - 1); i < rates_total; i++)
     {
      if(i < InpBars - 1)
        {
         middle[i] = EMPTY_VALUE;
         continue;
        }
      int from = i - InpBars + 1;
      middle[i] = (high[ArrayMaximum(high, from, InpBars)] + low[ArrayMinimum(low, from, InpBars)]) / 2;
     }
   return(rates_total);
  }
//+------------------------------------------------------------------+
