//+------------------------------------------------------------------+
//| What every collection can do.                                    |
//+------------------------------------------------------------------+
template<typename T>
interface ICollection
  {
   bool              Add(T value);
   int               Count(void);
   bool              Contains(T item);
   int               CopyTo(T &dst_array[], const int dst_start = 0);
   void              Clear(void);
   bool              Remove(T item);
  };
