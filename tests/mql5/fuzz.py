"""Guided fuzzing of the language: coverage leads atheris to texts nobody would think of.

    python -m tests.mql5.fuzz -runs=2000 -seed=1

Ends with a trace when a text crashes the front end, hangs it, or loses a token to the formatter.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["forex_elite.mql5"]):
    from forex_elite.mql5.analysis import Memory
    from forex_elite.mql5.formatting import format_text, same_tokens
    from forex_elite.mql5.language import Language

from tests.mql5.mistakes import PROGRAM

_WORDS = """
    { } ( ) [ ] ; , . :: ? : = == + - * / % & | ^ ! ~ < > << >> "s" 'c' D'2024.01.31' C'1,2,3' 1 0.5 0xFF 1e9 // /* */
    int double string bool void class struct enum union interface template<typename T> namespace using typedef
    input sinput group static const virtual override final public: private: protected: operator new delete this
    if else for while do switch case default break continue return #define #ifdef #endif #else #if #include #property
    x y T OnTick OnInit CTrade trade ENUM_TIMEFRAMES PERIOD_H1 MqlTick Print iMA SymbolInfoDouble _Symbol
""".split()  # noqa: SIM905


MEMORY = Memory()
"""The library is read once for all inputs."""


def text_of(data: bytes) -> str:
    """Half of the inputs are words of the language put together, the others are text as it comes."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeBool():
        return provider.ConsumeUnicodeNoSurrogates(4000)
    words = [_WORDS[at % len(_WORDS)] for at in provider.ConsumeBytes(600)]
    cut = provider.ConsumeIntInRange(0, len(PROGRAM))
    return PROGRAM[:cut] + " ".join(words) + PROGRAM[cut:] if provider.ConsumeBool() else "\n".join(words)


def one(data: bytes) -> None:
    """One input: whatever it is, all questions about it are answered."""
    text = text_of(data)
    language = Language(memory=MEMORY)
    language.diagnose(text)
    language.inputs(text)
    language.outline(text)
    for line in (1, text.count("\n") // 2 + 1):
        language.complete(text, line, 3)
        language.hover(text, line, 3)
        language.signature(text, line, 9)
        language.definition(text, line, 3)
    pretty = format_text(text)
    if not same_tokens(text, pretty) or format_text(pretty) != pretty:
        raise AssertionError("the formatter changed tokens or is not idempotent")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
