"""gateway/prompts/bedrock_agent.py and failures.py: boto3 against the simulated API."""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError, CredentialRetrievalError, NoCredentialsError, ProfileNotFound

from gateway.errors import GatewayError
from gateway.prompts import bedrock_agent
from gateway.prompts.arn import PromptArn, parse_prompt_arn
from gateway.prompts.bedrock_agent import BedrockAgent
from gateway.prompts.errors import (
    MalformedPromptArn,
    NoAwsCredentials,
    PromptAccessDenied,
    PromptNotFound,
    PromptRefused,
    PromptsThrottled,
    PromptsUnavailable,
    UnusablePrompt,
)
from gateway.prompts.failures import of_answer, of_botocore
from gateway.prompts.store import Prompts
from gateway.prompts.template import fill
from tests.support.bedrock_agent import ACCESS_KEY, EXPIRED_TOKEN, SECRET_KEY, SONNET, prompt_arn


def arn_of(prompt_id: str, version: str = "DRAFT", region: str = "us-west-2") -> PromptArn:
    arn = parse_prompt_arn(prompt_arn(prompt_id, version, region))
    assert arn is not None
    return arn


@pytest.fixture
async def prompts(api):
    opened = Prompts()
    yield opened
    await opened.close()


async def failure(prompts: Prompts, arn: PromptArn) -> GatewayError:
    """How it fails, after a look for what must not be in the message."""
    with pytest.raises(GatewayError) as failed:
        await prompts.get(arn)
    for secret in (ACCESS_KEY, SECRET_KEY, EXPIRED_TOKEN):
        assert secret not in failed.value.message
    return failed.value


# --- what is fetched


async def test_a_prompt_is_fetched_once_and_can_be_filled_in(prompts, api):
    arn = arn_of("FRUITPOEMS", "2")
    filled = [fill(await prompts.get(arn), {"topic": "fruit", "tone": "sad"}) for _ in range(3)]
    assert filled[0].model == SONNET
    assert filled[0].request["messages"][0]["content"] == [{"text": "A sad poem about fruit."}]
    assert filled[0] == filled[2]
    assert api.counts == {"FRUITPOEMS:2": 1}
    assert "ResponseMetadata" not in await prompts.get(arn)


async def test_the_draft_is_asked_for_without_a_version(prompts, api):
    filled = fill(await prompts.get(arn_of("FRUITPOEMS")), {"topic": "fruit"})
    assert filled.request["messages"][0]["content"] == [{"text": "Draft of a poem about fruit."}]
    assert api.counts == {"FRUITPOEMS:DRAFT": 1}


async def test_each_region_is_asked_for_its_own(prompts, api):
    arns = [arn_of("FRUITPOEMS", region=region) for region in ("us-west-2", "eu-central-1", "us-west-2")]
    for arn in arns:
        assert (await prompts.get(arn))["arn"] == arn.text
    assert api.regions == {"us-west-2", "eu-central-1"}
    assert api.counts == {"FRUITPOEMS:DRAFT": 2}


async def test_the_other_partitions(prompts, api):
    arn = PromptArn("aws-us-gov", "us-gov-west-1", "123456789012", "FRUITPOEMS", "1")
    assert (await prompts.get(arn))["version"] == "1"
    assert api.regions == {"us-gov-west-1"}


async def test_many_prompts_at_once(prompts, api):
    arns = [arn_of("FRUITPOEMS", version) for version in ("DRAFT", "1", "2")] + [arn_of("CHATTUTORS")]
    found = await asyncio.gather(*(prompts.get(arn) for arn in arns * 5))
    assert [prompt["arn"] for prompt in found] == [arn.text for arn in arns * 5]
    assert set(api.counts.values()) == {1}


async def test_a_block_that_boto3_does_not_know_is_refused_when_it_is_filled_in(prompts):
    prompt = await prompts.get(arn_of("IMAGESUSED"))
    with pytest.raises(UnusablePrompt, match=r"messages\[0\]\.content\[1\]\.image"):
        fill(prompt, {})


async def test_a_bedrock_api_key_in_the_environment_is_not_used(prompts, api, aws):
    aws.setenv("AWS_BEARER_TOKEN_BEDROCK", "a-key-that-cannot-read-prompts")
    assert await prompts.get(arn_of("FRUITPOEMS"))


# --- how it fails


@pytest.mark.parametrize(
    ("prompt_id", "kind", "status", "said"),
    [
        ("NOSUCHTEXT", PromptNotFound, 404, "does not exist"),
        ("DENIED0000", PromptAccessDenied, 403, "the gateway's own AWS role .* needs bedrock:GetPrompt"),
        ("THROTTLED0", PromptsThrottled, 429, "throttles"),
        ("BROKEN0000", PromptsUnavailable, 503, "InternalServerException"),
        ("INVALID000", PromptRefused, 400, "AWS refuses the prompt .*ValidationException as asked"),
        ("NOTJSON000", PromptsUnavailable, 503, "cannot be understood"),
    ],
)
async def test_errors_of_the_api(prompts, prompt_id, kind, status, said):
    error = await failure(prompts, arn_of(prompt_id))
    assert (type(error), error.status) == (kind, status)
    assert re.search(said, error.message)
    assert f":prompt/{prompt_id}" in error.message
    # A traceback in a log would show what AWS said.
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


async def test_a_version_that_does_not_exist_is_named(prompts):
    assert "or its version 9," in (await failure(prompts, arn_of("FRUITPOEMS", "9"))).message


async def test_a_prompt_of_another_account_is_not_answered_with_ones_own(prompts, api):
    other = PromptArn("aws", "us-west-2", "999999999999", "FRUITPOEMS")
    assert isinstance(await failure(prompts, other), PromptNotFound)
    assert api.counts == {"FRUITPOEMS:DRAFT": 1}


@pytest.mark.parametrize(("partition", "region"), [("aws", "cn-north-1"), ("aws-cn", "us-west-2"), ("aws", "moon-1")])
async def test_a_region_that_the_partition_does_not_have_is_never_asked(prompts, api, partition, region):
    error = await failure(prompts, PromptArn(partition, region, "123456789012", "FRUITPOEMS"))
    assert isinstance(error, MalformedPromptArn)
    assert not api.counts


async def test_no_answer_in_time(prompts, api, monkeypatch):
    monkeypatch.setattr(bedrock_agent, "READ_TIMEOUT", 0.05)
    error = await failure(prompts, arn_of("HANGING000"))
    assert isinstance(error, PromptsUnavailable)
    assert "ReadTimeoutError" in error.message
    assert api.counts == {"HANGING000:DRAFT": bedrock_agent.MAX_ATTEMPTS}


async def test_nobody_listens(prompts, aws, unused_tcp_port):
    aws.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENT", f"http://127.0.0.1:{unused_tcp_port}")
    error = await failure(prompts, arn_of("FRUITPOEMS"))
    assert isinstance(error, PromptsUnavailable)
    assert "EndpointConnectionError" in error.message


async def test_one_who_goes_away_while_aws_is_silent_leaves_at_once(prompts, api):
    caller = asyncio.create_task(prompts.get(arn_of("HANGING000")))
    await api.asked.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await prompts.get(arn_of("FRUITPOEMS"))


# --- credentials


async def test_without_credentials_the_gateway_says_so(prompts, aws, caplog):
    aws.delenv("AWS_ACCESS_KEY_ID")
    error = await failure(prompts, arn_of("FRUITPOEMS"))
    assert isinstance(error, NoAwsCredentials)
    assert "the gateway has no valid AWS credentials for managed prompts" in error.message
    assert "GetPrompt of arn:aws:bedrock:" in caplog.text


async def test_credentials_that_come_later_are_found(prompts, aws):
    aws.delenv("AWS_ACCESS_KEY_ID")
    await failure(prompts, arn_of("FRUITPOEMS"))
    aws.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    assert await prompts.get(arn_of("FRUITPOEMS"))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("AWS_SESSION_TOKEN", EXPIRED_TOKEN, "ExpiredTokenException"),
        ("AWS_ACCESS_KEY_ID", "AKIAUNKNOWNUNKNOWN00", "UnrecognizedClientException"),
        ("AWS_SECRET_ACCESS_KEY", "another", "InvalidSignatureException"),
        ("AWS_PROFILE", "nobody", "ProfileNotFound"),
    ],
)
async def test_credentials_that_are_not_valid(prompts, aws, caplog, name, value, code):
    aws.setenv(name, value)
    error = await failure(prompts, arn_of("FRUITPOEMS"))
    assert isinstance(error, NoAwsCredentials)
    assert error.status == 503
    assert code in error.message
    for secret in (ACCESS_KEY, SECRET_KEY, value if name != "AWS_PROFILE" else SECRET_KEY):
        assert secret not in error.message
        assert secret not in caplog.text


@pytest.mark.parametrize(
    "error",
    [NoCredentialsError(), ProfileNotFound(profile="p"), CredentialRetrievalError(provider="sts", error_msg="AKIA")],
)
def test_failures_of_the_credential_chain(error):
    failed = of_botocore(arn_of("FRUITPOEMS"), error)
    assert isinstance(failed, NoAwsCredentials)
    assert "AKIA" not in failed.message


@pytest.mark.parametrize("response", [{}, {"Error": {}}, {"Error": {"Code": "x" * 1000, "Message": "AKIA"}}])
def test_an_error_that_nobody_expects(response):
    failed = of_answer(arn_of("FRUITPOEMS"), ClientError(response, "GetPrompt"))
    assert (type(failed), failed.status) == (PromptsUnavailable, 503)
    assert "AKIA" not in failed.message
    assert len(failed.message) < 300


async def test_what_the_operator_must_see_is_logged(prompts, caplog):
    with caplog.at_level(logging.WARNING):
        await failure(prompts, arn_of("NOSUCHTEXT"))
        assert not caplog.records
        await failure(prompts, arn_of("DENIED0000"))
    assert "AccessDeniedException" in caplog.text
    assert ACCESS_KEY not in caplog.text


# --- what it costs


def test_boto3_is_not_imported_before_a_prompt_is():
    code = (
        "import sys, gateway.prompts.store; print({name.split('.')[0] for name in sys.modules} & {'boto3', 'botocore'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_number_of_clients_is_bounded(aws, monkeypatch):
    monkeypatch.setattr(bedrock_agent, "MAX_REGIONS", 2)
    agent = BedrockAgent()
    arns = [arn_of("FRUITPOEMS", region=region) for region in ("us-west-2", "us-east-1", "us-west-2", "eu-west-1")]
    clients = [agent._client(arn) for arn in arns]
    assert clients[0] is clients[2]
    assert list(agent._clients) == [("aws", "us-west-2"), ("aws", "eu-west-1")]
    agent.close()


def test_a_region_that_was_used_is_not_taken_for_one_of_another_partition(aws):
    agent = BedrockAgent()
    agent._client(arn_of("FRUITPOEMS"))
    with pytest.raises(MalformedPromptArn, match="aws-cn"):
        agent._client(replace(arn_of("FRUITPOEMS"), partition="aws-cn"))
    agent.close()


def test_credentials_are_obtained_in_the_region_of_the_settings(aws):
    agent = BedrockAgent("eu-west-3")
    assert agent._client(arn_of("FRUITPOEMS")).meta.region_name == "us-west-2"
    assert agent._session.region_name == "eu-west-3"
    agent.close()
