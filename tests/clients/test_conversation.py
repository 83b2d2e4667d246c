"""Text with every client: whole and streamed, with settings, to any model id."""

from __future__ import annotations

from tests.clients.clients import conversation
from tests.clients.conftest import Call

ARN = "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.demo/v1:0"


def test_a_conversation_with_a_system_prompt_and_settings(client: Call):
    outcome = client(
        "converse",
        modelId="demo",
        messages=conversation("one", "two", "three"),
        system=[{"text": "be brief"}],
        inferenceConfig={"maxTokens": 200, "temperature": 0.5, "topP": 0.75},
    )
    assert outcome.seen["roles"] == ["system", "user", "assistant", "user"]
    assert outcome.seen["parameters"]["temperature"] == 0.5
    assert outcome.seen["parameters"]["top_p"] == 0.75
    assert outcome.response["stopReason"] == "end_turn"
    usage = outcome.response["usage"]
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"] > 0
    assert outcome.response["metrics"]["latencyMs"] >= 0


def test_a_stop_sequence_ends_the_answer(client: Call):
    outcome = client(
        "converse",
        modelId="demo",
        messages=conversation("say: one two STOP three"),
        inferenceConfig={"stopSequences": ["STOP"]},
    )
    assert outcome.text.strip() == "one two"


def test_a_stream_has_the_same_text_in_aws_order(sdk: Call):
    whole = sdk("converse", modelId="demo", messages=conversation("hello"))
    events = sdk("converse_stream", modelId="demo", messages=conversation("hello")).events
    names = [next(iter(event)) for event in events]
    assert names[0] == "messageStart"
    assert set(names[1:-3]) == {"contentBlockDelta"}
    assert names[-3:] == ["contentBlockStop", "messageStop", "metadata"]
    assert "".join(event["contentBlockDelta"]["delta"]["text"] for event in events[1:-3]) == whole.text
    assert events[-2]["messageStop"]["stopReason"] == "end_turn"
    assert events[-1]["metadata"]["usage"] == whole.response["usage"]


def test_a_stream_that_takes_its_time_arrives_whole(sdk: Call):
    """Clients close, or say goodbye, when a stream begins; it ends when it ends."""
    pace = {"fake": {"tokens_per_second": 40}}
    request = {"modelId": "demo", "messages": conversation("say: " + "word " * 20)}
    events = sdk("converse_stream", additionalModelRequestFields=pace, **request).events
    assert "".join(event["contentBlockDelta"]["delta"]["text"] for event in events[1:-3]).split() == ["word"] * 20
    assert "metadata" in events[-1]


def test_reasoning_is_carried(client: Call):
    reasoning, text = client("converse", modelId="demo-reasoning", messages=conversation("hello")).content
    assert reasoning["reasoningContent"]["reasoningText"]["text"]
    assert "hello" in text["text"]


def test_the_model_id_may_be_an_arn(client: Call):
    assert client("converse", modelId=ARN, messages=conversation("hello")).seen["model"] == ARN
