//+------------------------------------------------------------------+
//| CCheckBox.                                                       |
//+------------------------------------------------------------------+
#include "WndContainer.mqh"
#include "BmpButton.mqh"
#include "Edit.mqh"

class CCheckBox : public CWndContainer
  {
public:
   string            Text(void) const { return(""); }
   bool              Text(const string value) { return(true); }
   color             Color(void) const { return(0); }
   bool              Color(const color value) { return(true); }
   bool              Checked(void) const { return(false); }
   bool              Checked(const bool value) { return(true); }
   int               Value(void) const { return(0); }
   bool              Value(const int value) { return(true); }
  };
