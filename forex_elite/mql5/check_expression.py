"""Expressions: their types, and what is wrong with them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from forex_elite.mql5 import ast
from forex_elite.mql5 import types as ty
from forex_elite.mql5.check_names import name_of
from forex_elite.mql5.check_values import ValueChecker
from forex_elite.mql5.table import table
from forex_elite.mql5.types import Type

_COMPARE = frozenset({"==", "!=", "<", ">", "<=", ">="})
_LOGIC = frozenset({"&&", "||"})
_BITS = frozenset({"&", "|", "^", "<<", ">>"})


class ExpressionChecker(ValueChecker):
    """The part of the checker that knows the type of every expression."""

    def expression(self, node: ast.Node) -> Type:
        """The type of an expression."""
        return _HANDLERS[node.__class__](self, node)

    # --- operators ------------------------------------------------------------------------------------------------

    def binary(self, node: ast.Binary) -> Type:
        """Operators of two operands; long sums are followed to the left without recursion."""
        spine = [node]
        while isinstance(spine[-1].left, ast.Binary):
            spine.append(spine[-1].left)
        left = self.expression(spine[-1].left)
        for one in reversed(spine):
            left = self.binary_step(one, left, self.expression(one.right))
        return left

    def binary_step(self, node: ast.Binary, left: Type, right: Type) -> Type:
        op = node.op
        if left.kind == ty.ANY or right.kind == ty.ANY or left.kind == ty.MATRIX or right.kind == ty.MATRIX:
            self.operators_called += left.kind == ty.ANY and op in {"<<", ">>"}  # of a class not known here, maybe
            return ty.BOOL_TYPE if op in _LOGIC else ty.UNKNOWN
        if left.kind == ty.VOID or right.kind == ty.VOID:
            side = node.left if left.kind == ty.VOID else node.right
            self.error(side, "151", f"'{name_of(side)}' - expression of 'void' type is illegal")
            return ty.UNKNOWN
        if left.kind in {ty.STRUCT, ty.CLASS} or right.kind in {ty.STRUCT, ty.CLASS}:
            return self.overloaded(node, left, right)
        if left.kind == ty.POINTER and left.symbol is not None and self.methods(left.symbol, "operator" + op):
            return self.overloaded(node, left, right)
        if left.kind == ty.ARRAY or right.kind == ty.ARRAY:
            self.report(node.pos, len(op), "error", "150", f"'{op}' - illegal operation use")
            return ty.UNKNOWN
        if op in _LOGIC:
            if op == "||":
                self.precedence(node)
            return ty.BOOL_TYPE
        if op in _COMPARE:
            self.comparison(node, left, right)
            return ty.BOOL_TYPE
        if left.kind == ty.STRING or right.kind == ty.STRING:
            return self.text_operation(node, left, right)
        if left.kind in ty.NUMERIC and right.kind in ty.NUMERIC:
            if op in _BITS:
                if ty.REAL in {left.kind, right.kind}:
                    self.report(node.pos, len(op), "error", "150", f"'{op}' - illegal operation use")
                return left if op in {"<<", ">>"} and left.size == 8 else ty.arithmetic(left, right)  # noqa: PLR2004
            return ty.arithmetic(left, right)
        return ty.UNKNOWN

    def precedence(self, node: ast.Binary) -> None:
        """`a && b || c` without parentheses."""
        for side in (node.left, node.right):
            if isinstance(side, ast.Binary) and side.op == "&&" and not self.parenthesised(side):
                message = "check operator precedence for possible error; use parentheses to clarify precedence"
                self.report(side.pos, 2, "warning", "80", message)
                return

    def parenthesised(self, node: ast.Binary) -> bool:
        """Whether an operation stands in parentheses: the token before it opens one and closes behind it."""
        starts, texts = self.chunk.tokens.starts, self.chunk.tokens.texts
        at = bisect_left(starts, node.pos)
        depth = 0
        for index in range(at - 1, -1, -1):
            text = texts[index]
            if text in {")", "]", "}"}:
                depth += 1
            elif text in {"(", "[", "{"}:
                if depth == 0:
                    return text == "(" and self.closes_before_or(index)
                depth -= 1
            elif depth == 0 and text in {"||", ";", ",", "?", "=", "return"}:
                return False
        return False

    def closes_before_or(self, opening: int) -> bool:
        """Whether the parenthesis at a token holds no `||` at its own level."""
        texts = self.chunk.tokens.texts
        depth = 0
        for index in range(opening, len(texts)):
            text = texts[index]
            if text in {"(", "[", "{"}:
                depth += 1
            elif text in {")", "]", "}"}:
                depth -= 1
                if depth == 0:
                    return True
            elif depth == 1 and text == "||":
                return False
        return False

    def text_operation(self, node: ast.Binary, left: Type, right: Type) -> Type:
        if node.op != "+":
            self.report(node.pos, len(node.op), "error", "150", f"'{node.op}' - illegal operation use")
            return ty.UNKNOWN
        for side, of_type in ((node.left, left), (node.right, right)):
            if of_type.kind in ty.NUMERIC and not isinstance(side, ast.Literal) and of_type is not ty.STRING_TYPE:
                self.warn(side, "181", "implicit conversion from 'number' to 'string'")
            elif of_type.kind == ty.POINTER:
                self.report(node.pos, 1, "error", "150", "'+' - illegal operation use")
        return ty.STRING_TYPE

    def comparison(self, node: ast.Binary, left: Type, right: Type) -> None:
        if (left.kind == ty.STRING) != (right.kind == ty.STRING) and ty.NULL not in {left.kind, right.kind}:
            if ty.POINTER in {left.kind, right.kind}:
                self.report(node.pos, len(node.op), "error", "302", f"'{node.op}' - type mismatch")
            else:
                self.warn(node.left, "181", "implicit conversion from 'number' to 'string'")
            return
        if left.kind == ty.ENUM and right.kind == ty.ENUM and left.name != right.name:
            self.warn(node.right, "262", f"comparison of enum '{left.name}' with enum '{right.name}'")
        if left.kind == ty.INT and right.kind == ty.INT and left.signed != right.signed:
            sizes = (left.size, right.size)
            unsigned, signed = sizes if not left.signed else sizes[::-1]
            if (
                unsigned >= max(4, signed)
                and not self.plain_constant(node.left)
                and not self.plain_constant(node.right)
            ):
                self.report(node.pos, len(node.op), "warning", "45", "sign mismatch")

    @staticmethod
    def plain_constant(node: ast.Node) -> bool:
        if isinstance(node, ast.Name):
            return table().constant(node.text) is not None
        return isinstance(node, (ast.Literal, ast.SizeOf, ast.Cast))

    def overloaded(self, node: ast.Binary, left: Type, right: Type) -> Type:
        """An operation on an object: its operator, if it has one."""
        if left.symbol is not None and left.kind != ty.ENUM:
            methods = self.methods(left.symbol, "operator" + node.op)
            if methods:
                self.operators_called += 1
                forms = self.forms_of(methods, "operator" + node.op, left.symbol, left.args)
                return self.form_result(self.operator_form(node.right, right, forms))
            if self.env.open_ended(left.symbol) or node.op in {"==", "!=", "&&", "||"}:
                return ty.UNKNOWN
        if left.symbol is None and right.symbol is not None and self.env.open_ended(right.symbol):
            return ty.UNKNOWN
        if left.symbol is not None and any(name.startswith("operator ") for name in left.symbol.methods):
            return ty.UNKNOWN
        if left.kind == ty.STRING or right.kind == ty.STRING or node.op not in {"==", "!="}:
            self.report(node.pos, len(node.op), "error", "150", f"'{node.op}' - illegal operation use")
        return ty.UNKNOWN

    def assign(self, node: ast.Assign) -> Type:
        target = self.expression(node.left)
        value = self.expression(node.right)
        self.check_writable(node.left)
        if node.op == "=":
            self.check_assignment(node.right, value, target, node.pos)
        elif target.kind in ty.NUMERIC and value.kind in ty.NUMERIC and node.op in {"+=", "-=", "*=", "/="}:
            if target.kind == ty.INT and value.kind == ty.REAL:
                self.check_conversion(node.right, value, target)
        elif target.kind == ty.STRING and value.kind in ty.OBJECTS:
            self.report(node.pos, len(node.op), "error", "150", f"'{node.op}' - illegal operation use")
        return target

    def check_assignment(self, node: ast.Node, value: Type, target: Type, pos: int) -> None:
        """Report a value that cannot be, or only lossily, put into a variable."""
        if target.kind == ty.ANY or value.kind == ty.ANY or isinstance(node, ast.ArrayInit):
            return
        if value.kind == ty.VOID:
            self.error(node, "151", f"'{name_of(node)}' - expression of 'void' type is illegal")
            return
        if target.kind in {ty.STRUCT, ty.CLASS}:
            self.assign_object(node, value, target, pos)
            return
        if not ty.convertible(value, target):
            if target.symbol is not None and (
                self.methods(target.symbol, "operator=") or self.env.open_ended(target.symbol)
            ):
                return
            if value.kind in {ty.STRUCT, ty.CLASS, ty.POINTER} and value.symbol is not None:
                if any(name.startswith("operator ") for name in value.symbol.methods):
                    return
            self.report(pos, 1, "error", "150", "'=' - illegal operation use")
            return
        if target.kind != ty.ARRAY:
            self.check_conversion(node, value, target)

    def assign_object(self, node: ast.Node, value: Type, target: Type, pos: int) -> None:
        symbol = target.symbol
        if symbol is None or value.kind in ty.OBJECTS or self.env.open_ended(symbol):
            return
        takes = self.methods(symbol, "operator=") or self.methods(symbol, symbol.name)
        if not takes and value.kind != ty.MATRIX and not isinstance(node, ast.Call):
            self.report(pos, 1, "error", "150", "'=' - illegal operation use")

    def check_writable(self, node: ast.Node) -> None:
        """Report writing to a constant or to something that is no variable."""
        if isinstance(node, ast.Name):
            name = node.text
            local = self.local(name)
            if local is not None:
                if local.constant and local.type.kind not in {ty.POINTER, ty.ANY}:
                    self.error(node, "189", f"'{name}' - constant cannot be modified")
                return
            if self.owner is not None and self.member_variable(self.owner, name) is not None:
                return
            variable = self.env.variables.get(name)
            if variable is not None:
                if variable.constant and not variable.node.type.pointer:
                    self.error(node, "189", f"'{name}' - constant cannot be modified")
            elif name in self.env.constants or table().constants.get(name) is not None:
                if not name.startswith("_"):
                    self.error(node, "177", f"'{name}' - l-value required")
        elif isinstance(node, (ast.Literal, ast.Binary)):
            self.error(node, "177", f"'{name_of(node)}' - l-value required")
        elif isinstance(node, ast.Index) and isinstance(node.array, ast.Name):
            local = self.local(node.array.text)
            if local is not None and local.constant and local.type.kind == ty.ARRAY:
                self.error(node, "189", f"'{node.array.text}' - constant cannot be modified")

    def unary(self, node: ast.Unary) -> Type:
        operand = self.expression(node.operand)
        op = node.op
        if op in {"++", "--"}:
            self.check_writable(node.operand)
            return operand
        if op == "!":
            return ty.BOOL_TYPE
        if op in {"&", "*"}:
            return ty.UNKNOWN
        if operand.kind == ty.STRING:
            self.report(node.pos, 1, "error", "150", f"'{op}' - illegal operation use")
            return ty.UNKNOWN
        if operand.kind == ty.BOOL or (operand.kind == ty.INT and operand.size < 4):  # noqa: PLR2004 - promoted to int
            return ty.INT_TYPE
        if operand.kind == ty.ENUM:
            return ty.INT_TYPE
        return operand if operand.kind in ty.NUMERIC else ty.UNKNOWN

    def postfix(self, node: ast.Postfix) -> Type:
        operand = self.expression(node.operand)
        self.check_writable(node.operand)
        if operand.kind == ty.STRING:
            self.report(node.pos, 2, "error", "150", f"'{node.op}' - illegal operation use")
        return operand

    def ternary(self, node: ast.Ternary) -> Type:
        self.expression(node.condition)
        then, otherwise = self.expression(node.then), self.expression(node.otherwise)
        if then is otherwise or then.name == otherwise.name:
            return then
        if then.kind in ty.NUMERIC and otherwise.kind in ty.NUMERIC:
            if self.plain_constant(node.then) and not self.plain_constant(node.otherwise):
                return otherwise if otherwise.kind != ty.ENUM else ty.UNKNOWN
            if ty.ENUM in {then.kind, otherwise.kind}:
                return ty.UNKNOWN
            return ty.arithmetic(then, otherwise)
        return ty.UNKNOWN

    def comma(self, node: ast.Comma) -> Type:
        result = ty.VOID_TYPE
        for item in node.items:
            result = self.expression(item)
        return result

    # --- parts of things --------------------------------------------------------------------------------------------

    def index(self, node: ast.Index) -> Type:
        array = self.expression(node.array)
        self.expression(node.index)
        if array.kind == ty.ARRAY:
            for _ in node.index.items[1:] if isinstance(node.index, ast.Comma) else ():  # `table[row, column]`
                array = ty.indexed(array) if array.kind == ty.ARRAY else ty.UNKNOWN
            return ty.indexed(array) if array.kind == ty.ARRAY else ty.UNKNOWN
        if array.kind in ty.OBJECTS and array.symbol is not None:
            methods = self.methods(array.symbol, "operator[]")
            if methods:
                return self.result_of(methods[0], self.env.classes.get(methods[0].owner), array.args)
            return ty.UNKNOWN
        if array.kind in {ty.INT, ty.REAL, ty.BOOL, ty.ENUM, ty.STRING}:
            if array.kind == ty.STRING:
                return ty.USHORT_TYPE
            self.report(node.pos, 1, "error", "241", f"'{name_of(node.array)}' - array required")
        return ty.UNKNOWN

    def member(self, node: ast.Member) -> Type:
        holder = self.expression(node.target)
        if holder.kind not in ty.OBJECTS or holder.symbol is None:
            self.check_member_target(node, holder)
            return ty.UNKNOWN
        found = self.member_variable(holder.symbol, node.name)
        if found is not None:
            symbol, owner = found
            self.check_access(node.pos, node.name, symbol.access, owner.name, "member")
            return self.variable_symbol_type(symbol, owner, holder.args)
        if self.methods(holder.symbol, node.name.rpartition("::")[2]) or self.env.open_ended(holder.symbol):
            return ty.UNKNOWN
        if any(node.name in one.constants for one in self.env.lineage(holder.symbol)):
            return ty.UNKNOWN
        self.undeclared_member(holder.symbol, node.pos, node.name)
        return ty.UNKNOWN

    def cast(self, node: ast.Cast) -> Type:
        value = self.expression(node.value)
        if not self.type_known(node.type):
            return ty.UNKNOWN
        target = self.resolve(node.type)
        if value.kind == ty.VOID:
            self.error(node.value, "151", f"'{name_of(node.value)}' - expression of 'void' type is illegal")
        elif target.kind in ty.NUMERIC and value.kind in {ty.STRUCT, ty.ARRAY}:
            self.report(node.pos, 1, "error", "252", f"'{name_of(node.value)}' - illegal casting")
        return target

    def new(self, node: ast.New) -> Type:
        for arg in node.args or ():
            self.expression(arg)
        if not self.type_known(node.type):
            return ty.UNKNOWN
        found = self.resolve(node.type)
        if found.kind in {ty.CLASS, ty.STRUCT}:
            return Type(found.name + "*", ty.POINTER, symbol=found.symbol, args=found.args)
        return ty.UNKNOWN

    def size_of(self, node: ast.SizeOf) -> Type:
        target = node.target
        if isinstance(target, ast.TypeRef):
            self.type_known(target)
        elif isinstance(target, ast.Name) and self.is_template_parameter(target.text):
            pass
        else:
            self.expression(node.target)
        return ty.INT_TYPE if node.word == "sizeof" else ty.STRING_TYPE

    def array_init(self, node: ast.ArrayInit) -> Type:
        for item in node.items:
            self.expression(item)
        return ty.UNKNOWN


_HANDLERS: dict[type[ast.Node], Callable[[Any, Any], Type]] = {
    ast.Name: ExpressionChecker.name,
    ast.Literal: ExpressionChecker.literal,
    ast.Binary: ExpressionChecker.binary,
    ast.Call: ExpressionChecker.call,
    ast.Member: ExpressionChecker.member,
    ast.Index: ExpressionChecker.index,
    ast.Assign: ExpressionChecker.assign,
    ast.Unary: ExpressionChecker.unary,
    ast.Postfix: ExpressionChecker.postfix,
    ast.Ternary: ExpressionChecker.ternary,
    ast.Cast: ExpressionChecker.cast,
    ast.New: ExpressionChecker.new,
    ast.SizeOf: ExpressionChecker.size_of,
    ast.ArrayInit: ExpressionChecker.array_init,
    ast.Comma: ExpressionChecker.comma,
    ast.TemplateName: ExpressionChecker.template_name,
    ast.Missing: ExpressionChecker.missing,
}
