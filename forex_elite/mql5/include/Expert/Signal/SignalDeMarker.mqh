//+------------------------------------------------------------------+
//| CSignalDeM.                                                 |
//+------------------------------------------------------------------+
#include "../ExpertSignal.mqh"

class CSignalDeM : public CExpertSignal
  {
public:
   void              PeriodDeM(int value) {}
   void              Pattern_0(int value) {}
   void              Pattern_1(int value) {}
   void              Pattern_2(int value) {}
   void              Pattern_3(int value) {}
   void              Pattern_4(int value) {}
   void              Pattern_5(int value) {}
  };
