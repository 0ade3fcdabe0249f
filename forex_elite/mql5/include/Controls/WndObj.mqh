//+------------------------------------------------------------------+
//| CWndObj.                                                         |
//+------------------------------------------------------------------+
#include "Wnd.mqh"

class CWndObj : public CWnd
  {
public:
   string            Text(void) const { return(""); }
   bool              Text(const string value) { return(true); }
   string            Font(void) const { return(""); }
   bool              Font(const string value) { return(true); }
   color             Color(void) const { return(0); }
   bool              Color(const color value) { return(true); }
   color             ColorBackground(void) const { return(0); }
   bool              ColorBackground(const color value) { return(true); }
   color             ColorBorder(void) const { return(0); }
   bool              ColorBorder(const color value) { return(true); }
   int               FontSize(void) const { return(0); }
   bool              FontSize(const int value) { return(true); }
   long              ZOrder(void) const { return(0); }
   bool              ZOrder(const long value) { return(true); }
  };
