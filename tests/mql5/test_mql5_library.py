"""Our standard library and the table: whole, sound by our own checker, and found by every spelling."""

from __future__ import annotations

import pytest

from forex_elite.mql5.analysis import Analyzer, analyse
from forex_elite.mql5.library import Library, standard_files
from forex_elite.mql5.source import decode
from forex_elite.mql5.support import support, support_of
from forex_elite.mql5.symbols import builtin_event, builtin_overloads, builtin_structure
from forex_elite.mql5.table import table
from tests.mql5.languages import language

CHECKED = Analyzer(Library(standard_files()))
"""Takes the library for files of a program, so that its bodies are checked too."""


@pytest.mark.parametrize("path", sorted(standard_files()))
def test_a_library_file_has_no_errors(path: str) -> None:
    found = analyse(CHECKED, path, standard_files()[path])
    assert [one.metaeditor_line() for one in found if one.severity == "error" and one.file == path] == []


@pytest.mark.parametrize("spelling", ["<Trade/Trade.mqh>", "<Trade\\Trade.mqh>", "<trade\\TRADE.mqh>"])
def test_an_include_is_found_by_every_spelling(spelling: str) -> None:
    assert language().diagnose(f"#include {spelling}\nCTrade trade;\nvoid OnStart() {{ trade.PrintResult(); }}") == ()


def test_a_program_that_needs_what_our_library_lacks_is_told_so_and_nothing_is_called_wrong() -> None:
    (found,) = language().diagnose("#include <Math\\Alglib\\alglib.mqh>\nvoid OnStart() { CAlglib::MinLM(); }")
    assert (found.severity, found.code, found.line) == ("warning", "library-not-covered", 1)
    assert "Math\\Alglib\\alglib.mqh" in found.message
    assert "Math/Alglib/" in found.why


def test_a_misspelt_file_of_a_covered_part_is_an_error() -> None:
    (found,) = language().diagnose("#include <Trade/Trad.mqh>\n")
    assert (found.severity, found.code) == ("error", "106")


def test_the_support_table_and_the_library_agree() -> None:
    rows = {row.part: row for row in support()}
    covered = {path: support_of(path) for path in standard_files()}
    assert [path for path, row in covered.items() if row is None or row.level == "missing"] == []
    used = {row.part for row in covered.values() if row}
    assert used == {part for part, row in rows.items() if row.level != "missing"}


def test_every_declaration_of_the_table_parses() -> None:
    known = table()
    assert all(len(builtin_overloads(name)) == len(forms) for name, forms in known.functions.items())
    assert all(len(builtin_event(name)) == len(forms) for name, forms in known.events.items())
    assert all(builtin_structure(name) is not None for name in known.structures)


def test_every_function_of_the_table_has_a_sentence_and_an_engine_class() -> None:
    for forms in table().functions.values():
        for form in forms:
            assert form.summary.endswith(".")
            assert form.engine in {"pure", "runtime", "ignored", "refused"}


def test_known_values_are_those_of_the_terminal() -> None:
    constants = table().constants
    assert {name: constants[name].value for name in ("PERIOD_H1", "ORDER_TYPE_CLOSE_BY", "TRADE_RETCODE_NO_MONEY")} == {
        "PERIOD_H1": "16385",
        "ORDER_TYPE_CLOSE_BY": "8",
        "TRADE_RETCODE_NO_MONEY": "10019",
    }
    assert constants["PERIOD_H1"].certainty == "known"
    assert constants["SYMBOL_BID"].certainty == "unknown"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_file_is_read_in_every_encoding_metaeditor_writes(encoding: str) -> None:
    text = 'void OnStart() { Print("naïve"); }\r\n'
    assert decode(text.encode(encoding)) == text
