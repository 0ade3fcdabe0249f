//+------------------------------------------------------------------+
//| The lognormal distribution.                                      |
//+------------------------------------------------------------------+
#include "Math.mqh"
#include "Normal.mqh"

bool ValidLognormal(const double mu, const double sigma)
  {
   return(MathIsValidNumber(mu) && sigma > 0.0);
  }

double MathProbabilityDensityLognormal(const double x, const double mu, const double sigma, const bool log_mode, int &error_code)
  {
   error_code = ValidLognormal(mu, sigma) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double z = x > 0.0 ? (MathLog(x) - mu) / sigma : 0.0;
   double density = x > 0.0 ? MathExp(-0.5 * z * z) / (x * sigma * MathSqrt(2.0 * M_PI)) : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityLognormal(const double x, const double mu, const double sigma, int &error_code)
  {
   return(MathProbabilityDensityLognormal(x, mu, sigma, false, error_code));
  }

bool MathProbabilityDensityLognormal(const double &x[], const double mu, const double sigma, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityLognormal(x[i], mu, sigma, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityLognormal(const double &x[], const double mu, const double sigma, double &result[])
  {
   return(MathProbabilityDensityLognormal(x, mu, sigma, false, result));
  }

double MathCumulativeDistributionLognormal(const double x, const double mu, const double sigma, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidLognormal(mu, sigma) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = x > 0.0 ? NormalBelow((MathLog(x) - mu) / sigma) : 0.0;
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionLognormal(const double x, const double mu, const double sigma, int &error_code)
  {
   return(MathCumulativeDistributionLognormal(x, mu, sigma, true, false, error_code));
  }

bool MathCumulativeDistributionLognormal(const double &x[], const double mu, const double sigma, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionLognormal(x[i], mu, sigma, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionLognormal(const double &x[], const double mu, const double sigma, double &result[])
  {
   return(MathCumulativeDistributionLognormal(x, mu, sigma, true, false, result));
  }

double MathQuantileLognormal(const double probability, const double mu, const double sigma, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidLognormal(mu, sigma) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   return(wanted == 0.0 ? 0.0 : wanted == 1.0 ? QPOSINF : MathExp(MathQuantileNormal(wanted, mu, sigma, error_code)));
  }

double MathQuantileLognormal(const double probability, const double mu, const double sigma, int &error_code)
  {
   return(MathQuantileLognormal(probability, mu, sigma, true, false, error_code));
  }

bool MathQuantileLognormal(const double &probability[], const double mu, const double sigma, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileLognormal(probability[i], mu, sigma, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileLognormal(const double &probability[], const double mu, const double sigma, double &result[])
  {
   return(MathQuantileLognormal(probability, mu, sigma, true, false, result));
  }

double MathRandomLognormal(const double mu, const double sigma, int &error_code)
  {
   return(MathQuantileLognormal(MathRandomNonZero(), mu, sigma, true, false, error_code));
  }

bool MathRandomLognormal(const double mu, const double sigma, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomLognormal(mu, sigma, error);
   return(error == ERR_OK);
  }

bool MathMomentsLognormal(const double mu, const double sigma, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidLognormal(mu, sigma) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   double growth = MathExp(sigma * sigma);
   mean = MathExp(mu + 0.5 * sigma * sigma);
   variance = (growth - 1.0) * MathExp(2.0 * mu) * growth;
   skewness = (growth + 2.0) * MathSqrt(growth - 1.0);
   kurtosis = MathPow(growth, 4.0) + 2.0 * MathPow(growth, 3.0) + 3.0 * growth * growth - 6.0;
   return(true);
  }
