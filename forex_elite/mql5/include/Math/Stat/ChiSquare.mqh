//+------------------------------------------------------------------+
//| The chi-square distribution.                                     |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidChiSquare(const double nu)
  {
   return(nu > 0.0);
  }

double MathProbabilityDensityChiSquare(const double x, const double nu, const bool log_mode, int &error_code)
  {
   error_code = ValidChiSquare(nu) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double density = x > 0.0 ? 0.5 * MathExp((0.5 * nu - 1.0) * MathLog(0.5 * x) - 0.5 * x - MathGammaLog(0.5 * nu)) : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityChiSquare(const double x, const double nu, int &error_code)
  {
   return(MathProbabilityDensityChiSquare(x, nu, false, error_code));
  }

bool MathProbabilityDensityChiSquare(const double &x[], const double nu, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityChiSquare(x[i], nu, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityChiSquare(const double &x[], const double nu, double &result[])
  {
   return(MathProbabilityDensityChiSquare(x, nu, false, result));
  }

double MathCumulativeDistributionChiSquare(const double x, const double nu, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidChiSquare(nu) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = x > 0.0 ? MathGammaShare(0.5 * nu, 0.5 * x) : 0.0;
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionChiSquare(const double x, const double nu, int &error_code)
  {
   return(MathCumulativeDistributionChiSquare(x, nu, true, false, error_code));
  }

bool MathCumulativeDistributionChiSquare(const double &x[], const double nu, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionChiSquare(x[i], nu, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionChiSquare(const double &x[], const double nu, double &result[])
  {
   return(MathCumulativeDistributionChiSquare(x, nu, true, false, result));
  }

double MathQuantileChiSquare(const double probability, const double nu, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidChiSquare(nu) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   if(wanted == 0.0)
      return(0.0);
   if(wanted == 1.0)
      return(QPOSINF);
   double from = 0.0, to = nu;
   int error = ERR_OK;
   while(MathCumulativeDistributionChiSquare(to, nu, error) < wanted && to < 1e300)
      to = to > 0.0 ? to * 2.0 : to / 2.0 + 1.0;
   while(from < 0.0 && MathCumulativeDistributionChiSquare(from, nu, error) > wanted && from > -1e300)
      from *= 2.0;
   for(int i = 0; i < 200 && to - from > 1e-15 * MathMax(1.0, MathAbs(from)); i++)
     {
      double middle = from + (to - from) / 2.0;
      if(MathCumulativeDistributionChiSquare(middle, nu, error) < wanted)
         from = middle;
      else
         to = middle;
     }
   return(from + (to - from) / 2.0);
  }

double MathQuantileChiSquare(const double probability, const double nu, int &error_code)
  {
   return(MathQuantileChiSquare(probability, nu, true, false, error_code));
  }

bool MathQuantileChiSquare(const double &probability[], const double nu, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileChiSquare(probability[i], nu, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileChiSquare(const double &probability[], const double nu, double &result[])
  {
   return(MathQuantileChiSquare(probability, nu, true, false, result));
  }

double MathRandomChiSquare(const double nu, int &error_code)
  {
   return(MathQuantileChiSquare(MathRandomNonZero(), nu, true, false, error_code));
  }

bool MathRandomChiSquare(const double nu, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomChiSquare(nu, error);
   return(error == ERR_OK);
  }

bool MathMomentsChiSquare(const double nu, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidChiSquare(nu) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = nu;
   variance = 2.0 * nu;
   skewness = MathSqrt(8.0 / nu);
   kurtosis = 12.0 / nu;
   return(true);
  }
