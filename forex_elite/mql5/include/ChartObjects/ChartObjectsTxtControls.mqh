//+------------------------------------------------------------------+
//| Texts, labels, buttons, edits and rectangles.                    |
//+------------------------------------------------------------------+
#include "ChartObject.mqh"

class CChartObjectText : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_TEXT); }
   double            Angle(void) const { return(ObjectGetDouble(m_chart_id, m_name, OBJPROP_ANGLE)); }
   bool              Angle(const double value) const { return(ObjectSetDouble(m_chart_id, m_name, OBJPROP_ANGLE, value)); }
   string            Font(void) const { return(ObjectGetString(m_chart_id, m_name, OBJPROP_FONT)); }
   bool              Font(const string value) const { return(ObjectSetString(m_chart_id, m_name, OBJPROP_FONT, value)); }
   int               FontSize(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_FONTSIZE)); }
   bool              FontSize(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_FONTSIZE, value)); }
   ENUM_ANCHOR_POINT Anchor(void) const { return((ENUM_ANCHOR_POINT)ObjectGetInteger(m_chart_id, m_name, OBJPROP_ANCHOR)); }
   bool              Anchor(const ENUM_ANCHOR_POINT value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_ANCHOR, value)); }
  };

class CChartObjectLabel : public CChartObjectText
  {
public:
   bool              Create(long chart_id, const string name, const int window, const int X, const int Y)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_LABEL); }
   int               X_Distance(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_XDISTANCE)); }
   bool              X_Distance(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_XDISTANCE, value)); }
   int               Y_Distance(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_YDISTANCE)); }
   bool              Y_Distance(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_YDISTANCE, value)); }
   ENUM_BASE_CORNER  Corner(void) const { return((ENUM_BASE_CORNER)ObjectGetInteger(m_chart_id, m_name, OBJPROP_CORNER)); }
   bool              Corner(const ENUM_BASE_CORNER value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_CORNER, value)); }
   int               X_Size(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_XSIZE)); }
   bool              X_Size(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_XSIZE, value)); }
   int               Y_Size(void) const { return((int)ObjectGetInteger(m_chart_id, m_name, OBJPROP_YSIZE)); }
   bool              Y_Size(const int value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_YSIZE, value)); }
  };

class CChartObjectEdit : public CChartObjectLabel
  {
public:
   bool              Create(long chart_id, const string name, const int window, const int X, const int Y, const int sizeX, const int sizeY)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_EDIT); }
   color             BackColor(void) const { return((color)ObjectGetInteger(m_chart_id, m_name, OBJPROP_BGCOLOR)); }
   bool              BackColor(const color value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_BGCOLOR, value)); }
   color             BorderColor(void) const { return((color)ObjectGetInteger(m_chart_id, m_name, OBJPROP_BORDER_COLOR)); }
   bool              BorderColor(const color value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_BORDER_COLOR, value)); }
   bool              ReadOnly(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_READONLY)); }
   bool              ReadOnly(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_READONLY, value)); }
   ENUM_ALIGN_MODE   TextAlign(void) const { return((ENUM_ALIGN_MODE)ObjectGetInteger(m_chart_id, m_name, OBJPROP_ALIGN)); }
   bool              TextAlign(const ENUM_ALIGN_MODE value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_ALIGN, value)); }
  };

class CChartObjectButton : public CChartObjectEdit
  {
public:
   bool              Create(long chart_id, const string name, const int window, const int X, const int Y, const int sizeX, const int sizeY)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_BUTTON); }
   bool              State(void) const { return((bool)ObjectGetInteger(m_chart_id, m_name, OBJPROP_STATE)); }
   bool              State(const bool value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_STATE, value)); }
  };

class CChartObjectRectLabel : public CChartObjectLabel
  {
public:
   bool              Create(long chart_id, const string name, const int window, const int X, const int Y, const int sizeX, const int sizeY)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_RECTANGLE_LABEL); }
   color             BackColor(void) const { return((color)ObjectGetInteger(m_chart_id, m_name, OBJPROP_BGCOLOR)); }
   bool              BackColor(const color value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_BGCOLOR, value)); }
   ENUM_BORDER_TYPE  BorderType(void) const { return((ENUM_BORDER_TYPE)ObjectGetInteger(m_chart_id, m_name, OBJPROP_BORDER_TYPE)); }
   bool              BorderType(const ENUM_BORDER_TYPE value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_BORDER_TYPE, value)); }
  };
