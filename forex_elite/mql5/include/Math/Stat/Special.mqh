//+------------------------------------------------------------------+
//| Gamma and beta functions, which the distributions stand on.        |
//+------------------------------------------------------------------+

// The logarithm of the gamma function for x > 0, by Stirling's series after raising x to ten and more.
double MathGammaLog(const double x)
  {
   double shifted = x, product = 1.0;
   while(shifted < 10.0)
      product *= shifted++;
   double inverse = 1.0 / (shifted * shifted);
   double series = (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse * (1.0 / 1680.0 - inverse / 1188.0)))) / shifted;
   return((shifted - 0.5) * MathLog(shifted) - shifted + 0.5 * MathLog(2.0 * M_PI) + series - MathLog(product));
  }

double MathGamma(const double x)
  {
   if(x > 0.0)
      return(MathExp(MathGammaLog(x)));
   return(M_PI / (MathSin(M_PI * x) * MathExp(MathGammaLog(1.0 - x))));
  }

double MathBetaLog(const double a, const double b) { return(MathGammaLog(a) + MathGammaLog(b) - MathGammaLog(a + b)); }

double MathBeta(const double a, const double b) { return(MathExp(MathBetaLog(a, b))); }

// The lower incomplete gamma function as a share of the whole: a series on the left of its bulk, the rest on the right.
double MathGammaShare(const double a, const double x)
  {
   if(x <= 0.0)
      return(0.0);
   if(x >= a + 1.0)
      return(1.0 - MathGammaRest(a, x));
   double term = 1.0 / a, total = term;
   for(int n = 1; n < 100000 && term > total * 1e-17; n++)
     {
      term *= x / (a + n);
      total += term;
     }
   return(MathExp(a * MathLog(x) - x - MathGammaLog(a)) * total);
  }

// What the lower incomplete gamma function leaves to one, exact far out too: a continued fraction on the right of the bulk.
double MathGammaRest(const double a, const double x)
  {
   if(x < a + 1.0)
      return(1.0 - MathGammaShare(a, x));
   double b = x + 1.0 - a, c = 1e300, d = 1.0 / b, fraction = d;
   for(int n = 1; n < 100000; n++)
     {
      double numerator = -n * (n - a);
      b += 2.0;
      d = 1.0 / (numerator * d + b);
      c = b + numerator / c;
      fraction *= c * d;
      if(MathAbs(c * d - 1.0) < 1e-16)
         break;
     }
   return(MathExp(a * MathLog(x) - x - MathGammaLog(a)) * fraction);
  }

double MathGammaIncomplete(const double x, const double alpha) { return(MathGammaShare(alpha, x)); }

// The incomplete beta function as a share of the whole, by its continued fraction.
double MathBetaShare(const double x, const double a, const double b)
  {
   if(x <= 0.0)
      return(0.0);
   if(x >= 1.0)
      return(1.0);
   if(x > (a + 1.0) / (a + b + 2.0))
      return(1.0 - MathBetaShare(1.0 - x, b, a));
   double front = MathExp(a * MathLog(x) + b * MathLog(1.0 - x) - MathBetaLog(a, b)) / a;
   double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0);
   d = 1.0 / (MathAbs(d) < 1e-300 ? 1e-300 : d);
   double fraction = d;
   for(int n = 1; n < 10000; n++)
     {
      double even = n * (b - n) * x / ((a + 2.0 * n - 1.0) * (a + 2.0 * n));
      d = 1.0 / (1.0 + even * d);
      c = 1.0 + even / c;
      fraction *= c * d;
      double odd = -(a + n) * (a + b + n) * x / ((a + 2.0 * n) * (a + 2.0 * n + 1.0));
      d = 1.0 / (1.0 + odd * d);
      c = 1.0 + odd / c;
      fraction *= c * d;
      if(MathAbs(c * d - 1.0) < 1e-16)
         break;
     }
   return(front * fraction);
  }

double MathBetaIncomplete(const double x, const double p, const double q) { return(MathBetaShare(x, p, q)); }

double MathErf(const double x) { return(x < 0.0 ? -MathGammaShare(0.5, x * x) : MathGammaShare(0.5, x * x)); }

double MathErfc(const double x) { return(x < 0.0 ? 1.0 + MathGammaShare(0.5, x * x) : MathGammaRest(0.5, x * x)); }

// A random number above zero and below one, with the 45 bits of three draws.
double MathRandomNonZero(void)
  {
   return((MathRand() * 1073741824.0 + MathRand() * 32768.0 + MathRand() + 0.5) / 35184372088832.0);
  }
