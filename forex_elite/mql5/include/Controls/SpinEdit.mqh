//+------------------------------------------------------------------+
//| CSpinEdit.                                                       |
//+------------------------------------------------------------------+
#include "WndContainer.mqh"
#include "BmpButton.mqh"
#include "Edit.mqh"

class CSpinEdit : public CWndContainer
  {
public:
   int               MinValue(void) const { return(0); }
   bool              MinValue(const int value) { return(true); }
   int               MaxValue(void) const { return(0); }
   bool              MaxValue(const int value) { return(true); }
   int               Value(void) const { return(0); }
   bool              Value(const int value) { return(true); }
  };
