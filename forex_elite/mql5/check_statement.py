"""Statements and function bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forex_elite.mql5 import ast
from forex_elite.mql5 import types as ty
from forex_elite.mql5.check_expression import ExpressionChecker
from forex_elite.mql5.check_names import Local, name_of, start_of
from forex_elite.mql5.symbols import ClassSymbol, class_symbol
from forex_elite.mql5.table import table
from forex_elite.mql5.types import Type

_ENDS = (ast.Return, ast.Break, ast.Continue)


class StatementChecker(ExpressionChecker):
    """The part of the checker that walks through function bodies."""

    def body(self, function: ast.Function, owner: ClassSymbol | None) -> None:
        """Check one function with a body."""
        assert function.body is not None
        self.function = function
        self.owner = owner
        self.template = frozenset(function.template)
        self.reported_names = set()
        self.local_types = {}
        self.loops = self.switches = 0
        self.result = self.resolve(function.result) if function.result is not None else ty.VOID_TYPE
        if function.result is not None:
            self.type_known(function.result)
        scope: dict[str, Local] = {}
        for param in function.params:
            self.parameter(param, scope)
        self.scopes = [scope]
        for pos, name, args in function.inits:
            self.initialiser(pos, name, args)
        # The outermost block of a function shares the scope of the parameters: redeclaring one is an error.
        self.statements(function.body.items)
        self.close_scope()
        self.scopes = []
        wants = self.result.kind not in {ty.VOID, ty.ANY} and function.result is not None
        if wants and not self.always_returns(function.body):
            name = function.name
            self.report(function.pos, len(name.rpartition("::")[2]), "warning", "78", self.no_return(function.body))
        self.function = None

    def no_return(self, block: ast.Block) -> str:
        """The message for a function that can end without a value."""
        if any(isinstance(one, ast.Return) for one in ast.walk(block)):
            return "not all control paths return a value"
        return "function must return a value"

    def parameter(self, param: ast.Variable, scope: dict[str, Local]) -> None:
        if param.name == "...":
            return
        known = self.type_known(param.type)
        of_type = self.env.variable_type(param, self.owner, self.template) if known else ty.UNKNOWN
        if param.dims and not param.reference:
            self.report(
                param.pos, len(param.name), "error", "294", f"'{param.name}' - arrays are passed by reference only"
            )
        elif of_type.kind == ty.CLASS and not param.reference and not param.type.pointer:
            message = f"'{param.name}' - objects are passed by reference only"
            self.report(param.pos, len(param.name), "error", "293", message)
        if param.name:
            if param.name in scope:
                self.report(
                    param.pos, len(param.name), "error", "376", f"redefinition of formal parameter '{param.name}'"
                )
            if param.init is not None:
                self.expression(param.init)
            constant = param.type.const
            scope[param.name] = Local(param.name, param, of_type, constant=constant, is_parameter=True)

    def initialiser(self, pos: int, name: str, args: list[ast.Node]) -> None:
        """One entry of a constructor's initialisation list."""
        for arg in args:
            self.expression(arg)
        if self.owner is None or self.env.open_ended(self.owner):
            return
        if self.member_variable(self.owner, name) is None and name not in self.env.classes:
            self.undeclared_member(self.owner, pos, name)

    def close_scope(self) -> None:
        """Report what a scope declared and nobody used."""
        for local in self.scopes.pop().values():
            if not local.used and not local.is_parameter and local.type.kind not in {ty.ANY, ty.CLASS, ty.STRUCT}:
                self.report(local.node.pos, len(local.name), "warning", "31", f"variable '{local.name}' not used")

    # --- statements -----------------------------------------------------------------------------------------------

    def statements(self, items: list[ast.Node]) -> None:
        ended = False
        for item in items:
            if ended and not isinstance(item, (ast.Case, ast.Empty, ast.Break, ast.Declaration)):
                self.report(item.pos, 1, "warning", "unreachable", "unreachable code")
                ended = False
            self.statement(item)
            ended = isinstance(item, _ENDS)

    def statement(self, node: ast.Node) -> None:
        handler = _STATEMENTS.get(node.__class__)
        if handler is not None:
            handler(self, node)

    def block(self, node: ast.Block) -> None:
        if node.end == ast.NO_BRACES:
            self.statements(node.items)
            return
        self.scopes.append({})
        self.statements(node.items)
        self.close_scope()

    def governed(self, node: ast.Node) -> None:
        """The body of a control statement, a scope of its own."""
        if isinstance(node, ast.Empty):
            self.report(node.pos, 1, "warning", "69", "empty controlled statement found")
            return
        if isinstance(node, ast.Block):
            self.block(node)
            return
        self.scopes.append({})
        self.statement(node)
        self.close_scope()

    def expression_statement(self, node: ast.ExpressionStatement) -> None:
        value, called = node.value, self.operators_called
        self.expression(value)
        if isinstance(value, ast.Call):
            if isinstance(value.function, ast.Name):
                forms = table().functions.get(value.function.text)
                if forms and forms[0].must_check and value.function.text not in self.env.functions:
                    name = value.function.text
                    self.warn(value, "83", f"return value of '{name}' should be checked")
        elif isinstance(value, ast.Binary) and value.op == "==":
            self.report(value.pos, 2, "warning", "37", "expression has no effect, '==' compares and does not assign")
        elif isinstance(value, (ast.Binary, ast.Name, ast.Literal, ast.Member, ast.Index)):
            is_macro = isinstance(value, ast.Name) and value.text in self.env.macros
            if not is_macro and self.env.complete and called == self.operators_called:
                self.report(start_of(value), len(name_of(value)), "warning", "37", "expression has no effect")

    def condition(self, node: ast.Node) -> None:
        """The condition of a control statement."""
        found = self.expression(node)
        if isinstance(node, ast.Assign) and node.op == "=":
            message = "assignment in a condition, '==' compares"
            self.report(node.pos, 1, "warning", "assign-in-condition", message)
        if found.kind == ty.VOID:
            self.error(node, "151", f"'{name_of(node)}' - expression of 'void' type is illegal")
        elif found.kind in {ty.STRUCT, ty.ARRAY}:
            self.error(node, "150", f"'{name_of(node)}' - illegal operation use")

    def if_statement(self, node: ast.If) -> None:
        current: ast.Node | None = node
        while isinstance(current, ast.If):
            self.condition(current.condition)
            self.governed(current.then)
            current = current.otherwise
        if current is not None:
            self.governed(current)

    def while_statement(self, node: ast.While) -> None:
        self.condition(node.condition)
        self.loops += 1
        if (isinstance(node.body, ast.Empty) and isinstance(node.condition, (ast.Name, ast.Literal))) or not isinstance(
            node.body, ast.Empty
        ):
            self.governed(node.body)
        self.loops -= 1

    def do_statement(self, node: ast.DoWhile) -> None:
        self.loops += 1
        self.governed(node.body)
        self.loops -= 1
        self.condition(node.condition)

    def for_statement(self, node: ast.For) -> None:
        self.scopes.append({})
        if isinstance(node.start, ast.Declaration):
            self.declaration(node.start)
        elif node.start is not None:
            self.expression(node.start)
        if node.condition is not None:
            self.condition(node.condition)
        if node.step is not None:
            self.expression(node.step)
        self.loops += 1
        if isinstance(node.body, ast.Empty):
            pass  # a loop may do its work in its header
        else:
            self.governed(node.body)
        self.loops -= 1
        self.close_scope()

    def switch_statement(self, node: ast.Switch) -> None:
        found = self.expression(node.value)
        if found.kind in {ty.REAL, ty.STRING, ty.STRUCT, ty.CLASS, ty.ARRAY}:
            self.error(node.value, "260", f"'{name_of(node.value)}' - illegal switch expression type")
        self.scopes.append({})
        self.switches += 1
        seen: set[str] = set()
        for item in node.items:
            if isinstance(item, ast.Case):
                self.case(item, seen)
        self.statements(node.items)
        self.switches -= 1
        self.close_scope()

    def case(self, node: ast.Case, seen: set[str]) -> None:
        if node.value is None:
            if "default" in seen:
                self.report(node.pos, 7, "error", "238", "'default' - default already defined for this switch")
            seen.add("default")
            return
        self.expression(node.value)
        if isinstance(node.value, (ast.Name, ast.Literal)):
            text = node.value.text
            if text in seen:
                self.error(node.value, "172", f"'{text}' - case value already used")
            seen.add(text)
            if isinstance(node.value, ast.Name) and self.is_plain_variable(text):
                self.error(node.value, "187", f"'{text}' - constant expression required")

    def is_plain_variable(self, name: str) -> bool:
        """Whether a name is a variable that is not a constant."""
        local = self.local(name)
        if local is not None:
            return not local.constant
        variable = self.env.variables.get(name)
        if self.owner is not None and self.member_variable(self.owner, name) is not None:
            return False
        return variable is not None and (not variable.constant or bool(variable.node.flags & {"input", "sinput"}))

    def jump(self, node: ast.Node) -> None:
        if isinstance(node, ast.Break):
            if not self.loops and not self.switches:
                self.report(node.pos, 5, "error", "153", "'break' - break is allowed only in a loop or switch")
        elif not self.loops:
            self.report(node.pos, 8, "error", "210", "'continue' - continue is allowed only in a loop")

    def return_statement(self, node: ast.Return) -> None:
        if node.value is None:
            if self.result.kind not in {ty.VOID, ty.ANY}:
                self.report(node.pos, 6, "error", "121", "'return' - function must return a value")
            return
        found = self.expression(node.value)
        if self.result.kind == ty.VOID:
            if found.kind != ty.VOID and self.function is not None and not isinstance(node.value, ast.Missing):
                self.report(node.pos, 6, "error", "167", "'return' - 'void' function returns a value")
            return
        if self.result.kind not in {ty.STRUCT, ty.CLASS}:
            self.check_assignment(node.value, found, self.result, start_of(node.value))

    def delete_statement(self, node: ast.Delete) -> None:
        found = self.expression(node.value)
        if found.kind in ty.NUMERIC or found.kind in {ty.STRING, ty.ARRAY}:
            self.error(node.value, "237", f"'{name_of(node.value)}' - 'delete' must have a pointer")

    # --- declarations ---------------------------------------------------------------------------------------------

    def declaration(self, node: ast.Declaration) -> None:
        """Local variables."""
        for variable in node.variables:
            self.local_variable(variable)

    def local_variable(self, node: ast.Variable) -> None:
        known = self.type_known(node.type)
        for dim in node.dims:
            if dim is not None:
                self.expression(dim)
                self.dimension(dim)
        of_type = self.declared_type(node) if known else ty.UNKNOWN
        if of_type.kind == ty.VOID:
            self.report(node.pos, len(node.name), "error", "143", f"'{node.name}' - 'void' type is illegal here")
            of_type = ty.UNKNOWN
        self.initial_value(node, of_type)
        scope = self.scopes[-1]
        name = node.name
        if name in scope:
            self.report(node.pos, len(name), "error", "125", f"'{name}' - variable already defined")
            return
        self.hides(node)
        constant = "const" in node.flags or node.type.const
        if constant and node.init is None and of_type.kind not in {ty.ANY, ty.CLASS, ty.STRUCT, ty.POINTER}:
            if not node.flags & {"static"} and None not in node.dims:  # a dynamic array may be filled later
                self.report(node.pos, len(name), "error", "389", f"'{name}' - 'const' variable must be initialized")
        local = Local(name, node, of_type, constant=constant, is_parameter=False)
        local.used = "static" in node.flags
        scope[name] = local

    def dimension(self, dim: ast.Node) -> None:
        if isinstance(dim, ast.Name) and self.is_plain_variable(dim.text):
            self.error(dim, "188", f"'{dim.text}' - constant expression required")

    def initial_value(self, node: ast.Variable, of_type: Type) -> None:
        if node.args is not None:
            for arg in node.args:
                self.expression(arg)
        if node.init is None:
            return
        value = self.expression(node.init)
        if of_type.kind == ty.ARRAY:
            if not isinstance(node.init, ast.ArrayInit) and value.kind in ty.NUMERIC:
                self.report(start_of(node.init), 1, "error", "242", f"'{node.name}' - cannot be initialized by a value")
            return
        self.check_assignment(node.init, value, of_type, node.pos)

    def hides(self, node: ast.Variable) -> None:
        """Warn about a name that makes another unreachable."""
        name = node.name
        if any(name in scope for scope in self.scopes[:-1]):
            message = f"declaration of '{name}' hides local declaration"
            self.report(node.pos, len(name), "warning", "61", message)
        elif self.owner is not None and self.member_variable(self.owner, name) is not None:
            self.report(node.pos, len(name), "warning", "72", f"declaration of '{name}' hides member")
        elif name in self.env.variables:
            self.used.add(name)
            self.report(node.pos, len(name), "warning", "62", f"declaration of '{name}' hides global declaration")

    def local_class(self, node: ast.Class) -> None:
        """A structure declared inside a function."""
        kind = ty.CLASS if node.kind == "class" else ty.STRUCT
        self.local_types[node.name] = Type(node.name, kind, symbol=class_symbol(node, self.chunk))

    def local_enum(self, node: ast.Enum) -> None:
        """An enumeration declared inside a function."""
        of_type = Type(node.name, ty.ENUM, 4) if node.name else ty.INT_TYPE
        if node.name:
            self.local_types[node.name] = of_type
        for item in node.items:
            variable = ast.Variable(item.pos, item.name, ast.TypeRef(item.pos, "int"), (), None)
            self.scopes[-1][item.name] = Local(item.name, variable, of_type, constant=True, is_parameter=True)

    # --- flow -----------------------------------------------------------------------------------------------------

    def always_returns(self, node: ast.Node | None) -> bool:
        """Whether every way through a statement ends in a return (or never ends)."""
        if isinstance(node, ast.Return):
            return True
        if isinstance(node, ast.Block):
            return any(self.always_returns(item) for item in node.items)
        if isinstance(node, ast.If):
            current: ast.Node | None = node
            while isinstance(current, ast.If):
                if not self.always_returns(current.then):
                    return False
                current = current.otherwise
            return current is not None and self.always_returns(current)
        if isinstance(node, ast.Switch):
            has_default = any(isinstance(item, ast.Case) and item.value is None for item in node.items)
            leaves = any(isinstance(item, ast.Break) for item in node.items)
            return has_default and not leaves and any(self.always_returns(item) for item in node.items)
        if isinstance(node, (ast.While, ast.DoWhile)):
            if isinstance(node, ast.DoWhile) and self.always_returns(node.body):
                return True
            endless = isinstance(node.condition, ast.Literal) and node.condition.text in {"true", "1"}
            return endless and not _breaks(node.body)
        if isinstance(node, ast.For):
            return node.condition is None and not _breaks(node.body)
        return False


def _breaks(node: ast.Node) -> bool:
    """Whether a loop body can leave its loop by `break`."""
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, ast.Break):
            return True
        if not isinstance(top, (ast.While, ast.DoWhile, ast.For, ast.Switch)):
            stack.extend(ast.children(top))
    return False


_STATEMENTS: dict[type[ast.Node], Callable[[Any, Any], None]] = {
    ast.ExpressionStatement: StatementChecker.expression_statement,
    ast.Declaration: StatementChecker.declaration,
    ast.Block: StatementChecker.block,
    ast.If: StatementChecker.if_statement,
    ast.For: StatementChecker.for_statement,
    ast.While: StatementChecker.while_statement,
    ast.DoWhile: StatementChecker.do_statement,
    ast.Switch: StatementChecker.switch_statement,
    ast.Return: StatementChecker.return_statement,
    ast.Break: StatementChecker.jump,
    ast.Continue: StatementChecker.jump,
    ast.Delete: StatementChecker.delete_statement,
    ast.Class: StatementChecker.local_class,
    ast.Enum: StatementChecker.local_enum,
}
