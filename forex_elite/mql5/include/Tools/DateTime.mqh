//+------------------------------------------------------------------+
//| CDateTime: a time in parts that can be moved by any of them.       |
//+------------------------------------------------------------------+
struct CDateTime : public MqlDateTime
  {
   datetime          DateTime(void) { return(StructToTime(this)); }
   void              DateTime(const datetime value) { TimeToStruct(value, this); }
   void              DateTime(const MqlDateTime &value)
     {
      MqlDateTime copy = value;
      TimeToStruct(StructToTime(copy), this);
     }
   void              Date(const datetime value) { DateTime(value - value % 86400 + DateTime() % 86400); }
   void              Time(const datetime value) { DateTime(DateTime() - DateTime() % 86400 + value % 86400); }
   void              Sec(const int value) { sec = value; }
   void              Min(const int value) { min = value; }
   void              Hour(const int value) { hour = value; }
   void              Day(const int value) { day = value; }
   void              Mon(const int value) { mon = value; }
   void              Year(const int value) { year = value; }
   int               DaysInMonth(void) const
     {
      if(mon == 2)
         return((year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28);
      return(mon == 4 || mon == 6 || mon == 9 || mon == 11 ? 30 : 31);
     }
   void              SecInc(int delta = 1) { DateTime(DateTime() + delta); }
   void              SecDec(int delta = 1) { SecInc(-delta); }
   void              MinInc(int delta = 1) { SecInc(delta * 60); }
   void              MinDec(int delta = 1) { SecInc(-delta * 60); }
   void              HourInc(int delta = 1) { SecInc(delta * 3600); }
   void              HourDec(int delta = 1) { SecInc(-delta * 3600); }
   void              DayInc(int delta = 1) { SecInc(delta * 86400); }
   void              DayDec(int delta = 1) { SecInc(-delta * 86400); }
   void              MonInc(int delta = 1)
     {
      int months = year * 12 + mon - 1 + delta;
      year = months / 12;
      mon = months % 12 + 1;
     }
   void              MonDec(int delta = 1) { MonInc(-delta); }
   void              YearInc(int delta = 1) { year += delta; }
   void              YearDec(int delta = 1) { year -= delta; }
   string            MonthName(const int num) const
     {
      string names[12] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
      return(num >= 1 && num <= 12 ? names[num - 1] : "");
     }
   string            MonthName(void) const { return(MonthName(mon)); }
   string            DayName(const int num) const
     {
      string names[7] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
      return(num >= 0 && num < 7 ? names[num] : "");
     }
   string            DayName(void) const { return(DayName(day_of_week)); }
  };
