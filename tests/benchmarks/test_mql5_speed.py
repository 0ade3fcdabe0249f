# ruff: noqa: T201 - a benchmark prints what it measures
"""How fast the MQL5 language is. Processor time of this thread, so that neighbours on the machine do not count."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable

import pytest

from forex_elite.mql5.analysis import Memory
from forex_elite.mql5.chunks import parse_unit
from forex_elite.mql5.language import Language
from forex_elite.mql5.preprocess import Preprocessor, Steps
from forex_elite.mql5.source import Source
from forex_elite.mql5.wizard import every_combination, write_program
from tests.mql5.hostile import HOSTILE
from tests.mql5.mistakes import PROGRAM

pytestmark = pytest.mark.bench

_STEP = """
//+------------------------------------------------------------------+
//| Step {n}: weighs the newest values and closes what has earned enough |
//+------------------------------------------------------------------+
double Step{n}(const double price, const int shift, string comment)
  {{
   double buffer[];
   ArraySetAsSeries(buffer, true);
   if(CopyBuffer(handle, 0, shift, 3, buffer) != 3)
      return(0.0);

//--- newer values count more
   double total = price;
   for(int i = 0; i < ArraySize(buffer); i++)
     {{
      if(buffer[i] > price && InpPeriod > 3)
         total += buffer[i] * InpRisk - MathMax(price, 1.0);
      else
         total -= SymbolInfoDouble(_Symbol, SYMBOL_POINT) * (i + 1);
     }}

//--- positions of this symbol only
   for(int k = PositionsTotal() - 1; k >= 0; k--)
     {{
      ulong ticket = PositionGetTicket(k);
      if(PositionGetString(POSITION_SYMBOL) != _Symbol)
         continue;
      double profit = PositionGetDouble(POSITION_PROFIT);
      if(profit > 10.0 && trade.PositionClose(ticket))
         PrintFormat("closed %I64u with %.2f %s", ticket, profit, comment);
     }}

//---
   return(NormalizeDouble(total, _Digits));
  }}
"""


def program(lines: int) -> str:
    """An EA of at least so many lines that uses the standard library."""
    text = PROGRAM.replace(
        "#include <Trade/Trade.mqh>", "#include <Trade/Trade.mqh>\n#include <Indicators/Indicators.mqh>"
    )
    number = 0
    while text.count("\n") < lines:
        number += 1
        text += _STEP.format(n=number)
    return text


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


def test_parsing_reads_sixty_thousand_lines_a_second() -> None:
    source = Source("a.mq5", program(20_000))

    def parse() -> None:
        preprocessor = Preprocessor(lambda written, quoted, including: None)
        parse_unit(preprocessor.run(source, Steps()))

    gc.disable()
    best = min(timed(parse) for _ in range(3))
    gc.enable()
    rate = source.text.count("\n") / best * 1000
    print(f"parsed {rate:,.0f} lines/s")
    assert rate >= 60_000


def test_an_edit_in_three_thousand_lines_is_diagnosed_in_fifty_milliseconds() -> None:
    chooser = random.Random(7)
    language = Language()
    text = program(3_000)
    language.diagnose(text)
    spent = []
    for turn in range(100):
        rows = text.split("\n")
        places = [at for at, row in enumerate(rows) if "double total = " in row]
        kind = turn % 10
        if kind < 8:
            rows[chooser.choice(places)] = f"   double total = price * {turn};"
        elif kind == 8:
            rows.insert(chooser.choice(places) - 12, f"double Extra{turn}(const int x) {{ return(x * {turn}.5); }}")
        else:
            rows.insert(chooser.randrange(len(rows)), "")
        text = "\n".join(rows)
        spent.append(timed(lambda text=text: language.diagnose(text)))
    spent.sort()
    print(f"edit p50 {spent[49]:.1f} ms, p95 {spent[94]:.1f} ms")
    assert spent[94] <= 50


def test_a_cold_file_of_three_hundred_lines_is_diagnosed_in_sixty_milliseconds() -> None:
    text = program(300)
    Language().diagnose("int x;")
    cold = sorted(timed(lambda: Language().diagnose(text)) for _ in range(7))[3]
    print(f"cold, library not read: {cold:.1f} ms")
    assert cold <= 60


def test_a_document_is_diagnosed_in_sixty_milliseconds_by_a_server_that_has_read_the_library() -> None:
    text = program(300)
    memory = Memory()
    Language(memory=memory).diagnose(text)
    warm = sorted(timed(lambda: Language(memory=memory).diagnose(text)) for _ in range(7))[3]
    print(f"new document, library read: {warm:.1f} ms")
    assert warm <= 60


@pytest.mark.timeout(900)  # half a minute of processor time
def test_every_strategy_the_wizard_can_write_is_free_of_findings() -> None:
    language = Language()
    gc.disable()  # the trees of thousands of programs hold no cycles
    start = time.process_time()
    strategies = list(every_combination())
    wrong = [one for one in strategies if language.diagnose(write_program(one), "wizard.mq5", advice=False)]
    print(f"{len(strategies)} strategies: {(time.process_time() - start) / len(strategies) * 1000:.1f} ms each")
    gc.enable()
    assert wrong == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_takes_less_than_a_second(name: str) -> None:
    spent = timed(lambda: Language().diagnose(HOSTILE[name]))
    print(f"{name}: {spent:.0f} ms")
    assert spent < 1000
