//+------------------------------------------------------------------+
//| CDatePicker.                                                     |
//+------------------------------------------------------------------+
#include "WndContainer.mqh"
#include "BmpButton.mqh"
#include "Edit.mqh"

class CDatePicker : public CWndContainer
  {
public:
   datetime          Value(void) const { return(0); }
   bool              Value(const datetime value) { return(true); }
  };
