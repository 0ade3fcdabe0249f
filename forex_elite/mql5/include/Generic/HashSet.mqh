//+------------------------------------------------------------------+
//| CHashSet: each value once.                                       |
//+------------------------------------------------------------------+
#include "Interfaces.mqh"

template<typename T>
class CHashSet
  {
protected:
   T                 m_items[];

public:
                     CHashSet(void) {}
   int               Count(void) const { return(ArraySize(m_items)); }
   void              Clear(void) { ArrayResize(m_items, 0); }
   int               CopyTo(T &dst_array[], const int dst_start = 0) { return(ArrayCopy(dst_array, m_items, dst_start)); }
   bool              Add(T value)
     {
      if(Contains(value))
         return(false);
      int size = ArraySize(m_items);
      ArrayResize(m_items, size + 1, 16);
      m_items[size] = value;
      return(true);
     }
   bool              Contains(T item)
     {
      for(int i = 0; i < ArraySize(m_items); i++)
         if(m_items[i] == item)
            return(true);
      return(false);
     }
   bool              Remove(T item)
     {
      for(int i = 0; i < ArraySize(m_items); i++)
         if(m_items[i] == item)
            return(ArrayRemove(m_items, i, 1));
      return(false);
     }
   void              TrimExcess(void) {}
  };
