//+------------------------------------------------------------------+
//| The gamma distribution with shape a and scale b.                 |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidGamma(const double a, const double b)
  {
   return(a > 0.0 && b > 0.0);
  }

double MathProbabilityDensityGamma(const double x, const double a, const double b, const bool log_mode, int &error_code)
  {
   error_code = ValidGamma(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double density = x > 0.0 ? MathExp((a - 1.0) * MathLog(x / b) - x / b - MathGammaLog(a)) / b : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityGamma(const double x, const double a, const double b, int &error_code)
  {
   return(MathProbabilityDensityGamma(x, a, b, false, error_code));
  }

bool MathProbabilityDensityGamma(const double &x[], const double a, const double b, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityGamma(x[i], a, b, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityGamma(const double &x[], const double a, const double b, double &result[])
  {
   return(MathProbabilityDensityGamma(x, a, b, false, result));
  }

double MathCumulativeDistributionGamma(const double x, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidGamma(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = x > 0.0 ? MathGammaShare(a, x / b) : 0.0;
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionGamma(const double x, const double a, const double b, int &error_code)
  {
   return(MathCumulativeDistributionGamma(x, a, b, true, false, error_code));
  }

bool MathCumulativeDistributionGamma(const double &x[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionGamma(x[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionGamma(const double &x[], const double a, const double b, double &result[])
  {
   return(MathCumulativeDistributionGamma(x, a, b, true, false, result));
  }

double MathQuantileGamma(const double probability, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidGamma(a, b) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   if(wanted == 0.0)
      return(0.0);
   if(wanted == 1.0)
      return(QPOSINF);
   double from = 0.0, to = a * b;
   int error = ERR_OK;
   while(MathCumulativeDistributionGamma(to, a, b, error) < wanted && to < 1e300)
      to = to > 0.0 ? to * 2.0 : to / 2.0 + 1.0;
   while(from < 0.0 && MathCumulativeDistributionGamma(from, a, b, error) > wanted && from > -1e300)
      from *= 2.0;
   for(int i = 0; i < 200 && to - from > 1e-15 * MathMax(1.0, MathAbs(from)); i++)
     {
      double middle = from + (to - from) / 2.0;
      if(MathCumulativeDistributionGamma(middle, a, b, error) < wanted)
         from = middle;
      else
         to = middle;
     }
   return(from + (to - from) / 2.0);
  }

double MathQuantileGamma(const double probability, const double a, const double b, int &error_code)
  {
   return(MathQuantileGamma(probability, a, b, true, false, error_code));
  }

bool MathQuantileGamma(const double &probability[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileGamma(probability[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileGamma(const double &probability[], const double a, const double b, double &result[])
  {
   return(MathQuantileGamma(probability, a, b, true, false, result));
  }

double MathRandomGamma(const double a, const double b, int &error_code)
  {
   return(MathQuantileGamma(MathRandomNonZero(), a, b, true, false, error_code));
  }

bool MathRandomGamma(const double a, const double b, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomGamma(a, b, error);
   return(error == ERR_OK);
  }

bool MathMomentsGamma(const double a, const double b, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidGamma(a, b) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = a * b;
   variance = a * b * b;
   skewness = 2.0 / MathSqrt(a);
   kurtosis = 6.0 / a;
   return(true);
  }
