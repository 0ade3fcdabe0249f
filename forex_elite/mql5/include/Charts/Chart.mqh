//+------------------------------------------------------------------+
//| CChart: a chart and its properties, over the built-in functions. |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CChart : public CObject
  {
protected:
   long              m_chart_id;

public:
                     CChart(void) : m_chart_id(-1) {}
   long              ChartId(void) const { return(m_chart_id); }
   void              Attach(void) { m_chart_id = ChartID(); }
   void              Attach(const long chart) { m_chart_id = chart; }
   void              FirstChart(void) { m_chart_id = ChartFirst(); }
   void              NextChart(void) { m_chart_id = ChartNext(m_chart_id); }
   long              Open(const string symbol_name, const ENUM_TIMEFRAMES timeframe)
     {
      m_chart_id = ChartOpen(symbol_name, timeframe);
      return(m_chart_id);
     }
   void              Detach(void) { m_chart_id = -1; }
   void              Close(void)
     {
      if(m_chart_id != -1)
         ChartClose(m_chart_id);
      m_chart_id = -1;
     }
   string            Symbol(void) const { return(ChartSymbol(m_chart_id)); }
   ENUM_TIMEFRAMES   Period(void) const { return(ChartPeriod(m_chart_id)); }
   void              Redraw(void) { ChartRedraw(m_chart_id); }
   bool              SetSymbolPeriod(const string symbol_name, const ENUM_TIMEFRAMES timeframe) { return(ChartSetSymbolPeriod(m_chart_id, symbol_name, timeframe)); }
   bool              ApplyTemplate(const string filename) { return(ChartApplyTemplate(m_chart_id, filename)); }
   bool              ScreenShot(const string filename, const int width, const int height, const ENUM_ALIGN_MODE align_mode = ALIGN_RIGHT) const { return(ChartScreenShot(m_chart_id, filename, width, height, align_mode)); }
   int               WindowOnDropped(void) const { return(ChartWindowOnDropped()); }
   int               WindowsTotal(void) const { return((int)GetInteger(CHART_WINDOWS_TOTAL)); }
   bool              Navigate(const ENUM_CHART_POSITION position, const int shift = 0) { return(ChartNavigate(m_chart_id, position, shift)); }
   bool              IndicatorAdd(const int subwin, const int handle) { return(ChartIndicatorAdd(m_chart_id, subwin, handle)); }
   bool              IndicatorDelete(const int subwin, const string name) { return(ChartIndicatorDelete(m_chart_id, subwin, name)); }
   int               IndicatorsTotal(const int subwin) const { return(ChartIndicatorsTotal(m_chart_id, subwin)); }
   string            IndicatorName(const int subwin, const int index) const { return(ChartIndicatorName(m_chart_id, subwin, index)); }
   long              GetInteger(const ENUM_CHART_PROPERTY_INTEGER prop_id, const int subwin = 0) const { return(ChartGetInteger(m_chart_id, prop_id, subwin)); }
   bool              SetInteger(const ENUM_CHART_PROPERTY_INTEGER prop_id, const long value) const { return(ChartSetInteger(m_chart_id, prop_id, value)); }
   double            GetDouble(const ENUM_CHART_PROPERTY_DOUBLE prop_id, const int subwin = 0) const { return(ChartGetDouble(m_chart_id, prop_id, subwin)); }
   bool              SetDouble(const ENUM_CHART_PROPERTY_DOUBLE prop_id, const double value) const { return(ChartSetDouble(m_chart_id, prop_id, value)); }
   string            GetString(const ENUM_CHART_PROPERTY_STRING prop_id) const { return(ChartGetString(m_chart_id, prop_id)); }
   bool              SetString(const ENUM_CHART_PROPERTY_STRING prop_id, const string value) const { return(ChartSetString(m_chart_id, prop_id, value)); }
   ENUM_CHART_MODE   Mode(void) const { return((ENUM_CHART_MODE)GetInteger(CHART_MODE)); }
   bool              Mode(const ENUM_CHART_MODE mode) const { return(SetInteger(CHART_MODE, mode)); }
   bool              Foreground(void) const { return((bool)GetInteger(CHART_FOREGROUND)); }
   bool              Foreground(const bool foreground) const { return(SetInteger(CHART_FOREGROUND, foreground)); }
   bool              Shift(void) const { return((bool)GetInteger(CHART_SHIFT)); }
   bool              Shift(const bool shift) const { return(SetInteger(CHART_SHIFT, shift)); }
   double            ShiftSize(void) const { return(GetDouble(CHART_SHIFT_SIZE)); }
   bool              ShiftSize(const double shift_size) const { return(SetDouble(CHART_SHIFT_SIZE, shift_size)); }
   bool              AutoScroll(void) const { return((bool)GetInteger(CHART_AUTOSCROLL)); }
   bool              AutoScroll(const bool autoscroll) const { return(SetInteger(CHART_AUTOSCROLL, autoscroll)); }
   int               Scale(void) const { return((int)GetInteger(CHART_SCALE)); }
   bool              Scale(const int scale) const { return(SetInteger(CHART_SCALE, scale)); }
   bool              ScaleFix(void) const { return((bool)GetInteger(CHART_SCALEFIX)); }
   bool              ScaleFix(const bool scale_fix) const { return(SetInteger(CHART_SCALEFIX, scale_fix)); }
   double            FixedMax(void) const { return(GetDouble(CHART_FIXED_MAX)); }
   bool              FixedMax(const double max) const { return(SetDouble(CHART_FIXED_MAX, max)); }
   double            FixedMin(void) const { return(GetDouble(CHART_FIXED_MIN)); }
   bool              FixedMin(const double min) const { return(SetDouble(CHART_FIXED_MIN, min)); }
   bool              ShowOHLC(void) const { return((bool)GetInteger(CHART_SHOW_OHLC)); }
   bool              ShowOHLC(const bool show) const { return(SetInteger(CHART_SHOW_OHLC, show)); }
   bool              ShowLineBid(void) const { return((bool)GetInteger(CHART_SHOW_BID_LINE)); }
   bool              ShowLineBid(const bool show) const { return(SetInteger(CHART_SHOW_BID_LINE, show)); }
   bool              ShowLineAsk(void) const { return((bool)GetInteger(CHART_SHOW_ASK_LINE)); }
   bool              ShowLineAsk(const bool show) const { return(SetInteger(CHART_SHOW_ASK_LINE, show)); }
   bool              ShowGrid(void) const { return((bool)GetInteger(CHART_SHOW_GRID)); }
   bool              ShowGrid(const bool show) const { return(SetInteger(CHART_SHOW_GRID, show)); }
   bool              ShowPeriodSep(void) const { return((bool)GetInteger(CHART_SHOW_PERIOD_SEP)); }
   bool              ShowPeriodSep(const bool show) const { return(SetInteger(CHART_SHOW_PERIOD_SEP, show)); }
   color             ColorBackground(void) const { return((color)GetInteger(CHART_COLOR_BACKGROUND)); }
   bool              ColorBackground(const color new_color) const { return(SetInteger(CHART_COLOR_BACKGROUND, new_color)); }
   color             ColorForeground(void) const { return((color)GetInteger(CHART_COLOR_FOREGROUND)); }
   bool              ColorForeground(const color new_color) const { return(SetInteger(CHART_COLOR_FOREGROUND, new_color)); }
   color             ColorGrid(void) const { return((color)GetInteger(CHART_COLOR_GRID)); }
   bool              ColorGrid(const color new_color) const { return(SetInteger(CHART_COLOR_GRID, new_color)); }
   color             ColorBarUp(void) const { return((color)GetInteger(CHART_COLOR_CHART_UP)); }
   bool              ColorBarUp(const color new_color) const { return(SetInteger(CHART_COLOR_CHART_UP, new_color)); }
   color             ColorBarDown(void) const { return((color)GetInteger(CHART_COLOR_CHART_DOWN)); }
   bool              ColorBarDown(const color new_color) const { return(SetInteger(CHART_COLOR_CHART_DOWN, new_color)); }
   color             ColorCandleBull(void) const { return((color)GetInteger(CHART_COLOR_CANDLE_BULL)); }
   bool              ColorCandleBull(const color new_color) const { return(SetInteger(CHART_COLOR_CANDLE_BULL, new_color)); }
   color             ColorCandleBear(void) const { return((color)GetInteger(CHART_COLOR_CANDLE_BEAR)); }
   bool              ColorCandleBear(const color new_color) const { return(SetInteger(CHART_COLOR_CANDLE_BEAR, new_color)); }
   color             ColorChartLine(void) const { return((color)GetInteger(CHART_COLOR_CHART_LINE)); }
   bool              ColorChartLine(const color new_color) const { return(SetInteger(CHART_COLOR_CHART_LINE, new_color)); }
   color             ColorVolumes(void) const { return((color)GetInteger(CHART_COLOR_VOLUME)); }
   bool              ColorVolumes(const color new_color) const { return(SetInteger(CHART_COLOR_VOLUME, new_color)); }
   color             ColorLineBid(void) const { return((color)GetInteger(CHART_COLOR_BID)); }
   bool              ColorLineBid(const color new_color) const { return(SetInteger(CHART_COLOR_BID, new_color)); }
   color             ColorLineAsk(void) const { return((color)GetInteger(CHART_COLOR_ASK)); }
   bool              ColorLineAsk(const color new_color) const { return(SetInteger(CHART_COLOR_ASK, new_color)); }
   color             ColorLineLast(void) const { return((color)GetInteger(CHART_COLOR_LAST)); }
   bool              ColorLineLast(const color new_color) const { return(SetInteger(CHART_COLOR_LAST, new_color)); }
   color             ColorStopLevels(void) const { return((color)GetInteger(CHART_COLOR_STOP_LEVEL)); }
   bool              ColorStopLevels(const color new_color) const { return(SetInteger(CHART_COLOR_STOP_LEVEL, new_color)); }
   bool              ShowLineLast(void) const { return((bool)GetInteger(CHART_SHOW_LAST_LINE)); }
   bool              ShowLineLast(const bool flag) const { return(SetInteger(CHART_SHOW_LAST_LINE, flag)); }
   bool              ShowObjectDescr(void) const { return((bool)GetInteger(CHART_SHOW_OBJECT_DESCR)); }
   bool              ShowObjectDescr(const bool flag) const { return(SetInteger(CHART_SHOW_OBJECT_DESCR, flag)); }
   bool              ScaleFix_11(void) const { return((bool)GetInteger(CHART_SCALEFIX_11)); }
   bool              ScaleFix_11(const bool flag) const { return(SetInteger(CHART_SCALEFIX_11, flag)); }
   bool              ScalePPB(void) const { return((bool)GetInteger(CHART_SCALE_PT_PER_BAR)); }
   bool              ScalePPB(const bool flag) const { return(SetInteger(CHART_SCALE_PT_PER_BAR, flag)); }
   bool              EventObjectCreate(void) const { return((bool)GetInteger(CHART_EVENT_OBJECT_CREATE)); }
   bool              EventObjectCreate(const bool flag) const { return(SetInteger(CHART_EVENT_OBJECT_CREATE, flag)); }
   bool              EventObjectDelete(void) const { return((bool)GetInteger(CHART_EVENT_OBJECT_DELETE)); }
   bool              EventObjectDelete(const bool flag) const { return(SetInteger(CHART_EVENT_OBJECT_DELETE, flag)); }
   bool              MouseScroll(void) const { return((bool)GetInteger(CHART_MOUSE_SCROLL)); }
   bool              MouseScroll(const bool flag) const { return(SetInteger(CHART_MOUSE_SCROLL, flag)); }
   bool              EventMouseMove(void) const { return((bool)GetInteger(CHART_EVENT_MOUSE_MOVE)); }
   bool              EventMouseMove(const bool flag) const { return(SetInteger(CHART_EVENT_MOUSE_MOVE, flag)); }
   bool              ShowDateScale(void) const { return((bool)GetInteger(CHART_SHOW_DATE_SCALE)); }
   bool              ShowDateScale(const bool flag) const { return(SetInteger(CHART_SHOW_DATE_SCALE, flag)); }
   bool              ShowPriceScale(void) const { return((bool)GetInteger(CHART_SHOW_PRICE_SCALE)); }
   bool              ShowPriceScale(const bool flag) const { return(SetInteger(CHART_SHOW_PRICE_SCALE, flag)); }
   double            PointsPerBar(void) const { return(GetDouble(CHART_POINTS_PER_BAR)); }
   bool              PointsPerBar(const double points) const { return(SetDouble(CHART_POINTS_PER_BAR, points)); }
   ENUM_CHART_VOLUME_MODE ShowVolumes(void) const { return((ENUM_CHART_VOLUME_MODE)GetInteger(CHART_SHOW_VOLUMES)); }
   bool              ShowVolumes(const ENUM_CHART_VOLUME_MODE show) const { return(SetInteger(CHART_SHOW_VOLUMES, show)); }
   bool              WindowIsVisible(const int subwin) const { return((bool)GetInteger(CHART_WINDOW_IS_VISIBLE, subwin)); }
   int               WindowHandle(void) const { return((int)GetInteger(CHART_WINDOW_HANDLE)); }
   bool              BringToTop(void) const { return(SetInteger(CHART_BRING_TO_TOP, true)); }
   double            PriceOnDropped(void) const { return(ChartPriceOnDropped()); }
   datetime          TimeOnDropped(void) const { return(ChartTimeOnDropped()); }
   int               XOnDropped(void) const { return(ChartXOnDropped()); }
   int               YOnDropped(void) const { return(ChartYOnDropped()); }
   int               VisibleBars(void) const { return((int)GetInteger(CHART_VISIBLE_BARS)); }
   int               FirstVisibleBar(void) const { return((int)GetInteger(CHART_FIRST_VISIBLE_BAR)); }
   int               WidthInBars(void) const { return((int)GetInteger(CHART_WIDTH_IN_BARS)); }
   int               WidthInPixels(void) const { return((int)GetInteger(CHART_WIDTH_IN_PIXELS)); }
   int               HeightInPixels(const int subwin) const { return((int)GetInteger(CHART_HEIGHT_IN_PIXELS, subwin)); }
   double            PriceMin(const int subwin) const { return(GetDouble(CHART_PRICE_MIN, subwin)); }
   double            PriceMax(const int subwin) const { return(GetDouble(CHART_PRICE_MAX, subwin)); }
   string            Comment(void) const { return(GetString(CHART_COMMENT)); }
   bool              Comment(const string comment) const { return(SetString(CHART_COMMENT, comment)); }
  };
