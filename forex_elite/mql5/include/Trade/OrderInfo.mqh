//+------------------------------------------------------------------+
//| COrderInfo: the properties of the selected pending order.        |
//+------------------------------------------------------------------+
#include "../Object.mqh"
#include "SymbolInfo.mqh"

class COrderInfo : public CObject
  {
protected:
   ulong             m_ticket;
   ENUM_ORDER_TYPE   m_type;
   ENUM_ORDER_STATE  m_state;
   double            m_price;

public:
                     COrderInfo(void) : m_ticket(0), m_type(WRONG_VALUE), m_state(WRONG_VALUE), m_price(0.0) {}
                    ~COrderInfo(void) {}
   datetime          TimeSetup(void) const { return((datetime)OrderGetInteger(ORDER_TIME_SETUP)); }
   ulong             TimeSetupMsc(void) const { return((ulong)OrderGetInteger(ORDER_TIME_SETUP_MSC)); }
   ENUM_ORDER_TYPE   OrderType(void) const { return((ENUM_ORDER_TYPE)OrderGetInteger(ORDER_TYPE)); }
   ENUM_ORDER_STATE  State(void) const { return((ENUM_ORDER_STATE)OrderGetInteger(ORDER_STATE)); }
   datetime          TimeExpiration(void) const { return((datetime)OrderGetInteger(ORDER_TIME_EXPIRATION)); }
   datetime          TimeDone(void) const { return((datetime)OrderGetInteger(ORDER_TIME_DONE)); }
   ulong             TimeDoneMsc(void) const { return((ulong)OrderGetInteger(ORDER_TIME_DONE_MSC)); }
   ENUM_ORDER_TYPE_FILLING TypeFilling(void) const { return((ENUM_ORDER_TYPE_FILLING)OrderGetInteger(ORDER_TYPE_FILLING)); }
   ENUM_ORDER_TYPE_TIME TypeTime(void) const { return((ENUM_ORDER_TYPE_TIME)OrderGetInteger(ORDER_TYPE_TIME)); }
   long              Magic(void) const { return(OrderGetInteger(ORDER_MAGIC)); }
   long              PositionId(void) const { return(OrderGetInteger(ORDER_POSITION_ID)); }
   long              PositionById(void) const { return(OrderGetInteger(ORDER_POSITION_BY_ID)); }
   double            VolumeInitial(void) const { return(OrderGetDouble(ORDER_VOLUME_INITIAL)); }
   double            VolumeCurrent(void) const { return(OrderGetDouble(ORDER_VOLUME_CURRENT)); }
   double            PriceOpen(void) const { return(OrderGetDouble(ORDER_PRICE_OPEN)); }
   double            StopLoss(void) const { return(OrderGetDouble(ORDER_SL)); }
   double            TakeProfit(void) const { return(OrderGetDouble(ORDER_TP)); }
   double            PriceCurrent(void) const { return(OrderGetDouble(ORDER_PRICE_CURRENT)); }
   double            PriceStopLimit(void) const { return(OrderGetDouble(ORDER_PRICE_STOPLIMIT)); }
   string            Symbol(void) const { return(OrderGetString(ORDER_SYMBOL)); }
   string            Comment(void) const { return(OrderGetString(ORDER_COMMENT)); }
   string            ExternalId(void) const { return(OrderGetString(ORDER_EXTERNAL_ID)); }
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
   bool              InfoInteger(const ENUM_ORDER_PROPERTY_INTEGER prop_id, long &var) const { return(OrderGetInteger(prop_id, var)); }
   bool              InfoDouble(const ENUM_ORDER_PROPERTY_DOUBLE prop_id, double &var) const { return(OrderGetDouble(prop_id, var)); }
   bool              InfoString(const ENUM_ORDER_PROPERTY_STRING prop_id, string &var) const { return(OrderGetString(prop_id, var)); }
   ulong             Ticket(void) const { return((ulong)OrderGetInteger(ORDER_TICKET)); }
   bool              Select(void) { return(OrderSelect(m_ticket)); }
   bool              Select(const ulong ticket)
     {
      m_ticket = ticket;
      return(OrderSelect(ticket));
     }
   bool              SelectByIndex(const int index)
     {
      m_ticket = OrderGetTicket(index);
      return(m_ticket > 0);
     }
   void              StoreState(void)
     {
      m_type = OrderType();
      m_state = State();
      m_price = PriceOpen();
     }
   bool              CheckState(void) { return(m_type != OrderType() || m_state != State() || m_price != PriceOpen()); }
  };
