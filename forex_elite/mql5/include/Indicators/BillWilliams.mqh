//+------------------------------------------------------------------+
//| Bill Williams' indicators, one class each.                       |
//+------------------------------------------------------------------+
#include "Indicator.mqh"

class CiAC : public CIndicator
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      return(Keep(symbol, period, iAC(symbol, period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiAO : public CIndicator
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      return(Keep(symbol, period, iAO(symbol, period)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };

class CiFractals : public CIndicator
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      return(Keep(symbol, period, iFractals(symbol, period)));
     }
   double            Upper(const int index) const { return(GetData(0, index)); }
   double            Lower(const int index) const { return(GetData(1, index)); }
  };

class CiAlligator : public CIndicator
  {
protected:
   int               m_jaw_period;
   int               m_jaw_shift;
   int               m_teeth_period;
   int               m_teeth_shift;
   int               m_lips_period;
   int               m_lips_shift;
   ENUM_MA_METHOD    m_ma_method;
   int               m_applied;

public:
   int               JawPeriod(void) const { return(m_jaw_period); }
   int               JawShift(void) const { return(m_jaw_shift); }
   int               TeethPeriod(void) const { return(m_teeth_period); }
   int               TeethShift(void) const { return(m_teeth_shift); }
   int               LipsPeriod(void) const { return(m_lips_period); }
   int               LipsShift(void) const { return(m_lips_shift); }
   ENUM_MA_METHOD    MaMethod(void) const { return(m_ma_method); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int jaw_period, const int jaw_shift, const int teeth_period, const int teeth_shift, const int lips_period, const int lips_shift, const ENUM_MA_METHOD ma_method, const int applied)
     {
      m_jaw_period = jaw_period;
      m_jaw_shift = jaw_shift;
      m_teeth_period = teeth_period;
      m_teeth_shift = teeth_shift;
      m_lips_period = lips_period;
      m_lips_shift = lips_shift;
      m_ma_method = ma_method;
      m_applied = applied;
      return(Keep(symbol, period, iAlligator(symbol, period, jaw_period, jaw_shift, teeth_period, teeth_shift, lips_period, lips_shift, ma_method, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Jaw(const int index) const { return(GetData(0, index)); }
   double            Teeth(const int index) const { return(GetData(1, index)); }
   double            Lips(const int index) const { return(GetData(2, index)); }
  };

class CiGator : public CIndicator
  {
protected:
   int               m_jaw_period;
   int               m_jaw_shift;
   int               m_teeth_period;
   int               m_teeth_shift;
   int               m_lips_period;
   int               m_lips_shift;
   ENUM_MA_METHOD    m_ma_method;
   int               m_applied;

public:
   int               JawPeriod(void) const { return(m_jaw_period); }
   int               JawShift(void) const { return(m_jaw_shift); }
   int               TeethPeriod(void) const { return(m_teeth_period); }
   int               TeethShift(void) const { return(m_teeth_shift); }
   int               LipsPeriod(void) const { return(m_lips_period); }
   int               LipsShift(void) const { return(m_lips_shift); }
   ENUM_MA_METHOD    MaMethod(void) const { return(m_ma_method); }
   int               Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const int jaw_period, const int jaw_shift, const int teeth_period, const int teeth_shift, const int lips_period, const int lips_shift, const ENUM_MA_METHOD ma_method, const int applied)
     {
      m_jaw_period = jaw_period;
      m_jaw_shift = jaw_shift;
      m_teeth_period = teeth_period;
      m_teeth_shift = teeth_shift;
      m_lips_period = lips_period;
      m_lips_shift = lips_shift;
      m_ma_method = ma_method;
      m_applied = applied;
      return(Keep(symbol, period, iGator(symbol, period, jaw_period, jaw_shift, teeth_period, teeth_shift, lips_period, lips_shift, ma_method, (ENUM_APPLIED_PRICE)applied)));
     }
   double            Upper(const int index) const { return(GetData(0, index)); }
   double            Lower(const int index) const { return(GetData(2, index)); }
  };

class CiBWMFI : public CIndicator
  {
protected:
   ENUM_APPLIED_VOLUME m_applied;

public:
   ENUM_APPLIED_VOLUME Applied(void) const { return(m_applied); }
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period, const ENUM_APPLIED_VOLUME applied)
     {
      m_applied = applied;
      return(Keep(symbol, period, iBWMFI(symbol, period, applied)));
     }
   double            Main(const int index) const { return(GetData(0, index)); }
  };
