//+------------------------------------------------------------------+
//| CArrayObj: a dynamic array of object pointers, owned by default.   |
//+------------------------------------------------------------------+
#include "Array.mqh"

class CArrayObj : public CArray
  {
protected:
   CObject          *m_data[];
   bool              m_free_mode;

public:
                     CArrayObj(void) : m_free_mode(true) {}
                    ~CArrayObj(void) { Shutdown(); }
   bool              FreeMode(void) const { return(m_free_mode); }
   void              FreeMode(const bool mode) { m_free_mode = mode; }
   virtual int       Type(void) const { return(0x7778); }
   virtual bool      CreateElement(const int index) { return(false); }
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
      if(size < 0)
         return(false);
      while(m_data_total > size)
         Delete(m_data_total - 1);
      m_data_max = ArrayResize(m_data, size);
      return(m_data_max >= 0);
     }
   bool              Shutdown(void)
     {
      Clear();
      ArrayFree(m_data);
      m_data_max = 0;
      return(true);
     }
   bool              Add(CObject *element)
     {
      if(CheckPointer(element) == POINTER_INVALID || !Reserve(1))
         return(false);
      m_data[m_data_total++] = element;
      m_sort_mode = -1;
      return(true);
     }
   bool              AddArray(const CArrayObj *src)
     {
      if(CheckPointer(src) == POINTER_INVALID)
         return(false);
      for(int i = 0; i < src.Total(); i++)
         if(!Add(src.At(i)))
            return(false);
      return(true);
     }
   bool              Insert(CObject *element, const int pos)
     {
      if(pos < 0 || CheckPointer(element) == POINTER_INVALID || !Reserve(1))
         return(false);
      int at = pos > m_data_total ? m_data_total : pos;
      for(int i = m_data_total; i > at; i--)
         m_data[i] = m_data[i - 1];
      m_data[at] = element;
      m_data_total++;
      m_sort_mode = -1;
      return(true);
     }
   bool              AssignArray(const CArrayObj *src)
     {
      Clear();
      return(AddArray(src));
     }
   CObject          *At(const int index) const
     {
      if(index < 0 || index >= m_data_total)
         return(NULL);
      return(m_data[index]);
     }
   bool              Update(const int index, CObject *element)
     {
      if(index < 0 || index >= m_data_total || CheckPointer(element) == POINTER_INVALID)
         return(false);
      if(m_free_mode && CheckPointer(m_data[index]) == POINTER_DYNAMIC)
         delete m_data[index];
      m_data[index] = element;
      m_sort_mode = -1;
      return(true);
     }
   bool              Shift(const int index, const int shift)
     {
      int to = index + shift;
      if(to < 0 || to >= m_data_total)
         return(false);
      CObject *moved = Detach(index);
      return(moved != NULL && Insert(moved, to));
     }
   CObject          *Detach(const int index)
     {
      if(index < 0 || index >= m_data_total)
         return(NULL);
      CObject *taken = m_data[index];
      for(int i = index; i < m_data_total - 1; i++)
         m_data[i] = m_data[i + 1];
      m_data_total--;
      return(taken);
     }
   bool              Delete(const int index)
     {
      CObject *taken = Detach(index);
      if(taken == NULL)
         return(false);
      if(m_free_mode && CheckPointer(taken) == POINTER_DYNAMIC)
         delete taken;
      return(true);
     }
   bool              DeleteRange(int from, int to)
     {
      for(int i = to < m_data_total ? to : m_data_total - 1; i >= from; i--)
         Delete(i);
      return(true);
     }
   void              Clear(void)
     {
      while(m_data_total > 0)
         Delete(m_data_total - 1);
     }
   bool              CompareArray(const CArrayObj *array) const
     {
      if(array.Total() != m_data_total)
         return(false);
      for(int i = 0; i < m_data_total; i++)
         if(m_data[i].Compare(array.At(i), 0) != 0)
            return(false);
      return(true);
     }
   bool              InsertSort(CObject *element)
     {
      int at = 0;
      while(at < m_data_total && m_data[at].Compare(element, m_sort_mode) < 0)
         at++;
      int mode = m_sort_mode;
      bool done = Insert(element, at);
      m_sort_mode = mode;
      return(done);
     }
   int               Search(const CObject *element) const
     {
      for(int i = 0; i < m_data_total; i++)
         if(m_data[i].Compare(element, m_sort_mode) == 0)
            return(i);
      return(-1);
     }
   int               SearchFirst(const CObject *element) const { return(Search(element)); }
   int               SearchGreat(const CObject *element) const
     {
      for(int i = 0; i < m_data_total; i++)
         if(m_data[i].Compare(element, m_sort_mode) > 0)
            return(i);
      return(-1);
     }
   int               SearchLess(const CObject *element) const
     {
      for(int i = m_data_total - 1; i >= 0; i--)
         if(m_data[i].Compare(element, m_sort_mode) < 0)
            return(i);
      return(-1);
     }

protected:
   virtual void      QuickSort(int beg, int end, const int mode = 0)
     {
      for(int i = beg + 1; i <= end; i++)
        {
         CObject *moving = m_data[i];
         int j = i - 1;
         for(; j >= beg && m_data[j].Compare(moving, mode) > 0; j--)
            m_data[j + 1] = m_data[j];
         m_data[j + 1] = moving;
        }
     }
  };
