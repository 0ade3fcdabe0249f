//+------------------------------------------------------------------+
//| CDateDropList: the calendar of a date field; not drawn here.     |
//+------------------------------------------------------------------+
#include "WndContainer.mqh"

class CDateDropList : public CWndContainer
  {
protected:
   datetime          m_value;

public:
                     CDateDropList(void) : m_value(0) {}
   datetime          Value(void) const { return(m_value); }
   void              Value(const datetime value) { m_value = value; }
   void              Value(const MqlDateTime &value)
     {
      MqlDateTime copy = value;
      m_value = StructToTime(copy);
     }
  };
