//+------------------------------------------------------------------+
//| Trend indicators, one class each.                                |
//+------------------------------------------------------------------+
#include "Indicator.mqh"

class CiADX : public CIndicator
  {
protected:
   int               m_ma_period;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period)
     {
      m_ma_period = ma_period;
      return(Keep(symbol, period, iADX(symbol, period, ma_period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
   double            Plus(const int index) const { return(GetData(1, index)); }
   double            Minus(const int index) const { return(GetData(2, index)); }
  };

class CiADXWilder : public CIndicator
  {
protected:
   int               m_ma_period;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period)
     {
      m_ma_period = ma_period;
      return(Keep(symbol, period, iADXWilder(symbol, period, ma_period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
   double            Plus(const int index) const { return(GetData(1, index)); }
   double            Minus(const int index) const { return(GetData(2, index)); }
  };

class CiBands : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_ma_shift;
   double            m_deviation;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               MaShift(void) const { return(m_ma_shift); }
   double            Deviation(void) const { return(m_deviation); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int ma_shift, const double deviation, const int applied)
     {
      m_ma_period = ma_period;
      m_ma_shift = ma_shift;
      m_deviation = deviation;
      m_applied = applied;
      return(Keep(symbol, period, iBands(symbol, period, ma_period, ma_shift, deviation, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Base(const int index) const { return(GetData(0, index)); }
   double            Upper(const int index) const { return(GetData(1, index)); }
   double            Lower(const int index) const { return(GetData(2, index)); }
  };

class CiEnvelopes : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_ma_shift;
   ENUM_MA_METHOD    m_ma_method;
   int               m_applied;
   double            m_deviation;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               MaShift(void) const { return(m_ma_shift); }
   ENUM_MA_METHOD    MaMethod(void) const { return(m_ma_method); }
   int               Applied(void) const { return(m_applied); }
   double            Deviation(void) const { return(m_deviation); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int ma_shift, const ENUM_MA_METHOD ma_method, const int applied, const double deviation)
     {
      m_ma_period = ma_period;
      m_ma_shift = ma_shift;
      m_ma_method = ma_method;
      m_applied = applied;
      m_deviation = deviation;
      return(Keep(symbol, period, iEnvelopes(symbol, period, ma_period, ma_shift, ma_method, (ENUM_APPLIED_PRICE)applied, deviation)));
     }
   double            Upper(const int index) const { return(GetData(0, index)); }
   double            Lower(const int index) const { return(GetData(1, index)); }
  };

class CiIchimoku : public CIndicator
  {
protected:
   int               m_tenkan_sen;
   int               m_kijun_sen;
   int               m_senkou_span_b;

public:
   int               TenkanSenPeriod(void) const { return(m_tenkan_sen); }
   int               KijunSenPeriod(void) const { return(m_kijun_sen); }
   int               SenkouSpanBPeriod(void) const { return(m_senkou_span_b); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int tenkan_sen, const int kijun_sen, const int senkou_span_b)
     {
      m_tenkan_sen = tenkan_sen;
      m_kijun_sen = kijun_sen;
      m_senkou_span_b = senkou_span_b;
      return(Keep(symbol, period, iIchimoku(symbol, period, tenkan_sen, kijun_sen, senkou_span_b)));
     }
   double            TenkanSen(const int index) const { return(GetData(0, index)); }
   double            KijunSen(const int index) const { return(GetData(1, index)); }
   double            SenkouSpanA(const int index) const { return(GetData(2, index)); }
   double            SenkouSpanB(const int index) const { return(GetData(3, index)); }
   double            ChinkouSpan(const int index) const { return(GetData(4, index)); }
  };

class CiMA : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_ma_shift;
   ENUM_MA_METHOD    m_ma_method;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               MaShift(void) const { return(m_ma_shift); }
   ENUM_MA_METHOD    MaMethod(void) const { return(m_ma_method); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int ma_shift, const ENUM_MA_METHOD ma_method, const int applied)
     {
      m_ma_period = ma_period;
      m_ma_shift = ma_shift;
      m_ma_method = ma_method;
      m_applied = applied;
      return(Keep(symbol, period, iMA(symbol, period, ma_period, ma_shift, ma_method, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiSAR : public CIndicator
  {
protected:
   double            m_step;
   double            m_maximum;

public:
   double            SarStep(void) const { return(m_step); }
   double            Maximum(void) const { return(m_maximum); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const double step, const double maximum)
     {
      m_step = step;
      m_maximum = maximum;
      return(Keep(symbol, period, iSAR(symbol, period, step, maximum)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiStdDev : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_ma_shift;
   ENUM_MA_METHOD    m_ma_method;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               MaShift(void) const { return(m_ma_shift); }
   ENUM_MA_METHOD    MaMethod(void) const { return(m_ma_method); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int ma_shift, const ENUM_MA_METHOD ma_method, const int applied)
     {
      m_ma_period = ma_period;
      m_ma_shift = ma_shift;
      m_ma_method = ma_method;
      m_applied = applied;
      return(Keep(symbol, period, iStdDev(symbol, period, ma_period, ma_shift, ma_method, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiDEMA : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_ma_shift;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               MaShift(void) const { return(m_ma_shift); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int ma_shift, const int applied)
     {
      m_ma_period = ma_period;
      m_ma_shift = ma_shift;
      m_applied = applied;
      return(Keep(symbol, period, iDEMA(symbol, period, ma_period, ma_shift, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiTEMA : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_ma_shift;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               MaShift(void) const { return(m_ma_shift); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int ma_shift, const int applied)
     {
      m_ma_period = ma_period;
      m_ma_shift = ma_shift;
      m_applied = applied;
      return(Keep(symbol, period, iTEMA(symbol, period, ma_period, ma_shift, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiFrAMA : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_ma_shift;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               MaShift(void) const { return(m_ma_shift); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int ma_shift, const int applied)
     {
      m_ma_period = ma_period;
      m_ma_shift = ma_shift;
      m_applied = applied;
      return(Keep(symbol, period, iFrAMA(symbol, period, ma_period, ma_shift, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiAMA : public CIndicator
  {
protected:
   int               m_ma_period;
   int               m_fast_ema_period;
   int               m_slow_ema_period;
   int               m_ind_shift;
   int               m_applied;

public:
   int               MaPeriod(void) const { return(m_ma_period); }
   int               FastEmaPeriod(void) const { return(m_fast_ema_period); }
   int               SlowEmaPeriod(void) const { return(m_slow_ema_period); }
   int               IndShift(void) const { return(m_ind_shift); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int ma_period, const int fast_ema_period, const int slow_ema_period, const int ind_shift, const int applied)
     {
      m_ma_period = ma_period;
      m_fast_ema_period = fast_ema_period;
      m_slow_ema_period = slow_ema_period;
      m_ind_shift = ind_shift;
      m_applied = applied;
      return(Keep(symbol, period, iAMA(symbol, period, ma_period, fast_ema_period, slow_ema_period, ind_shift, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiVIDyA : public CIndicator
  {
protected:
   int               m_cmo_period;
   int               m_ema_period;
   int               m_ind_shift;
   int               m_applied;

public:
   int               CmoPeriod(void) const { return(m_cmo_period); }
   int               EmaPeriod(void) const { return(m_ema_period); }
   int               IndShift(void) const { return(m_ind_shift); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int cmo_period, const int ema_period, const int ind_shift, const int applied)
     {
      m_cmo_period = cmo_period;
      m_ema_period = ema_period;
      m_ind_shift = ind_shift;
      m_applied = applied;
      return(Keep(symbol, period, iVIDyA(symbol, period, cmo_period, ema_period, ind_shift, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };
