//+------------------------------------------------------------------+
//| CBmpButton.                                                      |
//+------------------------------------------------------------------+
#include "WndObj.mqh"

class CBmpButton : public CWndObj
  {
public:
   bool              Pressed(void) const { return(false); }
   bool              Pressed(const bool value) { return(true); }
   bool              Locking(void) const { return(false); }
   bool              Locking(const bool value) { return(true); }
   virtual bool      BmpNames(const string off = NULL, const string on = NULL) { return(true); }
   string            BmpOffName(void) const { return(""); }
   bool              BmpOffName(const string value) { return(true); }
   string            BmpOnName(void) const { return(""); }
   bool              BmpOnName(const string value) { return(true); }
   string            BmpPassiveName(void) const { return(""); }
   bool              BmpPassiveName(const string value) { return(true); }
   string            BmpActiveName(void) const { return(""); }
   bool              BmpActiveName(const string value) { return(true); }
  };
