"""Top-level declarations: what a chunk declares, and the bodies in it."""

from __future__ import annotations

from forex_elite.mql5 import ast
from forex_elite.mql5 import types as ty
from forex_elite.mql5.check_statement import StatementChecker
from forex_elite.mql5.chunks import Chunk
from forex_elite.mql5.diagnostics import Finding
from forex_elite.mql5.symbols import ClassSymbol, Env, builtin_event, class_symbol
from forex_elite.mql5.table import table

# Overloads of one name that are compared with each other; more are not written by people.
_MOST_TWINS = 64


class UnitChecker(StatementChecker):
    """Checks one chunk against the environment of its translation unit."""

    def chunk_findings(self) -> list[Finding]:
        for node in self.chunk.nodes:
            self.top_level(node)
        return self.findings

    def top_level(self, node: ast.Node) -> None:
        if isinstance(node, ast.Function):
            self.function_definition(node)
        elif isinstance(node, ast.Declaration):
            for variable in node.variables:
                self.global_variable(variable)
        elif isinstance(node, ast.Class):
            self.class_definition(node)
        elif isinstance(node, ast.Enum):
            for item in node.items:
                if item.value is not None:
                    self.expression(item.value)
        elif isinstance(node, ast.Namespace):
            for inner in node.items:
                self.top_level(inner)

    # --- functions ------------------------------------------------------------------------------------------------

    def function_definition(self, node: ast.Function) -> None:
        owner_name, _, method = node.name.rpartition("::")
        owner = None
        if owner_name:
            self.used.add(owner_name)
            owner = self.env.classes.get(owner_name)
            if owner is None:
                if owner_name not in ty.BUILTIN and not any("::" in name for name in self.env.prints):
                    self.undeclared(node.pos, owner_name)
                return
            if not self.methods(owner, method) and not method.startswith("operator") and not self.env.open_ended(owner):
                self.report(
                    node.pos,
                    len(owner_name),
                    "error",
                    "213",
                    f"'{method}' - member function of '{owner_name}' not defined",
                )
        else:
            self.duplicates(node)
            self.event_handler(node)
        if node.body is None:
            self.prototype(node)
            return
        self.body(node, owner)

    def prototype(self, node: ast.Function) -> None:
        self.template = frozenset(node.template)
        if node.result is not None:
            self.type_known(node.result)
        for param in node.params:
            if param.name != "...":
                self.type_known(param.type)
        self.template = frozenset()

    def duplicates(self, node: ast.Function) -> None:
        """Report a second function of the same name and parameters."""
        self.used.add(node.name)
        twins = self.env.functions.get(node.name, ())
        if not 1 < len(twins) <= _MOST_TWINS or node.body is None:
            return
        mine = _shape(node)
        for twin in twins:
            if twin.node is node:
                return
            if twin.node.body is not None and _shape(twin.node) == mine:
                name = node.name
                self.report(node.pos, len(name), "error", "165", f"'{name}' - function already defined and has body")
                return

    def event_handler(self, node: ast.Function) -> None:
        """Report an event handler with parameters the terminal does not call."""
        forms = builtin_event(node.name)
        if not forms or node.body is None:
            return
        count = len(node.params)
        if all(len(form.params) != count for form in forms):
            message = f"'{node.name}' - function declared with wrong type or/and parameters"
            self.report(node.pos, len(node.name), "warning", "70", message)

    # --- variables ------------------------------------------------------------------------------------------------

    def global_variable(self, node: ast.Variable) -> None:
        owner_name, _, _ = node.name.rpartition("::")
        if owner_name:
            self.owner = self.env.classes.get(owner_name)
        self.scopes = [{}]
        if self.type_known(node.type):
            of_type = self.env.variable_type(node, self.owner)
            for dim in node.dims:
                if dim is not None:
                    self.expression(dim)
                    self.dimension(dim)
            self.initial_value(node, of_type)
            if node.flags & {"input", "sinput"}:
                self.input_variable(node, of_type)
        first = self.env.variables.get(node.name)
        self.used.add(node.name)
        if first is not None and first.node is not node and not node.flags & {"extern"} and not owner_name:
            if not first.node.flags & {"extern"}:
                name = node.name
                self.report(node.pos, len(name), "error", "125", f"'{name}' - variable already defined")
        self.scopes = []
        self.owner = None

    def input_variable(self, node: ast.Variable, of_type: ty.Type) -> None:
        if node.dims or of_type.kind in {ty.STRUCT, ty.CLASS, ty.POINTER}:
            message = f"'{node.name}' - structures and arrays cannot be used as input variables"
            self.report(node.pos, len(node.name), "error", "285", message)

    # --- classes --------------------------------------------------------------------------------------------------

    def class_definition(self, node: ast.Class) -> None:
        self.template = frozenset(node.template)
        for _, base in node.bases:
            self.used.add(base.name)
            if base.name in node.template:
                continue
            if self.type_known(base):
                found = self.env.classes.get(base.name)
                if found is not None and found.node.kind == "struct" and node.kind == "class":
                    self.report(base.pos, len(base.name), "error", "266", f"'{base.name}' - class expected")
        self.template = frozenset()
        if node.items is None:
            return
        owner = self.env.classes.get(node.name)
        if owner is None or owner.node is not node:
            if owner is not None and owner.node.items is not None and node.name and owner.node is not node:
                self.report(node.pos, len(node.name), "error", "127", f"'{node.name}' - struct/class already defined")
            owner = class_symbol(node, self.chunk)
        self.members(node, owner)

    def members(self, node: ast.Class, owner: ClassSymbol) -> None:
        seen: set[str] = set()
        for item in node.items or ():
            self.owner = owner
            if isinstance(item, ast.Declaration):
                self.scopes = [{}]
                for variable in item.variables:
                    self.type_known(variable.type)
                    if variable.name in seen:
                        name = variable.name
                        self.report(variable.pos, len(name), "error", "129", f"'{name}' - member already defined")
                    seen.add(variable.name)
                    if variable.init is not None:
                        self.expression(variable.init)
                self.scopes = []
            elif isinstance(item, ast.Function):
                self.method(item, owner)
            elif isinstance(item, ast.Class) and item.items is not None:
                self.members(item, owner.inner[item.name])  # type: ignore[arg-type]
        self.owner = None

    def method(self, node: ast.Function, owner: ClassSymbol) -> None:
        if "override" in node.flags and not self.env.open_ended(owner):
            bases = self.env.lineage(owner)[1:]
            if not any(node.name in base.methods for base in bases):
                name = node.name
                message = f"'{name}' - method declared 'override' does not override any base class method"
                self.report(node.pos, len(name), "error", "404", message)
        if node.body is not None:
            self.body(node, owner)
        else:
            self.prototype(node)


def _shape(node: ast.Function) -> tuple[tuple[str, int, bool], ...]:
    """What makes two overloads the same."""
    return tuple((param.type.name, len(param.dims), param.type.pointer) for param in node.params)


def check_chunk(chunk: Chunk, env: Env) -> list[Finding]:
    """The findings of a chunk in an environment; done again only when something it looked up has changed."""
    memo = chunk.memo.get("check")
    if memo is not None:
        prints, used, findings, complete = memo
        if prints is env.prints:
            return list(findings)
        if used is not None and complete == env.complete:
            if all(prints.get(name) == env.prints.get(name) for name in used):
                chunk.memo["check"] = (env.prints, used, findings, complete)
                return list(findings)
    checker = UnitChecker(env, chunk)
    findings = checker.chunk_findings()
    used = None if checker.guesses else frozenset(checker.used)  # a guess looked at every name there is
    chunk.memo["check"] = (env.prints, used, findings, env.complete)
    return list(findings)


__all__ = ["check_chunk", "table"]
