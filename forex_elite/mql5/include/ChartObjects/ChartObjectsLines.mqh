//+------------------------------------------------------------------+
//| Lines.                                                           |
//+------------------------------------------------------------------+
#include "ChartObject.mqh"

class CChartObjectVLine : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_VLINE); }
  };

class CChartObjectHLine : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_HLINE); }
  };

class CChartObjectTrend : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2)
     { return(Attach(chart_id, name, window, 2)); }
   virtual int       Type(void) const { return(OBJ_TREND); }
   bool              RayLeft(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_RAY_LEFT)); }
   bool              RayLeft(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_RAY_LEFT, value)); }
   bool              RayRight(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_RAY_RIGHT)); }
   bool              RayRight(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_RAY_RIGHT, value)); }
  };

class CChartObjectTrendByAngle : public CChartObjectTrend
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2)
     { return(Attach(chart_id, name, window, 2)); }
   virtual int       Type(void) const { return(OBJ_TRENDBYANGLE); }
   double            Angle(void) const { return(ObjectGetDouble(m_chart_id, m_name, OBJPROP_ANGLE)); }
   bool              Angle(const double value) const { return(ObjectSetDouble(m_chart_id, m_name, OBJPROP_ANGLE, value)); }
  };

class CChartObjectCycles : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2)
     { return(Attach(chart_id, name, window, 2)); }
   virtual int       Type(void) const { return(OBJ_CYCLES); }
  };
