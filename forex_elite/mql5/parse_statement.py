"""Statements, and how reading goes on after a mistake: report once, skip to a place that is sure to begin something."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from forex_elite.mql5.ast import (
    Block,
    Break,
    Case,
    Continue,
    Delete,
    DoWhile,
    Empty,
    ExpressionStatement,
    For,
    If,
    Missing,
    Node,
    Return,
    Switch,
    While,
)
from forex_elite.mql5.lexer import END, IDENT, KEYWORD, TYPE
from forex_elite.mql5.parse_declarator import DeclaratorParser
from forex_elite.mql5.parse_names import MAX_NESTING, Unreadable, short

if TYPE_CHECKING:
    from collections.abc import Callable


class StatementParser(DeclaratorParser):
    """The part of the parser that reads statements."""

    __slots__ = ()

    def block(self) -> Block:
        """`{ … }` at the present token."""
        opening = self.i
        self.i += 1
        items = self.block_items(opening)
        return Block(self.p[opening], items, self.p[max(0, self.i - 1)])

    def block_items(self, opening: int) -> list[Node]:
        """Statements up to the closing brace, which is stepped over; at the end of the text its absence is reported."""
        t, k = self.t, self.k
        items: list[Node] = []
        depth = self.depth
        while True:
            at = self.i
            text = t[at]
            if text == "}":
                self.i = at + 1
                return items
            kind = k[at]
            if kind == END:
                if not self.unwinding:
                    self.unclosed(opening)
                return items
            if (kind == IDENT or kind == TYPE) and k[at + 1] == IDENT and t[at + 2] == "(" and self.begins_function(at):
                if not self.unwinding:
                    self.report(at + 1, "325", f"'{t[at + 1]}' - function can be declared only in the global scope")
                self.unwinding = True
            if self.unwinding:
                return items
            try:
                items.append(self.statement())
            except Unreadable:
                self.depth = depth
                self.recover(at)

    # --- statements -----------------------------------------------------------------------------------------------

    def statement(self) -> Node:
        """One statement."""
        at = self.i
        kind = self.k[at]
        text = self.t[at]
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.too_deep()
        node: Node
        if kind == IDENT:
            node = self.declaration() if self.is_declaration(at) else self.expression_statement()
        elif kind == KEYWORD:
            method = _KEYWORD_STATEMENTS.get(text)
            node = method(self) if method is not None else self.expression_statement()
        elif kind == TYPE:
            node = self.expression_statement() if self.t[at + 1] == "(" else self.declaration()
        elif text == "{":
            node = self.block()
        elif text == ";":
            self.i = at + 1
            node = Empty(self.p[at])
        elif text in {")", "]"}:
            self.unexpected()
            self.i = at + 1
            node = self.statement() if self.t[at + 1] not in {"}", ""} else Empty(self.p[at])
        else:
            node = self.expression_statement()
        self.depth -= 1
        return node

    def expression_statement(self) -> Node:
        pos = self.p[self.i]
        value = self.expression()
        if self.t[self.i] == ";":
            self.i += 1
        else:
            self.end_statement("152", "some operator expected")
        return ExpressionStatement(pos, value)

    def is_declaration(self, at: int) -> bool:
        """Whether a statement that begins with a name declares something of that type."""
        t, k = self.t, self.k
        following = t[at + 1]
        kind = k[at + 1]
        if kind == IDENT:
            return True
        if kind != 8 or following not in {"*", "&", "<", "::"}:  # noqa: PLR2004 - OPERATOR, spelled for speed
            return False
        at += 1
        while t[at] == "::" and k[at + 1] in {IDENT, TYPE}:
            at += 2
        if t[at] == "<":
            at = self.template_end(at)
            if not at:
                return False
        if t[at] in {"*", "&"}:
            if t[at + 1] == "const":
                return True
            return k[at + 1] == IDENT and t[at + 2] in {"=", ";", ",", "["}
        return k[at] == IDENT

    def condition(self) -> Node:
        """`( expression )` of a control statement."""
        self.expect("(", "132", "opening parenthesis '(' expected")
        if self.t[self.i] == ")":
            self.unexpected()
            self.i += 1
            return Missing(self.p[self.i - 1])
        value = self.expression()
        self.close_parenthesis()
        return value

    def body(self) -> Node:
        """The statement a control statement governs."""
        if self.t[self.i] == "}" or self.k[self.i] == END:
            raise self.unexpected()
        return self.statement()

    def if_statement(self) -> Node:
        first: If | None = None
        last: If | None = None
        while True:
            pos = self.p[self.i]
            self.i += 1
            node = If(pos, self.condition(), self.body(), None)
            if last is None:
                first = node
            else:
                last.otherwise = node
            last = node
            if self.t[self.i] != "else":
                break
            self.i += 1
            if self.t[self.i] != "if":
                node.otherwise = self.body()
                break
        assert first is not None
        return first

    def while_statement(self) -> Node:
        pos = self.p[self.i]
        self.i += 1
        return While(pos, self.condition(), self.body())

    def do_statement(self) -> Node:
        pos = self.p[self.i]
        self.i += 1
        body = self.body()
        if not self.expect("while", "236", "'while' expected"):
            raise Unreadable
        condition = self.condition()
        self.end_statement("154", "semicolon expected")
        return DoWhile(pos, body, condition)

    def for_statement(self) -> Node:
        pos = self.p[self.i]
        t = self.t
        self.i += 1
        self.expect("(", "132", "opening parenthesis '(' expected")
        start: Node | None = None
        if t[self.i] == ";":
            self.i += 1
        elif (
            self.k[self.i] == TYPE or t[self.i] == "const" or (self.k[self.i] == IDENT and self.is_declaration(self.i))
        ):
            start = self.declaration()
        else:
            start = self.expression()
            self.for_separator()
        condition = None if t[self.i] == ";" else self.expression()
        self.for_separator()
        step = None if t[self.i] == ")" else self.expression()
        self.close_parenthesis()
        return For(pos, start, condition, step, self.body())

    def for_separator(self) -> None:
        if self.t[self.i] == ";":
            self.i += 1
            return
        self.report(self.i, "154", f"'{short(self.t[self.i])}' - semicolon expected")
        if self.t[self.i] == ",":
            self.i += 1
        elif self.k[self.i] != IDENT:
            raise Unreadable

    def switch_statement(self) -> Node:
        pos = self.p[self.i]
        self.i += 1
        value = self.condition()
        opening = self.i
        if not self.expect("{", "141", "opening brace '{' expected"):
            raise Unreadable
        items = self.block_items(opening)
        return Switch(pos, value, items, self.p[max(0, self.i - 1)])

    def case_statement(self) -> Node:
        pos = self.p[self.i]
        word = self.t[self.i]
        self.i += 1
        value = self.assignment(2) if word == "case" else None
        if not self.expect(":", "123", "colon ':' expected") and not self.on_new_line(self.i):
            raise Unreadable
        return Case(pos, value)

    def break_statement(self) -> Node:
        pos, word = self.p[self.i], self.t[self.i]
        self.i += 1
        self.end_statement("154", "semicolon expected")
        return Break(pos) if word == "break" else Continue(pos)

    def return_statement(self) -> Node:
        pos = self.p[self.i]
        self.i += 1
        if self.t[self.i] == ";":
            self.i += 1
            return Return(pos, None)
        if self.t[self.i] == "}":
            self.end_statement("154", "semicolon expected")
            return Return(pos, None)
        value = self.expression()
        self.end_statement("154", "semicolon expected")
        return Return(pos, value)

    def delete_statement(self) -> Node:
        pos = self.p[self.i]
        self.i += 1
        value = self.expression()
        self.end_statement("154", "semicolon expected")
        return Delete(pos, value)

    @abstractmethod
    def local_type(self) -> Node:
        """An enumeration or structure declared inside a function; `class Name *pointer;` is a plain declaration."""

    def else_alone(self) -> Node:
        self.report(self.i, "183", "'else' - illegal else without matching if")
        self.i += 1
        return self.statement()


_KEYWORD_STATEMENTS: dict[str, Callable[[StatementParser], Node]] = {
    "if": StatementParser.if_statement,
    "for": StatementParser.for_statement,
    "while": StatementParser.while_statement,
    "do": StatementParser.do_statement,
    "switch": StatementParser.switch_statement,
    "case": StatementParser.case_statement,
    "default": StatementParser.case_statement,
    "break": StatementParser.break_statement,
    "continue": StatementParser.break_statement,
    "return": StatementParser.return_statement,
    "delete": StatementParser.delete_statement,
    "else": StatementParser.else_alone,
    "static": StatementParser.declaration,
    "const": StatementParser.declaration,
    "input": StatementParser.declaration,
    "sinput": StatementParser.declaration,
    "extern": StatementParser.declaration,
    "enum": lambda parser: parser.local_type(),
    "struct": lambda parser: parser.local_type(),
    "class": lambda parser: parser.local_type(),
    "union": lambda parser: parser.local_type(),
}
