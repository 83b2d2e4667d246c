"""The templates of the EKS workload as those of a Helm chart: the same text, Jinja's expressions as Go's.

What the templates use of Jinja is little, and all of it has a counterpart: values and their fields, `to_json`, `if`,
and `for` over a list or over a dictionary by `dictsort` (Go goes through a map in the order of its keys anyway).
Whatever else somebody writes into a template is refused, so that the two cannot drift apart.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.workload_templates import ORDER, SUFFIX, environment
from jinja2 import nodes

ROOT = "values"
HEADER = "{{/* Made by `make chart` out of the role eks_workload's templates. Change those. */}}\n"


class ChartError(Exception):
    """A template uses what has no counterpart here; the message names the file, the line and what it is."""


def chart_templates(directory: Path) -> dict[str, str]:
    """The chart's templates by file name. Raises ChartError."""
    return {f"{name}.yaml": translate(directory, name) for name in ORDER}


def translate(directory: Path, name: str) -> str:
    """One template of Jinja as one of Go. Raises ChartError."""
    source = (directory / f"{name}{SUFFIX}").read_text()
    tree = environment(directory).parse(source)
    return HEADER + "".join(_Translation(f"{name}{SUFFIX}").body(tree.body, frozenset()))


class _Translation:
    def __init__(self, file: str) -> None:
        self._file = file

    def body(self, parts: Iterable[nodes.Node], names: frozenset[str]) -> Iterator[str]:
        """`names`: what the loops around it have named."""
        for part in parts:
            if isinstance(part, nodes.Output):
                yield from (self._output(one, names) for one in part.nodes)
            elif isinstance(part, nodes.If) and not part.elif_ and not part.else_:
                yield self._tag(f"if {self._value(part.test, names)}")
                yield from self.body(part.body, names)
                yield self._tag("end")
            elif isinstance(part, nodes.For) and not part.else_ and part.test is None:
                named, head = self._loop(part, names)
                yield self._tag(head)
                yield from self.body(part.body, names | named)
                yield self._tag("end")
            else:
                raise self._refusal(part)

    def _output(self, part: nodes.Node, names: frozenset[str]) -> str:
        if isinstance(part, nodes.TemplateData):
            if "{{" in part.data:
                raise self._refusal(part)
            return str(part.data)
        return f"{{{{ {self._value(part, names)} }}}}"

    @staticmethod
    def _tag(text: str) -> str:
        # Jinja takes the end of the line after a tag away, Go the one before it.
        return f"{{{{- {text} }}}}\n"

    def _loop(self, part: nodes.For, names: frozenset[str]) -> tuple[frozenset[str], str]:
        over, target = part.iter, part.target
        if isinstance(over, nodes.Filter) and over.name == "dictsort" and isinstance(target, nodes.Tuple):
            assert over.node is not None
            key, value = (self._name(one) for one in target.items)
            return frozenset({key, value}), f"range ${key}, ${value} := {self._value(over.node, names)}"
        name = self._name(target)
        return frozenset({name}), f"range ${name} := {self._value(over, names)}"

    def _name(self, node: nodes.Node) -> str:
        if not isinstance(node, nodes.Name):
            raise self._refusal(node)
        return str(node.name)

    def _value(self, node: nodes.Node, names: frozenset[str]) -> str:
        if isinstance(node, nodes.Filter) and node.name == "to_json" and node.node is not None:
            return f"{self._value(node.node, names)} | toJson"
        if isinstance(node, nodes.Getattr):
            return f"{self._value(node.node, names)}.{node.attr}"
        if isinstance(node, nodes.Name) and node.name in names:
            return f"${node.name}"
        if isinstance(node, nodes.Name) and node.name == ROOT:
            return "$.Values"
        raise self._refusal(node)

    def _refusal(self, node: nodes.Node) -> ChartError:
        return ChartError(f"{self._file}, line {node.lineno}: {type(node).__name__} cannot be translated to Go")


def main() -> int:
    """Writes the templates of the chart anew; returns the exit status."""
    role = Path(__file__).resolve().parents[2] / "roles/eks_workload"
    try:
        made = chart_templates(role / "templates")
    except ChartError as error:
        print(error, file=sys.stderr)
        return 1
    directory = role / "files/chart/templates"
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.yaml"):
        old.unlink()
    for name, text in made.items():
        (directory / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
