"""Conditions over the claims of a token: JMESPath, as far as it is safe to ask it of what others wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# They ship no types.
import jmespath
from jmespath import exceptions, functions, visitor

LONGEST = 1000
DEEPEST = 30
# Of an evaluation, which a filter over a long list multiplies: a few hundredths of a second.
MOST_STEPS = 50_000

# What makes the data grow, so that a short condition could take memory without end.
_REFUSED_NODES = {"multi_select_list": "[a, b]", "multi_select_dict": "{a: b}", "expref": "&"}
_FUNCTIONS = frozenset(
    {"contains", "ends_with", "keys", "length", "not_null", "starts_with", "to_array", "to_number", "type", "values"}
)

# Texts and names in quotes, and literals in back quotes.
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?P<literal>(?:\\.|[^`\\])*)`""", re.DOTALL)


def _equal(one: Any, other: Any) -> bool:
    # To Python, 1 == True.
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _contains(_: functions.Functions, array: list[Any], searched: Any) -> bool:
    return any(_equal(element, searched) for element in array)


class _Functions(functions.Functions):
    """JMESPath's own, but `contains` is of lists alone: in a text it would find a group's name within another's."""

    _func_contains = functions.signature({"types": ["array"]}, {"types": []})(_contains)


_OPTIONS = visitor.Options(custom_functions=_Functions())


class _Interpreter(visitor.TreeInterpreter):
    def __init__(self) -> None:
        super().__init__(_OPTIONS)
        self._steps = 0

    def visit(self, node: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise OverflowError("the claims are too much for the condition")
        return super().visit(node, *args, **kwargs)


class NoCondition(ValueError):
    """What is wrong with an expression, as the rest of a sentence that begins with the field's name."""


class Condition:
    """A JMESPath expression that holds when its result is `true`, and not when it is merely something.

    Raises NoCondition where it cannot be one.
    """

    __slots__ = ("_tree", "expression")

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._tree = _parse(expression)
        for node, depth in _nodes(self._tree, 1):
            _refuse(node, depth)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.expression == other.expression

    def __hash__(self) -> int:
        return hash(self.expression)

    def __repr__(self) -> str:
        return f"Condition({self.expression!r})"

    def holds(self, claims: Mapping[str, Any]) -> bool:
        """Never raises: claims that are missing, or of other types than the expression needs, do not fulfil it."""
        try:
            return _Interpreter().visit(self._tree, claims) is True
        except Exception:
            # JMESPath's own errors, and Python's where the types of claims do not fit an operation.
            return False


def _parse(expression: str) -> Any:
    if len(expression) > LONGEST:
        raise NoCondition(f"must be at most {LONGEST} characters")
    _refuse_literals(expression)
    try:
        return jmespath.compile(expression).parsed
    except exceptions.JMESPathError as error:
        reason = str(error).splitlines()[0].rstrip(":").removesuffix(", for expression")
        raise NoCondition(f"is not JMESPath: {reason}") from None
    except RecursionError:
        raise NoCondition(_TOO_DEEP) from None


def _refuse_literals(expression: str) -> None:
    """JMESPath's library takes what is not JSON for a text, with a warning that nobody would see."""
    for token in _QUOTED.finditer(expression):
        literal = token["literal"]
        try:
            json.loads("null" if literal is None else literal.replace("\\`", "`"))
        except (ValueError, RecursionError):
            raise NoCondition(f"has `{literal}`, which is not JSON; a text is written in quotes: 'text'") from None


def _nodes(node: dict[str, Any], depth: int) -> Iterator[tuple[dict[str, Any], int]]:
    yield node, depth
    for child in node["children"]:
        # The bounds of a slice are no nodes.
        if isinstance(child, dict):
            yield from _nodes(child, depth + 1)


_TOO_DEEP = f"must not be nested more than {DEEPEST} deep"


def _refuse(node: dict[str, Any], depth: int) -> None:
    if depth > DEEPEST:
        raise NoCondition(_TOO_DEEP)
    if (written := _REFUSED_NODES.get(node["type"])) is not None:
        raise NoCondition(f"must not build lists or objects ({written}): a condition compares what is there")
    if node["type"] == "function_expression":
        _refuse_call(node["value"], len(node["children"]))


def _refuse_call(name: str, given: int) -> None:
    if name not in _FUNCTIONS:
        raise NoCondition(f"calls {name}(), which conditions cannot; they can {', '.join(sorted(_FUNCTIONS))}")
    signature = _Functions.FUNCTION_TABLE[name]["signature"]
    needed = len(signature)
    if given < needed or (given > needed and not signature[-1].get("variadic")):
        raise NoCondition(f"calls {name}() with {given} arguments; it takes {needed}")
