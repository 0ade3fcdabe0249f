//+------------------------------------------------------------------+
//| Pictures.                                                        |
//+------------------------------------------------------------------+
#include "ChartObjectsTxtControls.mqh"

class CChartObjectBitmap : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_BITMAP); }
   string            BmpFile(void) const { return(ObjectGetString(m_chart_id, m_name, OBJPROP_BMPFILE)); }
   bool              BmpFile(const string value) const { return(ObjectSetString(m_chart_id, m_name, OBJPROP_BMPFILE, value)); }
  };

class CChartObjectBmpLabel : public CChartObjectLabel
  {
public:
   bool              Create(long chart_id, const string name, const int window, const int X, const int Y)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_BITMAP_LABEL); }
   bool              State(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_STATE)); }
   bool              State(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_STATE, value)); }
   string            BmpFileOn(void) const { return(""); }
   bool              BmpFileOn(const string value) { return(true); }
   string            BmpFileOff(void) const { return(""); }
   bool              BmpFileOff(const string value) { return(true); }
  };
