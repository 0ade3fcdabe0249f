//+------------------------------------------------------------------+
//| CExpertTrade.                                                    |
//+------------------------------------------------------------------+
#include "../Trade/Trade.mqh"

class CExpertTrade : public CTrade
  {
public:
   bool              SetSymbol(CSymbolInfo *symbol) { return(true); }
   bool              Buy(double volume, double price, double sl, double tp, const string comment = "") { return(PositionOpen(_Symbol, ORDER_TYPE_BUY, volume, price, sl, tp, comment)); }
   bool              Sell(double volume, double price, double sl, double tp, const string comment = "") { return(PositionOpen(_Symbol, ORDER_TYPE_SELL, volume, price, sl, tp, comment)); }
   void              SetOrderTypeTime(ENUM_ORDER_TYPE_TIME order_type_time) {}
   void              SetOrderExpiration(datetime order_expiration) {}
  };
