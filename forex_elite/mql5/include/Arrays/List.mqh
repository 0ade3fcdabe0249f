//+------------------------------------------------------------------+
//| CList: a doubly linked list of objects, owned by default.          |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CList : public CObject
  {
protected:
   CObject          *m_first_node;
   CObject          *m_last_node;
   CObject          *m_curr_node;
   int               m_curr_idx;
   int               m_data_total;
   bool              m_free_mode;
   int               m_sort_mode;

public:
                     CList(void) : m_first_node(NULL), m_last_node(NULL), m_curr_node(NULL), m_curr_idx(-1), m_data_total(0),
                                   m_free_mode(true), m_sort_mode(-1) {}
                    ~CList(void) { Clear(); }
   bool              FreeMode(void) const { return(m_free_mode); }
   void              FreeMode(const bool mode) { m_free_mode = mode; }
   int               Total(void) const { return(m_data_total); }
   bool              IsSorted(const int mode = 0) const { return(m_sort_mode == mode); }
   int               SortMode(void) const { return(m_sort_mode); }
   virtual CObject  *CreateElement(void) { return(NULL); }
   int               Add(CObject *new_node)
     {
      if(CheckPointer(new_node) == POINTER_INVALID)
         return(-1);
      new_node.Prev(m_last_node);
      new_node.Next(NULL);
      if(m_last_node == NULL)
         m_first_node = new_node;
      else
         m_last_node.Next(new_node);
      m_last_node = new_node;
      m_curr_node = new_node;
      m_curr_idx = m_data_total++;
      return(m_curr_idx);
     }
   int               Insert(CObject *new_node, const int index)
     {
      CObject *after = GetNodeAtIndex(index);
      if(after == NULL)
         return(Add(new_node));
      CObject *before = after.Prev();
      new_node.Prev(before);
      new_node.Next(after);
      after.Prev(new_node);
      if(before == NULL)
         m_first_node = new_node;
      else
         before.Next(new_node);
      m_data_total++;
      m_curr_node = new_node;
      m_curr_idx = index;
      return(index);
     }
   CObject          *GetNodeAtIndex(int index)
     {
      if(index < 0 || index >= m_data_total)
         return(NULL);
      CObject *node = m_first_node;
      for(int i = 0; i < index; i++)
         node = node.Next();
      m_curr_node = node;
      m_curr_idx = index;
      return(node);
     }
   int               IndexOf(CObject *node)
     {
      CObject *one = m_first_node;
      for(int i = 0; one != NULL; i++)
        {
         if(one == node)
            return(i);
         one = one.Next();
        }
      return(-1);
     }
   CObject          *GetFirstNode(void) { return(GetNodeAtIndex(0)); }
   CObject          *GetPrevNode(void) { return(GetNodeAtIndex(m_curr_idx - 1)); }
   CObject          *GetCurrentNode(void) { return(m_curr_node); }
   CObject          *GetNextNode(void) { return(GetNodeAtIndex(m_curr_idx + 1)); }
   CObject          *GetLastNode(void) { return(GetNodeAtIndex(m_data_total - 1)); }
   CObject          *DetachCurrent(void)
     {
      CObject *node = m_curr_node;
      if(node == NULL)
         return(NULL);
      CObject *before = node.Prev();
      CObject *after = node.Next();
      if(before == NULL)
         m_first_node = after;
      else
         before.Next(after);
      if(after == NULL)
         m_last_node = before;
      else
         after.Prev(before);
      m_curr_node = after == NULL ? before : after;
      m_data_total--;
      return(node);
     }
   bool              DeleteCurrent(void)
     {
      CObject *node = DetachCurrent();
      if(node == NULL)
         return(false);
      if(m_free_mode && CheckPointer(node) == POINTER_DYNAMIC)
         delete node;
      return(true);
     }
   bool              Delete(const int index) { return(GetNodeAtIndex(index) != NULL && DeleteCurrent()); }
   void              Clear(void)
     {
      while(GetFirstNode() != NULL)
         DeleteCurrent();
      m_curr_idx = -1;
     }
   bool              MoveToIndex(const int index)
     {
      CObject *node = DetachCurrent();
      return(node != NULL && Insert(node, index) >= 0);
     }
   bool              Exchange(CObject *node1, CObject *node2) { return(false); }
   void              Sort(const int mode)
     {
      CObject *nodes[];
      int total = m_data_total;
      ArrayResize(nodes, total);
      for(int i = 0; i < total; i++)
         nodes[i] = GetNodeAtIndex(i);
      for(int i = 1; i < total; i++)
        {
         CObject *moving = nodes[i];
         int j = i - 1;
         for(; j >= 0 && nodes[j].Compare(moving, mode) > 0; j--)
            nodes[j + 1] = nodes[j];
         nodes[j + 1] = moving;
        }
      m_first_node = NULL;
      m_last_node = NULL;
      m_data_total = 0;
      for(int i = 0; i < total; i++)
         Add(nodes[i]);
      m_sort_mode = mode;
     }
   CObject          *Search(CObject *element)
     {
      for(CObject *node = GetFirstNode(); node != NULL; node = GetNextNode())
         if(node.Compare(element, m_sort_mode) == 0)
            return(node);
      return(NULL);
     }
  };
