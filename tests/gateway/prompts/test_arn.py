"""gateway/prompts/arn.py"""

from __future__ import annotations

import pytest

from gateway.errors import RequestError
from gateway.prompts.arn import PromptArn, parse_prompt_arn

BASE = "arn:aws:bedrock:us-west-2:123456789012:prompt/6LE1KDKISG"


def test_without_a_version_the_draft_is_meant():
    arn = parse_prompt_arn(BASE)
    assert arn == PromptArn("aws", "us-west-2", "123456789012", "6LE1KDKISG", "DRAFT")
    assert arn.is_draft
    assert arn.text == BASE


def test_the_draft_can_be_named():
    assert parse_prompt_arn(f"{BASE}:DRAFT") == parse_prompt_arn(BASE)


@pytest.mark.parametrize("version", ["1", "2", "42", "99999"])
def test_a_numbered_version(version):
    arn = parse_prompt_arn(f"{BASE}:{version}")
    assert arn is not None
    assert (arn.version, arn.is_draft, arn.text) == (version, False, f"{BASE}:{version}")


@pytest.mark.parametrize(
    ("partition", "region"), [("aws", "eu-central-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_partitions(partition, region):
    text = f"arn:{partition}:bedrock:{region}:123456789012:prompt/6LE1KDKISG:7"
    arn = parse_prompt_arn(text)
    assert arn is not None
    assert (arn.partition, arn.region, arn.text) == (partition, region, text)


@pytest.mark.parametrize(
    "model",
    [
        "",
        "claude",
        "anthropic.claude-3-5-sonnet-20241022-v2:0",
        "bedrock/anthropic.claude-v2:1",
        "someone:prompt/6LE1KDKISG",
        "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-v2:1",
        "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-v2:1",
        "arn:aws:bedrock:us-west-2:123456789012:default-prompt-router/anthropic.claude:1",
        "arn:aws:bedrock:us-west-2:123456789012:custom-model/amazon.titan/abcdefghijkl",
    ],
)
def test_other_models_are_no_prompts(model):
    assert parse_prompt_arn(model) is None


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (f"{BASE}:0", "version"),
        (f"{BASE}:01", "version"),
        (f"{BASE}:100000", "version"),
        (f"{BASE}:draft", "version"),
        (f"{BASE}:", "version"),
        (f"{BASE}:1\n", "version"),
        (f"{BASE}:١", "version"),
        (f"{BASE}:1:2", "form"),
        ("arn:aws:bedrock:us-west-2:prompt/6LE1KDKISG", "form"),
        (BASE[:-1], "resource"),
        (BASE + "X", "resource"),
        (BASE.replace("6LE1KDKISG", "6LE1-DKISG"), "resource"),
        (BASE.replace("6LE1KDKISG", ""), "resource"),
        (BASE.replace("123456789012", "12345678901"), "account"),
        (BASE.replace("123456789012", ""), "account"),
        (BASE.replace("us-west-2", ""), "region"),
        (BASE.replace("us-west-2", "us-west-2.evil.example"), "region"),
        (BASE.replace("bedrock", "s3"), "service"),
        (BASE.replace("arn:aws:", "arn:aws-iso:"), "partition"),
        (BASE.replace("arn:aws:", "arn::"), "partition"),
    ],
)
def test_a_malformed_one_is_refused_and_says_where(model, named):
    with pytest.raises(RequestError, match=named) as refused:
        parse_prompt_arn(model)
    assert (refused.value.status, refused.value.param) == (400, "model")


def test_the_refusal_does_not_repeat_a_text_of_any_length():
    with pytest.raises(RequestError) as refused:
        parse_prompt_arn("arn:aws:prompt/" + "x" * 100_000)
    assert len(refused.value.message) < 400
