//+------------------------------------------------------------------+
//| The binomial distribution.                                       |
//+------------------------------------------------------------------+
#include "Math.mqh"

bool ValidBinomial(const double n, const double p)
  {
   return(n >= 0.0 && n == MathFloor(n) && p >= 0.0 && p <= 1.0);
  }

double MathProbabilityDensityBinomial(const double x, const double n, const double p, const bool log_mode, int &error_code)
  {
   error_code = ValidBinomial(n, p) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   bool possible = x >= 0.0 && x <= n && x == MathFloor(x);
   double density = 0.0;
   if(possible && (p == 0.0 || p == 1.0))
      density = x == n * p ? 1.0 : 0.0;
   else
      if(possible)
         density = MathExp(MathGammaLog(n + 1.0) - MathGammaLog(x + 1.0) - MathGammaLog(n - x + 1.0) + x * MathLog(p) + (n - x) * MathLog(1.0 - p));
   return(log_mode ? MathLog(density) : density);
  }

double MathProbabilityDensityBinomial(const double x, const double n, const double p, int &error_code)
  {
   return(MathProbabilityDensityBinomial(x, n, p, false, error_code));
  }

bool MathProbabilityDensityBinomial(const double &x[], const double n, const double p, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathProbabilityDensityBinomial(x[i], n, p, log_mode, error);
   return(error == ERR_OK);
  }

bool MathProbabilityDensityBinomial(const double &x[], const double n, const double p, double &result[])
  {
   return(MathProbabilityDensityBinomial(x, n, p, false, result));
  }

double MathCumulativeDistributionBinomial(const double x, const double n, const double p, const bool tail, const bool log_mode, int &error_code)
  {
   error_code = ValidBinomial(n, p) && MathIsValidNumber(x) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   double whole = MathFloor(x);
   double below = whole < 0.0 ? 0.0 : whole >= n ? 1.0 : MathBetaShare(1.0 - p, n - whole, whole + 1.0);
   below = MathMax(0.0, MathMin(1.0, below));
   double share = tail ? below : 1.0 - below;
   return(log_mode ? MathLog(share) : share);
  }

double MathCumulativeDistributionBinomial(const double x, const double n, const double p, int &error_code)
  {
   return(MathCumulativeDistributionBinomial(x, n, p, true, false, error_code));
  }

bool MathCumulativeDistributionBinomial(const double &x[], const double n, const double p, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(x), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathCumulativeDistributionBinomial(x[i], n, p, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathCumulativeDistributionBinomial(const double &x[], const double n, const double p, double &result[])
  {
   return(MathCumulativeDistributionBinomial(x, n, p, true, false, result));
  }

double MathQuantileBinomial(const double probability, const double n, const double p, const bool tail, const bool log_mode, int &error_code)
  {
   double share = log_mode ? MathExp(probability) : probability;
   double wanted = tail ? share : 1.0 - share;
   error_code = ValidBinomial(n, p) && wanted >= 0.0 && wanted <= 1.0 ? ERR_OK : ERR_ARGUMENTS_INVALID;
   if(error_code != ERR_OK)
      return(QNaN);
   int error = ERR_OK;
   if(wanted == 1.0)
      return(n);
   double from = -1.0, to = 1.0;
   while(MathCumulativeDistributionBinomial(to, n, p, error) < wanted && to < 1e15)
      to *= 2.0;
   while(to - from > 1.0)
     {
      double middle = MathFloor(from + (to - from) / 2.0);
      if(MathCumulativeDistributionBinomial(middle, n, p, error) < wanted)
         from = middle;
      else
         to = middle;
     }
   return(to);
  }

double MathQuantileBinomial(const double probability, const double n, const double p, int &error_code)
  {
   return(MathQuantileBinomial(probability, n, p, true, false, error_code));
  }

bool MathQuantileBinomial(const double &probability[], const double n, const double p, const bool tail, const bool log_mode, double &result[])
  {
   int size = ArraySize(probability), error = ERR_OK;
   if(size < 1 || ArrayResize(result, size) != size)
      return(false);
   for(int i = 0; i < size && error == ERR_OK; i++)
      result[i] = MathQuantileBinomial(probability[i], n, p, tail, log_mode, error);
   return(error == ERR_OK);
  }

bool MathQuantileBinomial(const double &probability[], const double n, const double p, double &result[])
  {
   return(MathQuantileBinomial(probability, n, p, true, false, result));
  }

double MathRandomBinomial(const double n, const double p, int &error_code)
  {
   return(MathQuantileBinomial(MathRandomNonZero(), n, p, true, false, error_code));
  }

bool MathRandomBinomial(const double n, const double p, const int data_count, double &result[])
  {
   int error = ERR_OK;
   if(data_count < 1 || ArrayResize(result, data_count) != data_count)
      return(false);
   for(int i = 0; i < data_count && error == ERR_OK; i++)
      result[i] = MathRandomBinomial(n, p, error);
   return(error == ERR_OK);
  }

bool MathMomentsBinomial(const double n, const double p, double &mean, double &variance, double &skewness, double &kurtosis, int &error_code)
  {
   error_code = ValidBinomial(n, p) ? ERR_OK : ERR_ARGUMENTS_INVALID;
   mean = variance = skewness = kurtosis = QNaN;
   if(error_code != ERR_OK)
      return(false);
   double spread = n * p * (1.0 - p);
   mean = n * p;
   variance = spread;
   skewness = (1.0 - 2.0 * p) / MathSqrt(spread);
   kurtosis = (1.0 - 6.0 * p * (1.0 - p)) / spread;
   return(true);
  }
