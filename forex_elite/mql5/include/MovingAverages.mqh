//+------------------------------------------------------------------+
//| Moving averages over a price array, for one bar and for buffers.   |
//+------------------------------------------------------------------+
double SimpleMA(const int position, const int period, const double &price[])
  {
   double total = 0.0;
   if(period <= 0 || position < period - 1)
      return(0.0);
   for(int back = 0; back < period; back++)
      total += price[position - back];
   return(total / period);
  }

double ExponentialMA(const int position, const int period, const double prev_value, const double &price[])
  {
   if(period <= 0)
      return(0.0);
   double weight = 2.0 / (period + 1.0);
   return(prev_value + weight * (price[position] - prev_value));
  }

double SmoothedMA(const int position, const int period, const double prev_value, const double &price[])
  {
   if(period <= 0 || position < period - 1)
      return(0.0);
   if(position == period - 1)
      return(SimpleMA(position, period, price));
   return(prev_value + (price[position] - prev_value) / period);
  }

double LinearWeightedMA(const int position, const int period, const double &price[])
  {
   double total = 0.0;
   int weights = 0;
   if(period <= 0 || position < period - 1)
      return(0.0);
   for(int back = 0; back < period; back++)
     {
      total += price[position - back] * (period - back);
      weights += period - back;
     }
   return(total / weights);
  }

int SimpleMAOnBuffer(const int rates_total, const int prev_calculated, const int begin, const int period,
                     const double &price[], double &buffer[])
  {
   if(period <= 1 || period > rates_total - begin)
      return(0);
   int from = prev_calculated > begin + period ? prev_calculated - 1 : begin + period - 1;
   for(int i = from; i < rates_total; i++)
      buffer[i] = SimpleMA(i, period, price);
   return(rates_total);
  }

int ExponentialMAOnBuffer(const int rates_total, const int prev_calculated, const int begin, const int period,
                          const double &price[], double &buffer[])
  {
   if(period <= 1 || period > rates_total - begin)
      return(0);
   int from = prev_calculated > begin ? prev_calculated - 1 : begin;
   for(int i = from; i < rates_total; i++)
      buffer[i] = i == begin ? price[i] : ExponentialMA(i, period, buffer[i - 1], price);
   return(rates_total);
  }

int SmoothedMAOnBuffer(const int rates_total, const int prev_calculated, const int begin, const int period,
                       const double &price[], double &buffer[])
  {
   if(period <= 1 || period > rates_total - begin)
      return(0);
   int from = prev_calculated > begin + period ? prev_calculated - 1 : begin + period - 1;
   for(int i = from; i < rates_total; i++)
      buffer[i] = i == begin + period - 1 ? SimpleMA(i, period, price) : buffer[i - 1] + (price[i] - buffer[i - 1]) / period;
   return(rates_total);
  }

int LinearWeightedMAOnBuffer(const int rates_total, const int prev_calculated, const int begin, const int period,
                             const double &price[], double &buffer[])
  {
   if(period <= 1 || period > rates_total - begin)
      return(0);
   int from = prev_calculated > begin + period ? prev_calculated - 1 : begin + period - 1;
   for(int i = from; i < rates_total; i++)
      buffer[i] = LinearWeightedMA(i, period, price);
   return(rates_total);
  }

int LinearWeightedMAOnBuffer(const int rates_total, const int prev_calculated, const int begin, const int period,
                             const double &price[], double &buffer[], int &weight_sum)
  {
   weight_sum = period * (period + 1) / 2;
   return(LinearWeightedMAOnBuffer(rates_total, prev_calculated, begin, period, price, buffer));
  }
