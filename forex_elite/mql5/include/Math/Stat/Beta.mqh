//+------------------------------------------------------------------+
//| The beta distribution.                                           |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidBeta(const double a, const double b)
  {
   return(a > 0.0 && b > 0.0);
  }

double MathProbabilityDensityBeta(const double x, const double a, const double b, const bool log_mode, int &error_code)
  {
   error_code = ValidBeta(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double density = x > 0.0 && x < 1.0 ? MathExp((a - 1.0) * MathLog(x) + (b - 1.0) * MathLog(1.0 - x) - MathBetaLog(a, b)) : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityBeta(const double x, const double a, const double b, int &error_code)
  {
   return(MathProbabilityDensityBeta(x, a, b, false, error_code));
  }

bool MathProbabilityDensityBeta(const double &x[], const double a, const double b, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityBeta(x[i], a, b, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityBeta(const double &x[], const double a, const double b, double &result[])
  {
   return(MathProbabilityDensityBeta(x, a, b, false, result));
  }

double MathCumulativeDistributionBeta(const double x, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidBeta(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = x <= 0.0 ? 0.0 : x >= 1.0 ? 1.0 : MathBetaShare(x, a, b);
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionBeta(const double x, const double a, const double b, int &error_code)
  {
   return(MathCumulativeDistributionBeta(x, a, b, true, false, error_code));
  }

bool MathCumulativeDistributionBeta(const double &x[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionBeta(x[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionBeta(const double &x[], const double a, const double b, double &result[])
  {
   return(MathCumulativeDistributionBeta(x, a, b, true, false, result));
  }

double MathQuantileBeta(const double probability, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidBeta(a, b) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   if(wanted == 0.0)
      return(0.0);
   if(wanted == 1.0)
      return(1.0);
   double from = 0.0, to = 1.0;
   int error = ERR_OK;
   while(MathCumulativeDistributionBeta(to, a, b, error) < wanted && to < 1e300)
      to = to > 0.0 ? to * 2.0 : to / 2.0 + 1.0;
   while(from < 0.0 && MathCumulativeDistributionBeta(from, a, b, error) > wanted && from > -1e300)
      from *= 2.0;
   for(int i = 0; i < 200 && to - from > 1e-15 * MathMax(1.0, MathAbs(from)); i++)
     {
      double middle = from + (to - from) / 2.0;
      if(MathCumulativeDistributionBeta(middle, a, b, error) < wanted)
         from = middle;
      else
         to = middle;
     }
   return(from + (to - from) / 2.0);
  }

double MathQuantileBeta(const double probability, const double a, const double b, int &error_code)
  {
   return(MathQuantileBeta(probability, a, b, true, false, error_code));
  }

bool MathQuantileBeta(const double &probability[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileBeta(probability[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileBeta(const double &probability[], const double a, const double b, double &result[])
  {
   return(MathQuantileBeta(probability, a, b, true, false, result));
  }

double MathRandomBeta(const double a, const double b, int &error_code)
  {
   return(MathQuantileBeta(MathRandomNonZero(), a, b, true, false, error_code));
  }

bool MathRandomBeta(const double a, const double b, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomBeta(a, b, error);
   return(error == ERR_OK);
  }

bool MathMomentsBeta(const double a, const double b, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidBeta(a, b) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   double sum = a + b;
   mean = a / sum;
   variance = a * b / (sum * sum * (sum + 1.0));
   skewness = 2.0 * (b - a) * MathSqrt(sum + 1.0) / ((sum + 2.0) * MathSqrt(a * b));
   kurtosis = 6.0 * ((a - b) * (a - b) * (sum + 1.0) - a * b * (sum + 2.0)) / (a * b * (sum + 2.0) * (sum + 3.0));
   return(true);
  }
