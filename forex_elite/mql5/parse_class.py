"""Classes, structures, enumerations and type definitions."""

from __future__ import annotations

import re
from abc import abstractmethod

from forex_elite.mql5.ast import AccessSection, Class, Declaration, Enum, Enumerator, Node, Typedef, TypeRef
from forex_elite.mql5.lexer import DIRECTIVE, END, IDENT
from forex_elite.mql5.parse_function import FunctionParser
from forex_elite.mql5.parse_names import MAX_NESTING, Unreadable, short

_LABEL = re.compile(r"[ \t]*//[ \t]*([^\r\n]*)")


class ClassParser(FunctionParser):
    """The part of the parser that reads types of the program's own."""

    __slots__ = ()

    @abstractmethod
    def member(self, nodes: list[Node], owner: str) -> None:
        """A declaration at the top level (no owner) or in the body of a class."""

    def label_after(self, index: int) -> str:
        """The text of a `//` comment that follows the token on its line."""
        match = _LABEL.match(self.source, self.base + self.p[index] + len(self.t[index]))
        return match.group(1).strip() if match else ""

    # --- classes, enumerations, type definitions --------------------------------------------------------------------

    def class_like(self, nodes: list[Node], template: tuple[str, ...], flags: frozenset[str]) -> None:
        t = self.t
        kind = t[self.i]
        at = self.i + 1
        name = ""
        if self.k[at] == IDENT:
            name = t[at]
            self.i = at + 1
        else:
            self.i = at
        node = Class(self.p[at], kind, name, [], None, template, flags)
        while t[self.i] in {"final", "pack"}:
            node.flags |= {t[self.i]}
            self.i += 1
            if t[self.i] == "(":
                self.i += 3
        if t[self.i] == "<":  # a specialised or repeated argument list
            self.i = self.template_end(self.i) or self.i
        if t[self.i] == ";":
            self.i += 1
            nodes.append(node)
            return
        if t[self.i] == ":":
            self.bases(node)
        opening = self.i
        if not self.expect("{", "141", "opening brace '{' expected"):
            raise Unreadable
        nodes.append(node)
        node.items = []
        self.class_items(node, opening)
        node.end = self.p[max(0, self.i - 1)]
        if t[self.i] == ";":
            self.i += 1
        elif self.k[self.i] == IDENT and t[self.i + 1] in {";", ",", "=", "[", "("}:
            self.trailing_variables(nodes, TypeRef(self.p[at], name), flags)
        elif not self.unwinding and self.k[self.i] != END:  # at the end of a file the compiler forgives it
            self.end_statement("154", "semicolon expected")

    def trailing_variables(self, nodes: list[Node], of_type: TypeRef, flags: frozenset[str]) -> None:
        """Variables declared between the closing brace of a type and its semicolon."""
        pos = self.p[self.i]
        variables = [self.declarator(of_type, flags)]
        while self.t[self.i] == ",":
            self.i += 1
            variables.append(self.declarator(of_type, flags))
        self.end_statement("154", "semicolon expected")
        nodes.append(Declaration(pos, variables))

    def bases(self, node: Class) -> None:
        t = self.t
        self.i += 1
        while True:
            access = "private" if node.kind == "class" else "public"
            while t[self.i] in {"public", "protected", "private", "virtual"}:
                access = t[self.i]
                self.i += 1
            node.bases.append((access, self.type_ref()))
            if t[self.i] != ",":
                return
            self.i += 1

    def class_items(self, node: Class, opening: int) -> None:
        """Members up to the closing brace; a mistake costs one member."""
        t = self.t
        assert node.items is not None
        depth = self.depth
        self.depth += 10
        if self.depth > MAX_NESTING:
            self.too_deep()
        while t[self.i] != "}":
            at = self.i
            if self.k[at] == END:
                self.unclosed(opening)
                return
            if t[at] in {"public", "protected", "private"}:
                node.items.append(AccessSection(self.p[at], t[at]))
                self.i += 1
                self.expect(":", "123", "colon ':' expected")
                continue
            if t[at] == ";" or self.k[at] == DIRECTIVE:
                self.i += 1
                continue
            try:
                self.unwinding = False
                self.member(node.items, node.name)
            except Unreadable:
                self.depth = depth + 10
                if self.k[self.i] != END:
                    self.recover(at)
                if self.i == at:
                    self.i += 1
        self.i += 1
        self.depth = depth

    def enum(self, nodes: list[Node], flags: frozenset[str]) -> None:
        t = self.t
        self.i += 1
        at = self.i
        name = ""
        if self.k[at] == IDENT:
            name = t[at]
            self.i += 1
        base = None
        if t[self.i] == ":":
            self.i += 1
            base = self.type_ref()
        opening = self.i
        if not self.expect("{", "141", "opening brace '{' expected"):
            raise Unreadable
        node = Enum(self.p[at], name, [], 0, base)
        nodes.append(node)
        while t[self.i] != "}":
            if self.k[self.i] == END:
                self.unclosed(opening)
                return
            if self.k[self.i] != IDENT:
                raise self.unexpected()
            item = Enumerator(self.p[self.i], t[self.i], None)
            node.items.append(item)
            self.i += 1
            if t[self.i] == "=":
                self.i += 1
                item.value = self.assignment()
            item.label = self.label_after(self.i if t[self.i] == "," else self.i - 1)
            if t[self.i] == ",":
                self.i += 1
            elif self.k[self.i] == IDENT:
                self.report(self.i, "155", f"'{short(t[self.i])}' - comma expected")
            elif t[self.i] != "}":
                raise self.unexpected()
        node.end = self.p[self.i]
        self.i += 1
        if self.k[self.i] == IDENT and t[self.i + 1] in {";", ",", "=", "["}:
            self.trailing_variables(nodes, TypeRef(self.p[at], name), flags)
        else:
            self.end_statement("154", "semicolon expected")

    def typedef(self) -> Node:
        t = self.t
        word = t[self.i]
        at = self.i = self.i + 1
        if word == "using":
            self.i += 1
            if not self.expect("=", "140", "'=' expected"):
                raise Unreadable
            target = self.type_ref()
            self.end_statement("154", "semicolon expected")
            return Typedef(self.p[at], t[at], target, None)
        result = self.type_ref()
        if t[self.i : self.i + 2] != ["(", "*"]:
            raise self.unexpected()
        at = self.i + 2
        if self.k[at] != IDENT:
            raise self.unexpected(at)
        self.i = at + 1
        self.close_parenthesis()
        params = self.parameters()
        self.end_statement("154", "semicolon expected")
        return Typedef(self.p[at], t[at], result, params)
