//+------------------------------------------------------------------+
//| CSignalSAR.                                                      |
//+------------------------------------------------------------------+
#include "../ExpertSignal.mqh"

class CSignalSAR : public CExpertSignal
  {
public:
   void              Step(double value) {}
   void              Maximum(double value) {}
   void              Pattern_0(int value) {}
   void              Pattern_1(int value) {}
   void              Pattern_2(int value) {}
   void              Pattern_3(int value) {}
   void              Pattern_4(int value) {}
   void              Pattern_5(int value) {}
  };
