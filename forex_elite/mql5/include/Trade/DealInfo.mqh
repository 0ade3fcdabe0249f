//+------------------------------------------------------------------+
//| CDealInfo: the properties of a deal of the history.              |
//+------------------------------------------------------------------+
#include "../Object.mqh"
#include "SymbolInfo.mqh"

class CDealInfo : public CObject
  {
protected:
   ulong             m_ticket;

public:
                     CDealInfo(void) : m_ticket(0) {}
                    ~CDealInfo(void) {}
   long              Order(void) const { return(HistoryDealGetInteger(m_ticket, DEAL_ORDER)); }
   datetime          Time(void) const { return((datetime)HistoryDealGetInteger(m_ticket, DEAL_TIME)); }
   ulong             TimeMsc(void) const { return((ulong)HistoryDealGetInteger(m_ticket, DEAL_TIME_MSC)); }
   ENUM_DEAL_TYPE    DealType(void) const { return((ENUM_DEAL_TYPE)HistoryDealGetInteger(m_ticket, DEAL_TYPE)); }
   ENUM_DEAL_ENTRY   Entry(void) const { return((ENUM_DEAL_ENTRY)HistoryDealGetInteger(m_ticket, DEAL_ENTRY)); }
   long              Magic(void) const { return(HistoryDealGetInteger(m_ticket, DEAL_MAGIC)); }
   long              PositionId(void) const { return(HistoryDealGetInteger(m_ticket, DEAL_POSITION_ID)); }
   double            Volume(void) const { return(HistoryDealGetDouble(m_ticket, DEAL_VOLUME)); }
   double            Price(void) const { return(HistoryDealGetDouble(m_ticket, DEAL_PRICE)); }
   double            Commission(void) const { return(HistoryDealGetDouble(m_ticket, DEAL_COMMISSION)); }
   double            Swap(void) const { return(HistoryDealGetDouble(m_ticket, DEAL_SWAP)); }
   double            Profit(void) const { return(HistoryDealGetDouble(m_ticket, DEAL_PROFIT)); }
   string            Symbol(void) const { return(HistoryDealGetString(m_ticket, DEAL_SYMBOL)); }
   string            Comment(void) const { return(HistoryDealGetString(m_ticket, DEAL_COMMENT)); }
   string            ExternalId(void) const { return(HistoryDealGetString(m_ticket, DEAL_EXTERNAL_ID)); }
   string            TypeDescription(void) const { return(EnumToString(DealType())); }
   string            EntryDescription(void) const { return(EnumToString(Entry())); }
   string            FormatAction(string &str, const uint action) const
     {
      str = EnumToString((ENUM_DEAL_TYPE)action);
      return(str);
     }
   string            FormatEntry(string &str, const uint entry) const
     {
      str = EnumToString((ENUM_DEAL_ENTRY)entry);
      return(str);
     }
   string            FormatDeal(string &str) const
     {
      str = StringFormat("#%I64u %s %g %s", m_ticket, TypeDescription(), Volume(), Symbol());
      return(str);
     }
   ulong             Ticket(void) const { return(m_ticket); }
   void              Ticket(const ulong ticket) { m_ticket = ticket; }
   bool              SelectByIndex(const int index)
     {
      m_ticket = HistoryDealGetTicket(index);
      return(m_ticket > 0);
     }
   bool              InfoInteger(const ENUM_DEAL_PROPERTY_INTEGER prop_id, long &var) const { return(HistoryDealGetInteger(m_ticket, prop_id, var)); }
   bool              InfoDouble(const ENUM_DEAL_PROPERTY_DOUBLE prop_id, double &var) const { return(HistoryDealGetDouble(m_ticket, prop_id, var)); }
   bool              InfoString(const ENUM_DEAL_PROPERTY_STRING prop_id, string &var) const { return(HistoryDealGetString(m_ticket, prop_id, var)); }
  };
