//+------------------------------------------------------------------+
//| CArrayList: a list in an array.                                  |
//+------------------------------------------------------------------+
#include "Interfaces.mqh"

template<typename T>
class CArrayList
  {
protected:
   T                 m_items[];

public:
                     CArrayList(void) {}
   int               Count(void) const { return(ArraySize(m_items)); }
   void              Clear(void) { ArrayResize(m_items, 0); }
   int               CopyTo(T &dst_array[], const int dst_start = 0) { return(ArrayCopy(dst_array, m_items, dst_start)); }
                     CArrayList(const int capacity) {}
   int               Capacity(void) const { return(ArraySize(m_items)); }
   void              Capacity(const int capacity) {}
   void              TrimExcess(void) {}
   bool              Add(T value)
     {
      int size = ArraySize(m_items);
      if(ArrayResize(m_items, size + 1, 16) < 0)
         return(false);
      m_items[size] = value;
      return(true);
     }
   bool              AddRange(const T &array[])
     {
      for(int i = 0; i < ArraySize(array); i++)
         Add(array[i]);
      return(true);
     }
   bool              Contains(T item) { return(IndexOf(item) >= 0); }
   int               IndexOf(T item)
     {
      for(int i = 0; i < ArraySize(m_items); i++)
         if(m_items[i] == item)
            return(i);
      return(-1);
     }
   int               LastIndexOf(T item)
     {
      for(int i = ArraySize(m_items) - 1; i >= 0; i--)
         if(m_items[i] == item)
            return(i);
      return(-1);
     }
   bool              TryGetValue(const int index, T &value)
     {
      if(index < 0 || index >= ArraySize(m_items))
         return(false);
      value = m_items[index];
      return(true);
     }
   bool              TrySetValue(const int index, T value)
     {
      if(index < 0 || index >= ArraySize(m_items))
         return(false);
      m_items[index] = value;
      return(true);
     }
   bool              Insert(const int index, T item)
     {
      if(!Add(item))
         return(false);
      for(int i = ArraySize(m_items) - 1; i > index; i--)
         m_items[i] = m_items[i - 1];
      m_items[index] = item;
      return(true);
     }
   bool              InsertRange(const int index, const T &array[])
     {
      for(int i = 0; i < ArraySize(array); i++)
         if(!Insert(index + i, array[i]))
            return(false);
      return(true);
     }
   bool              Remove(T item) { return(RemoveAt(IndexOf(item))); }
   bool              RemoveAt(const int index) { return(index >= 0 && ArrayRemove(m_items, index, 1)); }
   bool              RemoveRange(const int start_index, const int count) { return(ArrayRemove(m_items, start_index, count)); }
   bool              Reverse(void) { return(ArrayReverse(m_items)); }
   bool              Sort(void) { return(ArraySort(m_items)); }
   int               BinarySearch(T item) { return(IndexOf(item)); }
  };
