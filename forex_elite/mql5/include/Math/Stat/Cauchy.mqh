//+------------------------------------------------------------------+
//| The Cauchy distribution.                                         |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidCauchy(const double a, const double b)
  {
   return(MathIsValidNumber(a) && b > 0.0);
  }

double MathProbabilityDensityCauchy(const double x, const double a, const double b, const bool log_mode, int &error_code)
  {
   error_code = ValidCauchy(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double z = (x - a) / b;
   double density = 1.0 / (M_PI * b * (1.0 + z * z));
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityCauchy(const double x, const double a, const double b, int &error_code)
  {
   return(MathProbabilityDensityCauchy(x, a, b, false, error_code));
  }

bool MathProbabilityDensityCauchy(const double &x[], const double a, const double b, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityCauchy(x[i], a, b, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityCauchy(const double &x[], const double a, const double b, double &result[])
  {
   return(MathProbabilityDensityCauchy(x, a, b, false, result));
  }

double MathCumulativeDistributionCauchy(const double x, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidCauchy(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = 0.5 + MathArctan((x - a) / b) / M_PI;
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionCauchy(const double x, const double a, const double b, int &error_code)
  {
   return(MathCumulativeDistributionCauchy(x, a, b, true, false, error_code));
  }

bool MathCumulativeDistributionCauchy(const double &x[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionCauchy(x[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionCauchy(const double &x[], const double a, const double b, double &result[])
  {
   return(MathCumulativeDistributionCauchy(x, a, b, true, false, result));
  }

double MathQuantileCauchy(const double probability, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidCauchy(a, b) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   if(wanted == 0.0)
      return(QNEGINF);
   return(wanted == 1.0 ? QPOSINF : a + b * MathTan(M_PI * (wanted - 0.5)));
  }

double MathQuantileCauchy(const double probability, const double a, const double b, int &error_code)
  {
   return(MathQuantileCauchy(probability, a, b, true, false, error_code));
  }

bool MathQuantileCauchy(const double &probability[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileCauchy(probability[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileCauchy(const double &probability[], const double a, const double b, double &result[])
  {
   return(MathQuantileCauchy(probability, a, b, true, false, result));
  }

double MathRandomCauchy(const double a, const double b, int &error_code)
  {
   return(MathQuantileCauchy(MathRandomNonZero(), a, b, true, false, error_code));
  }

bool MathRandomCauchy(const double a, const double b, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomCauchy(a, b, error);
   return(error == ERR_OK);
  }

bool MathMomentsCauchy(const double a, const double b, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidCauchy(a, b) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   // The Cauchy distribution has no moments.
   return(true);
  }
