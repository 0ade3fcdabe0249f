//+------------------------------------------------------------------+
//| CExpertBase: what the parts of a generated EA share.             |
//+------------------------------------------------------------------+
#include "../Object.mqh"
#include "../Indicators/Indicators.mqh"
#include "../Trade/SymbolInfo.mqh"
#include "../Trade/AccountInfo.mqh"
#include "../Trade/DealInfo.mqh"

enum ENUM_INIT_PHASE
  {
   INIT_PHASE_FIRST,
   INIT_PHASE_TUNING,
   INIT_PHASE_VALIDATION,
   INIT_PHASE_COMPLETE
  };

enum ENUM_TYPE_TREND
  {
   TYPE_TREND_HARD_DOWN,
   TYPE_TREND_DOWN,
   TYPE_TREND_SOFT_DOWN,
   TYPE_TREND_FLAT,
   TYPE_TREND_SOFT_UP,
   TYPE_TREND_UP,
   TYPE_TREND_HARD_UP
  };

#define USE_SERIES_OPEN 1
#define USE_SERIES_HIGH 2
#define USE_SERIES_LOW 4
#define USE_SERIES_CLOSE 8
#define USE_SERIES_SPREAD 16
#define USE_SERIES_TIME 32
#define USE_SERIES_TICK_VOLUME 64
#define USE_SERIES_REAL_VOLUME 128
#define IS_PATTERN_USAGE(p) ((m_patterns_usage & (((int)1) << p)) != 0)

class CExpertBase : public CObject
  {
protected:
   CSymbolInfo      *m_symbol;
   ENUM_TIMEFRAMES   m_period;
   double            m_adjusted_point;
   ulong             m_magic;
   bool              m_every_tick;
   bool              m_other_symbol;
   bool              m_other_period;
   int               m_used_series;
   ENUM_INIT_PHASE   m_init_phase;
   ENUM_TYPE_TREND   m_trend_type;
   ENUM_ACCOUNT_MARGIN_MODE m_margin_mode;
   CiSpread         *m_spread;
   CiTime           *m_time;
   CiTickVolume     *m_tick_volume;
   CiRealVolume     *m_real_volume;
   CiOpen           *m_open;
   CiHigh           *m_high;
   CiLow            *m_low;
   CiClose          *m_close;

public:
                     CExpertBase(void) : m_symbol(NULL), m_period(PERIOD_CURRENT), m_adjusted_point(0.0), m_magic(0), m_every_tick(false) {}
   virtual bool      Init(CSymbolInfo *symbol_info, ENUM_TIMEFRAMES period, double point)
     {
      m_symbol = symbol_info;
      m_period = period;
      m_adjusted_point = point;
      return(true);
     }
   bool              Symbol(string name) { return(true); }
   bool              Period(ENUM_TIMEFRAMES value)
     {
      m_period = value;
      return(true);
     }
   void              Magic(ulong value) { m_magic = value; }
   void              EveryTick(bool value) { m_every_tick = value; }
   void              TrendType(int value) {}
   void              TimeframeAdd(ENUM_TIMEFRAMES period) {}
   int               UsedSeries(void) { return(0); }
   void              SetMarginMode(void) {}
   virtual bool      ValidationSettings(void) { return(true); }
   virtual bool      InitIndicators(CIndicators *indicators = NULL) { return(true); }
   double            Open(int ind) const { return(iOpen(_Symbol, m_period, ind)); }
   double            High(int ind) const { return(iHigh(_Symbol, m_period, ind)); }
   double            Low(int ind) const { return(iLow(_Symbol, m_period, ind)); }
   double            Close(int ind) const { return(iClose(_Symbol, m_period, ind)); }
   datetime          Time(int ind) const { return(iTime(_Symbol, m_period, ind)); }
   int               Spread(int ind) const { return(iSpread(_Symbol, m_period, ind)); }
   long              TickVolume(int ind) const { return(iTickVolume(_Symbol, m_period, ind)); }
   int               StartIndex(void) const { return(m_every_tick ? 0 : 1); }
   bool              IsHedging(void) const { return(AccountInfoInteger(ACCOUNT_MARGIN_MODE) == ACCOUNT_MARGIN_MODE_RETAIL_HEDGING); }
  };
