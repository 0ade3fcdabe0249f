//+------------------------------------------------------------------+
//| CTrailingMA.                                                     |
//+------------------------------------------------------------------+
#include "../ExpertTrailing.mqh"

class CTrailingMA : public CExpertTrailing
  {
public:
   void              Period(int value) {}
   void              Shift(int value) {}
   void              Method(ENUM_MA_METHOD value) {}
   void              Applied(ENUM_APPLIED_PRICE value) {}
  };
