//+------------------------------------------------------------------+
//| CSignalTriX.                                                     |
//+------------------------------------------------------------------+
#include "../ExpertSignal.mqh"

class CSignalTriX : public CExpertSignal
  {
public:
   void              PeriodTriX(int value) {}
   void              Applied(ENUM_APPLIED_PRICE value) {}
   void              Pattern_0(int value) {}
   void              Pattern_1(int value) {}
   void              Pattern_2(int value) {}
   void              Pattern_3(int value) {}
   void              Pattern_4(int value) {}
   void              Pattern_5(int value) {}
  };
