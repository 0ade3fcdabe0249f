//+------------------------------------------------------------------+
//| Shapes.                                                          |
//+------------------------------------------------------------------+
#include "ChartObject.mqh"

class CChartObjectRectangle : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2)
     { return(Attach(chart_id, name, window, 2)); }
   virtual int       Type(void) const { return(OBJ_RECTANGLE); }
  };

class CChartObjectTriangle : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2, const datetime time3, const double price3)
     { return(Attach(chart_id, name, window, 3)); }
   virtual int       Type(void) const { return(OBJ_TRIANGLE); }
  };

class CChartObjectEllipse : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time1, const double price1, const datetime time2, const double price2, const datetime time3, const double price3)
     { return(Attach(chart_id, name, window, 3)); }
   virtual int       Type(void) const { return(OBJ_ELLIPSE); }
  };
