"""InvokeModel with the SDKs: a body of OpenAI's, whole and streamed. For the AWS CLI see test_aws_cli.py."""

from __future__ import annotations

import json

from tests.clients.conftest import Call

BODY = json.dumps({"messages": [{"role": "user", "content": "hello"}]}).encode()


def test_a_body_gets_a_body(sdk: Call):
    response = sdk("invoke_model", modelId="demo", contentType="application/json", body=BODY).response
    assert response["contentType"] == "application/json"
    (choice,) = json.loads(response["body"])["choices"]
    assert choice["finish_reason"] == "stop"
    assert "hello" in choice["message"]["content"]


def test_a_streamed_body_has_the_same_text(sdk: Call):
    whole = json.loads(sdk("invoke_model", modelId="demo", body=BODY).response["body"])
    streamed = sdk("invoke_model_with_response_stream", modelId="demo", body=BODY)
    chunks = [json.loads(event["chunk"]["bytes"]) for event in streamed.events]
    deltas = [choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]]
    assert "".join(deltas) == whole["choices"][0]["message"]["content"]


def test_a_stream_that_breaks_off_says_so(sdk: Call):
    outcome = sdk("invoke_model_with_response_stream", modelId="cut-stream", body=BODY)
    assert outcome.error["code"] in {"modelStreamErrorException", "ModelStreamErrorException"}
