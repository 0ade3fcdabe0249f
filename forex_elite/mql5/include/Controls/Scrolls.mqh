//+------------------------------------------------------------------+
//| CScroll.                                                         |
//+------------------------------------------------------------------+
#include "WndContainer.mqh"

class CScroll : public CWndContainer
  {
public:
   int               MinPos(void) const { return(0); }
   bool              MinPos(const int value) { return(true); }
   int               MaxPos(void) const { return(0); }
   bool              MaxPos(const int value) { return(true); }
   int               CurrPos(void) const { return(0); }
   bool              CurrPos(const int value) { return(true); }
  };

class CScrollV : public CScroll
  {
  };

class CScrollH : public CScroll
  {
  };
