//+------------------------------------------------------------------+
//| CCanvas: a picture in memory. Nothing is painted on this side.   |
//+------------------------------------------------------------------+
#include "../Object.mqh"

enum ENUM_LINE_END
  {
   LINE_END_ROUND,
   LINE_END_BUTT,
   LINE_END_SQUARE
  };

#define XRGB(r, g, b) (0xFF000000 | (uchar(r) << 16) | (uchar(g) << 8) | uchar(b))
#define ARGB(a, r, g, b) ((uchar(a) << 24) | (uchar(r) << 16) | (uchar(g) << 8) | uchar(b))
#define TRGB(a, rgb) ((uchar(a) << 24) | (rgb))
#define GETRGB(clr) ((clr) & 0xFFFFFF)
#define GETRGBA(clr) uchar((clr) >> 24)
#define GETRGBR(clr) uchar((clr) >> 16)
#define GETRGBG(clr) uchar((clr) >> 8)
#define GETRGBB(clr) uchar(clr)
#define COLOR2RGB(clr) (0xFF000000 | (uchar(clr) << 16) | (uchar((clr) >> 8) << 8) | uchar((clr) >> 16))
#define RGB2COLOR(rgb) ((uchar(rgb) << 16) | (uchar((rgb) >> 8) << 8) | uchar((rgb) >> 16))

class CCanvas : public CObject
  {
protected:
   long              m_chart_id;
   string            m_objname;
   string            m_rcname;
   int               m_width;
   int               m_height;
   ENUM_COLOR_FORMAT m_format;
   uint              m_pixels[];
   string            m_fontname;
   int               m_fontsize;
   uint              m_fontflags;
   uint              m_fontangle;

public:
                     CCanvas(void) : m_chart_id(0), m_objname(""), m_rcname(""), m_width(0), m_height(0), m_format(COLOR_FORMAT_XRGB_NOALPHA),
                                     m_fontname("arial"), m_fontsize(-120), m_fontflags(0), m_fontangle(0) {}
                    ~CCanvas(void) {}
   virtual bool      Create(const string name, const int width, const int height, ENUM_COLOR_FORMAT clrfmt = COLOR_FORMAT_XRGB_NOALPHA)
     {
      if(width <= 0 || height <= 0)
         return(false);
      m_objname = name;
      m_rcname = "::" + name;
      m_width = width;
      m_height = height;
      m_format = clrfmt;
      return(true);
     }
   virtual bool      CreateBitmap(const string name, const datetime time, const double price, const int width, const int height, ENUM_COLOR_FORMAT clrfmt = COLOR_FORMAT_XRGB_NOALPHA) { return(Create(name, width, height, clrfmt)); }
   virtual bool      CreateBitmap(const long chart_id, const int subwin, const string name, const datetime time, const double price, const int width, const int height, ENUM_COLOR_FORMAT clrfmt = COLOR_FORMAT_XRGB_NOALPHA) { return(Create(name, width, height, clrfmt)); }
   virtual bool      CreateBitmapLabel(const string name, const int x, const int y, const int width, const int height, ENUM_COLOR_FORMAT clrfmt = COLOR_FORMAT_XRGB_NOALPHA) { return(Create(name, width, height, clrfmt)); }
   virtual bool      CreateBitmapLabel(const long chart_id, const int subwin, const string name, const int x, const int y, const int width, const int height, ENUM_COLOR_FORMAT clrfmt = COLOR_FORMAT_XRGB_NOALPHA) { return(Create(name, width, height, clrfmt)); }
   virtual bool      Attach(const long chart_id, const string objname, ENUM_COLOR_FORMAT clrfmt = COLOR_FORMAT_XRGB_NOALPHA) { return(true); }
   virtual bool      Attach(const long chart_id, const string objname, const int width, const int height, ENUM_COLOR_FORMAT clrfmt = COLOR_FORMAT_XRGB_NOALPHA) { return(Create(objname, width, height, clrfmt)); }
   virtual void      Destroy(void)
     {
      m_width = 0;
      m_height = 0;
     }
   string            ChartObjectName(void) const { return(m_objname); }
   string            ResourceName(void) const { return(m_rcname); }
   int               Width(void) const { return(m_width); }
   int               Height(void) const { return(m_height); }
   bool              Resize(const int width, const int height)
     {
      if(width <= 0 || height <= 0)
         return(false);
      m_width = width;
      m_height = height;
      return(true);
     }
   uint              PixelGet(const int x, const int y) const { return(0); }
   uint              LineStyleGet(void) const { return(0xFFFFFFFF); }
   void              SetBitmap(const uint &pixels[], const int width, const int height) { Resize(width, height); }
   bool              LoadFromFile(const string filename) { return(true); }
   static bool       LoadBitmap(const string filename, uint &data[], int &width, int &height) { return(false); }
   bool              FontSet(const string name, const int size, const uint flags = 0, const uint angle = 0)
     {
      m_fontname = name;
      m_fontsize = size;
      m_fontflags = flags;
      m_fontangle = angle;
      return(true);
     }
   bool              FontNameSet(string name) { return(FontSet(name, m_fontsize, m_fontflags, m_fontangle)); }
   bool              FontSizeSet(int size) { return(FontSet(m_fontname, size, m_fontflags, m_fontangle)); }
   bool              FontFlagsSet(uint flags) { return(FontSet(m_fontname, m_fontsize, flags, m_fontangle)); }
   bool              FontAngleSet(uint angle) { return(FontSet(m_fontname, m_fontsize, m_fontflags, angle)); }
   void              FontGet(string &name, int &size, uint &flags, uint &angle)
     {
      name = m_fontname;
      size = m_fontsize;
      flags = m_fontflags;
      angle = m_fontangle;
     }
   string            FontNameGet(void) const { return(m_fontname); }
   int               FontSizeGet(void) const { return(m_fontsize); }
   uint              FontFlagsGet(void) const { return(m_fontflags); }
   uint              FontAngleGet(void) const { return(m_fontangle); }
   void              TextSize(const string text, int &width, int &height)
     {
      height = m_fontsize < 0 ? -m_fontsize / 10 : m_fontsize;
      width = StringLen(text) * height / 2;
     }
   int               TextWidth(const string text)
     {
      int width = 0, height = 0;
      TextSize(text, width, height);
      return(width);
     }
   int               TextHeight(const string text)
     {
      int width = 0, height = 0;
      TextSize(text, width, height);
      return(height);
     }
   static uint       GetDefaultColor(const uint i) { return(0xFF000000); }
   void              Erase(const uint clr = 0) {}
   void              PixelSet(const int x, const int y, const uint clr) {}
   void              LineVertical(int x, int y1, int y2, const uint clr) {}
   void              LineHorizontal(int x1, int x2, int y, const uint clr) {}
   void              Line(int x1, int y1, int x2, int y2, const uint clr) {}
   void              Polyline(int &x[], int &y[], const uint clr) {}
   void              Polygon(int &x[], int &y[], const uint clr) {}
   void              Rectangle(int x1, int y1, int x2, int y2, const uint clr) {}
   void              Triangle(int x1, int y1, int x2, int y2, int x3, int y3, const uint clr) {}
   void              Circle(int x, int y, int r, const uint clr) {}
   void              Ellipse(int x1, int y1, int x2, int y2, const uint clr) {}
   void              FillRectangle(int x1, int y1, int x2, int y2, const uint clr) {}
   void              FillTriangle(int x1, int y1, int x2, int y2, int x3, int y3, const uint clr) {}
   void              FillPolygon(int &x[], int &y[], const uint clr) {}
   void              FillCircle(int x, int y, int r, const uint clr) {}
   void              FillEllipse(int x1, int y1, int x2, int y2, const uint clr) {}
   void              Fill(int x, int y, const uint clr) {}
   void              PixelSetAA(const double x, const double y, const uint clr) {}
   void              LineAA(const int x1, const int y1, const int x2, const int y2, const uint clr, const uint style = 0xFFFFFFFF) {}
   void              PolylineAA(int &x[], int &y[], const uint clr, const uint style = 0xFFFFFFFF) {}
   void              PolygonAA(int &x[], int &y[], const uint clr, const uint style = 0xFFFFFFFF) {}
   void              TriangleAA(const int x1, const int y1, const int x2, const int y2, const int x3, const int y3, const uint clr, const uint style = 0xFFFFFFFF) {}
   void              CircleAA(const int x, const int y, const double r, const uint clr) {}
   void              EllipseAA(const double x1, const double y1, const double x2, const double y2, const uint clr) {}
   void              LineWu(int x1, int y1, int x2, int y2, const uint clr, const uint style = 0xFFFFFFFF) {}
   void              PolylineWu(const int &x[], const int &y[], const uint clr, const uint style = 0xFFFFFFFF) {}
   void              PolygonWu(const int &x[], const int &y[], const uint clr, const uint style = 0xFFFFFFFF) {}
   void              CircleWu(int x, int y, const double r, const uint clr, const uint style = 0xFFFFFFFF) {}
   void              LineThick(const int x1, const int y1, const int x2, const int y2, const uint clr, const int size, const uint style, ENUM_LINE_END end_style) {}
   void              LineThickVertical(const int x, const int y1, const int y2, const uint clr, const int size, const uint style, ENUM_LINE_END end_style) {}
   void              LineThickHorizontal(const int x1, const int x2, const int y, const uint clr, const int size, const uint style, ENUM_LINE_END end_style) {}
   void              PolylineThick(const int &x[], const int &y[], const uint clr, const int size, const uint style, ENUM_LINE_END end_style) {}
   void              PolygonThick(const int &x[], const int &y[], const uint clr, const int size, const uint style, ENUM_LINE_END end_style) {}
   void              PolylineSmooth(const int &x[], const int &y[], const uint clr, const int size, ENUM_LINE_STYLE style = STYLE_SOLID, ENUM_LINE_END end_style = LINE_END_ROUND, double tension = 0.5, double step = 10) {}
   void              Arc(int x, int y, int rx, int ry, const double fi3, const double fi4, const uint clr) {}
   void              Pie(int x, int y, int rx, int ry, const double fi3, const double fi4, const uint clr, const uint fill_clr) {}
   void              TextOut(int x, int y, string text, const uint clr, uint alignment = 0) {}
   void              Update(const bool redraw = true) {}
   void              TransparentLevelSet(const uchar value) {}
   void              LineStyleSet(const uint style) {}
  };
