//+------------------------------------------------------------------+
//| CIndicators: a collection that refreshes its members together.   |
//+------------------------------------------------------------------+
#include "Trend.mqh"
#include "Oscilators.mqh"
#include "Volumes.mqh"
#include "BillWilliams.mqh"
#include "Custom.mqh"
#include "TimeSeries.mqh"

class CIndicators : public CArrayObj
  {
protected:
   MqlDateTime       m_prev_time;

public:
                     CIndicators(void) { ZeroMemory(m_prev_time); }
   CIndicator       *Create(const string symbol, const ENUM_TIMEFRAMES period, const ENUM_INDICATOR type, const int count,
                            const MqlParam &params[])
     {
      CIndicator *made = new CIndicator;
      if(!made.Create(symbol, period, type, count, params))
        {
         delete made;
         return(NULL);
        }
      Add(made);
      return(made);
     }
   bool              BufferResize(const int size) { return(true); }
   int               Refresh(void) { return(0); }
  };
