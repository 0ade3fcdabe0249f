//+------------------------------------------------------------------+
//| The uniform distribution.                                        |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidUniform(const double a, const double b)
  {
   return(MathIsValidNumber(a) && MathIsValidNumber(b) && a < b);
  }

double MathProbabilityDensityUniform(const double x, const double a, const double b, const bool log_mode, int &error_code)
  {
   error_code = ValidUniform(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double density = x >= a && x <= b ? 1.0 / (b - a) : 0.0;
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityUniform(const double x, const double a, const double b, int &error_code)
  {
   return(MathProbabilityDensityUniform(x, a, b, false, error_code));
  }

bool MathProbabilityDensityUniform(const double &x[], const double a, const double b, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityUniform(x[i], a, b, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityUniform(const double &x[], const double a, const double b, double &result[])
  {
   return(MathProbabilityDensityUniform(x, a, b, false, result));
  }

double MathCumulativeDistributionUniform(const double x, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidUniform(a, b) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double below = (x - a) / (b - a);
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionUniform(const double x, const double a, const double b, int &error_code)
  {
   return(MathCumulativeDistributionUniform(x, a, b, true, false, error_code));
  }

bool MathCumulativeDistributionUniform(const double &x[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionUniform(x[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionUniform(const double &x[], const double a, const double b, double &result[])
  {
   return(MathCumulativeDistributionUniform(x, a, b, true, false, result));
  }

double MathQuantileUniform(const double probability, const double a, const double b, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidUniform(a, b) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   return(a + wanted * (b - a));
  }

double MathQuantileUniform(const double probability, const double a, const double b, int &error_code)
  {
   return(MathQuantileUniform(probability, a, b, true, false, error_code));
  }

bool MathQuantileUniform(const double &probability[], const double a, const double b, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileUniform(probability[i], a, b, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileUniform(const double &probability[], const double a, const double b, double &result[])
  {
   return(MathQuantileUniform(probability, a, b, true, false, result));
  }

double MathRandomUniform(const double a, const double b, int &error_code)
  {
   return(MathQuantileUniform(MathRandomNonZero(), a, b, true, false, error_code));
  }

bool MathRandomUniform(const double a, const double b, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomUniform(a, b, error);
   return(error == ERR_OK);
  }

bool MathMomentsUniform(const double a, const double b, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidUniform(a, b) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   mean = (a + b) / 2.0;
   variance = (b - a) * (b - a) / 12.0;
   skewness = 0.0;
   kurtosis = -1.2;
   return(true);
  }
