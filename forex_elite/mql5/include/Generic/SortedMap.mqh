//+------------------------------------------------------------------+
//| CSortedMap: values by key, in the order of the keys.              |
//+------------------------------------------------------------------+
#include "HashMap.mqh"

template<typename TKey, typename TValue>
class CSortedMap
  {
protected:
   TKey              m_keys[];
   TValue            m_values[];

public:
                     CSortedMap(void) {}
   int               Count(void) { return(ArraySize(m_keys)); }
   bool              Add(TKey key, TValue value)
     {
      int at = Place(key), size = ArraySize(m_keys);
      if(at < size && m_keys[at] == key)
         return(false);
      ArrayResize(m_keys, size + 1, 16);
      ArrayResize(m_values, size + 1, 16);
      for(int i = size; i > at; i--)
        {
         m_keys[i] = m_keys[i - 1];
         m_values[i] = m_values[i - 1];
        }
      m_keys[at] = key;
      m_values[at] = value;
      return(true);
     }
   bool              ContainsKey(TKey key)
     {
      int at = Place(key);
      return(at < ArraySize(m_keys) && m_keys[at] == key);
     }
   bool              ContainsValue(TValue value)
     {
      for(int i = 0; i < ArraySize(m_values); i++)
         if(m_values[i] == value)
            return(true);
      return(false);
     }
   bool              Contains(TKey key, TValue value)
     {
      int at = Place(key);
      return(at < ArraySize(m_keys) && m_keys[at] == key && m_values[at] == value);
     }
   bool              Remove(TKey key) { return(ContainsKey(key) && RemoveAt(Place(key))); }
   bool              TryGetValue(TKey key, TValue &value)
     {
      if(!ContainsKey(key))
         return(false);
      value = m_values[Place(key)];
      return(true);
     }
   bool              TrySetValue(TKey key, TValue value)
     {
      if(!ContainsKey(key))
         return(false);
      m_values[Place(key)] = value;
      return(true);
     }
   void              Clear(void)
     {
      ArrayResize(m_keys, 0);
      ArrayResize(m_values, 0);
     }
   int               CopyTo(TKey &dst_keys[], TValue &dst_values[], const int dst_start = 0)
     {
      ArrayCopy(dst_values, m_values, dst_start);
      return(ArrayCopy(dst_keys, m_keys, dst_start));
     }

private:
   bool              RemoveAt(const int at) { return(ArrayRemove(m_keys, at, 1) && ArrayRemove(m_values, at, 1)); }
   int               Place(TKey key)
     {
      int from = 0, to = ArraySize(m_keys);
      while(from < to)
        {
         int middle = (from + to) / 2;
         if(m_keys[middle] < key)
            from = middle + 1;
         else
            to = middle;
        }
      return(from);
     }
  };
