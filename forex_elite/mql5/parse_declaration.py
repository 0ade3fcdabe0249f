"""Top-level declarations and class members; the entry of the parser."""

from __future__ import annotations

import re
from bisect import bisect_left

from forex_elite.mql5.ast import (
    NO_BRACES,
    Block,
    Declaration,
    Directive,
    InputGroup,
    Namespace,
    Node,
    TypeRef,
)
from forex_elite.mql5.lexer import DIRECTIVE, END, IDENT, KEYWORD, STRING, TYPE, Tokens
from forex_elite.mql5.parse_class import ClassParser
from forex_elite.mql5.parse_function import AFTER_PARAMETERS
from forex_elite.mql5.parse_names import MAX_NESTING, Unreadable, short

_SPECIFIERS = frozenset("static virtual const extern input sinput final".split())  # noqa: SIM905
_CLASS_WORDS = frozenset({"class", "struct", "union", "interface"})
_DIRECTIVE = re.compile(r"#\s*([A-Za-z_]*)[ \t]*([\s\S]*)\Z")


class Parser(ClassParser):
    """Reads one chunk: normally one top-level declaration, more after a mistake."""

    __slots__ = ("stray",)

    def __init__(self, tokens: Tokens, source: str, base: int, *, opaque: bool = False) -> None:
        super().__init__(tokens, source, base)
        self.unwinding = False
        self.opaque = opaque
        self.stray = False

    def chunk(self) -> list[Node]:
        """All declarations of the chunk."""
        nodes: list[Node] = []
        while self.k[self.i] != END:
            start = self.i
            self.depth = 0
            self.unwinding = False
            try:
                self.top_level(nodes)
            except Unreadable:
                self.recover(start)
                if self.i == start:
                    self.i += 1
        return nodes

    def top_level(self, nodes: list[Node]) -> None:
        at = self.i
        text, kind = self.t[at], self.k[at]
        if kind == DIRECTIVE:
            match = _DIRECTIVE.match(text)
            assert match is not None
            nodes.append(Directive(self.p[at], match.group(1), match.group(2).strip()))
            self.i = at + 1
            return
        if text == ";":
            self.i = at + 1
            return
        if text == "}":
            self.report(at, "149", "'}' - unexpected token")
            self.stray = True
            self.i = at + 1
            return
        if text == "namespace":
            nodes.append(self.namespace())
            return
        if text in {"input", "sinput"} and self.t[at + 1] == "group" and self.k[at + 2] == STRING:
            nodes.append(InputGroup(self.p[at], self.t[at + 2][1:-1]))
            self.i = at + 3
            if self.t[self.i] == ";":
                self.i += 1
            return
        self.member(nodes, "")

    def local_type(self) -> Node:
        pos = self.p[self.i]
        items: list[Node] = []
        depth = self.depth
        self.member(items, "")
        self.depth = depth
        return items[0] if len(items) == 1 else Block(pos, items, NO_BRACES)

    def namespace(self) -> Node:
        pos = self.p[self.i]
        name = self.t[self.i + 1]
        self.i += 2
        opening = self.i
        if not self.expect("{", "141", "opening brace '{' expected"):
            raise Unreadable
        items: list[Node] = []
        self.depth += 10
        if self.depth > MAX_NESTING:
            self.too_deep()
        while self.t[self.i] != "}":
            if self.k[self.i] == END:
                self.unclosed(opening)
                break
            self.top_level(items)
        end = self.p[self.i]
        self.i += 1
        return Namespace(pos, name, items, end)

    # --- one declaration ------------------------------------------------------------------------------------------

    def member(self, nodes: list[Node], owner: str) -> None:
        """A declaration at the top level (no owner) or in the body of a class."""
        t, k = self.t, self.k
        template: tuple[str, ...] = ()
        if t[self.i] == "template":
            template = self.template_params()
        flags: frozenset[str] = frozenset()
        first = self.i
        while t[self.i] in _SPECIFIERS or (t[self.i] == "inline" and k[self.i + 1] != END):
            flags |= {t[self.i]}
            self.i += 1
        at = self.i
        text = t[at]
        if text in _CLASS_WORDS and (k[at + 1] == IDENT or t[at + 1] == "{"):
            if k[at + 2] != IDENT or t[at + 2] in {"pack", "final"}:
                self.class_like(nodes, template, flags)
                return
        elif text == "enum" and (t[at + 1] == "{" or t[at + 2] in {"{", ":"}):
            self.enum(nodes, flags)
            return
        elif text in {"typedef", "using"}:
            nodes.append(self.typedef())
            return
        if text == "~" or (owner and text == owner and t[at + 1] == "("):
            nodes.append(self.function_rest(first, self.special_name(), None, flags, template))
            return
        if text == "operator":
            self.i += 1
            nodes.append(self.function_rest(at, self.operator_name(), None, flags, template))
            return
        if k[at] == IDENT and not owner and self.structor(at):
            nodes.append(self.function_rest(at, self.special_name(), None, flags, template))
            return
        if k[at] not in {TYPE, IDENT} and text not in {"const", "class", "struct", "enum", "union", "interface"}:
            self.not_a_declaration(at, owner)
        if k[at] == IDENT and k[at + 1] not in {IDENT, KEYWORD, TYPE} and t[at + 1] not in {"*", "<", "&", "::"}:
            if t[at + 1] == "(" and self.begins_body(at + 1):
                self.report(at, "116", f"'{text}' - declaration without type")
                self.i = at + 1
                nodes.append(self.function_rest(at, text, None, flags, template))
                return
            self.not_a_declaration(at, owner)
        of_type = self.type_ref()
        while t[self.i] in _SPECIFIERS:  # `datetime static last;`, `bool virtual Run()`
            flags |= {t[self.i]}
            self.i += 1
        if "const" in flags:
            of_type.const = True
        if t[self.i] == "&":
            self.report(self.i, "229", "'&' - reference cannot used")
            self.i += 1
        self.named(nodes, of_type, flags, template, owner)

    def not_a_declaration(self, at: int, owner: str) -> None:
        text = self.t[at]
        if owner or self.k[at] == END:
            raise self.unexpected(at)
        self.stray = True
        self.report(at, "175", f"'{short(text)}' - expressions are not allowed on a global scope")
        raise Unreadable

    def structor(self, at: int) -> bool:
        """Whether `Name::Name(` or `Name::~Name(` (also of a template) stands here: it has no result type."""
        t = self.t
        name = t[at]
        index = at + 1
        if t[index] == "<":
            index = self.template_end(index)
            if not index:
                return False
        while t[index] == "::" and self.k[index + 1] == IDENT and t[index + 2] == "::":
            name = t[index + 1]
            index += 2
        if t[index] != "::":
            return False
        return t[index + 1] == "~" or (t[index + 1] == name and t[index + 2] == "(") or t[index + 1] == "operator"

    def special_name(self) -> str:
        """The name of a constructor or destructor, qualified as written, without template arguments."""
        t = self.t
        name = ""
        while t[self.i] != "(":
            if t[self.i] == "<":
                self.i = self.template_end(self.i) or self.i + 1
                continue
            if t[self.i] == "operator":
                self.i += 1
                name += self.operator_name()
                continue
            if self.k[self.i] == END or t[self.i] in {";", "{", "}"}:
                raise self.unexpected()
            name += t[self.i]
            self.i += 1
        return name

    def named(
        self, nodes: list[Node], of_type: TypeRef, flags: frozenset[str], template: tuple[str, ...], owner: str
    ) -> None:
        """What follows a type: a function, or variables."""
        t, k = self.t, self.k
        at = self.i
        if t[at] == "~":
            nodes.append(self.function_rest(at, self.special_name(), None, flags, template))
            return
        if t[at] == "operator":
            self.i += 1
            nodes.append(self.function_rest(at, self.operator_name(), of_type, flags, template))
            return
        if t[at] == "(" and "::" in of_type.name and self.begins_body(at):
            # A method defined without its type takes the one it was declared with.
            declared = TypeRef(of_type.pos, "any")
            nodes.append(self.function_rest(bisect_left(self.p, of_type.pos), of_type.name, declared, flags, template))
            return
        if k[at] != IDENT:
            if k[at] in {TYPE, KEYWORD} and t[at + 1] in {"=", ";", "(", "[", ","}:
                self.report(at, "149", f"'{t[at]}' - unexpected token")
                raise Unreadable
            raise self.unexpected()
        self.i = at + 1
        name = t[at]
        while t[self.i] in {"::", "<"}:
            if t[self.i] == "<":
                self.i = self.template_end(self.i)
                if not self.i:
                    self.i = at + 1
                    raise self.unexpected()
                continue
            if t[self.i + 1] == "~":
                self.i += 1
                name += "::" + self.special_name()
                of_type.name = "void"
            elif t[self.i + 1] == "operator":
                self.i += 2
                name += "::" + self.operator_name()
            else:
                name += "::" + t[self.i + 1]
                self.i += 2
        if t[self.i] == "(" and self.is_parameters(owner):
            nodes.append(self.function_rest(at, name, of_type, flags, template))
            return
        variables = [self.declarator_rest(at, name, of_type, flags)]
        while t[self.i] == ",":
            self.i += 1
            variables.append(self.declarator(of_type, flags))
        semicolon = self.i
        self.end_statement("154", "semicolon expected")
        if flags & {"input", "sinput"} and t[semicolon] == ";":
            variables[-1].label = self.label_after(semicolon)
        nodes.append(Declaration(self.p[at], variables))

    def is_parameters(self, owner: str) -> bool:
        """Whether the parentheses here hold parameters rather than constructor arguments."""
        t, k = self.t, self.k
        at = self.i + 1
        if t[at] == ")" or k[at] == TYPE or t[at] in {"const", "class", "struct", "enum", "..."} or owner:
            return True
        if k[at] != IDENT:
            return k[at] == END or t[at] in {"{", "}", ";"}
        if k[at + 1] == IDENT or t[at + 1] in {"<", "::"}:
            return True
        if t[at + 1] in {"&", "*"}:
            return k[at + 2] == IDENT or t[at + 2] in {",", ")", "&", "const"}
        if t[at + 1] not in {",", ")"}:
            return False
        return self.begins_body(self.i) or k[self.i - 2] == TYPE or self.holds_type()

    def holds_type(self) -> bool:
        """Whether a built-in type stands as one of the parenthesised words that begin here."""
        for index in range(self.i + 1, len(self.t)):
            if self.k[index] == TYPE:
                return self.t[index + 1] != "("
            if self.k[index] != IDENT and self.t[index] not in {",", "&", "*", "[", "]"}:
                break
        return False

    def begins_body(self, at: int) -> bool:
        """Whether a `{` follows the parentheses opened at `at`."""
        t, depth = self.t, 0
        for index in range(at, len(t)):
            if t[index] == "(":
                depth += 1
            elif t[index] == ")":
                depth -= 1
                if depth == 0:
                    return t[index + 1] == "{" or t[index + 1] in AFTER_PARAMETERS
            elif t[index] in {";", "{", "}"}:
                break
        return False
