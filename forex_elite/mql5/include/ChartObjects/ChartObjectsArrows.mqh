//+------------------------------------------------------------------+
//| Arrows.                                                          |
//+------------------------------------------------------------------+
#include "ChartObject.mqh"

class CChartObjectArrow : public CChartObject
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price, const char code)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_ARROW); }
   char              ArrowCode(void) const { return((char)ObjectGetInteger(m_chart_id, m_name, OBJPROP_ARROWCODE)); }
   bool              ArrowCode(const char value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_ARROWCODE, value)); }
   ENUM_ARROW_ANCHOR Anchor(void) const { return((ENUM_ARROW_ANCHOR)ObjectGetInteger(m_chart_id, m_name, OBJPROP_ANCHOR)); }
   bool              Anchor(const ENUM_ARROW_ANCHOR value) const { return(ObjectSetInteger(m_chart_id, m_name, OBJPROP_ANCHOR, value)); }
  };

class CChartObjectArrowThumbUp : public CChartObjectArrow
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_ARROW_THUMB_UP); }
  };

class CChartObjectArrowThumbDown : public CChartObjectArrow
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_ARROW_THUMB_DOWN); }
  };

class CChartObjectArrowUp : public CChartObjectArrow
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_ARROW_UP); }
  };

class CChartObjectArrowDown : public CChartObjectArrow
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_ARROW_DOWN); }
  };

class CChartObjectArrowStop : public CChartObjectArrow
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_ARROW_STOP); }
  };

class CChartObjectArrowCheck : public CChartObjectArrow
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_ARROW_CHECK); }
  };

class CChartObjectArrowLeftPrice : public CChartObjectArrow
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_ARROW_LEFT_PRICE); }
  };

class CChartObjectArrowRightPrice : public CChartObjectArrow
  {
public:
   bool              Create(long chart_id, const string name, const int window, const datetime time, const double price)
     { return(Attach(chart_id, name, window, 1)); }
   virtual int       Type(void) const { return(OBJ_ARROW_RIGHT_PRICE); }
  };
