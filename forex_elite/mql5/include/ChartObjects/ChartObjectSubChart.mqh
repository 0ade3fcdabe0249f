#include "ChartObject.mqh"

class CChartObjectSubChart : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const int X, const int Y, const int sizeX, const int sizeY)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_CHART); }
   int               X_Size(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_XSIZE)); }
   bool              X_Size(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_XSIZE, value)); }
   int               Y_Size(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_YSIZE)); }
   bool              Y_Size(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_YSIZE, value)); }
  };
