"""How reading goes on after a mistake, and the declarators that statements and declarations share."""

from __future__ import annotations

from forex_elite.mql5.ast import ArrayInit, Declaration, Node, TypeRef, Variable
from forex_elite.mql5.lexer import BAD, END, IDENT, KEYWORD, TYPE
from forex_elite.mql5.parse_expression import ExpressionParser
from forex_elite.mql5.parse_names import Unreadable, short

_NO_FLAGS: frozenset[str] = frozenset()
_STARTERS = frozenset(
    "if for while do switch case default break continue return delete static const input".split()  # noqa: SIM905
)
_STORAGE = frozenset({"static", "const", "input", "sinput", "extern"})


class DeclaratorParser(ExpressionParser):
    """The part of the parser that recovers from mistakes and reads declarators."""

    __slots__ = ("unwinding",)

    unwinding: bool
    """True while blocks close because a function begins inside a function: a `}` is missing above."""

    def unclosed(self, opening: int) -> None:
        """Report a brace without its partner at the end of the text, naming the line where it was opened."""
        line = self.source.count("\n", 0, self.base + self.p[opening]) + 1
        self.report(self.i, "161", f"unexpected end of program, '{{' of line {line} is not closed")
        self.unwinding = True

    def begins_function(self, at: int) -> bool:
        """Whether `type name(…) {` stands here: that can only be a function."""
        t = self.t
        index, depth = at + 2, 0
        for index in range(at + 2, min(len(t), at + 400)):
            if t[index] == "(":
                depth += 1
            elif t[index] == ")":
                depth -= 1
                if depth == 0:
                    break
            elif t[index] in {";", "{", "}"}:
                return False
        return t[index + 1 : index + 2] == ["{"] and t[at] not in {"else", "return"}

    def recover(self, start: int) -> None:
        """Skip what cannot be read: to behind the next `;`, before a `}` or before a word that begins a statement."""
        t, k = self.t, self.k
        depth = 0
        if k[self.i] == BAD:
            self.i += 1
            while not self.on_new_line(self.i) and t[self.i] != "}":
                self.i += 1
            return
        while k[self.i] != END:
            text = t[self.i]
            if text == "{":
                depth += 1
            elif text == "}":
                if depth == 0:
                    break
                depth -= 1
                if depth == 0:
                    self.i += 1
                    break
            elif depth == 0:
                if text == ";":
                    self.i += 1
                    break
                if self.i > start and (text in _STARTERS or (k[self.i] == TYPE and t[self.i + 1] != "(")):
                    if self.on_new_line(self.i):
                        break
            self.i += 1
        self.last_reported = max(self.last_reported, self.i - 1)

    def end_statement(self, code: str, message: str) -> None:
        """Step over `;`; when it is missing, report at the next token, and go on there if it begins a line."""
        at = self.i
        if self.t[at] == ";":
            self.i = at + 1
            return
        kind = self.k[at]
        if kind == BAD:
            self.report_bad(at)
            raise Unreadable
        if kind == END:
            self.report(at, "161", "unexpected end of program")
            return
        text = self.t[at]
        if text in {")", "]", ",", ":"} or (kind == KEYWORD and text in {"else", "case"}):
            if text == "else":
                self.report(at, "154", f"'{text}' - semicolon expected")
                return
            raise self.unexpected()
        self.report(at, code, f"'{short(text)}' - {message}")
        if not self.on_new_line(at) and text != "}" and text not in _STARTERS:
            raise Unreadable

    # --- local declarations ---------------------------------------------------------------------------------------

    def declaration(self) -> Declaration:
        """Variables with an optional storage word, up to and with the `;`."""
        pos = self.p[self.i]
        flags: frozenset[str] = _NO_FLAGS
        while self.t[self.i] in _STORAGE:
            flags |= {self.t[self.i]}
            self.i += 1
        of_type = self.type_ref()
        while self.t[self.i] in _STORAGE:  # `datetime static last;`
            flags |= {self.t[self.i]}
            self.i += 1
        if "const" in flags:
            of_type.const = True
        variables = [self.declarator(of_type, flags)]
        while self.t[self.i] == ",":
            self.i += 1
            variables.append(self.declarator(of_type, flags))
        self.end_statement("154", "semicolon expected")
        return Declaration(pos, variables)

    def declarator(self, of_type: TypeRef, flags: frozenset[str]) -> Variable:
        """A name with dimensions and an initialiser."""
        t = self.t
        reference = False
        while t[self.i] in {"*", "&", "const"}:
            if t[self.i] == "&":
                reference = True
                self.report(self.i, "229", "'&' - reference cannot used")
            elif t[self.i] == "*":
                of_type = TypeRef(of_type.pos, of_type.name, of_type.args, pointer=True, const=of_type.const)
            self.i += 1
        at = self.i
        if self.k[at] != IDENT:
            raise self.unexpected()
        self.i = at + 1
        return self.declarator_rest(at, t[at], of_type, flags, reference=reference)

    def declarator_rest(
        self, at: int, name: str, of_type: TypeRef, flags: frozenset[str], *, reference: bool = False
    ) -> Variable:
        """Dimensions and initialiser behind a declared name."""
        t = self.t
        dims = self.dimensions() if t[self.i] == "[" else ()
        init: Node | None = None
        args: list[Node] | None = None
        text = t[self.i]
        if text == "=":
            self.i += 1
            init = self.assignment()
        elif text == "(":
            self.i += 1
            args = self.arguments(")")
        elif text == "{":
            array = self.array_init()
            assert isinstance(array, ArrayInit)
            init = array
        return Variable(self.p[at], name, of_type, dims, init, args, reference, flags)

    def dimensions(self) -> tuple[Node | None, ...]:
        """`[size]` or `[]`, one or more."""
        t = self.t
        dims: list[Node | None] = []
        while t[self.i] == "[":
            self.i += 1
            if t[self.i] == "]":
                dims.append(None)
                self.i += 1
                continue
            dims.append(self.assignment())
            if t[self.i] == "]":
                self.i += 1
            else:
                self.missing_close("]")
        return tuple(dims)
