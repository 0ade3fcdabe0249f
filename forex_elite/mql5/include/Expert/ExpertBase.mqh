//+------------------------------------------------------------------+
//| CExpertBase: what the parts of a generated EA share.             |
//+------------------------------------------------------------------+
#include "../Object.mqh"
#include "../Indicators/Indicators.mqh"
#include "../Trade/SymbolInfo.mqh"
#include "../Trade/AccountInfo.mqh"
#include "../Trade/DealInfo.mqh"

#define IS_PATTERN_USAGE(p) ((m_patterns_usage & (((int)1) << p)) != 0)

class CExpertBase : public CObject
  {
protected:
   CSymbolInfo      *m_symbol;
   ENUM_TIMEFRAMES   m_period;
   double            m_adjusted_point;
   ulong             m_magic;
   bool              m_every_tick;
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
