"""The ground of the checker: scopes, look-ups that remember what was asked for, and reporting."""

from __future__ import annotations

from forex_elite.mql5 import ast
from forex_elite.mql5 import types as ty
from forex_elite.mql5.chunks import Chunk
from forex_elite.mql5.diagnostics import Change, Finding, Severity
from forex_elite.mql5.spelling import nearest
from forex_elite.mql5.symbols import ClassSymbol, Env, FunctionSymbol, VariableSymbol
from forex_elite.mql5.table import table
from forex_elite.mql5.types import Type

_CHAIN = (ast.Binary, ast.Assign)
_MOST_GUESSES = 8


class Local:
    """A local variable or parameter."""

    __slots__ = ("constant", "is_parameter", "name", "node", "type", "used")

    def __init__(self, name: str, node: ast.Variable, of_type: Type, *, constant: bool, is_parameter: bool) -> None:
        self.name = name
        self.node = node
        self.type = of_type
        self.constant = constant
        self.is_parameter = is_parameter
        self.used = False


def start_of(node: ast.Node) -> int:
    """The offset at which an expression begins."""
    while True:
        if isinstance(node, (ast.Binary, ast.Assign)):
            node = node.left
        elif isinstance(node, ast.Ternary):
            node = node.condition
        elif isinstance(node, ast.Call):
            node = node.function
        elif isinstance(node, ast.Index):
            node = node.array
        elif isinstance(node, ast.Member):
            node = node.target
        elif isinstance(node, ast.Postfix):
            node = node.operand
        else:
            return node.pos


def name_of(node: ast.Node) -> str:
    """The name by which a message calls an expression."""
    if isinstance(node, (ast.Name, ast.Literal, ast.TemplateName)):
        return node.text
    if isinstance(node, ast.Member):
        return node.name
    if isinstance(node, ast.Call):
        return name_of(node.function)
    if isinstance(node, ast.Index):
        return name_of(node.array)
    if isinstance(node, (ast.Binary, ast.Assign, ast.Unary, ast.Postfix)):
        return node.op
    if isinstance(node, ast.Cast):
        return node.type.name
    return "expression"


class NameChecker:
    """State of the check of one chunk: findings, what was looked up, the open scopes."""

    def __init__(self, env: Env, chunk: Chunk) -> None:
        self.env = env
        self.chunk = chunk
        self.findings: list[Finding] = []
        self.used: set[str] = set()
        self.scopes: list[dict[str, Local]] = []
        self.owner: ClassSymbol | None = None
        self.function: ast.Function | None = None
        self.template: frozenset[str] = frozenset()
        self.result: Type = ty.VOID_TYPE
        self.loops = 0
        self.switches = 0
        self.reported_names: set[str] = set()
        self.guesses = 0
        self.operators_called = 0
        self.local_types: dict[str, Type] = {}

    # --- reporting ------------------------------------------------------------------------------------------------

    def report(self, pos: int, length: int, severity: Severity, code: str, message: str) -> None:
        self.findings.append(Finding(pos, pos + max(1, length), severity, code, message))

    def error(self, node: ast.Node, code: str, message: str) -> None:
        """An error at the beginning of an expression, as wide as its name."""
        self.report(start_of(node), len(name_of(node)), "error", code, message)

    def warn(self, node: ast.Node, code: str, message: str) -> None:
        self.report(start_of(node), len(name_of(node)), "warning", code, message)

    def undeclared(self, pos: int, name: str) -> None:
        """Report an unknown name once for each function; not when an include is missing that may declare it."""
        if not self.env.complete or name in self.reported_names:
            return
        self.reported_names.add(name)
        env = self.env
        own = [known for scope in self.scopes for known in scope]
        if self.owner is not None:
            for one in env.lineage(self.owner):
                own += [*one.variables, *one.methods]
        own += [*env.variables, *env.functions, *env.classes, *env.enums, *env.constants, *env.macros]
        self.unknown(pos, name, own)

    def unknown(self, pos: int, name: str, known: list[str]) -> None:
        """Report an unknown name, with a fix when one of the known ones is near."""
        self.guesses += 1
        meant = nearest(name, known) if self.guesses <= _MOST_GUESSES and self.is_written_at(pos, name) else None
        title, changes = (f"Change to {meant}", (Change(pos, pos + len(name), meant),)) if meant else ("", ())
        message = f"undeclared identifier '{name}'"
        self.findings.append(Finding(pos, pos + len(name), "error", "256", message, "", title, changes))

    def undeclared_member(self, symbol: ClassSymbol, pos: int, name: str) -> None:
        """Report a member that neither the class nor its bases have."""
        known = [member for one in self.env.lineage(symbol) for member in (*one.variables, *one.methods)]
        self.unknown(pos, name, known)

    def is_written_at(self, pos: int, name: str) -> bool:
        """Whether the name stands in the text itself, not in what a macro made of it."""
        return self.chunk.text.startswith(name, pos)

    # --- look-up --------------------------------------------------------------------------------------------------

    def local(self, name: str) -> Local | None:
        for scope in reversed(self.scopes):
            found = scope.get(name)
            if found is not None:
                return found
        return None

    def member_variable(self, symbol: ClassSymbol, name: str) -> tuple[VariableSymbol, ClassSymbol] | None:
        """A data member of a class or its bases, with the class that declares it."""
        for one in self.env.lineage(symbol):
            self.used.add(one.name)
            found = one.variables.get(name)
            if found is not None:
                return found, one
        return None

    def methods(self, symbol: ClassSymbol, name: str) -> list[FunctionSymbol]:
        """The methods of a name, those of bases too: all are candidates of a call."""
        found: list[FunctionSymbol] = []
        for one in self.env.lineage(symbol):
            self.used.add(one.name)
            found += one.methods.get(name, ())
        return found

    def is_type(self, name: str) -> bool:
        if name in self.local_types:
            return True
        if self.owner is not None and self.env.inner_type(self.owner, name) is not None:
            return True
        return name in self.template or self.env.named(name) is not None

    def is_template_parameter(self, name: str) -> bool:
        """Whether a name stands for a type of the template around."""
        owner = self.owner
        return name in self.template or (
            owner is not None and any(name in one.node.template for one in self.env.lineage(owner))
        )

    def type_known(self, ref: ast.TypeRef) -> bool:
        """Whether the name of a written type is declared; reports it when it is not."""
        name = ref.name
        self.used.add(name)
        for arg in ref.args:
            self.type_known(arg)
        if name in ty.BUILTIN or self.is_template_parameter(name):
            return True
        if self.is_type(name) or name in table().enums:
            return True
        self.undeclared(ref.pos, name)
        return False

    def declared_type(self, node: ast.Variable) -> Type:
        """The type of a local variable."""
        own = self.local_types.get(node.type.name)
        if own is None:
            return self.env.variable_type(node, self.owner, self.template)
        return ty.array_of(own, tuple(None for _ in node.dims)) if node.dims else own

    def resolve(self, ref: ast.TypeRef) -> Type:
        if ref.name in self.local_types:
            return self.local_types[ref.name]
        return self.env.resolve(ref, self.owner, self.template)

    def variable_symbol_type(
        self, symbol: VariableSymbol, holder: ClassSymbol | None, args: tuple[Type, ...] = ()
    ) -> Type:
        """The type of a global or member; template parameters of an instantiated class are filled in."""
        if holder is not None and holder.node.template:
            return self.in_template(symbol.node, holder, args)
        return self.env.variable_type(symbol.node, holder)

    def in_template(self, node: ast.Variable, holder: ClassSymbol, args: tuple[Type, ...]) -> Type:
        template = holder.node.template
        if node.type.name in template:
            at = template.index(node.type.name)
            element = args[at] if at < len(args) else ty.UNKNOWN
            return ty.array_of(element, (None,) * len(node.dims)) if node.dims else element
        return self.env.variable_type(node, holder)

    def result_of(self, symbol: FunctionSymbol, holder: ClassSymbol | None, args: tuple[Type, ...] = ()) -> Type:
        """The type a function gives; constructors give nothing anyone can use."""
        node = symbol.node
        if node.result is None:
            return ty.UNKNOWN
        if node.template and node.result.name in node.template:
            return ty.UNKNOWN
        if holder is not None and node.result.name in holder.node.template:
            at = holder.node.template.index(node.result.name)
            return args[at] if at < len(args) else ty.UNKNOWN
        return self.env.resolve(node.result, holder, frozenset(node.template))
