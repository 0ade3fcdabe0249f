//+------------------------------------------------------------------+
//| The common ancestor: a link in a list, with save and load.        |
//+------------------------------------------------------------------+
#include "StdLibErr.mqh"

class CObject
  {
private:
   CObject          *m_before;
   CObject          *m_after;

public:
                     CObject(void) : m_before(NULL), m_after(NULL) {}
                    ~CObject(void) {}
   CObject          *Prev(void) const { return(m_before); }
   void              Prev(CObject *node) { m_before = node; }
   CObject          *Next(void) const { return(m_after); }
   void              Next(CObject *node) { m_after = node; }
   virtual bool      Save(const int file_handle) { return(true); }
   virtual bool      Load(const int file_handle) { return(true); }
   virtual int       Type(void) const { return(0); }
   virtual int       Compare(const CObject *node, const int mode = 0) const { return(0); }
  };
