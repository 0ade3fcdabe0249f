"""Expressions: precedence climbing over the token arrays, with the casts, templates and literals of MQL5."""

from __future__ import annotations

from forex_elite.mql5.ast import (
    ArrayInit,
    Assign,
    Binary,
    Call,
    Cast,
    Comma,
    Index,
    Literal,
    Member,
    Missing,
    Name,
    New,
    Node,
    Postfix,
    SizeOf,
    Ternary,
    TypeRef,
    Unary,
)
from forex_elite.mql5.lexer import (
    CHAR,
    COLOR,
    DATETIME,
    IDENT,
    INTEGER,
    KEYWORD,
    OPERATOR,
    REAL,
    STRING,
    TYPE,
)
from forex_elite.mql5.parse_names import LITERALS, MAX_NESTING, NameParser, Unreadable, short

_PRECEDENCE: dict[str, int] = {"||": 3, "&&": 4, "|": 5, "^": 6, "&": 7, "==": 8, "!=": 8}
_PRECEDENCE |= {"<": 9, ">": 9, "<=": 9, ">=": 9, "<<": 10, ">>": 10, "+": 11, "-": 11, "*": 12, "/": 12, "%": 12}
_ASSIGN = frozenset("= += -= *= /= %= &= |= ^= <<= >>=".split())  # noqa: SIM905
# One look-up tells what may follow an operand: 1 is `?`, 2 an assignment, from 3 on a binary operator.
_INFIX: dict[str, int] = _PRECEDENCE | {"?": 1} | dict.fromkeys(_ASSIGN, 2)
_PREFIX = frozenset("- + ! ~ ++ -- & *".split())  # noqa: SIM905


class ExpressionParser(NameParser):
    """The part of the parser that reads expressions."""

    __slots__ = ()

    def expression(self) -> Node:
        """A full expression; commas between expressions make a `Comma`."""
        first = self.assignment()
        if self.t[self.i] != ",":
            return first
        items = [first]
        pos = self.p[self.i]
        while self.t[self.i] == ",":
            self.i += 1
            items.append(self.assignment())
        return Comma(pos, items)

    def assignment(self, minimum: int = 1) -> Node:
        """An expression without top-level commas, of operators that bind at least as tightly as `minimum`."""
        t = self.t
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.too_deep()
        left = self.unary()
        while True:
            at = self.i
            op = t[at]
            level = _INFIX.get(op)
            if level is None or level < minimum:
                self.depth -= 1
                return left
            self.i = at + 1
            if level > 2:  # noqa: PLR2004 - binary operators, see _INFIX
                left = Binary(self.p[at], op, left, self.assignment(level + 1))
            elif level == 2:  # noqa: PLR2004 - assignments bind to the right
                left = Assign(self.p[at], op, left, self.assignment(1))
            else:
                then = self.assignment(1)
                if not self.expect(":", "123", "colon ':' expected"):
                    raise Unreadable
                left = Ternary(self.p[at], left, then, self.assignment(1))

    def unary(self) -> Node:
        at = self.i
        kind = self.k[at]
        if kind == IDENT:
            self.i = at + 1
            following = self.t[at + 1]
            qualified = following == "::" or following == "<"
            node = self.qualified(at) if qualified else Name(self.p[at], self.t[at])
        elif kind < KEYWORD:
            if kind != OPERATOR:
                node = self.literal(at, kind)
            else:
                text = self.t[at]
                if text == "(":
                    cast = self.cast(at)
                    if cast is not None:
                        return cast
                    self.i = at + 1
                    node = self.expression()
                    self.close_parenthesis()
                elif text in _PREFIX:
                    self.i = at + 1
                    self.depth += 1
                    if self.depth > MAX_NESTING:
                        self.too_deep()
                    operand = self.unary()
                    self.depth -= 1
                    return Unary(self.p[at], text, operand)
                elif text == "::" and self.k[at + 1] == IDENT:
                    node = self.qualified(at)
                elif text == "{":
                    return self.array_init()
                else:
                    raise self.unexpected()
        else:
            node = self.keyword(at, kind)
        return self.postfix(node)

    def postfix(self, node: Node) -> Node:
        t = self.t
        parts = 0
        while True:
            parts += 1
            if parts > MAX_NESTING:
                self.too_deep()
            at = self.i
            text = t[at]
            if text == "(":
                self.i = at + 1
                node = Call(self.p[at], node, self.arguments(")"), self.p[self.i - 1])
            elif text == ".":
                name = self.i = at + 1
                if self.k[name] not in {IDENT, KEYWORD, TYPE}:
                    raise self.unexpected()
                self.i = name + 1
                word = t[name]
                if word == "operator":
                    word = self.operator_name()
                if t[self.i] == "::" and self.k[self.i + 1] == IDENT:
                    word += "::" + t[self.i + 1]
                    self.i += 2
                if t[self.i] == "<" and self.template_end(self.i, call=True):
                    node = Member(self.p[name], node, word)
                    self.i = self.template_end(self.i, call=True)
                    continue
                node = Member(self.p[name], node, word)
            elif text == "[":
                self.i = at + 1
                if t[self.i] == "]":
                    raise self.unexpected()
                index = self.expression()
                if t[self.i] == "]":
                    self.i += 1
                else:
                    self.missing_close("]")
                node = Index(self.p[at], node, index)
            elif text == "++" or text == "--":
                self.i = at + 1
                node = Postfix(self.p[at], text, node)
            elif text == "->":
                raise self.unexpected()
            else:
                return node

    def arguments(self, close: str) -> list[Node]:
        """Arguments up to the closing bracket, which is stepped over; an omitted argument is `Missing`."""
        t = self.t
        if t[self.i] == close:
            self.i += 1
            return []
        args: list[Node] = []
        while True:
            text = t[self.i]
            if text == "," or text == close:
                self.report(self.i, "149", f"'{text}' - unexpected token")
                args.append(Missing(self.p[self.i]))
            else:
                args.append(self.assignment())
            text = t[self.i]
            if text == ",":
                self.i += 1
                continue
            if text == close:
                self.i += 1
            else:
                self.missing_close(close)
            return args

    def literal(self, at: int, kind: int) -> Node:
        name = LITERALS.get(kind)
        if name is None:
            raise self.unexpected(at)
        text = self.t[at]
        pos = self.p[at]
        self.i = at + 1
        if kind == STRING:
            while self.k[self.i] == STRING:
                more = self.t[self.i]
                text = text[:-1] + more[1:] if text[-1] == more[0] == '"' else f"{text} {more}"
                self.i += 1
        return Literal(pos, name, text)

    def array_init(self) -> Node:
        pos = self.p[self.i]
        self.i += 1
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.too_deep()
        items: list[Node] = []
        while self.t[self.i] != "}":
            items.append(self.assignment())
            if self.t[self.i] == ",":
                self.i += 1
            elif self.t[self.i] != "}":
                kind = self.k[self.i]
                if kind in LITERALS or kind == IDENT:
                    self.report(self.i, "155", f"'{short(self.t[self.i])}' - comma expected")
                    raise Unreadable
                raise self.unexpected()
        self.i += 1
        self.depth -= 1
        return ArrayInit(pos, items, self.p[self.i - 1])

    def cast(self, at: int) -> Cast | None:
        """A cast, when the parenthesis at `at` holds a type."""
        kind = self.k[at + 1]
        text = self.t[at + 1]
        if kind in {TYPE, IDENT} or text in {"const", "enum", "class", "struct"}:
            close = self.cast_end(at + 1)
            if close:
                self.i = at + 1
                target = self.type_ref()
                self.i = close + 1  # also over the `&` of `(long&)value`
                self.depth += 1
                if self.depth > MAX_NESTING:
                    self.too_deep()
                value = self.unary()
                self.depth -= 1
                return Cast(self.p[at], target, value)
        return None

    def cast_end(self, at: int) -> int:
        """The index of the `)` when the tokens from here read as the type of a cast, else 0."""
        t, k = self.t, self.k
        builtin = False
        while t[at] in {"const", "enum", "class", "struct"}:
            at += 1
            builtin = True
        builtin = builtin or k[at] == TYPE or t[at].startswith("ENUM_")
        if k[at] not in {TYPE, IDENT}:
            return 0
        at += 1
        while t[at] == "::" and k[at + 1] == IDENT:
            at += 2
        if t[at] == "<":
            at = self.template_end(at)
            if not at:
                return 0
            builtin = True
        if t[at] in {"*", "&"} and t[at + 1] == ")":
            at += 1
            builtin = True
        if t[at] != ")":
            return 0
        following, kind = t[at + 1], k[at + 1]
        if kind in {IDENT, INTEGER, REAL, STRING, CHAR, DATETIME, COLOR}:
            return at
        if kind == TYPE or following in {"true", "false", "this", "new", "sizeof", "dynamic_cast", "typename"}:
            return at
        if following in {"(", "!", "~", "::"}:
            return at if builtin or following != "(" or _looks_like_type(t[at - 1]) else 0
        return at if builtin and following in {"-", "+", "++", "--", "&", "*"} else 0

    def keyword(self, at: int, kind: int) -> Node:
        """Expressions that begin with a reserved word."""
        text = self.t[at]
        pos = self.p[at]
        self.i = at + 1
        if text in {"true", "false"}:
            return Literal(pos, "bool", text)
        if text == "this":
            return Name(pos, "this")
        if kind == TYPE and self.t[self.i] == "(":
            self.i += 1
            value = self.assignment()
            self.close_parenthesis()
            return Cast(pos, TypeRef(pos, text), value, "functional")
        if text == "new":
            target = self.type_ref()
            args = None
            if self.t[self.i] == "(":
                self.i += 1
                args = self.arguments(")")
            return New(pos, target, args)
        if text in {"sizeof", "typename"} and self.t[self.i] == "(":
            return self.size_of(pos, text)
        if text == "dynamic_cast" and self.t[self.i] == "<":
            target = self.template_args()[0]
            if not self.expect("(", "132", "opening parenthesis '(' expected"):
                raise Unreadable
            value = self.expression()
            self.close_parenthesis()
            return Cast(pos, target, value, "dynamic")
        raise self.unexpected(at)

    def size_of(self, pos: int, word: str) -> Node:
        self.i += 1
        start = self.i
        target: Node
        if (
            self.k[start] == TYPE
            or self.t[start] in {"const", "class", "struct", "enum"}
            or (self.k[start] == IDENT and self.t[start + 1] in {"*", "<"})
        ):
            target = self.type_ref()
        else:
            target = self.expression()
        self.close_parenthesis()
        return SizeOf(pos, word, target)


def _looks_like_type(name: str) -> bool:
    """Whether a name in parentheses before `(` is rather a type than a value: MQL5 code writes types in capitals."""
    return name[0].isupper() and (len(name) == 1 or name[1].isupper() or name[0] in "CSIE")
