//+------------------------------------------------------------------+
//| CWnd: what all controls share; showing does nothing on this side. |
//+------------------------------------------------------------------+
#include "../Object.mqh"
#include "../Arrays/ArrayObj.mqh"
#include "../Arrays/ArrayLong.mqh"
#include "../Arrays/ArrayString.mqh"
#include "Defines.mqh"
#include "Rect.mqh"

class CWnd : public CObject
  {
protected:
   long              m_chart_id;
   int               m_subwin;
   string            m_name;
   CRect             m_rect;
   long              m_id;

public:
                     CWnd(void) : m_chart_id(0), m_subwin(0), m_name(""), m_id(-1) {}
   virtual bool      Create(const long chart, const string name, const int subwin, const int x1, const int y1, const int x2, const int y2)
     {
      m_chart_id = chart;
      m_name = name;
      m_subwin = subwin;
      m_rect.SetBound(x1, y1, x2, y2);
      return(true);
     }
   virtual void      Destroy(const int reason = 0) {}
   virtual bool      OnEvent(const int id, const long &lparam, const double &dparam, const string &sparam) { return(false); }
   virtual bool      OnMouseEvent(const int x, const int y, const int flags) { return(false); }
   string            Name(void) const { return(m_name); }
   long              Id(void) const { return(m_id); }
   virtual long      Id(const long id)
     {
      m_id = id;
      return(1);
     }
   CRect             Rect(void) const { return(m_rect); }
   int               ControlsTotal(void) const { return(0); }
   CWnd             *Control(const int ind) const { return(NULL); }
   virtual CWnd     *ControlFind(const long id) { return(NULL); }
   virtual bool      Move(const int x, const int y)
     {
      m_rect.Move(x, y);
      return(true);
     }
   void              Alignment(const int flags, const int left, const int top, const int right, const int bottom) {}
   bool              IsEnabled(void) const { return(true); }
   bool              IsVisible(void) const { return(true); }
   bool              IsActive(void) const { return(false); }
   int               Left(void) const { return(m_rect.left); }
   virtual bool      Left(const int value) { return(true); }
   int               Top(void) const { return(m_rect.top); }
   virtual bool      Top(const int value) { return(true); }
   int               Right(void) const { return(m_rect.right); }
   virtual bool      Right(const int value) { return(true); }
   int               Bottom(void) const { return(m_rect.bottom); }
   virtual bool      Bottom(const int value) { return(true); }
   int               Width(void) const { return(m_rect.Width()); }
   virtual bool      Width(const int value) { return(true); }
   int               Height(void) const { return(m_rect.Height()); }
   virtual bool      Height(const int value) { return(true); }
   virtual bool      Visible(const bool flag) { return(true); }
   virtual bool      Size(const int w, const int h) { return(true); }
   virtual bool      Shift(const int dx, const int dy) { return(true); }
   virtual bool      Show(void) { return(true); }
   virtual bool      Hide(void) { return(true); }
   virtual bool      Enable(void) { return(true); }
   virtual bool      Disable(void) { return(true); }
   virtual bool      Activate(void) { return(true); }
   virtual bool      Deactivate(void) { return(true); }
   virtual bool      BringToTop(void) { return(true); }
   virtual bool      Align(const CRect &rect) { return(true); }
   virtual bool      Contains(const int x, const int y) const { return(true); }
   virtual bool      Save(const int file_handle) { return(true); }
   virtual bool      Load(const int file_handle) { return(true); }
   int               StateFlags(void) const { return(0); }
   void              StateFlags(const int flags) {}
   int               PropFlags(void) const { return(0); }
   void              PropFlags(const int flags) {}

protected:
   virtual bool      OnCreate(void) { return(true); }
   virtual bool      OnDestroy(void) { return(true); }
   virtual bool      OnMove(void) { return(true); }
   virtual bool      OnResize(void) { return(true); }
   virtual bool      OnEnable(void) { return(true); }
   virtual bool      OnDisable(void) { return(true); }
   virtual bool      OnShow(void) { return(true); }
   virtual bool      OnHide(void) { return(true); }
   virtual bool      OnActivate(void) { return(true); }
   virtual bool      OnDeactivate(void) { return(true); }
   virtual bool      OnClick(void) { return(true); }
   virtual bool      OnDblClick(void) { return(true); }
   virtual bool      OnChange(void) { return(true); }
   virtual bool      OnMouseDown(void) { return(true); }
   virtual bool      OnMouseUp(void) { return(true); }
   virtual bool      OnSetText(void) { return(true); }
   virtual bool      OnSetColor(void) { return(true); }
   virtual bool      OnSetColorBackground(void) { return(true); }
   virtual bool      OnSetFont(void) { return(true); }
  };
