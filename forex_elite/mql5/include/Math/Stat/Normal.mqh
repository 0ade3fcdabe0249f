//+------------------------------------------------------------------+
//| The normal distribution.                                         |
//+------------------------------------------------------------------+
#include "Math.mqh"

// The share of the standard normal distribution below z, by the incomplete gamma function.
double NormalBelow(const double z)
  {
   double outer = 0.5 * MathGammaRest(0.5, 0.5 * z * z);
   return(z < 0.0 ? outer : 1.0 - outer);
  }

bool ValidNormal(const double mu, const double sigma)
  {
   return(MathIsValidNumber(mu) && sigma > 0.0);
  }

double MathProbabilityDensityNormal(const double x, const double mu, const double sigma, const bool log_mode, int &error_code)
  {
   error_code = ValidNormal(mu, sigma) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double z = (x - mu) / sigma;
   double density = MathExp(-0.5 * z * z) / (sigma * MathSqrt(2.0 * M_PI));
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityNormal(const double x, const double mu, const double sigma, int &error_code)
  {
   return(MathProbabilityDensityNormal(x, mu, sigma, false, error_code));
  }

bool MathProbabilityDensityNormal(const double &x[], const double mu, const double sigma, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityNormal(x[i], mu, sigma, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityNormal(const double &x[], const double mu, const double sigma, double &result[])
  {
   return(MathProbabilityDensityNormal(x, mu, sigma, false, result));
  }

double MathCumulativeDistributionNormal(const double x, const double mu, const double sigma, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidNormal(mu, sigma) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = NormalBelow((x - mu) / sigma);
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionNormal(const double x, const double mu, const double sigma, int &error_code)
  {
   return(MathCumulativeDistributionNormal(x, mu, sigma, true, false, error_code));
  }

bool MathCumulativeDistributionNormal(const double &x[], const double mu, const double sigma, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionNormal(x[i], mu, sigma, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionNormal(const double &x[], const double mu, const double sigma, double &result[])
  {
   return(MathCumulativeDistributionNormal(x, mu, sigma, true, false, result));
  }

double MathQuantileNormal(const double probability, const double mu, const double sigma, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidNormal(mu, sigma) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   if(wanted == 0.0)
      return(QNEGINF);
   if(wanted == 1.0)
      return(QPOSINF);
   double from = mu - 8.0 * sigma, to = mu + 8.0 * sigma;
   int error = ERR_OK;
   while(MathCumulativeDistributionNormal(to, mu, sigma, error) < wanted && to < 1e300)
      to += 8.0 * sigma;
   while(MathCumulativeDistributionNormal(from, mu, sigma, error) > wanted && from > -1e300)
      from -= 8.0 * sigma;
   for(int i = 0; i < 200 && to - from > 1e-16 * sigma; i++)
     {
      double middle = from + (to - from) / 2.0;
      if(MathCumulativeDistributionNormal(middle, mu, sigma, error) < wanted)
         from = middle;
      else
         to = middle;
     }
   return(from + (to - from) / 2.0);
  }

double MathQuantileNormal(const double probability, const double mu, const double sigma, int &error_code)
  {
   return(MathQuantileNormal(probability, mu, sigma, true, false, error_code));
  }

bool MathQuantileNormal(const double &probability[], const double mu, const double sigma, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileNormal(probability[i], mu, sigma, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileNormal(const double &probability[], const double mu, const double sigma, double &result[])
  {
   return(MathQuantileNormal(probability, mu, sigma, true, false, result));
  }

double MathRandomNormal(const double mu, const double sigma, int &error_code)
  {
   return(MathQuantileNormal(MathRandomNonZero(), mu, sigma, true, false, error_code));
  }

bool MathRandomNormal(const double mu, const double sigma, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomNormal(mu, sigma, error);
   return(error == ERR_OK);
  }

bool MathMomentsNormal(const double mu, const double sigma, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidNormal(mu, sigma) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = mu;
   variance = sigma * sigma;
   skewness = 0.0;
   kurtosis = 0.0;
   return(true);
  }
