//+------------------------------------------------------------------+
//| Student's distribution.                                          |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidT(const double nu)
  {
   return(nu > 0.0);
  }

double MathProbabilityDensityT(const double x, const double nu, const bool log_mode, int &error_code)
  {
   error_code = ValidT(nu) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double density = MathExp(-0.5 * (nu + 1.0) * MathLog(1.0 + x * x / nu) - 0.5 * MathLog(nu) - MathBetaLog(0.5, 0.5 * nu));
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityT(const double x, const double nu, int &error_code)
  {
   return(MathProbabilityDensityT(x, nu, false, error_code));
  }

bool MathProbabilityDensityT(const double &x[], const double nu, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityT(x[i], nu, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityT(const double &x[], const double nu, double &result[])
  {
   return(MathProbabilityDensityT(x, nu, false, result));
  }

double MathCumulativeDistributionT(const double x, const double nu, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidT(nu) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double outer = 0.5 * MathBetaShare(nu / (nu + x * x), 0.5 * nu, 0.5);
   double below = x < 0.0 ? outer : 1.0 - outer;
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionT(const double x, const double nu, int &error_code)
  {
   return(MathCumulativeDistributionT(x, nu, true, false, error_code));
  }

bool MathCumulativeDistributionT(const double &x[], const double nu, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionT(x[i], nu, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionT(const double &x[], const double nu, double &result[])
  {
   return(MathCumulativeDistributionT(x, nu, true, false, result));
  }

double MathQuantileT(const double probability, const double nu, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidT(nu) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   if(wanted == 0.0)
      return(QNEGINF);
   if(wanted == 1.0)
      return(QPOSINF);
   double from = -8.0, to = 8.0;
   int error = ERR_OK;
   while(MathCumulativeDistributionT(to, nu, error) < wanted && to < 1e300)
      to = to > 0.0 ? to * 2.0 : to / 2.0 + 1.0;
   while(from < 0.0 && MathCumulativeDistributionT(from, nu, error) > wanted && from > -1e300)
      from *= 2.0;
   for(int i = 0; i < 200 && to - from > 1e-15 * MathMax(1.0, MathAbs(from)); i++)
     {
      double middle = from + (to - from) / 2.0;
      if(MathCumulativeDistributionT(middle, nu, error) < wanted)
         from = middle;
      else
         to = middle;
     }
   return(from + (to - from) / 2.0);
  }

double MathQuantileT(const double probability, const double nu, int &error_code)
  {
   return(MathQuantileT(probability, nu, true, false, error_code));
  }

bool MathQuantileT(const double &probability[], const double nu, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileT(probability[i], nu, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileT(const double &probability[], const double nu, double &result[])
  {
   return(MathQuantileT(probability, nu, true, false, result));
  }

double MathRandomT(const double nu, int &error_code)
  {
   return(MathQuantileT(MathRandomNonZero(), nu, true, false, error_code));
  }

bool MathRandomT(const double nu, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomT(nu, error);
   return(error == ERR_OK);
  }

bool MathMomentsT(const double nu, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidT(nu) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = nu > 1.0 ? 0.0 : QNaN;
   variance = nu > 2.0 ? nu / (nu - 2.0) : QNaN;
   skewness = nu > 3.0 ? 0.0 : QNaN;
   kurtosis = nu > 4.0 ? 6.0 / (nu - 4.0) : QNaN;
   return(true);
  }
