//+------------------------------------------------------------------+
//| CHashMap: values by key.                                           |
//+------------------------------------------------------------------+
#include "Interfaces.mqh"

template<typename TKey, typename TValue>
class CKeyValuePair
  {
protected:
   TKey              m_key;
   TValue            m_value;

public:
                     CKeyValuePair(void) {}
                     CKeyValuePair(TKey key, TValue value) : m_key(key), m_value(value) {}
   TKey              Key(void) { return(m_key); }
   void              Key(TKey key) { m_key = key; }
   TValue            Value(void) { return(m_value); }
   void              Value(TValue value) { m_value = value; }
  };

template<typename TKey, typename TValue>
class CHashMap
  {
protected:
   TKey              m_keys[];
   TValue            m_values[];

public:
                     CHashMap(void) {}
   bool              Add(TKey key, TValue value)
     {
      if(ContainsKey(key))
         return(false);
      int size = ArraySize(m_keys);
      ArrayResize(m_keys, size + 1, 16);
      ArrayResize(m_values, size + 1, 16);
      m_keys[size] = key;
      m_values[size] = value;
      return(true);
     }
   int               Count(void) const { return(ArraySize(m_keys)); }
   bool              Contains(TKey key, TValue value) { return(ContainsKey(key)); }
   bool              ContainsKey(TKey key) { return(Find(key) >= 0); }
   bool              ContainsValue(TValue value)
     {
      for(int i = 0; i < ArraySize(m_values); i++)
         if(m_values[i] == value)
            return(true);
      return(false);
     }
   int               CopyTo(TKey &dst_keys[], TValue &dst_values[], const int dst_start = 0)
     {
      ArrayCopy(dst_values, m_values, dst_start);
      return(ArrayCopy(dst_keys, m_keys, dst_start));
     }
   int               CopyTo(CKeyValuePair<TKey,TValue> *&dst_array[], const int dst_start = 0)
     {
      ArrayResize(dst_array, dst_start + ArraySize(m_keys));
      for(int i = 0; i < ArraySize(m_keys); i++)
         dst_array[dst_start + i] = new CKeyValuePair<TKey,TValue>(m_keys[i], m_values[i]);
      return(ArraySize(m_keys));
     }
   void              Clear(void)
     {
      ArrayResize(m_keys, 0);
      ArrayResize(m_values, 0);
     }
   bool              Remove(TKey key)
     {
      int at = Find(key);
      return(at >= 0 && ArrayRemove(m_keys, at, 1) && ArrayRemove(m_values, at, 1));
     }
   bool              TryGetValue(TKey key, TValue &value)
     {
      int at = Find(key);
      if(at < 0)
         return(false);
      value = m_values[at];
      return(true);
     }
   bool              TrySetValue(TKey key, TValue value)
     {
      int at = Find(key);
      if(at < 0)
         return(false);
      m_values[at] = value;
      return(true);
     }

private:
   int               Find(TKey key)
     {
      for(int i = 0; i < ArraySize(m_keys); i++)
         if(m_keys[i] == key)
            return(i);
      return(-1);
     }
  };
