//+------------------------------------------------------------------+
//| The Weibull distribution with shape a and scale b.               |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidWeibull(const double a, const double b)
  {
   return(a > 0.0 && b > 0.0);
  }

double MathProbabilityDensityWeibull(const double x, const double a, const double b, const bool log_mode, int &error_code)
  {
   error_code = ValidWeibull(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double rise = x > 0.0 ? MathPow(x / b, a) : 0.0;
   double density = x > 0.0 ? a / x * rise * MathExp(-rise) : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityWeibull(const double x, const double a, const double b, int &error_code)
  {
   return(MathProbabilityDensityWeibull(x, a, b, false, error_code));
  }

bool MathProbabilityDensityWeibull(const double &x[], const double a, const double b, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityWeibull(x[i], a, b, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityWeibull(const double &x[], const double a, const double b, double &result[])
  {
   return(MathProbabilityDensityWeibull(x, a, b, false, result));
  }

double MathCumulativeDistributionWeibull(const double x, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidWeibull(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = x > 0.0 ? 1.0 - MathExp(-MathPow(x / b, a)) : 0.0;
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionWeibull(const double x, const double a, const double b, int &error_code)
  {
   return(MathCumulativeDistributionWeibull(x, a, b, true, false, error_code));
  }

bool MathCumulativeDistributionWeibull(const double &x[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionWeibull(x[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionWeibull(const double &x[], const double a, const double b, double &result[])
  {
   return(MathCumulativeDistributionWeibull(x, a, b, true, false, result));
  }

double MathQuantileWeibull(const double probability, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidWeibull(a, b) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   return(wanted == 1.0 ? QPOSINF : b * MathPow(-MathLog(1.0 - wanted), 1.0 / a));
  }

double MathQuantileWeibull(const double probability, const double a, const double b, int &error_code)
  {
   return(MathQuantileWeibull(probability, a, b, true, false, error_code));
  }

bool MathQuantileWeibull(const double &probability[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileWeibull(probability[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileWeibull(const double &probability[], const double a, const double b, double &result[])
  {
   return(MathQuantileWeibull(probability, a, b, true, false, result));
  }

double MathRandomWeibull(const double a, const double b, int &error_code)
  {
   return(MathQuantileWeibull(MathRandomNonZero(), a, b, true, false, error_code));
  }

bool MathRandomWeibull(const double a, const double b, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomWeibull(a, b, error);
   return(error == ERR_OK);
  }

bool MathMomentsWeibull(const double a, const double b, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidWeibull(a, b) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   double g1 = MathExp(MathGammaLog(1.0 + 1.0 / a)), g2 = MathExp(MathGammaLog(1.0 + 2.0 / a));
   double g3 = MathExp(MathGammaLog(1.0 + 3.0 / a)), g4 = MathExp(MathGammaLog(1.0 + 4.0 / a));
   double spread = g2 - g1 * g1;
   mean = b * g1;
   variance = b * b * spread;
   skewness = (g3 - 3.0 * g1 * spread - g1 * g1 * g1) / MathPow(spread, 1.5);
   kurtosis = (g4 - 4.0 * g1 * g3 + 6.0 * g1 * g1 * g2 - 3.0 * MathPow(g1, 4.0)) / (spread * spread) - 3.0;
   return(true);
  }
