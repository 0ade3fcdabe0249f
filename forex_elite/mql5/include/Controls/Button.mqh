//+------------------------------------------------------------------+
//| CButton.                                                         |
//+------------------------------------------------------------------+
#include "WndObj.mqh"

class CButton : public CWndObj
  {
public:
   bool              Pressed(void) const { return(false); }
   bool              Pressed(const bool value) { return(true); }
   bool              Locking(void) const { return(false); }
   bool              Locking(const bool value) { return(true); }
  };
