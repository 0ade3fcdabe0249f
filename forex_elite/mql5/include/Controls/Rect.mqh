//+------------------------------------------------------------------+
//| Points, sizes and rectangles in pixels.                          |
//+------------------------------------------------------------------+
struct CPoint
  {
   int               x;
   int               y;
  };

struct CSize
  {
   int               cx;
   int               cy;
  };

struct CRect
  {
   int               left;
   int               top;
   int               right;
   int               bottom;
   int               Width(void) const { return(right - left); }
   void              Width(const int w) { right = left + w; }
   int               Height(void) const { return(bottom - top); }
   void              Height(const int h) { bottom = top + h; }
   void              SetBound(const int l, const int t, const int r, const int b)
     {
      left = l;
      top = t;
      right = r;
      bottom = b;
     }
   void              SetBound(const CRect &rect) { SetBound(rect.left, rect.top, rect.right, rect.bottom); }
   CPoint            LeftTop(void) const
     {
      CPoint point;
      point.x = left;
      point.y = top;
      return(point);
     }
   CPoint            RightBottom(void) const
     {
      CPoint point;
      point.x = right;
      point.y = bottom;
      return(point);
     }
   CPoint            CenterPoint(void) const
     {
      CPoint point;
      point.x = left + Width() / 2;
      point.y = top + Height() / 2;
      return(point);
     }
   CSize             Size(void) const
     {
      CSize size;
      size.cx = Width();
      size.cy = Height();
      return(size);
     }
   void              Size(const int w, const int h)
     {
      Width(w);
      Height(h);
     }
   void              Move(const int x, const int y) { SetBound(x, y, x + Width(), y + Height()); }
   void              Shift(const int dx, const int dy) { Move(left + dx, top + dy); }
   bool              Contains(const int x, const int y) const { return(x >= left && x <= right && y >= top && y <= bottom); }
  };
