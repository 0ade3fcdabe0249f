//+------------------------------------------------------------------+
//| CPicture.                                                        |
//+------------------------------------------------------------------+
#include "WndObj.mqh"

class CPicture : public CWndObj
  {
public:
   int               Border(void) const { return(0); }
   bool              Border(const int value) { return(true); }
   string            BmpName(void) const { return(""); }
   bool              BmpName(const string value) { return(true); }
  };
