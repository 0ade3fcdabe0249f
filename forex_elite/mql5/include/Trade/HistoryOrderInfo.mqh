//+------------------------------------------------------------------+
//| CHistoryOrderInfo: the properties of an order of the history.    |
//+------------------------------------------------------------------+
#include "../Object.mqh"
#include "SymbolInfo.mqh"

class CHistoryOrderInfo : public CObject
  {
protected:
   ulong             m_ticket;

public:
                     CHistoryOrderInfo(void) : m_ticket(0) {}
                    ~CHistoryOrderInfo(void) {}
   datetime          TimeSetup(void) const { return((datetime)HistoryOrderGetInteger(m_ticket, ORDER_TIME_SETUP)); }
   ulong             TimeSetupMsc(void) const { return((ulong)HistoryOrderGetInteger(m_ticket, ORDER_TIME_SETUP_MSC)); }
   ENUM_ORDER_TYPE   OrderType(void) const { return((ENUM_ORDER_TYPE)HistoryOrderGetInteger(m_ticket, ORDER_TYPE)); }
   ENUM_ORDER_STATE  State(void) const { return((ENUM_ORDER_STATE)HistoryOrderGetInteger(m_ticket, ORDER_STATE)); }
   datetime          TimeExpiration(void) const { return((datetime)HistoryOrderGetInteger(m_ticket, ORDER_TIME_EXPIRATION)); }
   datetime          TimeDone(void) const { return((datetime)HistoryOrderGetInteger(m_ticket, ORDER_TIME_DONE)); }
   ulong             TimeDoneMsc(void) const { return((ulong)HistoryOrderGetInteger(m_ticket, ORDER_TIME_DONE_MSC)); }
   ENUM_ORDER_TYPE_FILLING TypeFilling(void) const { return((ENUM_ORDER_TYPE_FILLING)HistoryOrderGetInteger(m_ticket, ORDER_TYPE_FILLING)); }
   ENUM_ORDER_TYPE_TIME TypeTime(void) const { return((ENUM_ORDER_TYPE_TIME)HistoryOrderGetInteger(m_ticket, ORDER_TYPE_TIME)); }
   long              Magic(void) const { return(HistoryOrderGetInteger(m_ticket, ORDER_MAGIC)); }
   long              PositionId(void) const { return(HistoryOrderGetInteger(m_ticket, ORDER_POSITION_ID)); }
   long              PositionById(void) const { return(HistoryOrderGetInteger(m_ticket, ORDER_POSITION_BY_ID)); }
   double            VolumeInitial(void) const { return(HistoryOrderGetDouble(m_ticket, ORDER_VOLUME_INITIAL)); }
   double            VolumeCurrent(void) const { return(HistoryOrderGetDouble(m_ticket, ORDER_VOLUME_CURRENT)); }
   double            PriceOpen(void) const { return(HistoryOrderGetDouble(m_ticket, ORDER_PRICE_OPEN)); }
   double            StopLoss(void) const { return(HistoryOrderGetDouble(m_ticket, ORDER_SL)); }
   double            TakeProfit(void) const { return(HistoryOrderGetDouble(m_ticket, ORDER_TP)); }
   double            PriceCurrent(void) const { return(HistoryOrderGetDouble(m_ticket, ORDER_PRICE_CURRENT)); }
   double            PriceStopLimit(void) const { return(HistoryOrderGetDouble(m_ticket, ORDER_PRICE_STOPLIMIT)); }
   string            Symbol(void) const { return(HistoryOrderGetString(m_ticket, ORDER_SYMBOL)); }
   string            Comment(void) const { return(HistoryOrderGetString(m_ticket, ORDER_COMMENT)); }
   string            ExternalId(void) const { return(HistoryOrderGetString(m_ticket, ORDER_EXTERNAL_ID)); }
   string            TypeDescription(void) const { return(EnumToString(OrderType())); }
   string            StateDescription(void) const { return(EnumToString(State())); }
   string            TypeFillingDescription(void) const { return(EnumToString(TypeFilling())); }
   string            TypeTimeDescription(void) const { return(EnumToString(TypeTime())); }
   string            FormatType(string &str, const uint value) const
     {
      str = EnumToString((ENUM_ORDER_TYPE)value);
      return(str);
     }
   string            FormatStatus(string &str, const uint value) const
     {
      str = EnumToString((ENUM_ORDER_STATE)value);
      return(str);
     }
   string            FormatTypeFilling(string &str, const uint value) const
     {
      str = EnumToString((ENUM_ORDER_TYPE_FILLING)value);
      return(str);
     }
   string            FormatTypeTime(string &str, const uint value) const
     {
      str = EnumToString((ENUM_ORDER_TYPE_TIME)value);
      return(str);
     }
   string            FormatOrder(string &str) const
     {
      str = StringFormat("%s %g %s", TypeDescription(), VolumeInitial(), Symbol());
      return(str);
     }
   bool              InfoInteger(const ENUM_ORDER_PROPERTY_INTEGER prop_id, long &var) const { return(HistoryOrderGetInteger(m_ticket, prop_id, var)); }
   bool              InfoDouble(const ENUM_ORDER_PROPERTY_DOUBLE prop_id, double &var) const { return(HistoryOrderGetDouble(m_ticket, prop_id, var)); }
   bool              InfoString(const ENUM_ORDER_PROPERTY_STRING prop_id, string &var) const { return(HistoryOrderGetString(m_ticket, prop_id, var)); }
   ulong             Ticket(void) const { return(m_ticket); }
   void              Ticket(const ulong ticket) { m_ticket = ticket; }
   bool              SelectByIndex(const int index)
     {
      m_ticket = HistoryOrderGetTicket(index);
      return(m_ticket > 0);
     }
  };
