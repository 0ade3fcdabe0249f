//+------------------------------------------------------------------+
//| CLinkedList: a chain of values.                                  |
//+------------------------------------------------------------------+
#include "Interfaces.mqh"

template<typename T>
class CLinkedListNode
  {
protected:
   CLinkedListNode<T> *m_next;
   CLinkedListNode<T> *m_prev;
   T                 m_item;

public:
                     CLinkedListNode(void) : m_next(NULL), m_prev(NULL) {}
                     CLinkedListNode(T value) : m_next(NULL), m_prev(NULL), m_item(value) {}
   CLinkedListNode<T> *Next(void) { return(m_next); }
   void              Next(CLinkedListNode<T> *value) { m_next = value; }
   CLinkedListNode<T> *Previous(void) { return(m_prev); }
   void              Previous(CLinkedListNode<T> *value) { m_prev = value; }
   T                 Value(void) { return(m_item); }
   void              Value(T value) { m_item = value; }
  };

template<typename T>
class CLinkedList
  {
protected:
   CLinkedListNode<T> *m_first;
   CLinkedListNode<T> *m_last;
   int               m_count;

public:
                     CLinkedList(void) : m_first(NULL), m_last(NULL), m_count(0) {}
                    ~CLinkedList(void) { Clear(); }
   int               Count(void) { return(m_count); }
   CLinkedListNode<T> *First(void) { return(m_first); }
   CLinkedListNode<T> *Last(void) { return(m_last); }
   bool              Add(T value) { return(AddLast(value) != NULL); }
   CLinkedListNode<T> *AddFirst(T value)
     {
      CLinkedListNode<T> *node = new CLinkedListNode<T>(value);
      node.Next(m_first);
      if(m_first == NULL)
         m_last = node;
      else
         m_first.Previous(node);
      m_first = node;
      m_count++;
      return(node);
     }
   CLinkedListNode<T> *AddLast(T value)
     {
      CLinkedListNode<T> *node = new CLinkedListNode<T>(value);
      node.Previous(m_last);
      if(m_last == NULL)
         m_first = node;
      else
         m_last.Next(node);
      m_last = node;
      m_count++;
      return(node);
     }
   CLinkedListNode<T> *Find(T value)
     {
      CLinkedListNode<T> *at = m_first;
      while(at != NULL && at.Value() != value)
         at = at.Next();
      return(at);
     }
   CLinkedListNode<T> *FindLast(T value)
     {
      CLinkedListNode<T> *at = m_last;
      while(at != NULL && at.Value() != value)
         at = at.Previous();
      return(at);
     }
   bool              Contains(T item) { return(Find(item) != NULL); }
   bool              Remove(T item) { return(Remove(Find(item))); }
   bool              Remove(CLinkedListNode<T> *node)
     {
      if(CheckPointer(node) == POINTER_INVALID)
         return(false);
      if(node.Previous() == NULL)
         m_first = node.Next();
      else
         node.Previous().Next(node.Next());
      if(node.Next() == NULL)
         m_last = node.Previous();
      else
         node.Next().Previous(node.Previous());
      delete node;
      m_count--;
      return(true);
     }
   bool              RemoveFirst(void) { return(Remove(m_first)); }
   bool              RemoveLast(void) { return(Remove(m_last)); }
   void              Clear(void)
     {
      while(m_first != NULL)
         Remove(m_first);
     }
   int               CopyTo(T &dst_array[], const int dst_start = 0)
     {
      ArrayResize(dst_array, dst_start + m_count);
      int index = dst_start;
      for(CLinkedListNode<T> *at = m_first; at != NULL; at = at.Next())
         dst_array[index++] = at.Value();
      return(m_count);
     }
  };
