//+------------------------------------------------------------------+
//| CRadioGroup.                                                     |
//+------------------------------------------------------------------+
#include "WndClient.mqh"
#include "Scrolls.mqh"

class CRadioGroup : public CWndClient
  {
public:
   virtual bool      AddItem(const string item, const long value = 0) { return(true); }
   virtual bool      ItemAdd(const string item, const long value = 0) { return(true); }
   virtual bool      ItemInsert(const int index, const string item, const long value = 0) { return(true); }
   virtual bool      ItemUpdate(const int index, const string item, const long value = 0) { return(true); }
   virtual bool      ItemDelete(const int index) { return(true); }
   virtual bool      ItemsClear(void) { return(true); }
   virtual bool      Select(const int index) { return(true); }
   virtual bool      SelectByText(const string text) { return(true); }
   virtual bool      SelectByValue(const long value) { return(true); }
   virtual bool      TotalView(const int value) { return(true); }
   virtual bool      Check(const int index, const int value) { return(true); }
   int               Current(void) const { return(0); }
   string            Select(void) { return(""); }
   int               Check(const int index) const { return(0); }
   long              Value(void) const { return(0); }
   bool              Value(const long value) { return(true); }
  };
