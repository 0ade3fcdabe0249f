//+------------------------------------------------------------------+
//| The exponential distribution; mu is its mean.                    |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidExponential(const double mu)
  {
   return(mu > 0.0);
  }

double MathProbabilityDensityExponential(const double x, const double mu, const bool log_mode, int &error_code)
  {
   error_code = ValidExponential(mu) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double density = x >= 0.0 ? MathExp(-x / mu) / mu : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityExponential(const double x, const double mu, int &error_code)
  {
   return(MathProbabilityDensityExponential(x, mu, false, error_code));
  }

bool MathProbabilityDensityExponential(const double &x[], const double mu, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityExponential(x[i], mu, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityExponential(const double &x[], const double mu, double &result[])
  {
   return(MathProbabilityDensityExponential(x, mu, false, result));
  }

double MathCumulativeDistributionExponential(const double x, const double mu, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidExponential(mu) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = x > 0.0 ? 1.0 - MathExp(-x / mu) : 0.0;
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionExponential(const double x, const double mu, int &error_code)
  {
   return(MathCumulativeDistributionExponential(x, mu, true, false, error_code));
  }

bool MathCumulativeDistributionExponential(const double &x[], const double mu, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionExponential(x[i], mu, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionExponential(const double &x[], const double mu, double &result[])
  {
   return(MathCumulativeDistributionExponential(x, mu, true, false, result));
  }

double MathQuantileExponential(const double probability, const double mu, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidExponential(mu) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   return(wanted == 1.0 ? QPOSINF : -mu * MathLog(1.0 - wanted));
  }

double MathQuantileExponential(const double probability, const double mu, int &error_code)
  {
   return(MathQuantileExponential(probability, mu, true, false, error_code));
  }

bool MathQuantileExponential(const double &probability[], const double mu, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileExponential(probability[i], mu, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileExponential(const double &probability[], const double mu, double &result[])
  {
   return(MathQuantileExponential(probability, mu, true, false, result));
  }

double MathRandomExponential(const double mu, int &error_code)
  {
   return(MathQuantileExponential(MathRandomNonZero(), mu, true, false, error_code));
  }

bool MathRandomExponential(const double mu, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomExponential(mu, error);
   return(error == ERR_OK);
  }

bool MathMomentsExponential(const double mu, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidExponential(mu) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = mu;
   variance = mu * mu;
   skewness = 2.0;
   kurtosis = 6.0;
   return(true);
  }
