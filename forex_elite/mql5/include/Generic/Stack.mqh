//+------------------------------------------------------------------+
//| CStack: last in, first out.                                      |
//+------------------------------------------------------------------+
#include "Interfaces.mqh"

template<typename T>
class CStack
  {
protected:
   T                 m_items[];

public:
                     CStack(void) {}
   int               Count(void) const { return(ArraySize(m_items)); }
   void              Clear(void) { ArrayResize(m_items, 0); }
   int               CopyTo(T &dst_array[], const int dst_start = 0) { return(ArrayCopy(dst_array, m_items, dst_start)); }
   bool              Add(T value) { return(Push(value)); }
   bool              Push(T value)
     {
      int size = ArraySize(m_items);
      if(ArrayResize(m_items, size + 1, 16) < 0)
         return(false);
      m_items[size] = value;
      return(true);
     }
   T                 Pop(void)
     {
      int last = ArraySize(m_items) - 1;
      T top = m_items[last];
      ArrayResize(m_items, last);
      return(top);
     }
   T                 Peek(void) { return(m_items[ArraySize(m_items) - 1]); }
   bool              Contains(T item)
     {
      for(int i = 0; i < ArraySize(m_items); i++)
         if(m_items[i] == item)
            return(true);
      return(false);
     }
   void              TrimExcess(void) {}
  };
