//+------------------------------------------------------------------+
//| CSignalStoch.                                                    |
//+------------------------------------------------------------------+
#include "../ExpertSignal.mqh"

class CSignalStoch : public CExpertSignal
  {
public:
   void              PeriodK(int value) {}
   void              PeriodD(int value) {}
   void              PeriodSlow(int value) {}
   void              Applied(ENUM_STO_PRICE value) {}
   void              Pattern_0(int value) {}
   void              Pattern_1(int value) {}
   void              Pattern_2(int value) {}
   void              Pattern_3(int value) {}
   void              Pattern_4(int value) {}
   void              Pattern_5(int value) {}
  };
