//+------------------------------------------------------------------+
//| CDialog and CAppDialog.                                          |
//+------------------------------------------------------------------+
#include "WndContainer.mqh"
#include "WndClient.mqh"
#include "Panel.mqh"
#include "Edit.mqh"
#include "BmpButton.mqh"
#include "Button.mqh"
#include "Label.mqh"

class CDialog : public CWndContainer
  {
public:
   string            Caption(void) const { return(""); }
   bool              Caption(const string value) { return(true); }
   int               ClientAreaWidth(void) const { return(0); }
   bool              ClientAreaWidth(const int value) { return(true); }
   int               ClientAreaHeight(void) const { return(0); }
   bool              ClientAreaHeight(const int value) { return(true); }
   int               ClientAreaLeft(void) const { return(0); }
   int               ClientAreaTop(void) const { return(0); }
   virtual bool      ClientAreaVisible(const bool visible) { return(true); }
   virtual bool      Add(CWnd *control) { return(true); }
   virtual bool      Add(CWnd &control) { return(true); }
   virtual bool      Delete(CWnd *control) { return(true); }
   virtual bool      Delete(CWnd &control) { return(true); }

protected:
   CPanel            m_white_border;
   CPanel            m_background;
   CEdit             m_caption;
   CBmpButton        m_button_close;
   CWndClient        m_client_area;
   bool              m_panel_flag;
   virtual bool      CreateWhiteBorder(void) { return(true); }
   virtual bool      CreateBackground(void) { return(true); }
   virtual bool      CreateCaption(void) { return(true); }
   virtual bool      CreateButtonClose(void) { return(true); }
   virtual bool      CreateClientArea(void) { return(true); }
   virtual bool      OnDialogDragStart(void) { return(true); }
   virtual bool      OnDialogDragProcess(void) { return(true); }
   virtual bool      OnDialogDragEnd(void) { return(true); }
   virtual void      OnClickCaption(void) {}
   virtual void      OnClickButtonClose(void) {}
  };

class CAppDialog : public CDialog
  {
public:
   virtual bool      Run(void) { return(true); }
   void              ChartEvent(const int id, const long &lparam, const double &dparam, const string &sparam) { OnEvent(id, lparam, dparam, sparam); }
   void              Minimized(const bool flag) { m_minimized = flag; }
   void              IniFileSave(void) {}
   void              IniFileLoad(void) {}
   virtual string    IniFileName(void) const { return(""); }
   virtual string    IniFileExt(void) const { return(".dat"); }
   virtual void      Minimize(void) { m_minimized = true; }
   virtual void      Maximize(void) { m_minimized = false; }

protected:
   bool              m_minimized;
   CRect             m_norm_rect;
   CRect             m_min_rect;
   CBmpButton        m_button_minmax;
   virtual void      OnClickButtonMinMax(void) {}
  };
