//+------------------------------------------------------------------+
//| Volume indicators, one class each.                               |
//+------------------------------------------------------------------+
#include "Indicator.mqh"

class CiAD : public CIndicator
  {
protected:
   ENUM_APPLIED_VOLUME m_applied;

public:
   ENUM_APPLIED_VOLUME Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const ENUM_APPLIED_VOLUME applied)
     {
      m_applied = applied;
      return(Keep(symbol, period, iAD(symbol, period, applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiOBV : public CIndicator
  {
protected:
   ENUM_APPLIED_VOLUME m_applied;

public:
   ENUM_APPLIED_VOLUME Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const ENUM_APPLIED_VOLUME applied)
     {
      m_applied = applied;
      return(Keep(symbol, period, iOBV(symbol, period, applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiVolumes : public CIndicator
  {
protected:
   ENUM_APPLIED_VOLUME m_applied;

public:
   ENUM_APPLIED_VOLUME Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const ENUM_APPLIED_VOLUME applied)
     {
      m_applied = applied;
      return(Keep(symbol, period, iVolumes(symbol, period, applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiMFI : public CIndicator
  {
protected:
   int               m_ma_period;
   ENUM_APPLIED_VOLUME m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   ENUM_APPLIED_VOLUME Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const ENUM_APPLIED_VOLUME applied)
     {
      m_ma_period = ma_period;
      m_applied = applied;
      return(Keep(symbol, period, iMFI(symbol, period, ma_period, applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };
