//+------------------------------------------------------------------+
//| CLabel.                                                          |
//+------------------------------------------------------------------+
#include "WndObj.mqh"

class CLabel : public CWndObj
  {
public:
   int               LabelType(void) const { return(0); }
  };
