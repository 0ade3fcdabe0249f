//+------------------------------------------------------------------+
//| CArray: what all dynamic arrays share: size, growth, sorting mark. |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CArray : public CObject
  {
protected:
   int               m_step_resize;
   int               m_data_total;
   int               m_data_max;
   int               m_sort_mode;

public:
                     CArray(void) : m_step_resize(16), m_data_total(0), m_data_max(0), m_sort_mode(-1) {}
                    ~CArray(void) {}
   int               Step(void) const { return(m_step_resize); }
   bool              Step(const int step)
     {
      if(step <= 0)
         return(false);
      m_step_resize = step;
      return(true);
     }
   int               Total(void) const { return(m_data_total); }
   int               Available(void) const { return(m_data_max - m_data_total); }
   int               Max(void) const { return(m_data_max); }
   bool              IsSorted(const int mode = 0) const { return(m_sort_mode == mode); }
   int               SortMode(void) const { return(m_sort_mode); }
   void              Clear(void) { m_data_total = 0; }
   void              Sort(const int mode = 0)
     {
      if(m_sort_mode == mode)
         return;
      m_sort_mode = mode;
      if(m_data_total > 1)
         QuickSort(0, m_data_total - 1, mode);
     }

protected:
   virtual void      QuickSort(int beg, int end, const int mode = 0) { m_sort_mode = -1; }
  };
