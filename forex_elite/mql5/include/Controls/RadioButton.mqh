//+------------------------------------------------------------------+
//| CRadioButton.                                                    |
//+------------------------------------------------------------------+
#include "WndContainer.mqh"
#include "BmpButton.mqh"
#include "Edit.mqh"

class CRadioButton : public CWndContainer
  {
public:
   string            Text(void) const { return(""); }
   bool              Text(const string value) { return(true); }
   color             Color(void) const { return(0); }
   bool              Color(const color value) { return(true); }
   bool              State(void) const { return(false); }
   bool              State(const bool value) { return(true); }
  };
