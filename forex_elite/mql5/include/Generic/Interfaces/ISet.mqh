//+------------------------------------------------------------------+
//| A collection that holds each value once.                         |
//+------------------------------------------------------------------+
#include "ICollection.mqh"

template<typename T>
interface ISet : public ICollection<T>
  {
   void              ExceptWith(T &array[]);
   void              IntersectWith(T &array[]);
   void              SymmetricExceptWith(T &array[]);
   void              UnionWith(T &array[]);
  };
