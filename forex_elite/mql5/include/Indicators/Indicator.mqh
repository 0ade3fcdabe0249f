//+------------------------------------------------------------------+
//| CIndicator: one indicator handle, its buffers read from the newest. |
//+------------------------------------------------------------------+
#include "Series.mqh"

class CIndicatorBuffer : public CObject
  {
protected:
   double            m_data[];
   string            m_name;
   int               m_offset;

public:
                     CIndicatorBuffer(void) : m_offset(0) {}
   string            Name(void) const { return(m_name); }
   void              Name(const string name) { m_name = name; }
   int               Offset(void) const { return(m_offset); }
   void              Offset(const int offset) { m_offset = offset; }
   int               Total(void) const { return(ArraySize(m_data)); }
   double            At(const int index) const { return(index < ArraySize(m_data) ? m_data[index] : EMPTY_VALUE); }
   bool              Refresh(const int handle, const int num) { return(CopyBuffer(handle, num, 0, 100, m_data) > 0); }
  };

class CIndicator : public CSeries
  {
protected:
   int               m_handle;
   string            m_status;
   bool              m_full_release;
   bool              m_redrawer;

public:
                     CIndicator(void) : m_handle(INVALID_HANDLE), m_full_release(false), m_redrawer(false) {}
                    ~CIndicator(void) {}
   int               Handle(void) const { return(m_handle); }
   string            Status(void) const { return(m_status); }
   void              FullRelease(const bool flag = true) { m_full_release = flag; }
   void              Redrawer(const bool flag = true) { m_redrawer = flag; }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const ENUM_INDICATOR type,
                            const int num_params, const MqlParam &params[])
     { return(Keep(symbol, period, IndicatorCreate(symbol, period, type, num_params, params))); }
   virtual bool      BufferResize(const int size) { return(true); }
   int               BarsCalculated(void) const { return(::BarsCalculated(m_handle)); }
   int               BuffersTotal(void) const { return(8); }
   double            GetData(const int buffer_num, const int index) const
     {
      double value[1];
      return(CopyBuffer(m_handle, buffer_num, index, 1, value) == 1 ? value[0] : EMPTY_VALUE);
     }
   int               GetData(const int start_pos, const int count, const int buffer_num, double &buffer[]) const
     { return(CopyBuffer(m_handle, buffer_num, start_pos, count, buffer)); }
   int               GetData(const datetime start_time, const int count, const int buffer_num, double &buffer[]) const
     { return(CopyBuffer(m_handle, buffer_num, start_time, count, buffer)); }
   int               GetData(const datetime start_time, const datetime stop_time, const int buffer_num, double &buffer[]) const
     { return(CopyBuffer(m_handle, buffer_num, start_time, stop_time, buffer)); }
   int               Minimum(const int buffer_num, const int start, const int count) const { return(Extreme(buffer_num, start, count, -1)); }
   int               Maximum(const int buffer_num, const int start, const int count) const { return(Extreme(buffer_num, start, count, 1)); }
   virtual void      Refresh(const int flags = OBJ_ALL_PERIODS) {}
   bool              AddToChart(const long chart, const int subwin) { return(ChartIndicatorAdd(chart, subwin, m_handle)); }
   bool              DeleteFromChart(const long chart, const int subwin)
     { return(ChartIndicatorDelete(chart, subwin, ChartIndicatorName(chart, subwin, 0))); }
   string            MethodDescription(const int value) const { return(EnumToString((ENUM_MA_METHOD)value)); }
   string            PriceDescription(const int value) const { return(EnumToString((ENUM_APPLIED_PRICE)value)); }
   string            VolumeDescription(const int value) const { return(EnumToString((ENUM_APPLIED_VOLUME)value)); }

protected:
   bool              CreateBuffers(const string symbol, const ENUM_TIMEFRAMES period, const int buffers) { return(true); }
   virtual bool      Initialize(const string symbol, const ENUM_TIMEFRAMES period, const int num_params, const MqlParam &params[])
     { return(true); }
   bool              Keep(const string symbol, const ENUM_TIMEFRAMES period, const int handle)
     {
      m_symbol = symbol;
      m_period = period;
      m_handle = handle;
      return(handle != INVALID_HANDLE);
     }

private:
   int               Extreme(const int buffer_num, const int start, const int count, const int sign) const
     {
      int best = -1;
      double value = 0.0;
      for(int i = start; i < start + count; i++)
        {
         double one = GetData(buffer_num, i);
         if(one != EMPTY_VALUE && (best < 0 || (one - value) * sign > 0.0))
           {
            best = i;
            value = one;
           }
        }
      return(best);
     }
  };
