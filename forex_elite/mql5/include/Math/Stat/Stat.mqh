//+------------------------------------------------------------------+
//| All distributions.                                                |
//+------------------------------------------------------------------+
#include "Beta.mqh"
#include "Binomial.mqh"
#include "Cauchy.mqh"
#include "ChiSquare.mqh"
#include "Exponential.mqh"
#include "F.mqh"
#include "Gamma.mqh"
#include "Geometric.mqh"
#include "Logistic.mqh"
#include "Lognormal.mqh"
#include "Normal.mqh"
#include "Poisson.mqh"
#include "T.mqh"
#include "Uniform.mqh"
#include "Weibull.mqh"
