"""Sixty mistakes, one for each case: a piece of a sound EA, and the same piece with a mistake.

The bar `¦` stands where the finding has to be (line and column); it is not part of the text.
"""

from __future__ import annotations

PROGRAM = """\
#property copyright "Example"
#property version   "1.00"
#include <Trade/Trade.mqh>

enum ENUM_EXIT
  {
   EXIT_FIXED,    // Fixed target
   EXIT_TRAILING  // Trailing stop
  };

struct Setup
  {
   double            entry;
   double            stop;
   datetime          time;
  };

input group "Signal"
input int              InpPeriod = 20;       // Period
input double           InpRisk   = 1.0;      // Risk in percent
input ENUM_EXIT        InpExit   = EXIT_FIXED; // Exit

class CJournal
  {
private:
   int               m_count;
   string            m_last;

public:
                     CJournal(void) : m_count(0), m_last("") {}
   void              Add(const string text)
     {
      m_last = text;
      m_count++;
     }
   int               Count(void) const { return(m_count); }
  };

CTrade   trade;
CJournal journal;
int      handle = INVALID_HANDLE;
datetime last_bar = 0;

int OnInit()
  {
   handle = iMA(_Symbol, PERIOD_CURRENT, InpPeriod, 0, MODE_SMA, PRICE_CLOSE);
   if(handle == INVALID_HANDLE)
      return(INIT_FAILED);
   trade.SetExpertMagicNumber(4711);
   return(INIT_SUCCEEDED);
  }

void OnDeinit(const int reason)
  {
   IndicatorRelease(handle);
  }

bool IsNewBar()
  {
   datetime now = iTime(_Symbol, PERIOD_CURRENT, 0);
   if(now == last_bar)
      return(false);
   last_bar = now;
   return(true);
  }

double Lots(const double stop_points)
  {
   double step = SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_STEP);
   double value = SymbolInfoDouble(_Symbol, SYMBOL_TRADE_TICK_VALUE);
   double money = AccountInfoDouble(ACCOUNT_BALANCE) * InpRisk / 100.0;
   if(value <= 0.0 || stop_points <= 0.0)
      return(0.0);
   return(MathFloor(money / (stop_points * value) / step) * step);
  }

bool FindSetup(Setup &setup)
  {
   double average[];
   MqlRates rates[];
   ArraySetAsSeries(average, true);
   ArraySetAsSeries(rates, true);
   if(CopyBuffer(handle, 0, 0, 3, average) != 3)
      return(false);
   if(CopyRates(_Symbol, PERIOD_CURRENT, 0, 3, rates) != 3)
      return(false);
   setup.entry = rates[0].close;
   setup.stop = rates[1].low;
   setup.time = rates[0].time;
   return(rates[1].close > average[1] && rates[2].close <= average[2]);
  }

void OnTick()
  {
   if(!IsNewBar())
      return;
   Setup setup;
   if(!FindSetup(setup))
      return;
   double points = (setup.entry - setup.stop) / _Point;
   double lots = Lots(points);
   for(int i = PositionsTotal() - 1; i >= 0; i--)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0)
         continue;
      if(PositionGetDouble(POSITION_PROFIT) < 0.0)
         return;
     }
   switch(InpExit)
     {
      case EXIT_FIXED:
         journal.Add("fixed");
         break;
      case EXIT_TRAILING:
         journal.Add("trailing");
         break;
     }
   if(lots > 0.0 && trade.Buy(lots, _Symbol, 0.0, setup.stop, 0.0, "setup"))
      PrintFormat("trade %d at %.5f", journal.Count(), setup.entry);
  }
"""

# (name, the sound piece, the piece with the mistake)
MISTAKES: tuple[tuple[str, str, str], ...] = (
    ("no semicolon after a call", "IndicatorRelease(handle);\n  }", "IndicatorRelease(handle)\n  ¦}"),
    ("no semicolon after a declaration", "double lots = Lots(points);\n   for", "double lots = Lots(points)\n   ¦for"),
    ("no semicolon after return", "last_bar = now;\n   return(true);", "last_bar = now;\n   return(true)"),
    (
        "no semicolon before a name",
        "setup.entry = rates[0].close;\n   setup",
        "setup.entry = rates[0].close\n   ¦setup",
    ),
    ("no semicolon after break", 'journal.Add("fixed");\n         break;\n', 'journal.Add("fixed");\n         break\n'),
    ("no semicolon after a global", "datetime last_bar = 0;\n\nint", "datetime last_bar = 0\n\n¦int"),
    ("no semicolon after a member", "datetime          time;\n  };", "datetime          time\n  ¦};"),
    ("closing parenthesis missing in a call", "IndicatorRelease(handle);", "IndicatorRelease(handle¦;"),
    ("closing parenthesis missing in a condition", "if(!IsNewBar())\n      return;", "if(!IsNewBar()\n      ¦return;"),
    ("opening parenthesis missing", "if(handle == INVALID_HANDLE)", "if ¦handle == INVALID_HANDLE)"),
    ("closing bracket missing", "setup.stop = rates[1].low;", "setup.stop = rates[1¦.low;"),
    ("one parenthesis too many", "double lots = Lots(points);", "double lots = Lots(points)¦);"),
    ("opening brace missing", "int OnInit()\n  {\n   handle", "int OnInit()\n   ¦handle"),
    (
        "closing brace missing before a function",
        "IndicatorRelease(handle);\n  }\n\nbool IsNewBar",
        "IndicatorRelease(handle);\n\nbool ¦IsNewBar",
    ),
    ("one closing brace too many", "IndicatorRelease(handle);\n  }\n", "IndicatorRelease(handle);\n  }\n¦}\n"),
    ("closing quote missing", 'journal.Add("trailing");', 'journal.Add(¦"trailing);'),
    ("closing quote of a character missing", "last_bar = now;", "ushort c = ¦'a;\n   last_bar = now + c;"),
    ("misspelt variable", "double points = (setup.entry", "double points = (¦setpu.entry"),
    ("misspelt function", "return(MathFloor(money", "return(¦MathFlor(money"),
    ("misspelt constant", "SYMBOL_VOLUME_STEP", "¦SYMBOL_VOLUME_STEPP"),
    ("misspelt type", "double average[];", "¦duoble average[];"),
    ("misspelt structure type", "   MqlRates rates[];", "   ¦MqlRate rates[];"),
    ("misspelt member", "setup.stop = rates[1].low;", "setup.¦stp = rates[1].low;"),
    ("misspelt method", "trade.SetExpertMagicNumber(4711);", "trade.¦SetMagicNumber(4711);"),
    ("misspelt enumeration value", "case EXIT_TRAILING:", "case ¦EXIT_TRAIL:"),
    ("misspelt input", "PERIOD_CURRENT, InpPeriod, 0", "PERIOD_CURRENT, ¦InpPerod, 0"),
    ("misspelt preprocessor word", '#property version   "1.00"', '¦#propert version   "1.00"'),
    (
        "include that does not exist",
        "#include <Trade/Trade.mqh>",
        "#include <Trade/Trade.mqh>\n#include ¦<Nowhere/Gone.mqh>",
    ),
    (
        "too few arguments",
        "iMA(_Symbol, PERIOD_CURRENT, InpPeriod, 0, MODE_SMA, PRICE_CLOSE)",
        "¦iMA(_Symbol, PERIOD_CURRENT, InpPeriod, 0, MODE_SMA)",
    ),
    ("too many arguments", "double lots = Lots(points);", "double lots = ¦Lots(points, 2);"),
    ("arguments no overload takes", "CopyBuffer(handle, 0, 0, 3, average)", "¦CopyBuffer(handle, 0, 0, average)"),
    ("too many arguments of a method", "journal.Count()", "journal.¦Count(1)"),
    ("number where an array is wanted", "ArraySetAsSeries(average, true);", "ArraySetAsSeries(¦handle, true);"),
    (
        "constant by reference",
        "if(!FindSetup(setup))",
        "double p = 0;\n   if(!OrderCalcProfit(ORDER_TYPE_BUY, _Symbol, 1, 1, 2, ¦5.0) || !FindSetup(setup))",
    ),
    ("structure as a number", "double lots = Lots(points);", "double lots = Lots(¦setup);"),
    ("input changed", "last_bar = now;", "last_bar = now;\n   ¦InpPeriod = 5;"),
    (
        "constant parameter changed",
        "double step = SymbolInfoDouble",
        "¦stop_points = 1.0;\n   double step = SymbolInfoDouble",
    ),
    ("local constant changed", "double lots = Lots(points);", "const double lots = Lots(points);\n   ¦lots = 1.0;"),
    ("variable declared twice", "MqlRates rates[];", "MqlRates rates[];\n   int ¦rates = 0;"),
    ("global declared twice", "datetime last_bar = 0;", "datetime last_bar = 0;\nint ¦handle = 1;"),
    (
        "function defined twice",
        "void OnDeinit(const int reason)",
        "bool IsNewBar() { return(true); }\n\nvoid OnDeinit(const int reason)",
    ),
    (
        "parameter declared twice",
        "double Lots(const double stop_points)",
        "double Lots(const double stop_points, int ¦stop_points = 0)",
    ),
    ("member declared twice", "double            stop;\n", "double            stop;\n   int               ¦entry;\n"),
    ("break outside a loop", "IndicatorRelease(handle);", "IndicatorRelease(handle);\n   ¦break;"),
    ("continue outside a loop", "IndicatorRelease(handle);", "IndicatorRelease(handle);\n   ¦continue;"),
    ("value returned from void", "if(!IsNewBar())\n      return;", "if(!IsNewBar())\n      ¦return(1);"),
    ("no value returned", "      return(0.0);", "      ¦return;"),
    ("case used twice", "case EXIT_TRAILING:", "case ¦EXIT_FIXED:"),
    (
        "else without if",
        "   last_bar = now;\n   return(true);",
        "   last_bar = now;\n   ¦else return(false);\n   return(true);",
    ),
    ("private member from outside", "journal.Count(), setup", "journal.¦m_count, setup"),
    ("method of an unknown object", 'journal.Add("fixed");', '¦jurnal.Add("fixed");'),
    ("member of a number", "lots > 0.0 && trade", "¦lots.Size2 > 0.0 && trade"),
    ("index of a number", "if(lots > 0.0", "if(lots¦[0] > 0.0"),
    ("operator missing", "setup.entry - setup.stop", "setup.entry ¦setup.stop"),
    ("operand missing", "double points = (setup.entry - setup.stop)", "double points = (setup.entry - ¦)"),
    ("comma missing in a call", "iTime(_Symbol, PERIOD_CURRENT, 0)", "iTime(_Symbol ¦PERIOD_CURRENT, 0)"),
    ("arrow instead of a dot", "trade.SetExpertMagicNumber", "trade¦->SetExpertMagicNumber"),
    (
        "array by value",
        "bool FindSetup(Setup &setup)",
        "double Sum(double ¦values[]) { return(values[0]); }\n\nbool FindSetup(Setup &setup)",
    ),
    ("size of an array from a variable", "double average[];", "int n = 3;\n   double other[¦n];\n   double average[];"),
    ("statement outside functions", "datetime last_bar = 0;", "datetime last_bar = 0;\n¦Print(last_bar);"),
)


def broken(case: tuple[str, str, str]) -> tuple[str, int, int]:
    """The program with the mistake, and the line and column where the finding belongs."""
    _, sound, mistaken = case
    assert PROGRAM.count(sound) >= 1, sound
    marked = PROGRAM.replace(sound, _marked(case[0], mistaken), 1)
    marked = _special(case[0], marked)
    at = marked.index("¦")
    line = marked.count("\n", 0, at) + 1
    column = at - (marked.rfind("\n", 0, at) + 1) + 1
    return marked.replace("¦", ""), line, column


def _marked(_name: str, mistaken: str) -> str:
    return mistaken


def _special(name: str, text: str) -> str:
    """Mistakes whose finding lies outside the changed piece."""
    places = {
        "no semicolon after return": ("return(true)\n  }", "return(true)\n  ¦}"),
        "no semicolon after break": ("break\n      case", "break\n      ¦case"),
        "function defined twice": ("bool IsNewBar()\n  {", "bool ¦IsNewBar()\n  {"),
    }
    if name in places:
        old, new = places[name]
        return text.replace(old, new, 1)
    return text
