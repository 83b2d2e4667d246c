from __future__ import annotations

from typing import Any

import pytest

from tests.support.aws_sim.services.cloudformation.order import in_order, references


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ({"Ref": "A"}, ["A"]),
        ({"Fn::GetAtt": ["A", "Arn"]}, ["A"]),
        ({"Fn::GetAtt": "A.Arn"}, ["A"]),
        ({"Fn::Sub": "${A}/${B.Arn}"}, ["A", "B"]),
        ({"Fn::Sub": ["${A}", {"A": {"Ref": "C"}}]}, ["A", "C"]),
        ({"DependsOn": "A", "Properties": {"x": [{"Ref": "B"}]}}, ["A", "B"]),
        ({"DependsOn": ["A", "B"]}, ["A", "B"]),
        ({"Properties": {"x": "A"}}, []),
    ],
)
def test_references_are_found(resource: Any, named: list[str]) -> None:
    assert list(references(resource)) == named


def test_each_comes_after_what_it_refers_to() -> None:
    resources = {"C": {"x": {"Ref": "B"}}, "B": {"x": {"Ref": "A"}}, "A": {"x": {"Ref": "AWS::Region"}}}
    assert in_order(resources) == ["A", "B", "C"]
