//+------------------------------------------------------------------+
//| ForexEliteBridge: brings the charts of this terminal to the state |
//| the ForexElite agent wants. Files only: no network, no DLL, no    |
//| trading. One line of wanted.txt is one expert on one chart.       |
//+------------------------------------------------------------------+
#property copyright "ForexElite"
#property version   "1.00"
#property description "Opens charts and applies templates for the ForexElite agent. It never trades."

#define FOLDER        "ForexElite\\"
#define WANTED_FILE   "ForexElite\\wanted.txt"
#define APPLIED_FILE  "ForexElite\\applied.txt"
#define HEART_FILE    "ForexElite\\heartbeat.txt"
#define PAUSE_FILE    "\\Files\\ForexElite\\fe_pause.tpl"

input int InpPeriodMs = 500;    // Milliseconds between two looks
input int InpPatienceS = 10;    // Seconds until a template is applied again
input int InpMaxTries = 5;      // Tries for one template

//--- what the agent wants
struct Wish
  {
   string            key;
   string            symbol;
   int               timeframe;
   string            expert;
   string            tmpl;
   bool              is_running;
  };

//--- what was done about it
struct Deed
  {
   string            key;
   long              chart;
   string            expert;
   string            tmpl;
   int               tries;
   ulong             tried_at;
   int               error;
   string            failed;
  };

Wish  g_wishes[];
Deed  g_deeds[];
long  g_revision = -1;
long  g_sequence = 0;

//+------------------------------------------------------------------+
int OnInit()
  {
   FolderCreate("ForexElite");
   ReadDeeds();
   if(!EventSetMillisecondTimer(MathMax(100, InpPeriodMs)))
     {
      Print("no timer: ", GetLastError());
      return(INIT_FAILED);
     }
   Look();
   return(INIT_SUCCEEDED);
  }
//+------------------------------------------------------------------+
void OnDeinit(const int reason)
  {
   EventKillTimer();
   Print("bridge leaves, reason ", reason);
  }
//+------------------------------------------------------------------+
void OnTimer()
  {
   Look();
  }
//+------------------------------------------------------------------+
//| One look: read the wish, do the next steps, write the heartbeat   |
//+------------------------------------------------------------------+
void Look()
  {
   ReadWishes();
   if(g_revision >= 0)
     {
      CloseUnwanted();
      for(int i = 0; i < ArraySize(g_wishes); i++)
         Fulfil(g_wishes[i]);
     }
   WriteHeartbeat();
  }
//+------------------------------------------------------------------+
//| Read wanted.txt; a file without its end is read again later       |
//+------------------------------------------------------------------+
void ReadWishes()
  {
   string lines[];
   if(!ReadLines(WANTED_FILE, lines))
      return;
   Wish wishes[];
   long revision = -1;
   bool is_whole = false;
   for(int i = 0; i < ArraySize(lines); i++)
     {
      if(StringFind(lines[i], "revision=") == 0)
         revision = StringToInteger(StringSubstr(lines[i], 9));
      if(StringFind(lines[i], "end=") == 0)
         is_whole = (StringToInteger(StringSubstr(lines[i], 4)) == revision);
      if(StringFind(lines[i], "chart=") != 0)
         continue;
      string fields[];
      if(StringSplit(StringSubstr(lines[i], 6), '|', fields) != 6)
         return;
      int size = ArraySize(wishes);
      ArrayResize(wishes, size + 1);
      wishes[size].key = fields[0];
      wishes[size].symbol = fields[1];
      wishes[size].timeframe = (int)StringToInteger(fields[2]);
      wishes[size].expert = fields[3];
      wishes[size].tmpl = fields[4];
      wishes[size].is_running = (fields[5] == "run");
     }
   if(!is_whole || revision < 0 || revision == g_revision)
      return;
   ArrayResize(g_wishes, ArraySize(wishes));
   for(int i = 0; i < ArraySize(wishes); i++)
      g_wishes[i] = wishes[i];
   g_revision = revision;
   for(int i = 0; i < ArraySize(g_deeds); i++)
     {
      g_deeds[i].tries = 0;
      g_deeds[i].tried_at = 0;
      g_deeds[i].error = 0;
     }
  }
//+------------------------------------------------------------------+
//| Close charts of ours that are not wanted any more                 |
//+------------------------------------------------------------------+
void CloseUnwanted()
  {
   for(int i = ArraySize(g_deeds) - 1; i >= 0; i--)
     {
      if(FindWish(g_deeds[i].key) >= 0)
         continue;
      long chart = FindChart(g_deeds[i]);
      if(chart > 0)
        {
         if(!ChartClose(chart))
            Fail(g_deeds[i], "ChartClose");
         continue;
        }
      ForgetDeed(i);
     }
  }
//+------------------------------------------------------------------+
//| Do the next step for one wish; every step is seen at a later look |
//+------------------------------------------------------------------+
void Fulfil(Wish &wish)
  {
   int number = FindDeed(wish.key);
   if(number < 0)
     {
      number = ArraySize(g_deeds);
      ArrayResize(g_deeds, number + 1);
      g_deeds[number].key = wish.key;
      g_deeds[number].chart = 0;
      g_deeds[number].expert = wish.expert;
      g_deeds[number].tmpl = "";
      g_deeds[number].tries = 0;
      g_deeds[number].tried_at = 0;
      g_deeds[number].error = 0;
      g_deeds[number].failed = "";
     }
   g_deeds[number].expert = wish.expert;
   long chart = FindChart(g_deeds[number]);
   ENUM_TIMEFRAMES timeframe = (ENUM_TIMEFRAMES)wish.timeframe;
   if(chart > 0 && (ChartSymbol(chart) != wish.symbol || ChartPeriod(chart) != timeframe))
     {
      if(!ChartClose(chart))
         Fail(g_deeds[number], "ChartClose");
      return;
     }
   if(chart <= 0)
     {
      if(!MayTry(g_deeds[number]))
         return;
      SymbolSelect(wish.symbol, true);
      chart = ChartOpen(wish.symbol, timeframe);
      if(chart <= 0)
        {
         Fail(g_deeds[number], "ChartOpen");
         return;
        }
      g_deeds[number].chart = chart;
      g_deeds[number].tmpl = "";
      g_deeds[number].tries = 0;
      g_deeds[number].tried_at = 0;
      SaveDeeds();
     }
   string on_chart = ChartGetString(chart, CHART_EXPERT_NAME);
   if(wish.is_running)
     {
      if(on_chart == wish.expert && g_deeds[number].tmpl == wish.tmpl)
         return;
      Apply(g_deeds[number], chart, "\\Files\\ForexElite\\" + wish.tmpl, wish.tmpl);
     }
   else
      if(on_chart != "")
         Apply(g_deeds[number], chart, PAUSE_FILE, "");
  }
//+------------------------------------------------------------------+
//| Queue a template; true from the call only means it was queued     |
//+------------------------------------------------------------------+
void Apply(Deed &deed, const long chart, const string path, const string name)
  {
   if(chart == ChartID() || !MayTry(deed))
      return;
   deed.tmpl = name;
   SaveDeeds();
   if(!ChartApplyTemplate(chart, path))
      Fail(deed, "ChartApplyTemplate");
  }
//+------------------------------------------------------------------+
bool MayTry(Deed &deed)
  {
   ulong now = GetTickCount64();
   if(deed.tries >= InpMaxTries || (deed.tried_at > 0 && now - deed.tried_at < (ulong)InpPatienceS * 1000))
      return(false);
   deed.tries++;
   deed.tried_at = now;
   return(true);
  }
//+------------------------------------------------------------------+
void Fail(Deed &deed, const string what)
  {
   deed.error = GetLastError();
   deed.failed = what;
   Print(deed.key, ": ", what, " failed with ", deed.error);
   ResetLastError();
  }
//+------------------------------------------------------------------+
//| The chart of a deed: by its expert, else by its remembered number |
//+------------------------------------------------------------------+
long FindChart(Deed &deed)
  {
   long remembered = 0;
   for(long chart = ChartFirst(); chart >= 0; chart = ChartNext(chart))
     {
      if(chart == ChartID())
         continue;
      if(deed.expert != "" && ChartGetString(chart, CHART_EXPERT_NAME) == deed.expert)
        {
         deed.chart = chart;
         return(chart);
        }
      if(chart == deed.chart)
         remembered = chart;
     }
   return(remembered);
  }
//+------------------------------------------------------------------+
int FindWish(const string key)
  {
   for(int i = 0; i < ArraySize(g_wishes); i++)
      if(g_wishes[i].key == key)
         return(i);
   return(-1);
  }
//+------------------------------------------------------------------+
int FindDeed(const string key)
  {
   for(int i = 0; i < ArraySize(g_deeds); i++)
      if(g_deeds[i].key == key)
         return(i);
   return(-1);
  }
//+------------------------------------------------------------------+
void ForgetDeed(const int number)
  {
   int last = ArraySize(g_deeds) - 1;
   for(int i = number; i < last; i++)
      g_deeds[i] = g_deeds[i + 1];
   ArrayResize(g_deeds, last);
   SaveDeeds();
  }
//+------------------------------------------------------------------+
//| What was done survives a restart of the terminal                  |
//+------------------------------------------------------------------+
void SaveDeeds()
  {
   string text = "";
   for(int i = 0; i < ArraySize(g_deeds); i++)
      text += StringFormat("%s|%I64d|%s|%s\r\n", g_deeds[i].key, g_deeds[i].chart, g_deeds[i].expert, g_deeds[i].tmpl);
   Replace(APPLIED_FILE, text);
  }
//+------------------------------------------------------------------+
void ReadDeeds()
  {
   string lines[];
   if(!ReadLines(APPLIED_FILE, lines))
      return;
   for(int i = 0; i < ArraySize(lines); i++)
     {
      string fields[];
      if(StringSplit(lines[i], '|', fields) != 4)
         continue;
      int size = ArraySize(g_deeds);
      ArrayResize(g_deeds, size + 1);
      g_deeds[size].key = fields[0];
      g_deeds[size].chart = StringToInteger(fields[1]);
      g_deeds[size].expert = fields[2];
      g_deeds[size].tmpl = fields[3];
      g_deeds[size].tries = 0;
      g_deeds[size].tried_at = 0;
      g_deeds[size].error = 0;
      g_deeds[size].failed = "";
     }
  }
//+------------------------------------------------------------------+
void WriteHeartbeat()
  {
   g_sequence++;
   string text = StringFormat("sequence=%I64d\r\nrevision=%I64d\r\ntime=%I64d\r\n", g_sequence, g_revision, (long)TimeGMT());
   text += StringFormat("build=%I64d\r\n", (long)TerminalInfoInteger(TERMINAL_BUILD));
   text += StringFormat("connected=%I64d\r\n", (long)TerminalInfoInteger(TERMINAL_CONNECTED));
   text += StringFormat("terminal_trade_allowed=%I64d\r\n", (long)TerminalInfoInteger(TERMINAL_TRADE_ALLOWED));
   text += StringFormat("trade_allowed=%I64d\r\n", (long)MQLInfoInteger(MQL_TRADE_ALLOWED));
   for(long chart = ChartFirst(); chart >= 0; chart = ChartNext(chart))
     {
      if(chart == ChartID())
         continue;
      string symbol = ChartSymbol(chart);
      int timeframe = (int)ChartPeriod(chart);
      string expert = ChartGetString(chart, CHART_EXPERT_NAME);
      text += StringFormat("chart=%I64d|%s|%d|%s\r\n", chart, symbol, timeframe, expert);
     }
   for(int i = 0; i < ArraySize(g_deeds); i++)
     {
      text += StringFormat("deed=%s|%I64d|%s|%d\r\n", g_deeds[i].key, g_deeds[i].chart, g_deeds[i].tmpl, g_deeds[i].tries);
      if(g_deeds[i].error != 0)
         text += StringFormat("error=%s|%d|%s\r\n", g_deeds[i].key, g_deeds[i].error, g_deeds[i].failed);
     }
   text += StringFormat("end=%I64d\r\n", g_sequence);
   Replace(HEART_FILE, text);
  }
//+------------------------------------------------------------------+
//| Put a file in place whole: a reader sees the old or the new one   |
//+------------------------------------------------------------------+
void Replace(const string name, const string text)
  {
   string draft = name + ".tmp";
   int handle = FileOpen(draft, FILE_WRITE | FILE_BIN);
   if(handle == INVALID_HANDLE)
     {
      Print(draft, " cannot be opened: ", GetLastError());
      return;
     }
   uchar bytes[];
   int size = StringToCharArray(text, bytes, 0, StringLen(text), CP_UTF8);
   if(size > 0)
      FileWriteArray(handle, bytes, 0, size);
   FileFlush(handle);
   FileClose(handle);
   if(!FileMove(draft, 0, name, FILE_REWRITE))
      Print(name, " cannot be replaced: ", GetLastError());
  }
//+------------------------------------------------------------------+
bool ReadLines(const string name, string &lines[])
  {
   ArrayResize(lines, 0);
   if(!FileIsExist(name))
      return(false);
   int handle = FileOpen(name, FILE_READ | FILE_BIN | FILE_SHARE_READ | FILE_SHARE_WRITE);
   if(handle == INVALID_HANDLE)
      return(false);
   uchar bytes[];
   uint size = FileReadArray(handle, bytes);
   FileClose(handle);
   if(size == 0)
      return(false);
   string text = CharArrayToString(bytes, 0, (int)size, CP_UTF8);
   StringReplace(text, "\r", "");
   return(StringSplit(text, '\n', lines) > 0);
  }
//+------------------------------------------------------------------+
