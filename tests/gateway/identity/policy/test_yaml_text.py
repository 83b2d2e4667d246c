"""gateway/identity/policy/yaml_text.py."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.policy import yaml_text
from gateway.identity.policy.yaml_text import DEEPEST, Fault, NoYaml, read_yaml


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request, monkeypatch):
    """PyYAML's with libyaml, which its wheels have, and its own."""
    monkeypatch.setattr(yaml_text, "_LOADER", getattr(yaml, request.param))


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-12", -12),
        ("0", 0),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("text", "text"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("''", ""),
    ],
)
def test_scalars_are_those_of_json(written, value):
    read = read_yaml(f"a: {written}").value["a"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    "written",
    [
        "on",
        "off",
        "yes",
        "no",
        "True",
        "Null",
        "0123",
        "0o17",
        "0x1F",
        "1_000",
        "1:30",
        "2024-01-01",
        ".inf",
        ".nan",
        "+1",
        "1.",
        "<<",
    ],
)
def test_what_else_yaml_might_interpret_is_text(written):
    assert read_yaml(f"a: {written}").value == {"a": written}


def test_a_number_can_be_as_large_as_a_float():
    assert read_yaml("a: 1e999").value == {"a": math.inf}
    assert read_yaml(f"a: {'9' * 5000}").value == {"a": "9" * 5000}


def test_the_lines_of_values_are_known():
    document = read_yaml("# first\na:\n  - b: 1\n    c: [x,\n      y]\n")
    assert document.line_of(("a", 0, "b")) == 3
    assert document.line_of(("a", 0, "c", 1)) == 5
    assert document.line_of(("a", 0, "unknown", "deeper")) == 3
    assert document.line_of(()) == 2


def test_a_field_that_is_there_twice_is_a_fault_and_the_first_counts():
    document = read_yaml("a: 1\nb:\n  c: 1\n  c: 2\na: 3\na: 4\n")
    assert document.value == {"a": 1, "b": {"c": 1}}
    assert document.faults == [
        Fault(("b", "c"), "is there twice, first in line 3: keep one", 4),
        Fault(("a",), "is there twice, first in line 1: keep one", 5),
        Fault(("a",), "is there twice, first in line 1: keep one", 6),
    ]


def test_an_empty_text_is_nothing():
    assert read_yaml("").value is None
    assert read_yaml("# only a comment\n").value is None


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "sentence", "line"),
    [
        ("a: 1\nb: [1,\nc: 2", "is not YAML: ", None),
        ("a: 1\n\t- b", "is not YAML: ", 2),
        ("a: b: c", "is not YAML: mapping values are not allowed", 1),
        ("a: \x00", "is not YAML: ", None),
        ("a: 1\n---\nb: 1", "has a second document", 2),
        ("a: &x 1\nb: *x", "has an anchor or an alias", 1),
        ("a:\n  - b\n  - *c", "has an anchor or an alias", 3),
        ("a: &x [*x]", "has an anchor or an alias", 1),
        ("*a : 1", "has an anchor or an alias", 1),
        ("a: !!python/object/apply:os.system [x]", "has a tag", 1),
        ("a: !!str 1", "has a tag", 1),
        ("!a b: 1", "has a tag", 1),
        ("a: !b", "has a tag", 1),
        ("? [a]\n: b", "has a list or a mapping in place of a field's name", 1),
        ("a:\n  {b: 1}: c", "has a list or a mapping in place of a field's name", 2),
        ("[" * (DEEPEST + 2), "is nested too deeply", 1),
        ("[" * 100_000, "is nested too deeply", 1),
    ],
)
def test_what_is_not_read_is_told_with_its_line(text, sentence, line):
    with pytest.raises(NoYaml, match=sentence) as error:
        read_yaml(text)
    assert error.value.fault.path == ()
    assert "\n" not in error.value.fault.sentence
    if line is not None:
        assert error.value.fault.line == line


def test_aliases_do_not_multiply():
    bomb = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(NoYaml, match="alias"):
        read_yaml(bomb)


@given(st.text("ab:- \n[]{}&*!?#'\"|>%~0.", max_size=60))
def test_every_text_is_read_or_refused(text):
    try:
        document = read_yaml(text)
    except NoYaml:
        return
    assert document.value is None or document.lines
