//+------------------------------------------------------------------+
//| CTreeNode: an element of a balanced tree.                        |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CTreeNode : public CObject
  {
private:
   CTreeNode        *m_parent;
   CTreeNode        *m_left;
   CTreeNode        *m_right;
   int               m_height;

public:
                     CTreeNode(void) : m_parent(NULL), m_left(NULL), m_right(NULL), m_height(1) {}
   CTreeNode        *Parent(void) const { return(m_parent); }
   void              Parent(CTreeNode *node) { m_parent = node; }
   CTreeNode        *Left(void) const { return(m_left); }
   void              Left(CTreeNode *node) { m_left = node; }
   CTreeNode        *Right(void) const { return(m_right); }
   void              Right(CTreeNode *node) { m_right = node; }
   int               Height(void) const { return(m_height); }
   int               BalanceL(void) const { return(m_left == NULL ? 0 : m_left.Height()); }
   int               BalanceR(void) const { return(m_right == NULL ? 0 : m_right.Height()); }
   int               Balance(void) const { return(BalanceR() - BalanceL()); }
   int               RefreshBalance(void)
     {
      m_height = 1 + MathMax(BalanceL(), BalanceR());
      return(Balance());
     }
   CTreeNode        *GetNext(CTreeNode *node) { return(Compare(node) > 0 ? m_left : m_right); }
   virtual CTreeNode *CreateSample(void) { return(NULL); }
  };
