"""A tree as MQL5 text. Parsing the text again gives an equal tree; layout is plain, the formatter makes it pretty."""

from __future__ import annotations

from collections.abc import Callable

from forex_elite.mql5 import ast

_LEVEL: dict[str, int] = {"||": 3, "&&": 4, "|": 5, "^": 6, "&": 7, "==": 8, "!=": 8}
_LEVEL |= {"<": 9, ">": 9, "<=": 9, ">=": 9, "<<": 10, ">>": 10, "+": 11, "-": 11, "*": 12, "/": 12, "%": 12}
_UNARY, _POSTFIX = 13, 14


def print_type(node: ast.TypeRef) -> str:
    """A type as it is written."""
    args = f"<{', '.join(print_type(one) for one in node.args)} >" if node.args else ""
    return f"{'const ' if node.const else ''}{node.name}{args}{'*' if node.pointer else ''}"


def print_expression(node: ast.Node, minimum: int = 0) -> str:
    """An expression with the parentheses it needs where operators of level `minimum` bind around it."""
    text, level = _expression(node)
    return f"({text})" if level < minimum else text


def _list(items: list[ast.Node]) -> str:
    return ", ".join(print_expression(item, 1) for item in items)


def _expression(node: ast.Node) -> tuple[str, int]:
    if isinstance(node, ast.Binary):
        return _binary(node)
    if isinstance(node, ast.Assign):
        return f"{print_expression(node.left, _UNARY)} {node.op} {print_expression(node.right, 1)}", 2
    if isinstance(node, ast.Ternary):
        condition = print_expression(node.condition, 3)
        return f"{condition} ? {print_expression(node.then, 1)} : {print_expression(node.otherwise, 1)}", 1
    if isinstance(node, ast.Unary):
        operand = print_expression(node.operand, _UNARY)
        return f"{node.op}{' ' if operand.startswith(node.op[0]) else ''}{operand}", _UNARY
    if isinstance(node, ast.Cast) and node.style == "c":
        return f"({print_type(node.type)}){print_expression(node.value, _POSTFIX)}", _UNARY
    if isinstance(node, ast.Comma):
        return _list(node.items), 0
    return _primary(node), _POSTFIX


def _binary(node: ast.Binary) -> tuple[str, int]:
    level = _LEVEL[node.op]
    parts: list[str] = []
    left: ast.Node = node
    while isinstance(left, ast.Binary) and _LEVEL[left.op] == level:
        parts.append(f" {left.op} {print_expression(left.right, level + 1)}")
        left = left.left
    return print_expression(left, level) + "".join(reversed(parts)), level


def _primary(node: ast.Node) -> str:
    match node:
        case ast.Name() | ast.Literal():
            return node.text
        case ast.TemplateName():
            return f"{node.text}<{', '.join(print_type(one) for one in node.args)} >"
        case ast.Postfix():
            return f"{print_expression(node.operand, _POSTFIX)}{node.op}"
        case ast.Call():
            return f"{print_expression(node.function, _POSTFIX)}({_list(node.args)})"
        case ast.Index():
            return f"{print_expression(node.array, _POSTFIX)}[{print_expression(node.index)}]"
        case ast.Member():
            return f"{print_expression(node.target, _POSTFIX)}.{node.name}"
        case ast.Cast():
            if node.style == "dynamic":
                return f"dynamic_cast<{print_type(node.type)} >({print_expression(node.value)})"
            return f"{print_type(node.type)}({print_expression(node.value, 1)})"
        case ast.New():
            return f"new {print_type(node.type)}" + (f"({_list(node.args)})" if node.args is not None else "")
        case ast.SizeOf():
            target = print_type(node.target) if isinstance(node.target, ast.TypeRef) else print_expression(node.target)
            return f"{node.word}({target})"
        case ast.ArrayInit():
            return f"{{{_list(node.items)}}}"
        case _:
            return ""


def print_statement(node: ast.Node) -> str:
    """A statement or declaration."""
    handler = _HANDLERS.get(type(node))
    return handler(node) if handler is not None else f"{print_expression(node)};"


def _block(node: ast.Node) -> str:
    assert isinstance(node, ast.Block)
    return "{\n" + "".join(print_statement(item) + "\n" for item in node.items) + "}"


def _if(node: ast.Node) -> str:
    parts: list[str] = []
    current: ast.Node | None = node
    while isinstance(current, ast.If):
        then = current.then if isinstance(current.then, ast.Block) else ast.Block(0, [current.then], 0)
        # A lone `if` as the governed statement would take the `else`; braces would change the tree.
        plain = isinstance(current.then, ast.Block) or not _ends_in_if(current.then)
        body = print_statement(current.then) if plain or current.otherwise is None else _block(then)
        parts.append(f"if ({print_expression(current.condition)}) {body}")
        current = current.otherwise
    if current is not None:
        parts.append(print_statement(current))
    return "\nelse ".join(parts)


def _ends_in_if(node: ast.Node) -> bool:
    while True:
        if isinstance(node, ast.If):
            return True
        if not isinstance(node, (ast.For, ast.While)):
            return False
        node = node.body


def _for(node: ast.Node) -> str:
    assert isinstance(node, ast.For)
    start = print_statement(node.start) if isinstance(node.start, ast.Declaration) else None
    if start is None:
        start = (print_expression(node.start) if node.start is not None else "") + ";"
    condition = print_expression(node.condition) if node.condition is not None else ""
    step = print_expression(node.step) if node.step is not None else ""
    return f"for ({start} {condition}; {step}) {print_statement(node.body)}"


def _switch(node: ast.Node) -> str:
    assert isinstance(node, ast.Switch)
    inner = "".join(print_statement(item) + "\n" for item in node.items)
    return f"switch ({print_expression(node.value)}) {{\n{inner}}}"


def _case(node: ast.Node) -> str:
    assert isinstance(node, ast.Case)
    return "default:" if node.value is None else f"case {print_expression(node.value, 2)}:"


def _return(node: ast.Node) -> str:
    assert isinstance(node, ast.Return)
    return "return;" if node.value is None else f"return {print_expression(node.value)};"


def _while(node: ast.Node) -> str:
    assert isinstance(node, ast.While)
    return f"while ({print_expression(node.condition)}) {print_statement(node.body)}"


def _do(node: ast.Node) -> str:
    assert isinstance(node, ast.DoWhile)
    return f"do {print_statement(node.body)} while ({print_expression(node.condition)});"


def _declaration(node: ast.Node) -> str:
    assert isinstance(node, ast.Declaration)
    first = node.variables[0]
    flags = "".join(f"{flag} " for flag in sorted(first.flags))
    base = ast.TypeRef(0, first.type.name, first.type.args, const=first.type.const and "const" not in first.flags)
    declarators = []
    for variable in node.variables:
        text = f"{'*' if variable.type.pointer else ''}{variable.name}{_dims(variable)}"
        if variable.args is not None:
            text += f"({_list(variable.args)})"
        if variable.init is not None:
            text += f" = {print_expression(variable.init, 1)}"
        declarators.append(text)
    label = node.variables[-1].label
    return f"{flags}{print_type(base)} {', '.join(declarators)};" + (f" // {label}" if label else "")


def _dims(node: ast.Variable) -> str:
    return "".join(f"[{print_expression(dim, 1) if dim is not None else ''}]" for dim in node.dims)


def _parameter(node: ast.Variable) -> str:
    if node.name == "...":
        return "..."
    init = f" = {print_expression(node.init, 1)}" if node.init is not None else ""
    return f"{print_type(node.type)} {'&' if node.reference else ''}{node.name}{_dims(node)}{init}"


def _function(node: ast.Node) -> str:
    assert isinstance(node, ast.Function)
    before = [flag for flag in ("static", "virtual", "extern", "inline") if flag in node.flags]
    after = [flag for flag in ("const method", "override", "final", "export") if flag in node.flags]
    template = f"template<{', '.join(f'typename {name}' for name in node.template)}>\n" if node.template else ""
    result = f"{print_type(node.result)} " if node.result is not None else ""
    text = f"{template}{''.join(f'{one} ' for one in before)}{result}{_function_name(node.name)}"
    text += f"({', '.join(_parameter(one) for one in node.params)})"
    text += "".join(f" {'const' if one == 'const method' else one}" for one in after)
    if "pure" in node.flags:
        text += " = 0"
    if "deleted" in node.flags:
        text += " = delete"
    if node.inits:
        text += " : " + ", ".join(f"{name}({_list(args)})" for _, name, args in node.inits)
    return text + (f"\n{_block(node.body)}" if node.body is not None else ";")


def _function_name(name: str) -> str:
    return name.replace("operator", "operator ", 1) if "operator" in name and "operator " not in name else name


def _class(node: ast.Node) -> str:
    assert isinstance(node, ast.Class)
    template = f"template<{', '.join(f'typename {name}' for name in node.template)}>\n" if node.template else ""
    bases = f" : {', '.join(f'{access} {print_type(base)}' for access, base in node.bases)}" if node.bases else ""
    words = "".join(f" {flag}" for flag in ("final", "pack") if flag in node.flags)
    if node.items is None:
        return f"{template}{node.kind} {node.name};"
    inner = "".join(print_statement(item) + "\n" for item in node.items)
    return f"{template}{node.kind} {node.name}{words}{bases} {{\n{inner}}};"


def _enum(node: ast.Node) -> str:
    assert isinstance(node, ast.Enum)
    lines = []
    for at, item in enumerate(node.items):
        value = f" = {print_expression(item.value, 1)}" if item.value is not None else ""
        comma = "," if at + 1 < len(node.items) else ""
        lines.append(f"{item.name}{value}{comma}" + (f" // {item.label}" if item.label else ""))
    base = f" : {print_type(node.base)}" if node.base is not None else ""
    return f"enum {node.name}{base} {{\n" + "\n".join(lines) + "\n};"


def _typedef(node: ast.Node) -> str:
    assert isinstance(node, ast.Typedef)
    if node.params is None:
        return f"using {node.name} = {print_type(node.result)};"
    return f"typedef {print_type(node.result)} (*{node.name})({', '.join(_parameter(one) for one in node.params)});"


def _namespace(node: ast.Node) -> str:
    assert isinstance(node, ast.Namespace)
    return f"namespace {node.name} {{\n" + "".join(print_statement(item) + "\n" for item in node.items) + "}"


_HANDLERS: dict[type[ast.Node], Callable[[ast.Node], str]] = {
    ast.Block: _block,
    ast.Empty: lambda _: ";",
    ast.ExpressionStatement: lambda node: f"{print_expression(node.value)};",  # type: ignore[attr-defined]
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.DoWhile: _do,
    ast.Switch: _switch,
    ast.Case: _case,
    ast.Return: _return,
    ast.Break: lambda _: "break;",
    ast.Continue: lambda _: "continue;",
    ast.Delete: lambda node: f"delete {print_expression(node.value)};",  # type: ignore[attr-defined]
    ast.Declaration: _declaration,
    ast.Function: _function,
    ast.Class: _class,
    ast.Enum: _enum,
    ast.Typedef: _typedef,
    ast.Namespace: _namespace,
    ast.AccessSection: lambda node: f"{node.access}:",  # type: ignore[attr-defined]
    ast.InputGroup: lambda node: f'input group "{node.title}"',  # type: ignore[attr-defined]
    ast.Directive: lambda node: f"#{node.word} {node.rest}",  # type: ignore[attr-defined]
}


def print_nodes(nodes: list[ast.Node]) -> str:
    """Top-level declarations."""
    return "".join(print_statement(node) + "\n" for node in nodes)
