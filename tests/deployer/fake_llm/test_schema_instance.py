from typing import Any

import jsonschema
import pytest

from deployer.fake_llm.schema_instance import MAX_SIZE, NoInstanceError, smallest_instance

ADDRESS = {
    "type": "object",
    "properties": {"street": {"type": "string", "minLength": 2}, "number": {"type": "integer", "minimum": 1}},
    "required": ["street", "number"],
}
LIST = {"type": "object", "required": ["next"], "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}}

INSTANCES: list[tuple[Any, Any]] = [
    ({"type": "object", "properties": {"a": {"type": "string"}}}, {}),
    (ADDRESS, {"street": "xx", "number": 1}),
    ({"type": "array", "items": {"type": "boolean"}}, []),
    ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [False, False]),
    ({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "null"}, "minItems": 2}, ["", None]),
    ({"enum": ["red", "green"]}, "red"),
    ({"const": {"any": 1}}, {"any": 1}),
    ({"type": ["string", "null"]}, ""),
    ({"type": "integer", "multipleOf": 5, "minimum": 12}, 15),
    ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
    ({"required": ["a"], "properties": {"a": {"minLength": 1}}}, {"a": "x"}),
    ({"type": "object", "required": ["unknown"]}, {"unknown": None}),
    ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "string"}}}, ""),
    ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, 0),
    ({"allOf": [{"$ref": "#/$defs/address"}, {"required": ["zip"]}], "$defs": {"address": ADDRESS}}, None),
    ({"type": "object", "properties": {"b": {"type": "integer"}}, "anyOf": [{"required": ["b"]}]}, {"b": 0}),
    (LIST, {"next": None}),
    ({}, None),
    (True, None),
]


@pytest.mark.parametrize(("schema", "expected"), INSTANCES)
def test_the_instance_is_the_smallest_and_fits_the_schema(schema: Any, expected: Any) -> None:
    instance = smallest_instance(schema)
    jsonschema.Draft202012Validator(schema).validate(instance)
    if expected is not None:
        assert instance == expected


def _doubling(levels: int) -> dict[str, Any]:
    pair = [
        {"type": "object", "required": ["a", "b"], "properties": {k: {"$ref": f"#/$defs/{n}"} for k in "ab"}}
        for n in range(1, levels + 1)
    ]
    return {"$ref": "#/$defs/0", "$defs": {**{str(n): one for n, one in enumerate(pair)}, str(levels): {}}}


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}}, "without end"),
        ({"$ref": "#"}, "without end"),
        ({"anyOf": [{"$ref": "#"}]}, "without end"),
        ({"allOf": [{"$ref": "#"}]}, "without end"),
        ({"$ref": "https://example.com/schema"}, "cannot follow"),
        ({"$ref": "#/$defs/missing"}, "leads nowhere"),
        ({"type": "strnig"}, "unknown type 'strnig'"),
        ({"type": {}}, "unknown type"),
        ({"type": []}, "unknown type"),
        ({"enum": []}, "'enum'"),
        ({"anyOf": {}}, "'anyOf'"),
        ({"type": "object", "required": "a"}, "'required'"),
        ({"type": "array", "prefixItems": {}}, "'prefixItems'"),
        ({"type": "string", "minLength": 10**12}, "'minLength'"),
        ({"type": "array", "minItems": -1}, "'minItems'"),
        ({"type": "array", "minItems": MAX_SIZE, "items": {"type": "string"}}, "larger than"),
        ({"type": "integer", "minimum": 2, "maximum": 1}, "bounds"),
        ({"type": "integer", "minimum": 1e308}, "beyond"),
        ({"type": "number", "multipleOf": "x"}, "'multipleOf'"),
        (_doubling(15), "larger than"),
        (False, "a schema must be an object"),
        ([], "a schema must be an object"),
    ],
)
def test_a_schema_without_a_small_instance_is_refused_with_the_reason(schema: Any, reason: str) -> None:
    with pytest.raises(NoInstanceError, match=reason):
        smallest_instance(schema)
