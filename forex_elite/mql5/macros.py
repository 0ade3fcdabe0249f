"""#define: what a macro is, and its expansion under a budget that keeps hostile sources harmless."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forex_elite.mql5.lexer import IDENT, INTEGER, KEYWORD, STRING, TYPE, Tokens, lex

EXPANSION_BUDGET = 200_000
_MAX_DEPTH = 60
_DEFINE = re.compile(r"([A-Za-z_]\w*)(\(([^()]*)\))?\s*([\s\S]*)\Z")
_HASHES = re.compile(r'"(?:[^"\\\n]|\\.)*"|##|#|[^"#]+|"')
_CONTINUED = re.compile(r"\\[ \t]*\r?\n")  # the compiler forgives spaces behind the backslash

# What the compiler defines by itself, as far as conditions can see it.
PREDEFINED = frozenset({"__MQL5__", "__MQL__", "__MQL5BUILD__", "__MQLBUILD__", "_RELEASE", "__LINE__", "__FILE__"})


class ExpansionTooLarge(Exception):
    """The macros of this file grow beyond the budget."""


class MacroArguments(Exception):
    """A function-like macro was called with another number of arguments; the message names both."""


@dataclass(frozen=True, slots=True)
class Macro:
    """One definition; `params` is None for an object-like macro. Bodies hold tokens as two parallel tuples."""

    name: str
    params: tuple[str, ...] | None
    texts: tuple[str, ...]
    kinds: tuple[int, ...]
    body: str


def define(rest: str) -> Macro | None:
    """The macro of what follows `#define`, or None when there is no usable name."""
    # The last backslash goes on into a line of comment alone.
    match = _DEFINE.match(_CONTINUED.sub(" ", rest).strip().removesuffix("\\"))
    if match is None:
        return None
    name, has_params, params, body = match.groups()
    names = tuple(part.strip() for part in params.split(",")) if has_params and params.strip() else ()
    texts: list[str] = []
    kinds: list[int] = []
    for part in _HASHES.findall(body) if "#" in body else (body,):
        if part in {"#", "##"}:
            texts.append(part)
            kinds.append(STRING)
            continue
        tokens = lex(part)
        texts += tokens.texts[:-1]
        kinds += tokens.kinds[:-1]
    return Macro(name, names if has_params else None, tuple(texts), tuple(kinds), body.strip())


class Expander:
    """Expands macros in runs of tokens; one budget for all runs of a translation unit."""

    def __init__(self) -> None:
        self.left = EXPANSION_BUDGET

    def expand(self, tokens: Tokens, macros: dict[str, Macro], used: set[str]) -> Tokens:
        """The tokens with all macros replaced; replacement tokens stand where the macro's name stood."""
        out = Tokens([], [], [])
        texts, kinds, starts = tokens.texts, tokens.kinds, tokens.starts
        index, size = 0, len(texts)
        while index < size:
            text = texts[index]
            macro = macros.get(text)
            if macro is None or kinds[index] not in {IDENT, KEYWORD, TYPE}:
                out.texts.append(text)
                out.kinds.append(kinds[index])
                out.starts.append(starts[index])
                index += 1
                continue
            used.add(text)
            place = starts[index]
            got, index = self._invoke(macro, texts, kinds, index, macros, frozenset())
            if got is None:
                out.texts.append(text)
                out.kinds.append(kinds[index - 1])
                out.starts.append(place)
                continue
            out.texts += got[0]
            out.kinds += got[1]
            out.starts += [place] * len(got[0])
        return out

    def _invoke(
        self,
        macro: Macro,
        texts: list[str],
        kinds: list[int],
        index: int,
        macros: dict[str, Macro],
        hidden: frozenset[str],
    ) -> tuple[tuple[list[str], list[int]] | None, int]:
        """The replacement of the macro at `index` (None when it is not a call) and the index behind it."""
        index += 1
        if macro.params is None:
            plain = _substitute(macro, {}, {}) if "##" in macro.texts else (list(macro.texts), list(macro.kinds))
            return self._rescan(*plain, macros, hidden | {macro.name}), index
        if index >= len(texts) or texts[index] != "(":
            return None, index
        arguments, index = _arguments(texts, kinds, index)
        if len(arguments) != len(macro.params) and not (not macro.params and arguments == [([], [])]):
            raise MacroArguments(
                f"'{macro.name}' - {len(macro.params)} macro parameters expected, {len(arguments)} given"
            )
        named = dict(zip(macro.params, arguments, strict=False))
        # Arguments are expanded before the macro is hidden: MAX(MAX(a, b), c) holds two calls.
        expanded = {name: self._rescan(*argument, macros, hidden) for name, argument in named.items()}
        body = _substitute(macro, named, expanded)
        return self._rescan(*body, macros, hidden | {macro.name}), index

    def _rescan(
        self, texts: list[str], kinds: list[int], macros: dict[str, Macro], hidden: frozenset[str]
    ) -> tuple[list[str], list[int]]:
        self.left -= len(texts) + 1
        if self.left < 0 or len(hidden) > _MAX_DEPTH:
            self.left = 0
            raise ExpansionTooLarge
        if not any(text in macros and text not in hidden for text in texts):
            return texts, kinds
        out: tuple[list[str], list[int]] = ([], [])
        index = 0
        while index < len(texts):
            macro = macros.get(texts[index])
            if macro is None or macro.name in hidden or kinds[index] not in {IDENT, KEYWORD, TYPE}:
                out[0].append(texts[index])
                out[1].append(kinds[index])
                index += 1
                continue
            start = index
            got, index = self._invoke(macro, texts, kinds, index, macros, hidden)
            replaced = got if got is not None else ([texts[start]], [kinds[start]])
            out[0].extend(replaced[0])
            out[1].extend(replaced[1])
        return out


def _arguments(texts: list[str], kinds: list[int], index: int) -> tuple[list[tuple[list[str], list[int]]], int]:
    """The arguments of a call whose `(` is at `index`, and the index behind its `)`."""
    found: list[tuple[list[str], list[int]]] = [([], [])]
    depth = 0
    for at in range(index, len(texts)):
        text = texts[at]
        if text in {"(", "[", "{"}:
            depth += 1
            if depth == 1:
                continue
        elif text in {")", "]", "}"}:
            depth -= 1
            if depth == 0:
                return found, at + 1
        elif text == "," and depth == 1:
            found.append(([], []))
            continue
        found[-1][0].append(text)
        found[-1][1].append(kinds[at])
    return found, len(texts)


def _substitute(
    macro: Macro, named: dict[str, tuple[list[str], list[int]]], expanded: dict[str, tuple[list[str], list[int]]]
) -> tuple[list[str], list[int]]:
    """The body with arguments in place of parameters, `#` making a string and `##` joining two tokens as written."""
    texts: list[str] = []
    kinds: list[int] = []
    glue = quote = False
    for at, (text, kind) in enumerate(zip(macro.texts, macro.kinds, strict=True)):
        if text == "##":
            glue = True
            continue
        if text == "#":
            quote = True
            continue
        is_joined = glue or quote or macro.texts[at + 1 : at + 2] == ("##",)
        part = (named if is_joined else expanded).get(text, ([text], [kind]))
        if quote:
            joined = " ".join(part[0]).replace("\\", "\\\\").replace('"', '\\"')
            part = ([f'"{joined}"'], [STRING])
            quote = False
        if glue and texts and part[0]:
            joined_tokens = lex(texts.pop() + part[0][0])
            kinds.pop()
            part = (joined_tokens.texts[:-1] + part[0][1:], joined_tokens.kinds[:-1] + part[1][1:])
        glue = False
        texts += part[0]
        kinds += part[1]
        if len(texts) > EXPANSION_BUDGET:
            raise ExpansionTooLarge
    return texts, kinds


def condition(text: str, macros: dict[str, Macro]) -> bool:
    """The value of an `#if` condition: integers, `defined`, comparison and logic; what cannot be read is false."""
    tokens = lex(_CONTINUED.sub(" ", text))
    python: list[str] = []
    index = 0
    while index < len(tokens) - 1:
        word = tokens.texts[index]
        if word == "defined":
            names = [name for name in tokens.texts[index + 1 : index + 4] if name not in {"(", ")"}]
            python.append(str(int(bool(names) and (names[0] in macros or names[0] in PREDEFINED))))
            index += 4 if tokens.texts[index + 1 : index + 2] == ["("] else 2
            continue
        python.append(_condition_word(word, tokens.kinds[index], macros))
        index += 1
    try:
        return bool(_evaluate(python))
    except (ValueError, IndexError, ArithmeticError):
        return False


def _condition_word(word: str, kind: int, macros: dict[str, Macro]) -> str:
    for _ in range(_MAX_DEPTH):
        macro = macros.get(word)
        if macro is None or len(macro.texts) != 1:
            break
        word, kind = macro.texts[0], macro.kinds[0]
    if kind == INTEGER:
        return str(int(word.rstrip("uUlL"), 0) if not word.isdigit() else int(word))
    if word == "true":
        return "1"
    return word if kind not in {IDENT, KEYWORD} else "0"


_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))


def _evaluate(words: list[str]) -> int:
    value, rest = _level(words[:200], 0)
    if rest:
        raise ValueError
    return value


def _level(words: list[str], level: int) -> tuple[int, list[str]]:
    if level == len(_LEVELS):
        return _unary(words)
    left, words = _level(words, level + 1)
    while words and words[0] in _LEVELS[level]:
        op = words[0]
        right, words = _level(words[1:], level + 1)
        left = _apply(op, left, right)
    return left, words


def _unary(words: list[str]) -> tuple[int, list[str]]:
    if words[0] == "!":
        value, rest = _unary(words[1:])
        return int(not value), rest
    if words[0] == "-":
        value, rest = _unary(words[1:])
        return -value, rest
    if words[0] == "(":
        value, rest = _level(words[1:], 0)
        if rest[:1] != [")"]:
            raise ValueError
        return value, rest[1:]
    return int(words[0]), words[1:]


def _apply(op: str, left: int, right: int) -> int:
    match op:
        case "||":
            return int(bool(left or right))
        case "&&":
            return int(bool(left and right))
        case "==":
            return int(left == right)
        case "!=":
            return int(left != right)
        case "<":
            return int(left < right)
        case ">":
            return int(left > right)
        case "<=":
            return int(left <= right)
        case ">=":
            return int(left >= right)
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left // right
        case _:
            return left % right
