//+------------------------------------------------------------------+
//| CSignalAO.                                                       |
//+------------------------------------------------------------------+
#include "../ExpertSignal.mqh"

class CSignalAO : public CExpertSignal
  {
public:
   void              Pattern_0(int value) {}
   void              Pattern_1(int value) {}
   void              Pattern_2(int value) {}
   void              Pattern_3(int value) {}
   void              Pattern_4(int value) {}
   void              Pattern_5(int value) {}
  };
