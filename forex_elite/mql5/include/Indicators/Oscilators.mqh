//+------------------------------------------------------------------+
//| Oscillators, one class each.                                     |
//+------------------------------------------------------------------+
#include "Indicator.mqh"

class CiATR : public CIndicator
  {
protected:
   int               m_ma_period;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period)
     {
      m_ma_period = ma_period;
      return(Keep(symbol, period, iATR(symbol, period, ma_period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiBearsPower : public CIndicator
  {
protected:
   int               m_ma_period;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period)
     {
      m_ma_period = ma_period;
      return(Keep(symbol, period, iBearsPower(symbol, period, ma_period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiBullsPower : public CIndicator
  {
protected:
   int               m_ma_period;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period)
     {
      m_ma_period = ma_period;
      return(Keep(symbol, period, iBullsPower(symbol, period, ma_period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiDeMarker : public CIndicator
  {
protected:
   int               m_ma_period;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period)
     {
      m_ma_period = ma_period;
      return(Keep(symbol, period, iDeMarker(symbol, period, ma_period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiRVI : public CIndicator
  {
protected:
   int               m_ma_period;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period)
     {
      m_ma_period = ma_period;
      return(Keep(symbol, period, iRVI(symbol, period, ma_period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
   double            Signal(const int index) const { return(GetData(1, index)); }
  };

class CiWPR : public CIndicator
  {
protected:
   int               m_calc_period;

public:
   int               CalcPeriod(void) const { return(m_calc_period); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int calc_period)
     {
      m_calc_period = calc_period;
      return(Keep(symbol, period, iWPR(symbol, period, calc_period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiCCI : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int applied)
     {
      m_ma_period = ma_period;
      m_applied = applied;
      return(Keep(symbol, period, iCCI(symbol, period, ma_period, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiMomentum : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int applied)
     {
      m_ma_period = ma_period;
      m_applied = applied;
      return(Keep(symbol, period, iMomentum(symbol, period, ma_period, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiRSI : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int applied)
     {
      m_ma_period = ma_period;
      m_applied = applied;
      return(Keep(symbol, period, iRSI(symbol, period, ma_period, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiTriX : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int applied)
     {
      m_ma_period = ma_period;
      m_applied = applied;
      return(Keep(symbol, period, iTriX(symbol, period, ma_period, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiChaikin : public CIndicator
  {
protected:
   int               m_fast_ma_period;
   int               m_slow_ma_period;
   ENUM_MA_METHOD    m_ma_method;
   ENUM_APPLIED_VOLUME m_applied;

public:
   int               FastMaPeriod(void) const { return(m_fast_ma_period); }
   int               SlowMaPeriod(void) const { return(m_slow_ma_period); }
   ENUM_MA_METHOD    MaMethod(void) const { return(m_ma_method); }
   ENUM_APPLIED_VOLUME Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int fast_ma_period, const int slow_ma_period, const ENUM_MA_METHOD ma_method, const ENUM_APPLIED_VOLUME applied)
     {
      m_fast_ma_period = fast_ma_period;
      m_slow_ma_period = slow_ma_period;
      m_ma_method = ma_method;
      m_applied = applied;
      return(Keep(symbol, period, iChaikin(symbol, period, fast_ma_period, slow_ma_period, ma_method, applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiForce : public CIndicator
  {
protected:
   int               m_ma_period;
   ENUM_MA_METHOD    m_ma_method;
   ENUM_APPLIED_VOLUME m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   ENUM_MA_METHOD    MaMethod(void) const { return(m_ma_method); }
   ENUM_APPLIED_VOLUME Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const ENUM_MA_METHOD ma_method, const ENUM_APPLIED_VOLUME applied)
     {
      m_ma_period = ma_period;
      m_ma_method = ma_method;
      m_applied = applied;
      return(Keep(symbol, period, iForce(symbol, period, ma_period, ma_method, applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiMACD : public CIndicator
  {
protected:
   int               m_fast_ema_period;
   int               m_slow_ema_period;
   int               m_signal_period;
   int               m_applied;

public:
   int               FastEmaPeriod(void) const { return(m_fast_ema_period); }
   int               SlowEmaPeriod(void) const { return(m_slow_ema_period); }
   int               SignalPeriod(void) const { return(m_signal_period); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int fast_ema_period, const int slow_ema_period, const int signal_period, const int applied)
     {
      m_fast_ema_period = fast_ema_period;
      m_slow_ema_period = slow_ema_period;
      m_signal_period = signal_period;
      m_applied = applied;
      return(Keep(symbol, period, iMACD(symbol, period, fast_ema_period, slow_ema_period, signal_period, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
   double            Signal(const int index) const { return(GetData(1, index)); }
  };

class CiOsMA : public CIndicator
  {
protected:
   int               m_fast_ema_period;
   int               m_slow_ema_period;
   int               m_signal_period;
   int               m_applied;

public:
   int               FastEmaPeriod(void) const { return(m_fast_ema_period); }
   int               SlowEmaPeriod(void) const { return(m_slow_ema_period); }
   int               SignalPeriod(void) const { return(m_signal_period); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int fast_ema_period, const int slow_ema_period, const int signal_period, const int applied)
     {
      m_fast_ema_period = fast_ema_period;
      m_slow_ema_period = slow_ema_period;
      m_signal_period = signal_period;
      m_applied = applied;
      return(Keep(symbol, period, iOsMA(symbol, period, fast_ema_period, slow_ema_period, signal_period, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiStochastic : public CIndicator
  {
protected:
   int               m_Kperiod;
   int               m_Dperiod;
   int               m_slowing;
   ENUM_MA_METHOD    m_ma_method;
   ENUM_STO_PRICE    m_price_field;

public:
   int               Kperiod(void) const { return(m_Kperiod); }
   int               Dperiod(void) const { return(m_Dperiod); }
   int               Slowing(void) const { return(m_slowing); }
   ENUM_MA_METHOD    MaMethod(void) const { return(m_ma_method); }
   ENUM_STO_PRICE    PriceField(void) const { return(m_price_field); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int Kperiod, const int Dperiod, const int slowing, const ENUM_MA_METHOD ma_method, const ENUM_STO_PRICE price_field)
     {
      m_Kperiod = Kperiod;
      m_Dperiod = Dperiod;
      m_slowing = slowing;
      m_ma_method = ma_method;
      m_price_field = price_field;
      return(Keep(symbol, period, iStochastic(symbol, period, Kperiod, Dperiod, slowing, ma_method, price_field)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
   double            Signal(const int index) const { return(GetData(1, index)); }
  };
