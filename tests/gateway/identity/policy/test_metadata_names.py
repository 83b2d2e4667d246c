"""gateway/identity/policy/metadata_names.py, beside the installed LiteLLM's own lists."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest

from gateway.identity.policy.metadata_names import INTERPRETED, is_interpreted


def litellm_folder() -> Path:
    """Found without importing it, which takes seconds."""
    spec = importlib.util.find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def texts_of(path: Path, constant: str) -> list[str]:
    """The texts of a list or tuple that a module assigns; names in it stand for texts that it assigns, too."""
    values = {
        ast.unparse(node.target): node.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AnnAssign) and node.value is not None
    }
    elements = getattr(values[constant], "elts", [])
    return [ast.literal_eval(values[one.id] if isinstance(one, ast.Name) else one) for one in elements]


@pytest.mark.parametrize(
    ("module", "constant", "least"),
    [
        ("proxy/_types.py", "LiteLLM_ManagementEndpoint_MetadataFields", 15),
        ("proxy/_types.py", "LiteLLM_ManagementEndpoint_MetadataFields_Premium", 8),
        ("proxy/_types.py", "LiteLLM_Reserved_Metadata_Fields", 1),
        ("constants.py", "OTEL_SERVICE_NAME_METADATA_KEYS", 2),
        ("constants.py", "ADMIN_ONLY_BATCH_LIMIT_METADATA_KEYS", 2),
    ],
)
def test_litellms_lists_are_in_ours(module, constant, least):
    names = texts_of(litellm_folder() / module, constant)
    assert len(names) >= least
    assert [name for name in names if not is_interpreted(name)] == []
    if module == "proxy/_types.py":
        assert set(names) <= INTERPRETED


READS = re.compile(
    r"""\b(?:key_metadata|key_meta|user_api_key_dict\.metadata|valid_token\.metadata|user_api_key_auth_metadata
    |user_api_key_metadata|key_auth_metadata|valid_token_metadata)(?:\s+or\s+\{\}\))?(?:\.get\(|\[)\s*"([a-z_]+)\"""",
    re.VERBOSE,
)
FLAGS = re.compile(r'_METADATA_KEY: Final = "(allow_[a-z_]+)"')


def test_what_litellms_code_reads_of_a_keys_metadata_is_in_ours():
    sources = [path.read_text() for path in (litellm_folder() / "proxy").rglob("*.py")]
    read = {name for source in sources for pattern in (READS, FLAGS) for name in pattern.findall(source)}
    assert len(read) >= 20
    assert sorted(name for name in read if not is_interpreted(name)) == []


@pytest.mark.parametrize(
    "name",
    ["tags", "TAGS", "Guardrails", "_private", "litellm_anything", "user_api_key_x", "gateway_rule", "any_rpm_limit"],
)
def test_names_with_a_meaning_are_known_however_they_are_written(name):
    assert is_interpreted(name)


@pytest.mark.parametrize("name", ["cost_center", "application", "owner", "team", "environment", "ticket-id"])
def test_other_names_are_free(name):
    assert not is_interpreted(name)
