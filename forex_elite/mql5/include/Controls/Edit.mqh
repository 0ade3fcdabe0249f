//+------------------------------------------------------------------+
//| CEdit.                                                           |
//+------------------------------------------------------------------+
#include "WndObj.mqh"

class CEdit : public CWndObj
  {
public:
   bool              ReadOnly(void) const { return(false); }
   bool              ReadOnly(const bool value) { return(true); }
   ENUM_ALIGN_MODE   TextAlign(void) const { return((ENUM_ALIGN_MODE)0); }
   bool              TextAlign(const ENUM_ALIGN_MODE value) { return(true); }
  };
