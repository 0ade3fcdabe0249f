"""Properties that hold for every text: nothing crashes, printing and parsing agree, formatting keeps the tokens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forex_elite.mql5 import ast
from forex_elite.mql5.analysis import Analyzer
from forex_elite.mql5.formatting import format_text, same_tokens
from forex_elite.mql5.lexer import lex, pieces
from forex_elite.mql5.printer import print_nodes
from tests.mql5.languages import language
from tests.mql5.mistakes import PROGRAM
from tests.mql5.test_mql5_language_areas import SOUND

_WORDS = [
    *[
        "int",
        "double",
        "string",
        "void",
        "bool",
        "class",
        "struct",
        "enum",
        "if",
        "else",
        "for",
        "while",
        "do",
        "switch",
        "case",
        "default",
        "break",
        "continue",
        "return",
    ],
    *[
        "const",
        "static",
        "input",
        "virtual",
        "new",
        "delete",
        "this",
        "true",
        "false",
        "public",
        "private",
        "template",
        "typename",
        "operator",
        "sizeof",
    ],
    *[
        "a",
        "b",
        "Foo",
        "x1",
        "NULL",
        "Print",
        "iMA",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "<",
        ">",
        ";",
        ",",
        ".",
        ":",
        "::",
        "?",
        "=",
        "==",
        "!=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "&",
        "|",
        "^",
        "!",
        "~",
        "<<",
        ">>",
        "&&",
        "||",
        "++",
        "--",
        "+=",
        "->",
    ],
    *[
        "1",
        "0x1F",
        "1.5e3",
        "'c'",
        '"text"',
        "D'2024.01.01'",
        "C'1,2,3'",
        "\n",
        "#define M 1",
        "#include <a.mqh>",
        "// c\n",
    ],
]
soup = st.lists(st.sampled_from(_WORDS), max_size=60).map(" ".join)

_names = st.sampled_from(["a", "b", "price", "Lots", "x1"])
_leaves = st.one_of(_names, st.sampled_from(["1", "2.5", '"s"', "'c'", "true", "NULL"]))
_expressions = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(
                ["+", "-", "*", "/", "%", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&", "^", "|", "&&", "||"]
            ),
            inner,
        ).map(lambda parts: f"({parts[0]}) {parts[1]} {parts[2]}"),
        inner.map(lambda one: f"-({one})"),
        inner.map(lambda one: f"(double)({one})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} ? {parts[1]} : {parts[2]})"),
        st.lists(inner, max_size=3).map(lambda args: f"Call({', '.join(args)})"),
        inner.map(lambda one: f"a[{one}].b"),
    ),
    max_leaves=12,
)


def nodes(text: str) -> list[ast.Node]:
    unit = Analyzer().unit("a.mq5", text)
    return [node for placed in unit.main.placed for node in placed.chunk.nodes]


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_no_text_crashes_the_language(text: str) -> None:
    language().diagnose(text)


@given(soup)
@settings(max_examples=100, deadline=None)
def test_no_heap_of_words_crashes_the_language(text: str) -> None:
    language().diagnose(text)


@given(soup)
@settings(max_examples=60, deadline=None)
def test_pieces_are_the_whole_text(text: str) -> None:
    found, _ = pieces(text)
    assert "".join(found) == text
    tokens = lex(text)
    assert all(text.startswith(piece, start) for piece, start in zip(tokens.texts, tokens.starts, strict=True))


@given(_expressions)
@settings(max_examples=60, deadline=None)
def test_printing_an_expression_and_parsing_it_gives_the_same_tree(text: str) -> None:
    first = nodes(f"int v = {text};")
    assert ast.same(first, nodes(print_nodes(first)))


@pytest.mark.parametrize("area", [*SOUND, "program"])
def test_printing_a_program_and_parsing_it_gives_the_same_tree(area: str) -> None:
    first = nodes(SOUND.get(area, PROGRAM))
    assert first
    assert ast.same(first, nodes(print_nodes(first)))


@given(soup)
@settings(max_examples=60, deadline=None)
def test_formatting_keeps_the_tokens_and_is_idempotent(text: str) -> None:
    once = format_text(text)
    assert same_tokens(text, once)
    assert format_text(once) == once


@pytest.mark.parametrize("area", [*SOUND, "program"])
def test_formatting_a_program_keeps_its_tokens_and_is_idempotent(area: str) -> None:
    text = SOUND.get(area, PROGRAM)
    once = format_text(text)
    assert same_tokens(text, once)
    assert format_text(once) == once
    assert format_text(text.replace("\n", "\r\n")).replace("\r\n", "\n") == once


@given(st.integers(0, len(PROGRAM) - 1), st.sampled_from(["", "(", "}", ";", '"', "#", "x"]))
@settings(max_examples=60, deadline=None)
def test_an_edit_gives_the_same_findings_as_a_fresh_look(at: int, text: str) -> None:
    warm = language()
    warm.diagnose(PROGRAM)
    edited = PROGRAM[:at] + text + PROGRAM[at + 1 :]
    assert warm.diagnose(edited) == language().diagnose(edited)
