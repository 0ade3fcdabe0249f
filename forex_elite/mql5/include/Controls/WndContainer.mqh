//+------------------------------------------------------------------+
//| CWndContainer.                                                   |
//+------------------------------------------------------------------+
#include "WndObj.mqh"

class CWndContainer : public CWnd
  {
public:
   virtual bool      Add(CWnd *control) { return(true); }
   virtual bool      Add(CWnd &control) { return(true); }
   virtual bool      Delete(CWnd *control) { return(true); }
   virtual bool      Delete(CWnd &control) { return(true); }
  };
