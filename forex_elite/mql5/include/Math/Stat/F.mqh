//+------------------------------------------------------------------+
//| Fisher's distribution.                                           |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidF(const double nu1, const double nu2)
  {
   return(nu1 > 0.0 && nu2 > 0.0);
  }

double MathProbabilityDensityF(const double x, const double nu1, const double nu2, const bool log_mode, int &error_code)
  {
   error_code = ValidF(nu1, nu2) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double ratio = nu1 / nu2;
   double density = x > 0.0 ? MathExp(0.5 * nu1 * MathLog(ratio) + (0.5 * nu1 - 1.0) * MathLog(x) - 0.5 * (nu1 + nu2) * MathLog(1.0 + ratio * x) - MathBetaLog(0.5 * nu1, 0.5 * nu2)) : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityF(const double x, const double nu1, const double nu2, int &error_code)
  {
   return(MathProbabilityDensityF(x, nu1, nu2, false, error_code));
  }

bool MathProbabilityDensityF(const double &x[], const double nu1, const double nu2, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityF(x[i], nu1, nu2, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityF(const double &x[], const double nu1, const double nu2, double &result[])
  {
   return(MathProbabilityDensityF(x, nu1, nu2, false, result));
  }

double MathCumulativeDistributionF(const double x, const double nu1, const double nu2, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidF(nu1, nu2) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = x > 0.0 ? MathBetaShare(nu1 * x / (nu1 * x + nu2), 0.5 * nu1, 0.5 * nu2) : 0.0;
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionF(const double x, const double nu1, const double nu2, int &error_code)
  {
   return(MathCumulativeDistributionF(x, nu1, nu2, true, false, error_code));
  }

bool MathCumulativeDistributionF(const double &x[], const double nu1, const double nu2, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionF(x[i], nu1, nu2, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionF(const double &x[], const double nu1, const double nu2, double &result[])
  {
   return(MathCumulativeDistributionF(x, nu1, nu2, true, false, result));
  }

double MathQuantileF(const double probability, const double nu1, const double nu2, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidF(nu1, nu2) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   if(wanted == 0.0)
      return(0.0);
   if(wanted == 1.0)
      return(QPOSINF);
   double from = 0.0, to = 4.0;
   int error = ERR_OK;
   while(MathCumulativeDistributionF(to, nu1, nu2, error) < wanted && to < 1e300)
      to = to > 0.0 ? to * 2.0 : to / 2.0 + 1.0;
   while(from < 0.0 && MathCumulativeDistributionF(from, nu1, nu2, error) > wanted && from > -1e300)
      from *= 2.0;
   for(int i = 0; i < 200 && to - from > 1e-15 * MathMax(1.0, MathAbs(from)); i++)
     {
      double middle = from + (to - from) / 2.0;
      if(MathCumulativeDistributionF(middle, nu1, nu2, error) < wanted)
         from = middle;
      else
         to = middle;
     }
   return(from + (to - from) / 2.0);
  }

double MathQuantileF(const double probability, const double nu1, const double nu2, int &error_code)
  {
   return(MathQuantileF(probability, nu1, nu2, true, false, error_code));
  }

bool MathQuantileF(const double &probability[], const double nu1, const double nu2, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileF(probability[i], nu1, nu2, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileF(const double &probability[], const double nu1, const double nu2, double &result[])
  {
   return(MathQuantileF(probability, nu1, nu2, true, false, result));
  }

double MathRandomF(const double nu1, const double nu2, int &error_code)
  {
   return(MathQuantileF(MathRandomNonZero(), nu1, nu2, true, false, error_code));
  }

bool MathRandomF(const double nu1, const double nu2, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomF(nu1, nu2, error);
   return(error == ERR_OK);
  }

bool MathMomentsF(const double nu1, const double nu2, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidF(nu1, nu2) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = nu2 > 2.0 ? nu2 / (nu2 - 2.0) : QNaN;
   variance = nu2 > 4.0 ? 2.0 * nu2 * nu2 * (nu1 + nu2 - 2.0) / (nu1 * (nu2 - 2.0) * (nu2 - 2.0) * (nu2 - 4.0)) : QNaN;
   skewness = nu2 > 6.0 ? (2.0 * nu1 + nu2 - 2.0) * MathSqrt(8.0 * (nu2 - 4.0)) / ((nu2 - 6.0) * MathSqrt(nu1 * (nu1 + nu2 - 2.0))) : QNaN;
   kurtosis = nu2 > 8.0 ? 12.0 * (nu1 * (5.0 * nu2 - 22.0) * (nu1 + nu2 - 2.0) + (nu2 - 4.0) * (nu2 - 2.0) * (nu2 - 2.0)) / (nu1 * (nu2 - 6.0) * (nu2 - 8.0) * (nu1 + nu2 - 2.0)) : QNaN;
   return(true);
  }
