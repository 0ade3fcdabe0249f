//+------------------------------------------------------------------+
//| Fibonacci objects.                                               |
//+------------------------------------------------------------------+
#include "ChartObjectsLines.mqh"

class CChartObjectFibo : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2)
     { return(Attach(chart_id, name, window, 2)); }
   virtual int       Type(void) const { return(OBJ_FIBO); }
  };

class CChartObjectFiboTimes : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2)
     { return(Attach(chart_id, name, window, 2)); }
   virtual int       Type(void) const { return(OBJ_FIBOTIMES); }
  };

class CChartObjectFiboFan : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2)
     { return(Attach(chart_id, name, window, 2)); }
   virtual int       Type(void) const { return(OBJ_FIBOFAN); }
  };

class CChartObjectFiboArc : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2)
     { return(Attach(chart_id, name, window, 2)); }
   virtual int       Type(void) const { return(OBJ_FIBOARC); }
  };

class CChartObjectFiboChannel : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2, const datetime time3, const double price3)
     { return(Attach(chart_id, name, window, 3)); }
   virtual int       Type(void) const { return(OBJ_FIBOCHANNEL); }
  };

class CChartObjectFiboExpansion : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2, const datetime time3, const double price3)
     { return(Attach(chart_id, name, window, 3)); }
   virtual int       Type(void) const { return(OBJ_EXPANSION); }
  };
