//+------------------------------------------------------------------+
//| Interfaces of the generic collections.                           |
//+------------------------------------------------------------------+
interface IComparable
  {
   int               Compare(IComparable *value);
   int               HashCode(void);
  };

template<typename T>
interface IComparer
  {
   int               Compare(T x, T y);
  };

template<typename T>
interface IEqualityComparer
  {
   bool              Equals(T x, T y);
   int               HashCode(T value);
  };
