//+------------------------------------------------------------------+
//| CSortedSet: each value once, in order.                            |
//+------------------------------------------------------------------+
#include "Interfaces.mqh"

template<typename T>
class CSortedSet
  {
protected:
   T                 m_items[];

public:
                     CSortedSet(void) {}
   int               Count(void) { return(ArraySize(m_items)); }
   void              Clear(void) { ArrayResize(m_items, 0); }
   bool              Add(T value)
     {
      int at = Place(value), size = ArraySize(m_items);
      if(at < size && m_items[at] == value)
         return(false);
      ArrayResize(m_items, size + 1, 16);
      for(int i = size; i > at; i--)
         m_items[i] = m_items[i - 1];
      m_items[at] = value;
      return(true);
     }
   bool              Contains(T item)
     {
      int at = Place(item);
      return(at < ArraySize(m_items) && m_items[at] == item);
     }
   bool              Remove(T item) { return(Contains(item) && ArrayRemove(m_items, Place(item), 1)); }
   int               CopyTo(T &dst_array[], const int dst_start = 0) { return(ArrayCopy(dst_array, m_items, dst_start)); }
   bool              TryGetMin(T &min)
     {
      if(ArraySize(m_items) == 0)
         return(false);
      min = m_items[0];
      return(true);
     }
   bool              TryGetMax(T &max)
     {
      int size = ArraySize(m_items);
      if(size == 0)
         return(false);
      max = m_items[size - 1];
      return(true);
     }

private:
   int               Place(T item)
     {
      int from = 0, to = ArraySize(m_items);
      while(from < to)
        {
         int middle = (from + to) / 2;
         if(m_items[middle] < item)
            from = middle + 1;
         else
            to = middle;
        }
      return(from);
     }
  };
