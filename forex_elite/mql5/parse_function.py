"""Functions and methods: parameters, specifiers, initialisation lists and bodies."""

from __future__ import annotations

from forex_elite.mql5.ast import Block, Function, TypeRef, Variable
from forex_elite.mql5.lexer import END, IDENT, KEYWORD, TYPE
from forex_elite.mql5.parse_names import Unreadable, short
from forex_elite.mql5.parse_statement import StatementParser

AFTER_PARAMETERS = frozenset("const override final export delete".split())  # noqa: SIM905


class FunctionParser(StatementParser):
    """The part of the parser that reads functions. `opaque` skips their bodies (trusted library files)."""

    __slots__ = ("opaque",)

    opaque: bool

    # --- functions ------------------------------------------------------------------------------------------------

    def function_rest(
        self, at: int, name: str, result: TypeRef | None, flags: frozenset[str], template: tuple[str, ...]
    ) -> Function:
        """Parameters, specifiers, initialisers and body."""
        t = self.t
        if result is not None and self.depth == 0 and at > 0 and self.p[at] == self.p[at - 1]:
            at = self.i - 1
        params = self.parameters()
        while t[self.i] in AFTER_PARAMETERS:
            flags |= {t[self.i] if t[self.i] != "const" else "const method"}
            self.i += 1
        node = Function(self.p[at], name, result, params, None, flags, template)
        text = t[self.i]
        if text == "=":
            if t[self.i + 1] not in {"0", "NULL", "delete", "default"}:
                self.i += 1
                raise self.unexpected()
            node.flags |= {"pure" if t[self.i + 1] in {"0", "NULL"} else "deleted"}
            self.i += 2
        elif text == ":":
            self.i += 1
            self.initialisers(node)
        if t[self.i] == "{":
            node.body = self.function_body()
            node.end = node.body.end
            return node
        node.end = self.p[self.i]
        if t[self.i] == ";" or text != ":":
            self.end_statement("154", "semicolon expected")
        else:
            self.report(self.i, "330", "function body expected after the initialization list")
            raise Unreadable
        return node

    def function_body(self) -> Block:
        if not self.opaque:
            return self.block()
        opening, depth = self.i, 0
        t = self.t
        while self.k[self.i] != END:
            text = t[self.i]
            self.i += 1
            if text == "{":
                depth += 1
            elif text == "}":
                depth -= 1
                if depth == 0:
                    break
        return Block(self.p[opening], [], self.p[self.i - 1])

    def initialisers(self, node: Function) -> None:
        t = self.t
        while True:
            at = self.i
            if self.k[at] != IDENT:
                raise self.unexpected()
            self.i += 1
            if t[self.i] == "<":
                self.i = self.template_end(self.i) or self.i
            if not self.expect("(", "132", "opening parenthesis '(' expected"):
                raise Unreadable
            node.inits.append((self.p[at], t[at], self.arguments(")")))
            if t[self.i] != ",":
                return
            self.i += 1

    def parameters(self) -> list[Variable]:
        """`( parameters )`; an unnamed parameter has an empty name."""
        t = self.t
        if not self.expect("(", "118", "opening parenthesis '(' expected"):
            raise Unreadable
        params: list[Variable] = []
        if t[self.i] == ")":
            self.i += 1
            return params
        if t[self.i] == "void" and t[self.i + 1] == ")":
            self.i += 2
            return params
        while True:
            params.append(self.parameter())
            if t[self.i] == ",":
                self.i += 1
                continue
            if t[self.i] == ")":
                self.i += 1
            elif t[self.i] in {"{", ";"}:
                self.missing_close(")")
            elif self.k[self.i] in {TYPE, IDENT}:
                self.report(self.i, "155", f"'{short(t[self.i])}' - comma expected")
                continue
            else:
                raise self.unexpected()
            return params

    def parameter(self) -> Variable:
        t = self.t
        start = self.i
        if t[start] == "...":
            self.i += 1
            return Variable(self.p[start], "...", TypeRef(self.p[start], "..."), (), None)
        while t[self.i] in {"static", "input", "extern"}:
            self.i += 1
        of_type = self.type_ref()
        reference = False
        while t[self.i] in {"&", "*", "const"}:
            if t[self.i] == "&":
                reference = True
            elif t[self.i] == "*":
                of_type.pointer = True
            self.i += 1
        at = self.i
        name = ""
        if self.k[at] == IDENT:
            name = t[at]
            self.i += 1
        elif self.k[at] in {KEYWORD, TYPE}:
            raise self.unexpected()
        dims = self.dimensions() if t[self.i] == "[" else ()
        default = None
        if t[self.i] == "=":
            self.i += 1
            default = self.assignment()
        return Variable(self.p[at] if name else self.p[start], name, of_type, dims, default, None, reference)

    def template_params(self) -> tuple[str, ...]:
        """`template<typename T, …>`."""
        self.i += 1
        if not self.expect("<", "379", "'<' expected"):
            raise Unreadable
        names: list[str] = []
        while self.t[self.i] in {"typename", "class", ","}:
            if self.t[self.i] != ",":
                names.append(self.t[self.i + 1])
                self.i += 1
            self.i += 1
        if not self.expect(">", "379", "'>' expected"):
            raise Unreadable
        return tuple(names)
