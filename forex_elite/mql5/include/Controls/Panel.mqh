//+------------------------------------------------------------------+
//| CPanel.                                                          |
//+------------------------------------------------------------------+
#include "WndObj.mqh"

class CPanel : public CWndObj
  {
public:
   ENUM_BORDER_TYPE  BorderType(void) const { return((ENUM_BORDER_TYPE)0); }
   bool              BorderType(const ENUM_BORDER_TYPE value) { return(true); }
  };
