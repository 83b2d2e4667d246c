"""tests/support/bedrock_agent.py answers as boto3's own description of GetPrompt says."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import httpx
import pytest
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StringShape, StructureShape
from botocore.parsers import create_parser

from tests.support.bedrock_agent import ERRORS, NEWER_PROMPTS, PROMPTS, answer
from tests.support.processes import Service

ROOT = Path(__file__).parents[3]
OPERATION = botocore.session.get_session().get_service_model("bedrock-agent").operation_model("GetPrompt")


def faults(shape: Shape, value: Any, path: str = "") -> list[str]:
    """What of a JSON value is not as the shape says: names, types, required members, unions, patterns, lengths."""
    if isinstance(shape, StructureShape):
        return _faults_of_structure(shape, value, path)
    if isinstance(shape, ListShape):
        found = _faults_of_length(shape, value, path)
        return found + [fault for n, item in enumerate(value) for fault in faults(shape.member, item, f"{path}[{n}]")]
    if isinstance(shape, StringShape):
        pattern = shape.metadata.get("pattern")
        wrong = (shape.enum and value not in shape.enum) or (pattern and not re.fullmatch(pattern, value))
        return [f"{path}: {value!r}"] if wrong else _faults_of_length(shape, value, path)
    kinds: dict[str, type | tuple[type, ...]] = {
        "float": (int, float),
        "integer": int,
        "boolean": bool,
        "timestamp": str,
    }
    return [] if isinstance(value, kinds[shape.type_name]) else [f"{path}: {value!r} is no {shape.type_name}"]


def _faults_of_structure(shape: StructureShape, value: dict[str, Any], path: str) -> list[str]:
    if shape.is_document_type:
        return []
    found = [f"{path}.{name} is required" for name in shape.required_members if name not in value]
    found += [f"{path}.{name} does not exist" for name in value if name not in shape.members]
    if shape.is_tagged_union and len(value) != 1:
        found.append(f"{path} is a union")
    for name in value.keys() & shape.members.keys():
        found += faults(shape.members[name], value[name], f"{path}.{name}")
    return found


def _faults_of_length(shape: Shape, value: Any, path: str) -> list[str]:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", sys.maxsize)
    return [] if least <= len(value) <= most else [f"{path}: length {len(value)}"]


@pytest.mark.parametrize("key", PROMPTS, ids=":".join)
def test_every_prompt_is_one_that_aws_could_give(key):
    assert faults(OPERATION.output_shape, answer(*key)) == []


@pytest.mark.parametrize("key", NEWER_PROMPTS, ids=":".join)
def test_newer_prompts_differ_in_a_content_block_only(key):
    found = faults(OPERATION.output_shape, answer(*key))
    assert found == [".variants[0].templateConfiguration.chat.messages[0].content[1].image does not exist"]


def test_the_check_finds_what_is_wrong():
    wrong = answer("CHATTUTORS") | {"id": "short", "extra": 1, "version": "0"}
    del wrong["name"]
    assert sorted(faults(OPERATION.output_shape, wrong)) == [
        ".extra does not exist",
        ".id: 'short'",
        ".name is required",
        ".version: '0'",
    ]


@pytest.mark.parametrize("key", PROMPTS, ids=":".join)
def test_botocore_reads_all_of_it(key):
    body = json.dumps(answer(*key)).encode()
    parsed = create_parser("rest-json").parse({"status_code": 200, "headers": {}, "body": body}, OPERATION.output_shape)
    for name in ("ResponseMetadata", "createdAt", "updatedAt"):
        del parsed[name]
    expected = answer(*key)
    assert parsed == {name: value for name, value in expected.items() if name in parsed}
    assert expected.keys() - parsed.keys() == {"createdAt", "updatedAt"}


@pytest.mark.parametrize(("name", "status"), ERRORS.values())
def test_errors_are_those_of_the_operation(name, status):
    (shape,) = [shape for shape in OPERATION.error_shapes if shape.name == name]
    assert shape.metadata["error"]["httpStatusCode"] == status


def test_as_a_process_it_answers_those_who_sign_and_counts(aws):
    with Service(
        [sys.executable, "-m", "tests.support.bedrock_agent"], env={}, ready=r"on (http://\S+)", cwd=ROOT
    ) as one:
        url = one.found[0]
        client = boto3.Session().client("bedrock-agent", "us-west-2", endpoint_url=url)
        assert client.get_prompt(promptIdentifier="FRUITPOEMS", promptVersion="1")["version"] == "1"
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_prompt(promptIdentifier="NOSUCHTEXT")
        client.close()
        unsigned = httpx.get(f"{url}/prompts/FRUITPOEMS/")
        assert (unsigned.status_code, unsigned.headers["x-amzn-errortype"].split(":")[0]) == (
            403,
            "MissingAuthenticationTokenException",
        )
        assert httpx.get(f"{url}/count").json() == {"FRUITPOEMS:1": 1, "NOSUCHTEXT:DRAFT": 1}


def test_a_wrong_signature_is_refused(aws):
    aws.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with Service(
        [sys.executable, "-m", "tests.support.bedrock_agent"], env={}, ready=r"on (http://\S+)", cwd=ROOT
    ) as one:
        client = boto3.Session().client("bedrock-agent", "us-west-2", endpoint_url=one.found[0])
        with pytest.raises(ClientError, match="InvalidSignatureException"):
            client.get_prompt(promptIdentifier="FRUITPOEMS")
        client.close()
