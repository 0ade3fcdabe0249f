//+------------------------------------------------------------------+
//| CSeries: what series and indicators share.                       |
//+------------------------------------------------------------------+
#include "../Arrays/ArrayObj.mqh"
#include "../Arrays/ArrayDouble.mqh"
#include "../Arrays/ArrayInt.mqh"
#include "../Arrays/ArrayLong.mqh"

class CSeries : public CArrayObj
  {
protected:
   string            m_name;
   int               m_buffers_total;
   int               m_buffer_size;
   string            m_symbol;
   ENUM_TIMEFRAMES   m_period;
   bool              m_refresh_current;

public:
                     CSeries(void) : m_name(""), m_buffers_total(0), m_buffer_size(0), m_symbol(""), m_period(PERIOD_CURRENT),
                                     m_refresh_current(true) {}
   string            Name(void) const { return(m_name); }
   int               BuffersTotal(void) const { return(m_buffers_total); }
   int               BufferSize(void) const { return(m_buffer_size); }
   int               Timeframe(void) const { return(m_period); }
   string            Symbol(void) const { return(m_symbol); }
   ENUM_TIMEFRAMES   Period(void) const { return(m_period); }
   string            PeriodDescription(const int val = 0) const { return(EnumToString(m_period)); }
   void              RefreshCurrent(const bool flag) { m_refresh_current = flag; }
   virtual bool      BufferResize(const int size) { return(true); }
   virtual void      Refresh(const int flags = OBJ_ALL_PERIODS) {}

protected:
   bool              SetSymbolPeriod(const string symbol, const ENUM_TIMEFRAMES period)
     {
      m_symbol = symbol;
      m_period = period;
      return(true);
     }
   void              PeriodToTimeframe(const ENUM_TIMEFRAMES period) {}
   bool              CheckLoadHistory(const int size) { return(true); }
   bool              CheckTerminalHistory(const int size) { return(true); }
   bool              CheckServerHistory(const int size) { return(true); }
  };

class CPriceSeries : public CSeries
  {
public:
   virtual double    GetData(const int index) const { return(EMPTY_VALUE); }
  };
