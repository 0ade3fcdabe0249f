from __future__ import annotations

import pytest

from forex_elite.mql5.diagnostics import Diagnostic
from tests.mql5.languages import language
from tests.mql5.mistakes import PROGRAM

HEAD = "#include <Trade/Trade.mqh>\nCTrade trade;\n"
ADVICE = {
    "trade-no-stop-loss": "void OnTick() { trade.SetExpertMagicNumber(1); if(PositionsTotal() == 0) trade.Buy(0.1); }",
    "trade-hard-symbol": 'void OnTick() { Print(SymbolInfoDouble("EURUSD", SYMBOL_BID)); }',
    "trade-hard-digits": "void OnTick() { Print(NormalizeDouble(Point(), 5)); }",
    "trade-no-new-bar-guard": "void OnTick() { trade.SetExpertMagicNumber(1); trade.Buy(0.1, NULL, 0, 1.0); }",
    "trade-magic-zero": "void OnTick() { if(PositionsTotal() == 0) trade.Buy(0.1, NULL, 0, 1.0); }",
    "trade-sleep-in-tick": "void OnTick() { Sleep(100); }",
    "trade-handle-on-tick": "void OnTick() { int h = iRSI(NULL, 0, 14, PRICE_CLOSE); IndicatorRelease(h); }",
    "trade-no-indicator-release": "int h; int OnInit() { h = iRSI(NULL, 0, 14, PRICE_CLOSE); return(h > 0 ? 0 : 1); }",
    "trade-lot-not-normalised": "double Lots() { return(AccountInfoDouble(ACCOUNT_BALANCE) / 1e5); }"
    "void OnTick() { trade.SetExpertMagicNumber(1); if(PositionsTotal() == 0) trade.Buy(Lots(), NULL, 0, 1.0); }",
}


def advice(text: str) -> list[Diagnostic]:
    return [one for one in language().diagnose(text) if one.code.startswith("trade-")]


@pytest.mark.parametrize("code", ADVICE)
def test_a_way_to_lose_money_is_named_with_a_reason(code: str) -> None:
    found = advice(HEAD + ADVICE[code])
    assert code in {one.code for one in found}
    assert all(one.why and one.severity == "hint" for one in found)


def test_a_careful_program_gets_no_advice() -> None:
    assert advice(PROGRAM) == []


def test_the_quick_fix_for_a_symbol_makes_the_finding_go_away() -> None:
    text = HEAD + ADVICE["trade-hard-symbol"]
    finding = next(one for one in advice(text) if one.code == "trade-hard-symbol")
    edit = finding.fixes[0].edits[0]
    rows = text.split("\n")
    row = rows[edit.line - 1]
    rows[edit.line - 1] = row[: edit.column - 1] + edit.text + row[edit.end_column - 1 :]
    assert "trade-hard-symbol" not in {one.code for one in advice("\n".join(rows))}
