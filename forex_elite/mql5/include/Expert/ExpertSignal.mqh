//+------------------------------------------------------------------+
//| CExpertSignal: a trading signal of a generated EA.               |
//+------------------------------------------------------------------+
#include "ExpertBase.mqh"
#include "../Trade/OrderInfo.mqh"
#include "../Trade/PositionInfo.mqh"

class CExpertSignal : public CExpertBase
  {
protected:
   double            m_base_price;
   double            m_weight;
   double            m_direction;
   int               m_patterns_usage;
   int               m_general;
   long              m_ignore;
   long              m_invert;
   int               m_threshold_open;
   int               m_threshold_close;
   double            m_price_level;
   double            m_stop_level;
   double            m_take_level;
   int               m_expiration;
   CArrayObj         m_filters;

public:
   bool              AddFilter(CExpertSignal *filter) { return(true); }
   void              General(int value) {}
   void              Weight(double value) { m_weight = value; }
   void              Ignore(long value) {}
   void              Invert(long value) {}
   void              BasePrice(double value) {}
   void              PatternsUsage(int value) { m_patterns_usage = value; }
   void              ThresholdOpen(int value) {}
   void              ThresholdClose(int value) {}
   void              PriceLevel(double value) {}
   void              StopLevel(double value) {}
   void              TakeLevel(double value) {}
   void              Expiration(int value) {}
   virtual double    Direction(void) { return(0.0); }
   virtual void      SetDirection(void) { m_direction = Direction(); }
   virtual int       LongCondition(void) { return(0); }
   virtual int       ShortCondition(void) { return(0); }
   virtual bool      CheckOpenLong(double &price, double &sl, double &tp, datetime &expiration) { return(false); }
   virtual bool      OpenLongParams(double &price, double &sl, double &tp, datetime &expiration) { return(false); }
   virtual bool      CheckOpenShort(double &price, double &sl, double &tp, datetime &expiration) { return(false); }
   virtual bool      OpenShortParams(double &price, double &sl, double &tp, datetime &expiration) { return(false); }
   virtual bool      CheckCloseLong(double &price) { return(false); }
   virtual bool      CloseLongParams(double &price) { return(false); }
   virtual bool      CheckCloseShort(double &price) { return(false); }
   virtual bool      CloseShortParams(double &price) { return(false); }
   virtual bool      CheckReverseLong(double &price, double &sl, double &tp, datetime &expiration) { return(false); }
   virtual bool      CheckReverseShort(double &price, double &sl, double &tp, datetime &expiration) { return(false); }
   virtual bool      CheckTrailingOrderLong(COrderInfo *order, double &price) { return(false); }
   virtual bool      CheckTrailingOrderShort(COrderInfo *order, double &price) { return(false); }
  };
