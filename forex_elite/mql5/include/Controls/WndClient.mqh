//+------------------------------------------------------------------+
//| CWndClient.                                                      |
//+------------------------------------------------------------------+
#include "WndContainer.mqh"
#include "Panel.mqh"

class CWndClient : public CWndContainer
  {
public:
   color             ColorBackground(void) const { return(0); }
   bool              ColorBackground(const color value) { return(true); }
   color             ColorBorder(void) const { return(0); }
   bool              ColorBorder(const color value) { return(true); }
   ENUM_BORDER_TYPE  BorderType(void) const { return((ENUM_BORDER_TYPE)0); }
   bool              BorderType(const ENUM_BORDER_TYPE value) { return(true); }
  };
