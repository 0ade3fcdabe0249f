//+------------------------------------------------------------------+
//| CArrayShort: a dynamic array of short values.
//+------------------------------------------------------------------+
#include "Array.mqh"

class CArrayShort : public CArray
  {
protected:
   short m_data[];

public:
                     CArrayShort(void) {}
                    ~CArrayShort(void) {}
   virtual int       Type(void) const { return(TYPE_SHORT); }
   bool              Reserve(const int size)
     {
      if(Available() >= size)
         return(true);
      int room = m_data_total + size + m_step_resize;
      if(ArrayResize(m_data, room) < 0)
         return(false);
      m_data_max = room;
      return(true);
     }
   bool              Resize(const int size)
     {
      if(size < 0 || ArrayResize(m_data, size) < 0)
         return(false);
      m_data_max = size;
      if(m_data_total > size)
         m_data_total = size;
      return(true);
     }
   bool              Shutdown(void)
     {
      m_data_total = 0;
      m_data_max = 0;
      ArrayFree(m_data);
      return(true);
     }
   bool              Add(const short element)
     {
      if(!Reserve(1))
         return(false);
      m_data[m_data_total++] = element;
      m_sort_mode = -1;
      return(true);
     }
   bool              AddArray(const short &src[])
     {
      int count = ArraySize(src);
      if(!Reserve(count))
         return(false);
      for(int i = 0; i < count; i++)
         m_data[m_data_total++] = src[i];
      m_sort_mode = -1;
      return(true);
     }
   bool              AddArray(const CArrayShort *src)
     {
      if(CheckPointer(src) == POINTER_INVALID)
         return(false);
      for(int i = 0; i < src.Total(); i++)
         if(!Add(src.At(i)))
            return(false);
      return(true);
     }
   bool              Insert(const short element, const int pos)
     {
      if(pos < 0 || !Reserve(1))
         return(false);
      int at = pos > m_data_total ? m_data_total : pos;
      for(int i = m_data_total; i > at; i--)
         m_data[i] = m_data[i - 1];
      m_data[at] = element;
      m_data_total++;
      m_sort_mode = -1;
      return(true);
     }
   bool              InsertArray(const short &src[], const int pos)
     {
      for(int i = 0; i < ArraySize(src); i++)
         if(!Insert(src[i], pos + i))
            return(false);
      return(true);
     }
   bool              InsertArray(const CArrayShort *src, const int pos)
     {
      for(int i = 0; i < src.Total(); i++)
         if(!Insert(src.At(i), pos + i))
            return(false);
      return(true);
     }
   bool              AssignArray(const short &src[])
     {
      Clear();
      return(AddArray(src));
     }
   bool              AssignArray(const CArrayShort *src)
     {
      Clear();
      return(AddArray(src));
     }
   short At(const int index) const
     {
      if(index < 0 || index >= m_data_total)
         return(SHORT_MAX);
      return(m_data[index]);
     }
   short operator[](const int index) const { return(At(index)); }
   int               Minimum(const int start, const int count) const
     {
      int best = -1;
      for(int i = start; i < m_data_total && i < start + count; i++)
         if(best < 0 || m_data[i] < m_data[best])
            best = i;
      return(best);
     }
   int               Maximum(const int start, const int count) const
     {
      int best = -1;
      for(int i = start; i < m_data_total && i < start + count; i++)
         if(best < 0 || m_data[i] > m_data[best])
            best = i;
      return(best);
     }
   bool              Update(const int index, const short element)
     {
      if(index < 0 || index >= m_data_total)
         return(false);
      m_data[index] = element;
      m_sort_mode = -1;
      return(true);
     }
   bool              Shift(const int index, const int shift)
     {
      int to = index + shift;
      if(index < 0 || index >= m_data_total || to < 0 || to >= m_data_total)
         return(false);
      short moved = m_data[index];
      return(Delete(index) && Insert(moved, to));
     }
   bool              Delete(const int index)
     {
      if(index < 0 || index >= m_data_total)
         return(false);
      for(int i = index; i < m_data_total - 1; i++)
         m_data[i] = m_data[i + 1];
      m_data_total--;
      return(true);
     }
   bool              DeleteRange(int from, int to)
     {
      if(from < 0 || from > to)
         return(false);
      for(int i = to < m_data_total ? to : m_data_total - 1; i >= from; i--)
         Delete(i);
      return(true);
     }
   bool              CompareArray(const short &array[]) const
     {
      if(ArraySize(array) != m_data_total)
         return(false);
      for(int i = 0; i < m_data_total; i++)
         if(m_data[i] != array[i])
            return(false);
      return(true);
     }
   bool              CompareArray(const CArrayShort *array) const
     {
      if(array.Total() != m_data_total)
         return(false);
      for(int i = 0; i < m_data_total; i++)
         if(m_data[i] != array.At(i))
            return(false);
      return(true);
     }
   bool              InsertSort(const short element)
     {
      int at = 0;
      while(at < m_data_total && m_data[at] < element)
         at++;
      if(!Insert(element, at))
         return(false);
      m_sort_mode = 0;
      return(true);
     }
   int               Search(const short element) const
     {
      int low = 0, high = m_data_total - 1;
      while(low <= high)
        {
         int middle = (low + high) / 2;
         if(m_data[middle] == element)
            return(middle);
         if(m_data[middle] < element)
            low = middle + 1;
         else
            high = middle - 1;
        }
      return(-1);
     }
   int               SearchGreat(const short element) const
     {
      for(int i = 0; i < m_data_total; i++)
         if(m_data[i] > element)
            return(i);
      return(-1);
     }
   int               SearchLess(const short element) const
     {
      for(int i = m_data_total - 1; i >= 0; i--)
         if(m_data[i] < element)
            return(i);
      return(-1);
     }
   int               SearchGreatOrEqual(const short element) const
     {
      for(int i = 0; i < m_data_total; i++)
         if(m_data[i] >= element)
            return(i);
      return(-1);
     }
   int               SearchLessOrEqual(const short element) const
     {
      for(int i = m_data_total - 1; i >= 0; i--)
         if(m_data[i] <= element)
            return(i);
      return(-1);
     }
   int               SearchFirst(const short element) const { return(SearchLinear(element)); }
   int               SearchLast(const short element) const
     {
      for(int i = m_data_total - 1; i >= 0; i--)
         if(m_data[i] == element)
            return(i);
      return(-1);
     }
   int               SearchLinear(const short element) const
     {
      for(int i = 0; i < m_data_total; i++)
         if(m_data[i] == element)
            return(i);
      return(-1);
     }

protected:
   virtual void      QuickSort(int beg, int end, const int mode = 0)
     {
      int low = beg, high = end;
      short pivot = m_data[(beg + end) / 2];
      while(low <= high)
        {
         while(m_data[low] < pivot)
            low++;
         while(m_data[high] > pivot)
            high--;
         if(low <= high)
           {
            short kept = m_data[low];
            m_data[low++] = m_data[high];
            m_data[high--] = kept;
           }
        }
      if(beg < high)
         QuickSort(beg, high, mode);
      if(low < end)
         QuickSort(low, end, mode);
     }
  };
