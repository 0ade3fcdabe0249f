//+------------------------------------------------------------------+
//| CChartObject: a graphical object; drawing does nothing on this side. |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CChartObject : public CObject
  {
protected:
   long              m_chart_id;
   int               m_window;
   string            m_name;
   int               m_num_points;

public:
                     CChartObject(void) : m_chart_id(-1), m_window(-1), m_name(""), m_num_points(0) {}
   long              ChartId(void) const { return(m_chart_id); }
   int               Window(void) const { return(m_window); }
   string            Name(void) const { return(m_name); }
   bool              Name(const string name)
     {
      m_name = name;
      return(true);
     }
   int               NumPoints(void) const { return(m_num_points); }
   bool              Attach(long chart_id, const string name, const int window, const int points)
     {
      m_chart_id = chart_id;
      m_name = name;
      m_window = window;
      m_num_points = points;
      return(true);
     }
   void              Detach(void) { m_chart_id = -1; }
   virtual bool      Delete(void) { return(ObjectDelete(m_chart_id, m_name)); }
   bool              SetPoint(const int point, const datetime time, const double price) const { return(ObjectMove(m_chart_id, m_name, point, time, price)); }
   bool              ShiftObject(const datetime d_time, const double d_price) const { return(true); }
   bool              ShiftPoint(const int point, const datetime d_time, const double d_price) const { return(true); }
   datetime          Time(const int point) const { return((datetime)ObjectGetInteger(m_chart_id, m_name, OBJPROP_TIME, point)); }
   bool              Time(const int point, const datetime time) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_TIME, point, time)); }
   double            Price(const int point) const { return(ObjectGetDouble(m_chart_id, m_name, OBJPROP_PRICE, point)); }
   bool              Price(const int point, const double price) const { return(ObjectSetDouble(m_chart_id, m_name, OBJPROP_PRICE, point, price)); }
   datetime          CreateTime(void) const { return((datetime)ObjectGetInteger(m_chart_id, m_name, OBJPROP_CREATETIME)); }
   bool              SetInteger(const ENUM_OBJECT_PROPERTY_INTEGER prop_id, const long value) const { return(ObjectSetInteger(m_chart_id, m_name, prop_id, value)); }
   bool              SetInteger(const ENUM_OBJECT_PROPERTY_INTEGER prop_id, const int modifier, const long value) const { return(ObjectSetInteger(m_chart_id, m_name, prop_id, modifier, value)); }
   long              GetInteger(const ENUM_OBJECT_PROPERTY_INTEGER prop_id, const int modifier = -1) const { return(ObjectGetInteger(m_chart_id, m_name, prop_id)); }
   bool              SetDouble(const ENUM_OBJECT_PROPERTY_DOUBLE prop_id, const double value) const { return(ObjectSetDouble(m_chart_id, m_name, prop_id, value)); }
   double            GetDouble(const ENUM_OBJECT_PROPERTY_DOUBLE prop_id, const int modifier = -1) const { return(ObjectGetDouble(m_chart_id, m_name, prop_id)); }
   bool              SetString(const ENUM_OBJECT_PROPERTY_STRING prop_id, const string value) const { return(ObjectSetString(m_chart_id, m_name, prop_id, value)); }
   string            GetString(const ENUM_OBJECT_PROPERTY_STRING prop_id, const int modifier = -1) const { return(ObjectGetString(m_chart_id, m_name, prop_id)); }
   color             Color(void) const { return((color)ObjectGetInteger(m_chart_id, m_name, OBJPROP_COLOR)); }
   bool              Color(const color value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_COLOR, value)); }
   ENUM_LINE_STYLE   Style(void) const { return((ENUM_LINE_STYLE)ObjectGetInteger(m_chart_id, m_name, OBJPROP_STYLE)); }
   bool              Style(const ENUM_LINE_STYLE value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_STYLE, value)); }
   int               Width(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_WIDTH)); }
   bool              Width(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_WIDTH, value)); }
   bool              Background(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_BACK)); }
   bool              Background(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_BACK, value)); }
   bool              Fill(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_FILL)); }
   bool              Fill(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_FILL, value)); }
   long              Z_Order(void) const { return(ObjectGetInteger(m_chart_id, m_name, OBJPROP_ZORDER)); }
   bool              Z_Order(const long value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_ZORDER, value)); }
   bool              Selected(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_SELECTED)); }
   bool              Selected(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_SELECTED, value)); }
   bool              Selectable(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_SELECTABLE)); }
   bool              Selectable(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_SELECTABLE, value)); }
   bool              Hidden(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_HIDDEN)); }
   bool              Hidden(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_HIDDEN, value)); }
   int               Timeframes(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_TIMEFRAMES)); }
   bool              Timeframes(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_TIMEFRAMES, value)); }
   int               LevelsCount(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_LEVELS)); }
   bool              LevelsCount(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_LEVELS, value)); }
   string            Description(void) const { return(ObjectGetString(m_chart_id, m_name, OBJPROP_TEXT)); }
   bool              Description(const string value) const { return(ObjectSetString(m_chart_id, m_name, OBJPROP_TEXT, value)); }
   string            Tooltip(void) const { return(ObjectGetString(m_chart_id, m_name, OBJPROP_TOOLTIP)); }
   bool              Tooltip(const string value) const { return(ObjectSetString(m_chart_id, m_name, OBJPROP_TOOLTIP, value)); }
  };
