//+------------------------------------------------------------------+
//| Channels.                                                        |
//+------------------------------------------------------------------+
#include "ChartObjectsLines.mqh"

class CChartObjectChannel : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2, const datetime time3, const double price3)
     { return(Attach(chart_id, name, window, 3)); }
   virtual int       Type(void) const { return(OBJ_CHANNEL); }
  };

class CChartObjectRegression : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const datetime time2)
     { return(Attach(chart_id, name, window, 2)); }
   virtual int       Type(void) const { return(OBJ_REGRESSION); }
  };

class CChartObjectStdDevChannel : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const datetime time2, const double deviation)
     { return(Attach(chart_id, name, window, 2)); }
   double            Deviations(void) const { return(0.0); }
   bool              Deviations(const double deviation) { return(true); }
   virtual int       Type(void) const { return(OBJ_STDDEVCHANNEL); }
  };

class CChartObjectPitchfork : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2, const datetime time3, const double price3)
     { return(Attach(chart_id, name, window, 3)); }
   virtual int       Type(void) const { return(OBJ_PITCHFORK); }
  };
