//+------------------------------------------------------------------+
//| The geometric distribution: failures before the first success.   |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidGeometric(const double p)
  {
   return(p > 0.0 && p <= 1.0);
  }

double MathProbabilityDensityGeometric(const double x, const double p, const bool log_mode, int &error_code)
  {
   error_code = ValidGeometric(p) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   bool possible = x >= 0.0 && x == MathFloor(x);
   double density = possible ? p * MathPow(1.0 - p, x) : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityGeometric(const double x, const double p, int &error_code)
  {
   return(MathProbabilityDensityGeometric(x, p, false, error_code));
  }

bool MathProbabilityDensityGeometric(const double &x[], const double p, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityGeometric(x[i], p, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityGeometric(const double &x[], const double p, double &result[])
  {
   return(MathProbabilityDensityGeometric(x, p, false, result));
  }

double MathCumulativeDistributionGeometric(const double x, const double p, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidGeometric(p) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double whole = MathFloor(x);
   double below = whole < 0.0 ? 0.0 : 1.0 - MathPow(1.0 - p, whole + 1.0);
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionGeometric(const double x, const double p, int &error_code)
  {
   return(MathCumulativeDistributionGeometric(x, p, true, false, error_code));
  }

bool MathCumulativeDistributionGeometric(const double &x[], const double p, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionGeometric(x[i], p, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionGeometric(const double &x[], const double p, double &result[])
  {
   return(MathCumulativeDistributionGeometric(x, p, true, false, result));
  }

double MathQuantileGeometric(const double probability, const double p, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidGeometric(p) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   int error = ERR_OK;
   if(wanted == 1.0)
      return(QPOSINF);
   double from = -1.0, to = 1.0;
   while(MathCumulativeDistributionGeometric(to, p, error) < wanted && to < 1e15)
      to *= 2.0;
   while(to - from > 1.0)
     {
      double middle = MathFloor(from + (to - from) / 2.0);
      if(MathCumulativeDistributionGeometric(middle, p, error) < wanted)
         from = middle;
      else
         to = middle;
     }
   return(to);
  }

double MathQuantileGeometric(const double probability, const double p, int &error_code)
  {
   return(MathQuantileGeometric(probability, p, true, false, error_code));
  }

bool MathQuantileGeometric(const double &probability[], const double p, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileGeometric(probability[i], p, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileGeometric(const double &probability[], const double p, double &result[])
  {
   return(MathQuantileGeometric(probability, p, true, false, result));
  }

double MathRandomGeometric(const double p, int &error_code)
  {
   return(MathQuantileGeometric(MathRandomNonZero(), p, true, false, error_code));
  }

bool MathRandomGeometric(const double p, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomGeometric(p, error);
   return(error == ERR_OK);
  }

bool MathMomentsGeometric(const double p, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidGeometric(p) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = (1.0 - p) / p;
   variance = (1.0 - p) / (p * p);
   skewness = (2.0 - p) / MathSqrt(1.0 - p);
   kurtosis = 6.0 + p * p / (1.0 - p);
   return(true);
  }
