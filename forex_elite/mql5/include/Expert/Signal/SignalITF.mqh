//+------------------------------------------------------------------+
//| CSignalITF.                                                      |
//+------------------------------------------------------------------+
#include "../ExpertSignal.mqh"

class CSignalITF : public CExpertSignal
  {
public:
   void              GoodMinuteOfHour(int value) {}
   void              BadMinutesOfHour(long value) {}
   void              GoodHourOfDay(int value) {}
   void              BadHoursOfDay(int value) {}
   void              GoodDayOfWeek(int value) {}
   void              BadDaysOfWeek(int value) {}
   void              Pattern_0(int value) {}
   void              Pattern_1(int value) {}
   void              Pattern_2(int value) {}
   void              Pattern_3(int value) {}
   void              Pattern_4(int value) {}
   void              Pattern_5(int value) {}
  };
