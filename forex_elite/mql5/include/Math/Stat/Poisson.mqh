//+------------------------------------------------------------------+
//| The Poisson distribution.                                        |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidPoisson(const double lambda)
  {
   return(lambda > 0.0);
  }

double MathProbabilityDensityPoisson(const double x, const double lambda, const bool log_mode, int &error_code)
  {
   error_code = ValidPoisson(lambda) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   bool possible = x >= 0.0 && x == MathFloor(x);
   double density = possible ? MathExp(x * MathLog(lambda) - lambda - MathGammaLog(x + 1.0)) : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityPoisson(const double x, const double lambda, int &error_code)
  {
   return(MathProbabilityDensityPoisson(x, lambda, false, error_code));
  }

bool MathProbabilityDensityPoisson(const double &x[], const double lambda, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityPoisson(x[i], lambda, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityPoisson(const double &x[], const double lambda, double &result[])
  {
   return(MathProbabilityDensityPoisson(x, lambda, false, result));
  }

double MathCumulativeDistributionPoisson(const double x, const double lambda, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidPoisson(lambda) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double whole = MathFloor(x);
   double below = whole < 0.0 ? 0.0 : 1.0 - MathGammaShare(whole + 1.0, lambda);
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionPoisson(const double x, const double lambda, int &error_code)
  {
   return(MathCumulativeDistributionPoisson(x, lambda, true, false, error_code));
  }

bool MathCumulativeDistributionPoisson(const double &x[], const double lambda, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionPoisson(x[i], lambda, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionPoisson(const double &x[], const double lambda, double &result[])
  {
   return(MathCumulativeDistributionPoisson(x, lambda, true, false, result));
  }

double MathQuantilePoisson(const double probability, const double lambda, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidPoisson(lambda) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   int error = ERR_OK;
   if(wanted == 1.0)
      return(QPOSINF);
   double from = -1.0, to = 1.0;
   while(MathCumulativeDistributionPoisson(to, lambda, error) < wanted && to < 1e15)
      to *= 2.0;
   while(to - from > 1.0)
     {
      double middle = MathFloor(from + (to - from) / 2.0);
      if(MathCumulativeDistributionPoisson(middle, lambda, error) < wanted)
         from = middle;
      else
         to = middle;
     }
   return(to);
  }

double MathQuantilePoisson(const double probability, const double lambda, int &error_code)
  {
   return(MathQuantilePoisson(probability, lambda, true, false, error_code));
  }

bool MathQuantilePoisson(const double &probability[], const double lambda, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantilePoisson(probability[i], lambda, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantilePoisson(const double &probability[], const double lambda, double &result[])
  {
   return(MathQuantilePoisson(probability, lambda, true, false, result));
  }

double MathRandomPoisson(const double lambda, int &error_code)
  {
   return(MathQuantilePoisson(MathRandomNonZero(), lambda, true, false, error_code));
  }

bool MathRandomPoisson(const double lambda, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomPoisson(lambda, error);
   return(error == ERR_OK);
  }

bool MathMomentsPoisson(const double lambda, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidPoisson(lambda) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = lambda;
   variance = lambda;
   skewness = 1.0 / MathSqrt(lambda);
   kurtosis = 1.0 / lambda;
   return(true);
  }
