//+------------------------------------------------------------------+
//| Price, volume and time series of a symbol.                       |
//+------------------------------------------------------------------+
#include "Series.mqh"

class CiOpen : public CPriceSeries
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      m_symbol = symbol;
      m_period = period;
      return(true);
     }
   double            GetData(const int index) const { return(iOpen(m_symbol, m_period, index)); }
   int               GetData(const int start_pos, const int count, double &buffer[]) const
     { return(CopyOpen(m_symbol, m_period, start_pos, count, buffer)); }
   int               GetData(const datetime start_time, const int count, double &buffer[]) const
     { return(CopyOpen(m_symbol, m_period, start_time, count, buffer)); }
   int               GetData(const datetime start_time, const datetime stop_time, double &buffer[]) const
     { return(CopyOpen(m_symbol, m_period, start_time, stop_time, buffer)); }
  };

class CiHigh : public CPriceSeries
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      m_symbol = symbol;
      m_period = period;
      return(true);
     }
   double            GetData(const int index) const { return(iHigh(m_symbol, m_period, index)); }
   int               GetData(const int start_pos, const int count, double &buffer[]) const
     { return(CopyHigh(m_symbol, m_period, start_pos, count, buffer)); }
   int               GetData(const datetime start_time, const int count, double &buffer[]) const
     { return(CopyHigh(m_symbol, m_period, start_time, count, buffer)); }
   int               GetData(const datetime start_time, const datetime stop_time, double &buffer[]) const
     { return(CopyHigh(m_symbol, m_period, start_time, stop_time, buffer)); }
  };

class CiLow : public CPriceSeries
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      m_symbol = symbol;
      m_period = period;
      return(true);
     }
   double            GetData(const int index) const { return(iLow(m_symbol, m_period, index)); }
   int               GetData(const int start_pos, const int count, double &buffer[]) const
     { return(CopyLow(m_symbol, m_period, start_pos, count, buffer)); }
   int               GetData(const datetime start_time, const int count, double &buffer[]) const
     { return(CopyLow(m_symbol, m_period, start_time, count, buffer)); }
   int               GetData(const datetime start_time, const datetime stop_time, double &buffer[]) const
     { return(CopyLow(m_symbol, m_period, start_time, stop_time, buffer)); }
  };

class CiClose : public CPriceSeries
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      m_symbol = symbol;
      m_period = period;
      return(true);
     }
   double            GetData(const int index) const { return(iClose(m_symbol, m_period, index)); }
   int               GetData(const int start_pos, const int count, double &buffer[]) const
     { return(CopyClose(m_symbol, m_period, start_pos, count, buffer)); }
   int               GetData(const datetime start_time, const int count, double &buffer[]) const
     { return(CopyClose(m_symbol, m_period, start_time, count, buffer)); }
   int               GetData(const datetime start_time, const datetime stop_time, double &buffer[]) const
     { return(CopyClose(m_symbol, m_period, start_time, stop_time, buffer)); }
  };

class CiTime : public CSeries
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      m_symbol = symbol;
      m_period = period;
      return(true);
     }
   datetime          GetData(const int index) const { return(iTime(m_symbol, m_period, index)); }
   int               GetData(const int start_pos, const int count, datetime &buffer[]) const
     { return(CopyTime(m_symbol, m_period, start_pos, count, buffer)); }
   int               GetData(const datetime start_time, const int count, datetime &buffer[]) const
     { return(CopyTime(m_symbol, m_period, start_time, count, buffer)); }
   int               GetData(const datetime start_time, const datetime stop_time, datetime &buffer[]) const
     { return(CopyTime(m_symbol, m_period, start_time, stop_time, buffer)); }
  };

class CiTickVolume : public CSeries
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      m_symbol = symbol;
      m_period = period;
      return(true);
     }
   long              GetData(const int index) const { return(iTickVolume(m_symbol, m_period, index)); }
   int               GetData(const int start_pos, const int count, long &buffer[]) const
     { return(CopyTickVolume(m_symbol, m_period, start_pos, count, buffer)); }
   int               GetData(const datetime start_time, const int count, long &buffer[]) const
     { return(CopyTickVolume(m_symbol, m_period, start_time, count, buffer)); }
   int               GetData(const datetime start_time, const datetime stop_time, long &buffer[]) const
     { return(CopyTickVolume(m_symbol, m_period, start_time, stop_time, buffer)); }
  };

class CiRealVolume : public CSeries
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      m_symbol = symbol;
      m_period = period;
      return(true);
     }
   long              GetData(const int index) const { return(iRealVolume(m_symbol, m_period, index)); }
   int               GetData(const int start_pos, const int count, long &buffer[]) const
     { return(CopyRealVolume(m_symbol, m_period, start_pos, count, buffer)); }
   int               GetData(const datetime start_time, const int count, long &buffer[]) const
     { return(CopyRealVolume(m_symbol, m_period, start_time, count, buffer)); }
   int               GetData(const datetime start_time, const datetime stop_time, long &buffer[]) const
     { return(CopyRealVolume(m_symbol, m_period, start_time, stop_time, buffer)); }
  };

class CiSpread : public CSeries
  {
public:
   bool              Create(const string symbol, const ENUM_TIMEFRAMES period)
     {
      m_symbol = symbol;
      m_period = period;
      return(true);
     }
   int               GetData(const int index) const { return(iSpread(m_symbol, m_period, index)); }
   int               GetData(const int start_pos, const int count, int &buffer[]) const
     { return(CopySpread(m_symbol, m_period, start_pos, count, buffer)); }
   int               GetData(const datetime start_time, const int count, int &buffer[]) const
     { return(CopySpread(m_symbol, m_period, start_time, count, buffer)); }
   int               GetData(const datetime start_time, const datetime stop_time, int &buffer[]) const
     { return(CopySpread(m_symbol, m_period, start_time, stop_time, buffer)); }
  };
