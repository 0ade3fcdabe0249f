//+------------------------------------------------------------------+
//| CQueue: first in, first out.                                     |
//+------------------------------------------------------------------+
#include "Interfaces.mqh"

template<typename T>
class CQueue
  {
protected:
   T                 m_items[];

public:
                     CQueue(void) {}
   int               Count(void) const { return(ArraySize(m_items)); }
   void              Clear(void) { ArrayResize(m_items, 0); }
   int               CopyTo(T &dst_array[], const int dst_start = 0) { return(ArrayCopy(dst_array, m_items, dst_start)); }
   bool              Add(T value) { return(Enqueue(value)); }
   bool              Enqueue(T value)
     {
      int size = ArraySize(m_items);
      if(ArrayResize(m_items, size + 1, 16) < 0)
         return(false);
      m_items[size] = value;
      return(true);
     }
   T                 Dequeue(void)
     {
      T first = m_items[0];
      ArrayRemove(m_items, 0, 1);
      return(first);
     }
   T                 Peek(void) { return(m_items[0]); }
   bool              Contains(T item)
     {
      for(int i = 0; i < ArraySize(m_items); i++)
         if(m_items[i] == item)
            return(true);
      return(false);
     }
   void              TrimExcess(void) {}
  };
