"""Calls: which form of a function is meant, whether its arguments fit, and what comes back."""

from __future__ import annotations

from abc import abstractmethod

from forex_elite.mql5 import ast
from forex_elite.mql5 import types as ty
from forex_elite.mql5.check_names import NameChecker, name_of, start_of
from forex_elite.mql5.symbols import ClassSymbol, FunctionSymbol, builtin_overloads
from forex_elite.mql5.table import table
from forex_elite.mql5.types import Type

_IMPOSSIBLE = 1000
# One form of a function, the class it belongs to, and the template arguments of that class.
Form = tuple[ast.Function, ClassSymbol | None, tuple[Type, ...]]
_LVALUES = (ast.Name, ast.Member, ast.Index)


def parameter_range(function: ast.Function) -> tuple[int, int]:
    """The least and the greatest number of arguments."""
    params = function.params
    if params and params[-1].name == "...":
        return sum(1 for one in params[:-1] if one.init is None), 1_000_000
    return sum(1 for one in params if one.init is None), len(params)


class CallChecker(NameChecker):
    """The part of the checker that understands calls."""

    @abstractmethod
    def expression(self, node: ast.Node) -> Type:
        """The type of an expression; everything inside is checked on the way."""

    def choose(self, call: ast.Call, label: str, forms: list[Form]) -> Form | None:
        """The form of a function that fits a call best; reports when none does."""
        types = [self.expression(arg) for arg in call.args]
        if any(isinstance(arg, ast.Missing) for arg in call.args):
            return forms[0]
        if any(one.kind == ty.MATRIX for one in types) and forms[0][0] in builtin_overloads(label):
            return None  # the functions of numbers take vectors and matrices too, and give such
        count = len(types)
        fitting = []
        for form in forms:
            least, most = parameter_range(form[0])
            if least <= count <= most:
                fitting.append(form)
        pos = call.function.pos
        if not fitting:
            if len(forms) == 1:
                self.report(pos, len(label), "error", "199", f"'{label}' - wrong parameters count")
            else:
                message = f"'{label}' - no one of the overloads can be applied to the function call"
                self.report(pos, len(label), "error", "166", message)
            return None
        best, best_cost = fitting[0], _IMPOSSIBLE * 100
        for form in fitting:
            cost = sum(
                self.cost(arg, given, param, form)
                for arg, given, param in zip(call.args, types, form[0].params, strict=False)
                if param.name != "..."
            )
            if cost < best_cost:
                best, best_cost = form, cost
        if best_cost >= _IMPOSSIBLE and len(fitting) > 1:
            message = f"'{label}' - no one of the overloads can be applied to the function call"
            self.report(pos, len(label), "error", "166", message)
            return best
        for arg, given, param in zip(call.args, types, best[0].params, strict=False):
            if param.name == "...":
                break
            self.check_argument(arg, given, param, best)
        return best

    def wanted(self, param: ast.Variable, form: Form) -> Type:
        """The type of a parameter in the form of a function."""
        function, holder, args = form
        if holder is not None and holder.node.template:
            return self.in_template(param, holder, args)
        return self.env.variable_type(param, holder, frozenset(function.template))

    def cost(
        self,
        arg: ast.Node,
        given: Type,
        param: ast.Variable,
        form: Form,
    ) -> int:
        """How far an argument is from a parameter; 0 is exact."""
        want = self.wanted(param, form)
        if given.kind == ty.ANY or want.kind == ty.ANY:
            return 1 if not param.dims or given.kind in {ty.ANY, ty.ARRAY, ty.NULL, ty.MATRIX} else _IMPOSSIBLE
        if want.kind == ty.ARRAY or given.kind == ty.ARRAY:
            return self.array_cost(given, want)
        if given is want or given.name == want.name:
            return 0
        if not ty.convertible(given, want):
            return _IMPOSSIBLE
        writable = isinstance(arg, _LVALUES) or given.kind in ty.OBJECTS
        if param.reference and not param.type.const and not writable:
            return _IMPOSSIBLE
        if given.kind == ty.STRING or want.kind == ty.STRING:
            return 40 if given.kind != ty.NULL else 2
        if given.kind == ty.INT and want.kind == ty.INT:
            if given is ty.DATETIME_TYPE or want is ty.DATETIME_TYPE:
                return 6
            return 1 if want.size >= given.size else 5
        if given.kind in ty.OBJECTS or want.kind in ty.OBJECTS:
            return 1
        if given.kind == ty.REAL and want.kind == ty.REAL:
            return 1
        return 8 if given.kind == ty.REAL else 4

    def array_cost(self, given: Type, want: Type) -> int:
        if given.kind == ty.NULL or given.kind == ty.MATRIX or want.kind == ty.MATRIX:
            return 1
        if given.kind != ty.ARRAY or want.kind != ty.ARRAY:
            return _IMPOSSIBLE
        a, b = given.element, want.element
        assert a is not None
        assert b is not None
        if len(given.dims) != len(want.dims):
            return _IMPOSSIBLE if b.kind != ty.ANY else 0
        if a.kind == ty.ANY or b.kind == ty.ANY or a.name == b.name or a.kind in ty.OBJECTS:
            return 0 if a.name == b.name else 1
        if ty.ENUM in {a.kind, b.kind} or ({a.kind, b.kind} <= {ty.INT, ty.BOOL} and a.size == b.size):
            return 3
        return _IMPOSSIBLE

    def check_argument(
        self,
        arg: ast.Node,
        given: Type,
        param: ast.Variable,
        form: Form,
    ) -> None:
        """Report what is wrong, or lossy, about one argument of the chosen form."""
        want = self.wanted(param, form)
        if given.kind == ty.ANY or (want.kind == ty.ANY and not param.dims):
            return
        if param.dims and given.kind not in {ty.ARRAY, ty.NULL, ty.MATRIX}:
            self.error(arg, "241", f"'{name_of(arg)}' - array required")
            return
        if want.kind == ty.ARRAY or given.kind == ty.ARRAY:
            if self.array_cost(given, want) >= _IMPOSSIBLE:
                self.error(arg, "246", f"'{name_of(arg)}' - parameter conversion not allowed")
            return
        if not ty.convertible(given, want):
            self.error(arg, "246", f"'{name_of(arg)}' - parameter conversion not allowed")
            return
        if param.reference and not param.type.const:
            self.check_reference(arg, given, want)
            return
        self.check_conversion(arg, given, want)

    def check_reference(self, arg: ast.Node, given: Type, want: Type) -> None:
        if not isinstance(arg, _LVALUES):
            if given.kind not in ty.OBJECTS and not isinstance(arg, (ast.Cast, ast.Ternary, ast.Unary)):
                self.error(arg, "200", f"'{name_of(arg)}' - parameter passed as reference, variable expected")
            return
        if given.kind in ty.NUMERIC and want.kind in ty.NUMERIC and given.name != want.name:
            if not (given.kind == want.kind == ty.INT and given.size == want.size) and ty.ENUM not in {
                given.kind,
                want.kind,
            }:
                self.error(arg, "201", f"'{name_of(arg)}' - variable of the same type expected")

    def check_conversion(self, value: ast.Node, given: Type, want: Type) -> None:
        """Warn about a number or text that changes on its way."""
        if given.kind == ty.STRING and want.kind in ty.NUMERIC:
            self.warn(value, "180", "implicit conversion from 'string' to 'number'")
        elif given.kind in ty.NUMERIC and want.kind == ty.STRING:
            self.warn(value, "181", "implicit conversion from 'number' to 'string'")
        elif given.kind == ty.ENUM and want.kind == ty.ENUM and given.name != want.name:
            self.warn(value, "262", f"implicit conversion from enum '{given.name}' to enum '{want.name}'")
        elif ty.loses_data(given, want) and not self.constant_fits(value, given, want):
            message = f"possible loss of data due to type conversion from '{given.name}' to '{want.name}'"
            self.warn(value, "43", message)

    def constant_fits(self, value: ast.Node, given: Type, want: Type) -> bool:
        """Whether a value is a constant, which the compiler converts by itself."""
        while isinstance(value, ast.Unary) and value.op in {"-", "+", "~"}:
            value = value.operand
        if isinstance(value, ast.Literal):
            if value.kind == "real" and want.kind == ty.INT:
                return value.text.rstrip("fF").rstrip("0").endswith(".")
            return True
        if isinstance(value, ast.Binary):
            return self.constant_fits(value.left, given, want) and self.constant_fits(value.right, given, want)
        if isinstance(value, ast.Name):
            constant = table().constant(value.text)
            return (constant is not None and given.kind == ty.INT) or value.text in self.env.constants
        return isinstance(value, (ast.SizeOf, ast.Missing))

    # --- the functions behind names ---------------------------------------------------------------------------------

    def call(self, node: ast.Call) -> Type:
        """The type of a call."""
        target = node.function
        if isinstance(target, ast.Name):
            return self.named_call(node, target)
        if isinstance(target, ast.Member):
            return self.method_call(node, target)
        if not isinstance(target, ast.TemplateName):
            self.expression(target)
        for arg in node.args:
            self.expression(arg)
        if isinstance(target, ast.TemplateName):
            self.used.add(target.text)
            if not self.is_template_name(target.text):
                self.undeclared(target.pos, target.text)
            for arg_type in target.args:
                self.type_known(arg_type)
        return ty.UNKNOWN

    def is_template_name(self, name: str) -> bool:
        """Whether `name<type>(…)` can be called: a function, a class, or a method of this class or the named one."""
        owner, _, method = name.rpartition("::")
        holder = self.env.classes.get(owner) if owner else self.owner
        if holder is not None and (self.methods(holder, method) or self.env.open_ended(holder)):
            return True
        return name in self.env.functions or name in self.env.macros or self.env.named(name) is not None

    def named_call(self, node: ast.Call, target: ast.Name) -> Type:
        name = target.text
        scoped = name.startswith("::")
        name = name.removeprefix("::")
        local = None if scoped else self.local(name)
        if local is not None:
            local.used = True
            return self.plain_arguments(node)
        if "::" in name:
            return self.qualified_call(node, name)
        if self.owner is not None and not scoped:
            methods = self.methods(self.owner, name)
            if methods:
                forms = self.forms_of(methods, name)
                # What no method takes goes to the function outside: Symbol() in a class with Symbol(string).
                count = len(node.args)
                ranges = [parameter_range(form[0]) for form in forms]
                if any(least <= count <= most for least, most in ranges) or not builtin_overloads(name):
                    return self.form_result(self.choose(node, name, forms))
            if self.member_variable(self.owner, name) is not None:
                return self.plain_arguments(node)
        self.used.add(name)
        functions = self.env.functions.get(name)
        builtin = builtin_overloads(name)
        if functions:
            own: list[Form] = [(one.node, None, ()) for one in functions]
            forms_of: list[Form] = [*own, *((one, None, ()) for one in builtin)]
            return self.form_result(self.choose(node, name, self.distinct(forms_of)))
        if builtin:
            chosen = self.choose(node, name, [(one, None, ()) for one in builtin])
            return self.form_result(chosen)
        if name in self.env.variables:
            return self.plain_arguments(node)
        found = self.env.named(name) or (ty.UNKNOWN if self.is_type(name) else None)
        if found is not None:
            self.plain_arguments(node)
            return found
        if self.owner is not None and self.env.open_ended(self.owner):
            return self.plain_arguments(node)
        if table().events.get(name):
            return self.plain_arguments(node)
        self.undeclared(target.pos, name)
        return self.plain_arguments(node)

    def operator_form(self, operand: ast.Node, given: Type, forms: list[Form]) -> Form:
        """The form of an operator that fits its right operand best."""
        binary = [form for form in forms if form[0].params]
        return min(
            binary or forms, key=lambda form: self.cost(operand, given, form[0].params[0], form) if binary else 0
        )

    def distinct(self, forms: list[Form]) -> list[Form]:
        """Forms without those a prototype repeats; a prototype with defaults wins over its definition without them."""
        kept: dict[tuple[str, ...], Form] = {}
        for form in forms:
            key = tuple(f"{one.type.name}{len(one.dims)}" for one in form[0].params)
            known = kept.get(key)
            if known is None or parameter_range(form[0])[0] < parameter_range(known[0])[0]:
                kept[key] = form
        return list(kept.values())

    def form_result(self, form: Form | None) -> Type:
        if form is None:
            return ty.UNKNOWN
        function, holder, args = form
        if function.result is None or function.result.name in function.template:
            return ty.UNKNOWN
        if holder is not None and function.result.name in holder.node.template:
            at = holder.node.template.index(function.result.name)
            return args[at] if at < len(args) else ty.UNKNOWN
        return self.env.resolve(function.result, holder, frozenset(function.template))

    def plain_arguments(self, node: ast.Call) -> Type:
        for arg in node.args:
            self.expression(arg)
        return ty.UNKNOWN

    def qualified_call(self, node: ast.Call, name: str) -> Type:
        """`Class::Method(…)` or `Namespace::Function(…)`."""
        owner, _, method = name.rpartition("::")
        self.used |= {owner, name}
        symbol = self.env.classes.get(owner)
        if symbol is not None:
            methods = self.methods(symbol, method)
            if methods:
                return self.form_result(self.choose(node, method, self.forms_of(methods, method)))
        elif name in self.env.functions:
            forms_of = [(one.node, None, ()) for one in self.env.functions[name]]
            return self.form_result(self.choose(node, method, [*forms_of]))
        return self.plain_arguments(node)

    def method_call(self, node: ast.Call, target: ast.Member) -> Type:
        holder = self.expression(target.target)
        if holder.kind not in ty.OBJECTS or holder.symbol is None:
            self.check_member_target(target, holder)
            return self.plain_arguments(node)
        symbol = holder.symbol
        name = target.name.rpartition("::")[2]
        if "::" in target.name:
            symbol = self.env.classes.get(target.name.rpartition("::")[0], symbol)
        methods = self.methods(symbol, name)
        if not methods:
            variable = self.member_variable(symbol, name)
            if variable is None and not self.env.open_ended(symbol):
                self.undeclared_member(symbol, target.pos, name)
            return self.plain_arguments(node)
        self.check_access(target.pos, name, methods[0].access, methods[0].owner, "method")
        return self.form_result(self.choose(node, name, self.forms_of(methods, name, symbol, holder.args)))

    def forms_of(
        self, methods: list[FunctionSymbol], name: str, symbol: ClassSymbol | None = None, args: tuple[Type, ...] = ()
    ) -> list[Form]:
        """The forms of methods; default values may stand in a definition outside of the class alone."""
        forms: list[Form] = []
        for one in methods:
            holder = self.env.classes.get(one.owner) or symbol
            forms.append((one.node, holder, args if holder is symbol else ()))
        for owner in {one.owner for one in methods if one.node.body is None}:
            self.used.add(f"{owner}::{name}")
            holder = self.env.classes.get(owner) or symbol
            outside = self.env.functions.get(f"{owner}::{name}", ())
            forms += [(one.node, holder, args if holder is symbol else ()) for one in outside]
        return self.distinct(forms)

    def check_member_target(self, target: ast.Member, holder: Type) -> None:
        """Report a dot behind something that has no members."""
        if not self.env.complete:
            return
        if holder.kind in ty.NUMERIC or holder.kind in {ty.STRING, ty.VOID}:
            if target.name not in {"Size", "Length"}:
                self.report(start_of(target), len(name_of(target.target)), "error", "280", self.no_members(target))
        elif holder.kind == ty.ARRAY and target.name != "Size":
            self.report(start_of(target), len(name_of(target.target)), "error", "280", self.no_members(target))

    @staticmethod
    def no_members(target: ast.Member) -> str:
        return f"'{name_of(target.target)}' - class type expected, '{target.name}' has no object"

    def check_access(self, pos: int, name: str, access: str, owner: str, what: str) -> None:
        """Report use of a private or protected member from outside."""
        if access == "public":
            return
        here = self.owner
        if here is not None and (here.name == owner or (access == "protected" and self.env.inherits(here, owner))):
            return
        if here is not None and any(owner in one.inner or here.name in one.inner for one in self.env.classes.values()):
            return
        code = {("private", "method"): "214", ("private", "member"): "211", ("protected", "method"): "264"}
        number = code.get((access, what), "204")
        self.report(
            pos, len(name), "error", number, f"'{owner}::{name}' - cannot access {access} member {what_of(what)}"
        )


def what_of(what: str) -> str:
    """The word for a kind of member."""
    return "function" if what == "method" else "variable"
