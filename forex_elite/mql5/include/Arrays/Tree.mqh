//+------------------------------------------------------------------+
//| CTree: elements in their order, kept in balance.                 |
//+------------------------------------------------------------------+
#include "TreeNode.mqh"

class CTree : public CTreeNode
  {
protected:
   CTreeNode        *m_root_node;

public:
                     CTree(void) : m_root_node(NULL) {}
                    ~CTree(void) { Clear(); }
   CTreeNode        *Root(void) const { return(m_root_node); }
   CTreeNode        *Insert(CTreeNode *new_node)
     {
      if(CheckPointer(new_node) == POINTER_INVALID)
         return(NULL);
      CTreeNode *same = Find(new_node);
      if(same != NULL)
         return(same);
      m_root_node = Insert(m_root_node, new_node);
      m_root_node.Parent(NULL);
      return(new_node);
     }
   CTreeNode        *Find(CTreeNode *node)
     {
      CTreeNode *at = m_root_node;
      while(at != NULL && at.Compare(node) != 0)
         at = at.GetNext(node);
      return(at);
     }
   bool              Detach(CTreeNode *node)
     {
      if(CheckPointer(node) == POINTER_INVALID || Find(node) != node)
         return(false);
      m_root_node = Remove(m_root_node, node);
      if(m_root_node != NULL)
         m_root_node.Parent(NULL);
      node.Left(NULL);
      node.Right(NULL);
      node.Parent(NULL);
      node.RefreshBalance();
      return(true);
     }
   bool              Delete(CTreeNode *node)
     {
      if(!Detach(node))
         return(false);
      if(CheckPointer(node) == POINTER_DYNAMIC)
         delete node;
      return(true);
     }
   void              Clear(void)
     {
      Clear(m_root_node);
      m_root_node = NULL;
     }
   virtual CTreeNode *CreateElement(void) { return(NULL); }

private:
   CTreeNode        *Insert(CTreeNode *root, CTreeNode *node)
     {
      if(root == NULL)
         return(node);
      if(root.Compare(node) > 0)
         SetLeft(root, Insert(root.Left(), node));
      else
         SetRight(root, Insert(root.Right(), node));
      return(Balanced(root));
     }
   CTreeNode        *Remove(CTreeNode *root, CTreeNode *node)
     {
      if(root == NULL)
         return(NULL);
      if(root != node)
        {
         if(root.Compare(node) > 0)
            SetLeft(root, Remove(root.Left(), node));
         else
            SetRight(root, Remove(root.Right(), node));
         return(Balanced(root));
        }
      if(root.Left() == NULL)
         return(root.Right());
      if(root.Right() == NULL)
         return(root.Left());
      CTreeNode *next = root.Right();
      while(next.Left() != NULL)
         next = next.Left();
      CTreeNode *right = Remove(root.Right(), next);
      SetLeft(next, root.Left());
      SetRight(next, right);
      return(Balanced(next));
     }
   CTreeNode        *Balanced(CTreeNode *root)
     {
      int lean = root.RefreshBalance();
      if(lean > 1)
        {
         if(root.Right().Balance() < 0)
            SetRight(root, TurnRight(root.Right()));
         return(TurnLeft(root));
        }
      if(lean < -1)
        {
         if(root.Left().Balance() > 0)
            SetLeft(root, TurnLeft(root.Left()));
         return(TurnRight(root));
        }
      return(root);
     }
   CTreeNode        *TurnLeft(CTreeNode *root)
     {
      CTreeNode *top = root.Right();
      SetRight(root, top.Left());
      SetLeft(top, root);
      return(top);
     }
   CTreeNode        *TurnRight(CTreeNode *root)
     {
      CTreeNode *top = root.Left();
      SetLeft(root, top.Right());
      SetRight(top, root);
      return(top);
     }
   void              SetLeft(CTreeNode *root, CTreeNode *node)
     {
      root.Left(node);
      if(node != NULL)
         node.Parent(root);
      root.RefreshBalance();
     }
   void              SetRight(CTreeNode *root, CTreeNode *node)
     {
      root.Right(node);
      if(node != NULL)
         node.Parent(root);
      root.RefreshBalance();
     }
   void              Clear(CTreeNode *node)
     {
      if(node == NULL)
         return;
      Clear(node.Left());
      Clear(node.Right());
      if(CheckPointer(node) == POINTER_DYNAMIC)
         delete node;
     }
  };
