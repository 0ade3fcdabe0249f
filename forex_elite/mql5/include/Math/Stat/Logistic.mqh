//+------------------------------------------------------------------+
//| The logistic distribution.                                       |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidLogistic(const double mu, const double sigma)
  {
   return(MathIsValidNumber(mu) && sigma > 0.0);
  }

double MathProbabilityDensityLogistic(const double x, const double mu, const double sigma, const bool log_mode, int &error_code)
  {
   error_code = ValidLogistic(mu, sigma) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double fall = MathExp(-MathAbs(x - mu) / sigma);
   double density = fall / (sigma * (1.0 + fall) * (1.0 + fall));
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityLogistic(const double x, const double mu, const double sigma, int &error_code)
  {
   return(MathProbabilityDensityLogistic(x, mu, sigma, false, error_code));
  }

bool MathProbabilityDensityLogistic(const double &x[], const double mu, const double sigma, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityLogistic(x[i], mu, sigma, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityLogistic(const double &x[], const double mu, const double sigma, double &result[])
  {
   return(MathProbabilityDensityLogistic(x, mu, sigma, false, result));
  }

double MathCumulativeDistributionLogistic(const double x, const double mu, const double sigma, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidLogistic(mu, sigma) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = 1.0 / (1.0 + MathExp(-(x - mu) / sigma));
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionLogistic(const double x, const double mu, const double sigma, int &error_code)
  {
   return(MathCumulativeDistributionLogistic(x, mu, sigma, true, false, error_code));
  }

bool MathCumulativeDistributionLogistic(const double &x[], const double mu, const double sigma, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionLogistic(x[i], mu, sigma, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionLogistic(const double &x[], const double mu, const double sigma, double &result[])
  {
   return(MathCumulativeDistributionLogistic(x, mu, sigma, true, false, result));
  }

double MathQuantileLogistic(const double probability, const double mu, const double sigma, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidLogistic(mu, sigma) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   if(wanted == 0.0)
      return(QNEGINF);
   return(wanted == 1.0 ? QPOSINF : mu + sigma * MathLog(wanted / (1.0 - wanted)));
  }

double MathQuantileLogistic(const double probability, const double mu, const double sigma, int &error_code)
  {
   return(MathQuantileLogistic(probability, mu, sigma, true, false, error_code));
  }

bool MathQuantileLogistic(const double &probability[], const double mu, const double sigma, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileLogistic(probability[i], mu, sigma, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileLogistic(const double &probability[], const double mu, const double sigma, double &result[])
  {
   return(MathQuantileLogistic(probability, mu, sigma, true, false, result));
  }

double MathRandomLogistic(const double mu, const double sigma, int &error_code)
  {
   return(MathQuantileLogistic(MathRandomNonZero(), mu, sigma, true, false, error_code));
  }

bool MathRandomLogistic(const double mu, const double sigma, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomLogistic(mu, sigma, error);
   return(error == ERR_OK);
  }

bool MathMomentsLogistic(const double mu, const double sigma, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidLogistic(mu, sigma) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = mu;
   variance = sigma * sigma * M_PI * M_PI / 3.0;
   skewness = 0.0;
   kurtosis = 1.2;
   return(true);
  }
