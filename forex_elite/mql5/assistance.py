"""Help while typing: completions, hover and the signature of the call around the caret."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from forex_elite.mql5 import ast
from forex_elite.mql5 import types as ty
from forex_elite.mql5.analysis import TranslationUnit
from forex_elite.mql5.check_names import Local
from forex_elite.mql5.check_unit import UnitChecker
from forex_elite.mql5.chunks import Chunk, Placed
from forex_elite.mql5.lexer import IDENT, TYPE, lex
from forex_elite.mql5.parse_declaration import Parser
from forex_elite.mql5.parse_names import Unreadable
from forex_elite.mql5.printer import print_expression, print_type
from forex_elite.mql5.proposals import Completion, Proposals, standard_proposals, takes_names
from forex_elite.mql5.symbols import ClassSymbol, FunctionSymbol, builtin_overloads, builtin_structure
from forex_elite.mql5.table import table
from forex_elite.mql5.types import Type
from forex_elite.mql5.views import choices, parameter_text, signature_text

MAX_COMPLETIONS = 300


@dataclass(frozen=True, slots=True)
class Hover:
    """What is known of the name under the caret: its declaration, a sentence, and what the engine does with it."""

    declaration: str
    summary: str
    line: int
    column: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Signature:
    """One form of the function being called, and which parameter the caret is at."""

    label: str
    parameters: tuple[str, ...]
    active: int
    summary: str


class Assistant:
    """Answers about one place in a program."""

    def __init__(self, unit: TranslationUnit, offset: int) -> None:
        self.unit = unit
        self.offset = offset
        self.text = unit.main.unit.source.text
        self.tokens = lex(self.text[: self._end_of_word()])
        self.placed = self._placed()
        self.function, self.owner = self._function()

    def _end_of_word(self) -> int:
        end = self.offset
        while end < len(self.text) and (self.text[end].isalnum() or self.text[end] == "_"):
            end += 1
        return end

    def _placed(self) -> Placed | None:
        starts = [one.base for one in self.unit.main.placed]
        at = bisect_right(starts, self.offset) - 1
        return self.unit.main.placed[at] if at >= 0 else None

    def _function(self) -> tuple[ast.Function | None, ClassSymbol | None]:
        """The function the caret is in, and the class around it."""
        if self.placed is None:
            return None, None
        here = self.offset - self.placed.base
        for node in self.placed.chunk.nodes:
            if isinstance(node, ast.Function) and node.body is not None and node.pos <= here <= node.end + 1:
                owner = node.name.rpartition("::")[0]
                return node, self.unit.env.classes.get(owner)
            if isinstance(node, ast.Class) and node.pos <= here <= node.end + 1:
                symbol = self.unit.env.classes.get(node.name)
                for item in node.items or ():
                    if isinstance(item, ast.Function) and item.body is not None and item.pos <= here <= item.end + 1:
                        return item, symbol
                return None, symbol
        return None, None

    # --- what is visible here ---------------------------------------------------------------------------------------

    def locals_here(self) -> list[ast.Variable]:
        """Parameters and local variables declared above the caret."""
        if self.function is None or self.placed is None:
            return []
        here = self.offset - self.placed.base
        found = list(self.function.params)
        if self.function.body is not None:
            found += [one for one in ast.walk(self.function.body) if isinstance(one, ast.Variable) and one.pos < here]
        return [one for one in found if one.name and one.name != "..."]

    def type_of(self, expression: str) -> Type:
        """The type of the text of an expression, as if it stood at the caret."""
        tokens = lex(expression)
        tokens.texts.append("")
        tokens.kinds.append(tokens.kinds[-1])
        tokens.starts.append(tokens.starts[-1])
        parser = Parser(tokens, expression, 0)
        parser.unwinding = False
        try:
            node = parser.assignment()
        except Unreadable:
            return ty.UNKNOWN
        checker = UnitChecker(self.unit.env, Chunk([], [], stray=False, text="", tokens=tokens))
        checker.owner = self.owner
        scope: dict[str, Local] = {}
        for variable in self.locals_here():
            checker.scopes = [scope]
            scope[variable.name] = _local(variable, self.unit.env.variable_type(variable, self.owner))
        checker.scopes = [scope]
        return checker.expression(node)

    def holder_before(self) -> tuple[str, str] | None:
        """The text of the expression before the dot (or `::`) in front of the word at the caret, with the separator."""
        texts, kinds = self.tokens.texts, self.tokens.kinds
        at = len(texts) - 2
        if at >= 0 and kinds[at] in {IDENT, TYPE}:
            at -= 1
        if at < 1 or texts[at] not in {".", "::"}:
            return None
        end = start = at
        depth = 0
        while start > 0:
            text = texts[start - 1]
            if text in {")", "]"}:
                depth += 1
            elif text in {"(", "["}:
                if depth == 0:
                    break
                depth -= 1
            elif (depth == 0 and not (kinds[start - 1] in {IDENT, TYPE} or text in {".", "::", "this"})) or (
                depth == 0 and kinds[start - 1] == IDENT and start < end and kinds[start] == IDENT
            ):
                break
            start -= 1
        return " ".join(texts[start:end]), texts[at]

    def word(self) -> tuple[str, int]:
        """The name the caret is in or behind, and where it begins."""
        start = self.offset
        while start > 0 and (self.text[start - 1].isalnum() or self.text[start - 1] == "_"):
            start -= 1
        return self.text[start : self._end_of_word()], start

    # --- completions ------------------------------------------------------------------------------------------------

    def proposals(self, *, standard: bool = True) -> Proposals:
        """What may be typed here; without `standard` only what this program declares and this place asks for."""
        begin = self.placed.base if self.placed is not None else 0
        if not takes_names(self.text[begin : self.offset]):
            return Proposals((), takes_standard=False)
        word, start = self.word()
        prefix = self.text[start : self.offset].lower()
        holder = self.holder_before()
        if holder is not None:
            found = self._members(*holder)
        else:
            found = [*self._expected(), *self._names(), *(standard_proposals() if standard else ())]
        seen: set[str] = set()
        kept: list[Completion] = []
        ordered = sorted(found, key=lambda one: not one.name.lower().startswith(prefix))
        for one in ordered:
            if prefix in one.name.lower() and one.name not in seen and one.name != word + "\0":
                seen.add(one.name)
                kept.append(one)
        return Proposals(tuple(kept[:MAX_COMPLETIONS]), holder is None, len(kept) > MAX_COMPLETIONS)

    def _members(self, holder: str, separator: str) -> list[Completion]:
        if separator == "::":
            symbol = self.unit.env.classes.get(holder)
            values = choices(self.unit.env, holder)
            return [Completion(one.name, "constant", holder) for one in values] + self._class_members(symbol)
        found = self.type_of(holder)
        return self._class_members(found.symbol)

    def _class_members(self, symbol: ClassSymbol | None) -> list[Completion]:
        if symbol is None:
            return []
        env = self.unit.env
        found: list[Completion] = []
        inside = self.owner is not None and env.inherits(self.owner, symbol.name)
        for one in env.lineage(symbol):
            for name, variable in one.variables.items():
                if inside or variable.access == "public":
                    found.append(Completion(name, "member", print_type(variable.node.type)))
            for name, methods in one.methods.items():
                if name in {one.name, f"~{one.name}"} or name.startswith("operator"):
                    continue
                if inside or methods[0].access == "public":
                    found.append(Completion(name, "method", signature_text(methods[0].node), insert=f"{name}("))
        return found

    def _expected(self) -> list[Completion]:
        """The values of the enumeration that the parameter at the caret wants, first of all."""
        signatures = self._calls_here()
        if signatures is None:
            return []
        forms, active = signatures
        found: list[Completion] = []
        for form in forms:
            if active < len(form.params):
                wanted = form.params[active].type.name
                found += [Completion(one.name, "constant", wanted) for one in choices(self.unit.env, wanted)]
        return found

    def _names(self) -> list[Completion]:
        env = self.unit.env
        found = [Completion(one.name, "variable", print_type(one.type)) for one in self.locals_here()]
        found += self._class_members(self.owner)
        found += [Completion(name, "variable", print_type(one.node.type)) for name, one in env.variables.items()]
        found += [
            Completion(name, "function", signature_text(one[0].node), insert=f"{name}(")
            for name, one in env.functions.items()
            if "::" not in name
        ]
        found += [Completion(name, "class", one.node.kind) for name, one in env.classes.items()]
        found += [Completion(name, "enum", "enum") for name in env.enums]
        found += [Completion(name, "constant", one.enum) for name, one in env.constants.items()]
        found += [Completion(name, "constant", "#define") for name in env.macros]
        if self.function is None:
            found += [
                Completion(name, "event", forms[0].declaration.rstrip(";"), forms[0].summary)
                for name, forms in table().events.items()
            ]
        return found

    # --- hover ------------------------------------------------------------------------------------------------------

    def hover(self) -> Hover | None:
        word, start = self.word()
        if not word:
            return None
        line, column = self.unit.main.unit.source.position(start)
        found = self._describe(word)
        return Hover(found[0], found[1], line, column, column + len(word)) if found is not None else None

    def _describe(self, word: str) -> tuple[str, str] | None:
        holder = self.holder_before()
        if holder is not None and holder[1] == ".":
            symbol = self.type_of(holder[0]).symbol
            return self._describe_member(symbol, word) if symbol is not None else None
        for variable in reversed(self.locals_here()):
            if variable.name == word:
                return parameter_text(variable), "A local variable or parameter."
        if self.owner is not None:
            member = self._describe_member(self.owner, word)
            if member is not None:
                return member
        return self._describe_global(word) or self._describe_standard(word)

    def _describe_member(self, symbol: ClassSymbol, word: str) -> tuple[str, str] | None:
        for one in self.unit.env.lineage(symbol):
            if word in one.variables:
                return f"{parameter_text(one.variables[word].node)}", f"A member of {one.name}."
            if word in one.methods:
                forms = "\n".join(signature_text(method.node) for method in one.methods[word])
                return forms, f"A method of {one.name}."
        return None

    def _describe_global(self, word: str) -> tuple[str, str] | None:
        env = self.unit.env
        if word in env.variables:
            node = env.variables[word].node
            flags = "".join(f"{flag} " for flag in sorted(node.flags - {"const"}))
            return flags + parameter_text(node), node.label
        if word in env.functions:
            return "\n".join(signature_text(one.node) for one in env.functions[word]), "A function of this program."
        if word in env.classes:
            one = env.classes[word].node
            bases = ", ".join(print_type(base) for _, base in one.bases)
            return f"{one.kind} {word}" + (f" : {bases}" if bases else ""), ""
        if word in env.enums:
            return f"enum {word}", ", ".join(one.name for one in choices(env, word))
        if word in env.constants:
            item = env.constants[word].node
            value = f" = {print_expression(item.value)}" if item.value is not None else ""
            return f"{env.constants[word].enum} {word}{value}", item.label
        macro = self.unit.macros.get(word)
        return (f"#define {word} {macro.body}", "") if macro is not None else None

    @staticmethod
    def _describe_standard(word: str) -> tuple[str, str] | None:
        known = table()
        forms = known.functions.get(word) or known.events.get(word)
        if forms:
            note = {
                "ignored": " The backtest engine ignores it.",
                "refused": " The backtest engine refuses it.",
            }.get(forms[0].engine, "")
            where = "" if forms[0].allowed_in == "every program" else f" Only in {forms[0].allowed_in}."
            return "\n".join(one.declaration.rstrip(";") for one in forms), forms[0].summary + where + note
        constant = known.constant(word)
        if constant is not None:
            mark = {"known": "", "believed": " (value not yet checked in the terminal)", "unknown": ""}[
                constant.certainty
            ]
            value = f" = {constant.value}" if constant.value else ""
            return f"{constant.type} {word}{value}", constant.summary + mark
        if word in known.enums:
            one = known.enums[word]
            return f"enum {word}", f"{one.summary} {', '.join(one.items)}"
        structure = builtin_structure(word)
        return (known.structures[word][0], known.structures[word][1]) if structure is not None else None

    # --- signatures -------------------------------------------------------------------------------------------------

    def signatures(self) -> tuple[Signature, ...]:
        found = self._calls_here()
        if found is None:
            return ()
        forms, active = found
        result = []
        for form in forms:
            standard = table().functions.get(form.name)
            summary = standard[0].summary if standard else ""
            result.append(
                Signature(signature_text(form), tuple(parameter_text(p) for p in form.params), active, summary)
            )
        result.sort(key=lambda one: len(one.parameters) <= one.active)
        return tuple(result)

    def _calls_here(self) -> tuple[list[ast.Function], int] | None:
        """The forms of the function whose parentheses the caret is in, and the index of the argument."""
        tokens = lex(self.text[: self.offset])
        texts = tokens.texts
        depth = commas = 0
        for at in range(len(texts) - 2, -1, -1):
            text = texts[at]
            if text in {")", "]"}:
                depth += 1
            elif text in {"(", "["}:
                if depth == 0:
                    return (self._forms(texts[at - 1], tokens.starts[at - 1]), commas) if text == "(" and at else None
                depth -= 1
            elif text == "," and depth == 0:
                commas += 1
            elif text in {";", "{", "}"} and depth == 0:
                return None
        return None

    def _forms(self, name: str, start: int) -> list[ast.Function]:
        env = self.unit.env
        inner = Assistant(self.unit, start) if start != self.offset else self
        holder = inner.holder_before()
        if holder is not None and holder[1] == ".":
            symbol = self.type_of(holder[0]).symbol
            return [one.node for one in self._all_methods(symbol, name)] if symbol is not None else []
        if self.owner is not None:
            methods = self._all_methods(self.owner, name)
            if methods:
                return [one.node for one in methods]
        own = [one.node for one in env.functions.get(name, ())]
        return own or list(builtin_overloads(name))

    def _all_methods(self, symbol: ClassSymbol, name: str) -> list[FunctionSymbol]:
        return [one for base in self.unit.env.lineage(symbol) for one in base.methods.get(name, ())]


def _local(variable: ast.Variable, of_type: Type) -> Local:
    return Local(variable.name, variable, of_type, constant=False, is_parameter=True)
