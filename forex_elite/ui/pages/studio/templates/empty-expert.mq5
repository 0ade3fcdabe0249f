//+------------------------------------------------------------------+
//| An Expert Advisor that does nothing yet                            |
//+------------------------------------------------------------------+
#property version "1.00"

input ulong InpMagic = 100001; // Magic number

int OnInit()
  {
   return(INIT_SUCCEEDED);
  }

void OnDeinit(const int reason)
  {
  }

void OnTick()
  {
  }
