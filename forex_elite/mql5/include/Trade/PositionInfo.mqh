//+------------------------------------------------------------------+
//| CPositionInfo: the properties of the selected position.          |
//+------------------------------------------------------------------+
#include "../Object.mqh"
#include "SymbolInfo.mqh"

class CPositionInfo : public CObject
  {
protected:
   ENUM_POSITION_TYPE m_type;
   double            m_volume;
   double            m_price;
   double            m_stop_loss;
   double            m_take_profit;

public:
                     CPositionInfo(void) : m_type(WRONG_VALUE), m_volume(0.0), m_price(0.0), m_stop_loss(0.0), m_take_profit(0.0) {}
                    ~CPositionInfo(void) {}
   datetime          Time(void) const { return((datetime)PositionGetInteger(POSITION_TIME)); }
   ulong             TimeMsc(void) const { return((ulong)PositionGetInteger(POSITION_TIME_MSC)); }
   datetime          TimeUpdate(void) const { return((datetime)PositionGetInteger(POSITION_TIME_UPDATE)); }
   ulong             TimeUpdateMsc(void) const { return((ulong)PositionGetInteger(POSITION_TIME_UPDATE_MSC)); }
   ENUM_POSITION_TYPE PositionType(void) const { return((ENUM_POSITION_TYPE)PositionGetInteger(POSITION_TYPE)); }
   long              Magic(void) const { return(PositionGetInteger(POSITION_MAGIC)); }
   long              Identifier(void) const { return(PositionGetInteger(POSITION_IDENTIFIER)); }
   ulong             Ticket(void) const { return((ulong)PositionGetInteger(POSITION_TICKET)); }
   double            Volume(void) const { return(PositionGetDouble(POSITION_VOLUME)); }
   double            PriceOpen(void) const { return(PositionGetDouble(POSITION_PRICE_OPEN)); }
   double            StopLoss(void) const { return(PositionGetDouble(POSITION_SL)); }
   double            TakeProfit(void) const { return(PositionGetDouble(POSITION_TP)); }
   double            PriceCurrent(void) const { return(PositionGetDouble(POSITION_PRICE_CURRENT)); }
   double            Commission(void) const { return(PositionGetDouble(POSITION_COMMISSION)); }
   double            Swap(void) const { return(PositionGetDouble(POSITION_SWAP)); }
   double            Profit(void) const { return(PositionGetDouble(POSITION_PROFIT)); }
   string            Symbol(void) const { return(PositionGetString(POSITION_SYMBOL)); }
   string            Comment(void) const { return(PositionGetString(POSITION_COMMENT)); }
   string            ExternalId(void) const { return(PositionGetString(POSITION_EXTERNAL_ID)); }
   string            TypeDescription(void) const { return(PositionType() == POSITION_TYPE_BUY ? "buy" : "sell"); }
   bool              InfoInteger(const ENUM_POSITION_PROPERTY_INTEGER prop_id, long &var) const { return(PositionGetInteger(prop_id, var)); }
   bool              InfoDouble(const ENUM_POSITION_PROPERTY_DOUBLE prop_id, double &var) const { return(PositionGetDouble(prop_id, var)); }
   bool              InfoString(const ENUM_POSITION_PROPERTY_STRING prop_id, string &var) const { return(PositionGetString(prop_id, var)); }
   string            FormatType(string &str, const uint type) const
     {
      str = type == POSITION_TYPE_BUY ? "buy" : "sell";
      return(str);
     }
   string            FormatPosition(string &str) const
     {
      str = StringFormat("#%I64u %s %g %s", Ticket(), TypeDescription(), Volume(), Symbol());
      return(str);
     }
   bool              Select(const string symbol) { return(PositionSelect(symbol)); }
   bool              SelectByTicket(const ulong ticket) { return(PositionSelectByTicket(ticket)); }
   bool              SelectByMagic(const string symbol, const ulong magic)
     {
      for(int i = PositionsTotal() - 1; i >= 0; i--)
         if(PositionGetSymbol(i) == symbol && (ulong)PositionGetInteger(POSITION_MAGIC) == magic)
            return(true);
      return(false);
     }
   bool              SelectByIndex(const int index) { return(PositionGetTicket(index) > 0); }
   void              StoreState(void)
     {
      m_type = PositionType();
      m_volume = Volume();
      m_price = PriceOpen();
      m_stop_loss = StopLoss();
      m_take_profit = TakeProfit();
     }
   bool              CheckState(void)
     {
      return(m_type != PositionType() || m_volume != Volume() || m_price != PriceOpen()
             || m_stop_loss != StopLoss() || m_take_profit != TakeProfit());
     }
  };
