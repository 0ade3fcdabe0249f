//+------------------------------------------------------------------+
//| Moments, sums and orders of samples.                               |
//+------------------------------------------------------------------+
#include "Special.mqh"

#define ERR_OK 0
#define ERR_ARGUMENTS_NAN 1
#define ERR_ARGUMENTS_INVALID 2
#define ERR_RESULT_INFINITE 3
#define ERR_NON_CONVERGENCE 4

#define QNaN MathLog(-1.0)
#define QPOSINF DBL_MAX
#define QNEGINF (-DBL_MAX)

double MathSum(const double &array[])
  {
   double total = 0.0;
   for(int i = 0; i < ArraySize(array); i++)
      total += array[i];
   return(total);
  }

double MathMin(const double &array[]) { return(array[ArrayMinimum(array)]); }

double MathMax(const double &array[]) { return(array[ArrayMaximum(array)]); }

double MathMean(const double &array[])
  {
   int size = ArraySize(array);
   return(size > 0 ? MathSum(array) / size : QNaN);
  }

double MathCentralMoment(const double &array[], const int order)
  {
   double mean = MathMean(array), total = 0.0;
   for(int i = 0; i < ArraySize(array); i++)
      total += MathPow(array[i] - mean, order);
   return(total);
  }

double MathVariance(const double &array[])
  {
   int size = ArraySize(array);
   return(size > 1 ? MathCentralMoment(array, 2) / (size - 1) : QNaN);
  }

double MathStandardDeviation(const double &array[]) { return(MathSqrt(MathVariance(array))); }

double MathSkewness(const double &array[])
  {
   int size = ArraySize(array);
   return(size > 2 ? MathCentralMoment(array, 3) / size / MathPow(MathVariance(array), 1.5) : QNaN);
  }

double MathKurtosis(const double &array[])
  {
   int size = ArraySize(array);
   return(size > 3 ? MathCentralMoment(array, 4) / size / MathPow(MathVariance(array), 2.0) - 3.0 : QNaN);
  }

bool MathMoments(const double &array[], double &mean, double &variance, double &skewness, double &kurtosis, const int start = 0,
                 const int count = WHOLE_ARRAY)
  {
   double part[];
   if(ArrayCopy(part, array, 0, start, count) < 4)
      return(false);
   mean = MathMean(part);
   variance = MathVariance(part);
   skewness = MathSkewness(part);
   kurtosis = MathKurtosis(part);
   return(true);
  }

double MathMedian(const double &array[])
  {
   double sorted[];
   int size = ArrayCopy(sorted, array);
   if(size <= 0)
      return(QNaN);
   ArraySort(sorted);
   return(size % 2 == 1 ? sorted[size / 2] : (sorted[size / 2 - 1] + sorted[size / 2]) / 2.0);
  }

double MathAverageDeviation(const double &array[])
  {
   double mean = MathMean(array), total = 0.0;
   for(int i = 0; i < ArraySize(array); i++)
      total += MathAbs(array[i] - mean);
   return(total / ArraySize(array));
  }

bool MathCorrelationPearson(const double &array1[], const double &array2[], double &r)
  {
   int size = ArraySize(array1);
   if(size < 2 || ArraySize(array2) != size)
      return(false);
   double mean1 = MathMean(array1), mean2 = MathMean(array2), total = 0.0;
   for(int i = 0; i < size; i++)
      total += (array1[i] - mean1) * (array2[i] - mean2);
   r = total / (size - 1) / MathStandardDeviation(array1) / MathStandardDeviation(array2);
   return(true);
  }


bool MathCumulativeSum(const double &array[], double &result[])
  {
   int size = ArrayResize(result, ArraySize(array));
   double total = 0.0;
   for(int i = 0; i < size; i++)
     {
      total += array[i];
      result[i] = total;
     }
   return(size > 0);
  }
