"""Names and literals: what they are and of which type."""

from __future__ import annotations

from forex_elite.mql5 import ast
from forex_elite.mql5 import types as ty
from forex_elite.mql5.check_calls import CallChecker
from forex_elite.mql5.table import table
from forex_elite.mql5.types import Type

_LITERALS = {
    "real": ty.DOUBLE_TYPE,
    "string": ty.STRING_TYPE,
    "char": ty.USHORT_TYPE,
    "datetime": ty.DATETIME_TYPE,
    "color": ty.COLOR_TYPE,
    "bool": ty.BOOL_TYPE,
}
_INT_MAX = 0x7FFFFFFF


class ValueChecker(CallChecker):
    """The part of the checker that knows the type of a name or literal."""

    # --- leaves ---------------------------------------------------------------------------------------------------

    def name(self, node: ast.Name) -> Type:
        text = node.text
        for scope in reversed(self.scopes):
            local = scope.get(text)
            if local is not None:
                local.used = True
                return local.type
        if text == "this":
            if self.owner is None:
                self.undeclared(node.pos, text)
                return ty.UNKNOWN
            return Type(self.owner.name + "*", ty.POINTER, symbol=self.owner)
        if "::" in text:
            return self.qualified_name(node, text)
        if self.owner is not None:
            found = self.member_name(text)
            if found is not None:
                return found
        return self.global_name(node, text)

    def member_name(self, text: str) -> Type | None:
        """A member of the class the code stands in."""
        assert self.owner is not None
        variable = self.member_variable(self.owner, text)
        if variable is not None:
            symbol, holder = variable
            return self.variable_symbol_type(symbol, holder)
        for one in self.env.lineage(self.owner):
            constant = one.constants.get(text)
            if constant is not None:
                return Type(constant.enum, ty.ENUM, 4) if constant.enum else ty.INT_TYPE
            if text in one.methods:
                return ty.UNKNOWN
        return None

    def global_name(self, node: ast.Name, text: str) -> Type:
        env = self.env
        self.used.add(text)
        variable = env.variables.get(text)
        if variable is not None:
            return env.variable_type(variable.node)
        own = env.constants.get(text)
        if own is not None:
            return Type(own.enum, ty.ENUM, 4) if own.enum else ty.INT_TYPE
        if text == "NULL":
            return ty.NULL_TYPE
        constant = table().constant(text)
        if constant is not None:
            return self.constant_type(constant.type)
        if text in env.functions or text in table().functions or text in table().events:
            return Type(text, ty.FUNCTION)
        if self.is_type(text) or text in env.macros or self.is_template_parameter(text):
            return ty.UNKNOWN
        if self.owner is not None and env.open_ended(self.owner):
            return ty.UNKNOWN
        self.undeclared(node.pos, text)
        return ty.UNKNOWN

    def constant_type(self, name: str) -> Type:
        return self.env.named(name) or ty.INT_TYPE

    def qualified_name(self, node: ast.Name, text: str) -> Type:
        owner, _, last = text.rpartition("::")
        if not owner:
            return self.global_name(ast.Name(node.pos, last), last)
        self.used |= {owner, text}
        symbol = self.env.classes.get(owner)
        if symbol is not None:
            variable = self.member_variable(symbol, last)
            if variable is not None:
                return self.variable_symbol_type(*variable)
            return ty.UNKNOWN
        if owner in self.env.enums or owner in table().enums:
            return Type(owner, ty.ENUM, 4)
        if text in self.env.variables:
            return self.env.variable_type(self.env.variables[text].node)
        return ty.UNKNOWN

    def literal(self, node: ast.Literal) -> Type:
        if node.kind == "int":
            text = node.text.rstrip("uUlL")
            try:
                value = int(text, 0) if text[:2] in {"0x", "0X", "0b", "0B"} else int(text)
            except ValueError:
                return ty.INT_TYPE
            if value <= _INT_MAX:
                return ty.INT_TYPE
            if value <= 2 * _INT_MAX + 1:
                return ty.UINT_TYPE if text[:1] == "0" else ty.LONG_TYPE
            return ty.LONG_TYPE
        return _LITERALS[node.kind]

    def template_name(self, node: ast.TemplateName) -> Type:
        for arg in node.args:
            self.type_known(arg)
        return ty.UNKNOWN

    def missing(self, _node: ast.Missing) -> Type:
        return ty.UNKNOWN
