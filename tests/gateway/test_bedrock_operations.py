"""Which operations there are under /bedrock, and how all of them fail."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
from botocore.config import Config

import gateway.app  # noqa: F401 - so that every error there is has been defined
from gateway.api.bedrock.operations import OPERATIONS
from gateway.api.bedrock.streams import CONVERSE_EXCEPTIONS, INVOKE_EXCEPTIONS
from gateway.api.dialects import aws_exception, aws_members, render_aws
from gateway.errors import GatewayError, SessionBusy, UnknownOperation, UnsupportedField, UpstreamRefusal
from tests.gateway.conftest import KEY
from tests.support.processes import Gateway
from tests.support.service_model import service_model, violations

SERVED = {
    "Converse": "converse",
    "ConverseStream": "converse-stream",
    "InvokeModel": "invoke",
    "InvokeModelWithResponseStream": "invoke-with-response-stream",
    "CountTokens": "count-tokens",
}
OTHERS = [operation for operation in OPERATIONS if operation.name not in SERVED]
MIB = 1024 * 1024


def refusal(response: httpx.Response) -> str:
    """The message of an answer that says that there is no such operation."""
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (404, "UnknownOperationException")
    assert response.headers["x-amzn-requestid"] == response.headers["x-request-id"]
    assert set(response.json()) == {"message"}
    return str(response.json()["message"])


# --- the table ---------------------------------------------------------------------


def test_every_operation_of_the_service_model_is_known():
    model = service_model()
    of_the_model = {
        name: (model.operation_model(name).http["method"], model.operation_model(name).http["requestUri"])
        for name in model.operation_names
    }
    assert {operation.name: (operation.method, operation.path) for operation in OPERATIONS} == of_the_model


@pytest.mark.parametrize("operation", OTHERS, ids=lambda operation: operation.name)
def test_an_operation_that_is_not_served_is_named(echoing: Gateway, operation):
    path = operation.path.replace("{", "").replace("}", "")
    message = refusal(httpx.request(operation.method, f"{echoing.url}/bedrock{path}?a=secret"))
    assert f"{operation.method} /bedrock{path}: {operation.name} is not served" in message
    assert "secret" not in message
    assert all(name in message for name in SERVED.values())


@pytest.mark.parametrize(("name", "path"), SERVED.items())
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_of_a_served_path_is_no_operation(echoing: Gateway, name, path, method):
    message = refusal(httpx.request(method, f"{echoing.url}/bedrock/model/demo/{path}", headers=KEY))
    assert f"{name} is asked for by POST" in message


@pytest.mark.parametrize(
    "path",
    [
        "/bedrock",
        "/bedrock/",
        "/bedrock//",
        "/bedrock/model/demo",
        "/bedrock/model/demo/converse/",
        "/bedrock/model/demo/Converse",
        "/bedrock/model//converse/x",
        "/bedrock/model/demo/converse%2Dstream",
        "/bedrock/health",
        "/bedrock/health/readiness/",
        "/%62edrock/model/demo/converse",
        "/bedrock%2Fmodel/demo/converse",
        "/bedrock/key/info",
        f"/bedrock/{'a' * 5000}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_under_bedrock_is_relayed(echoing: Gateway, path, method):
    message = refusal(httpx.request(method, echoing.url + path, headers=KEY))
    assert "is no operation" in message
    assert len(message) < 1000


def test_head_has_no_body(echoing: Gateway):
    response = httpx.head(f"{echoing.url}/bedrock/model/demo/converse")
    assert (response.status_code, response.content) == (404, b"")


@pytest.mark.parametrize("path", ["/bedrockish", "/v1/bedrock/x", "/x/bedrock/"])
def test_other_paths_are_still_litellms(echoing: Gateway, path):
    assert httpx.get(echoing.url + path).json()["target"] == path


# --- bodies --------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1000, MIB, 3 * MIB])
@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/guardrail-checks/invoke", KEY, 404),
        ("/model/demo/invoke", {"authorization": "AWS4-HMAC-SHA256 Credential=AKIA"}, 403),
        ("/model/demo/converse", {}, 403),
        ("/model/demo/converse", KEY | {"content-type": "text/plain"}, 400),
        ("/model/%FF/converse", KEY, 400),
        ("/model/demo/count-tokens", KEY, 400),
        ("/model/demo/invoke", KEY | {"x-amzn-bedrock-unknown": "1"}, 400),
    ],
)
def test_the_connection_outlives_a_refusal(gateway: Gateway, path, headers, status, size):
    address = urlsplit(gateway.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    for _ in range(3):
        connection.request("POST", f"/bedrock{path}", body=b" " * size, headers=headers)
        response = connection.getresponse()
        response.read()
        assert response.status == status
        assert response.getheader("connection") != "close"
    connection.close()


def test_a_body_without_end_is_not_read_to_it(gateway: Gateway):
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += MIB
            yield b" " * MIB

    # Refused, or cut off under the upload where that is slower to notice.
    with contextlib.suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        refusal(httpx.post(f"{gateway.url}/bedrock/async-invoke", content=pieces()))
    assert sent < 200 * MIB


# --- signatures ---------------------------------------------------------------------


@pytest.mark.parametrize("path", SERVED.values())
@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {"authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/bedrock/aws4_request"}),
        ("", {"authorization": "AWS4-ECDSA-P256-SHA256 Credential=AKIA/20260101/bedrock/aws4_request"}),
        ("?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0123", {}),
    ],
)
def test_a_signed_request_is_told_what_to_do_instead(echoing: Gateway, path, query, headers):
    response = httpx.post(f"{echoing.url}/bedrock/model/demo/{path}{query}", json={}, headers=headers)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
    assert "AWS_BEARER_TOKEN_BEDROCK" in response.json()["message"]


def test_boto3s_presigned_urls_are_refused(echoing: Gateway, monkeypatch):
    monkeypatch.delenv("AWS_BEARER_TOKEN_BEDROCK", raising=False)
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=f"{echoing.url}/bedrock",
        region_name="us-east-1",
        aws_access_key_id="AKIATESTTESTTESTTEST",
        aws_secret_access_key="not-a-secret",
        config=Config(signature_version="v4"),
    )
    url = client.generate_presigned_url("converse", Params={"modelId": "demo"})
    client.close()
    response = httpx.post(url, json={})
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")


# --- what all of them send when they fail -----------------------------------------------


def error_classes(base: type[GatewayError] = GatewayError) -> Iterator[type[GatewayError]]:
    for each in base.__subclasses__():
        yield each
        yield from error_classes(each)


def every_error() -> Iterator[GatewayError]:
    """One of each class, and what LiteLLM can say by its status and its code."""
    for each in error_classes():
        if each is UpstreamRefusal:
            continue
        error = each.__new__(each)
        GatewayError.__init__(error, "message")
        yield error
    for status in range(400, 600):
        for code in ("budget_exceeded", "unknown", "rate_limit_error", "None"):
            yield UpstreamRefusal(status, "message", code=code)


SHAPES = {shape.name: shape for shape in service_model().error_shapes}


def test_every_error_is_an_exception_of_the_service_with_its_status():
    sent = set()
    for error in every_error():
        name, status = aws_exception(error)
        if isinstance(error, UnknownOperation):
            assert (name, status) == ("UnknownOperationException", 404)
            continue
        if isinstance(error, SessionBusy):
            assert (name, status) == ("ConflictException", 409)  # not the model's 400
            continue
        assert status == SHAPES[name].metadata["error"]["httpStatusCode"], error
        assert list(violations(SHAPES[name], aws_members(name, error))) == []
        sent.add(name)
    assert sent >= {"AccessDeniedException", "ThrottlingException", "ModelTimeoutException", "ModelErrorException"}


@pytest.mark.parametrize("name", SERVED)
def test_every_exception_of_the_served_operations_has_its_use(name):
    modelled = {shape.name for shape in service_model().operation_model(name).error_shapes}
    # LiteLLM does not tell of a model that is not ready; within a stream the other has its place.
    unused = {"ModelNotReadyException", "ModelStreamErrorException"}
    sent = {aws_exception(error)[0] for error in every_error()}
    assert modelled - unused <= sent


@pytest.mark.parametrize(
    ("shape", "ours"), [("ConverseStreamOutput", CONVERSE_EXCEPTIONS), ("ResponseStream", INVOKE_EXCEPTIONS)]
)
def test_the_exceptions_within_a_stream_are_those_of_the_model(shape, ours):
    members = service_model().shape_for(shape).members
    modelled = {name: member.name for name, member in members.items() if member.metadata.get("exception")}
    assert set(modelled.values()) == ours
    assert {name[0].lower() + name[1:] for name in ours} == set(modelled)


@pytest.mark.parametrize("code", ["budget_exceeded"])
@pytest.mark.parametrize("status", [400, 422, 429])
def test_a_spent_budget_is_a_quota_whatever_its_status(status, code):
    assert aws_exception(UpstreamRefusal(status, "m", code=code)) == ("ServiceQuotaExceededException", 400)


def test_a_model_error_tells_the_original_status():
    rendered = render_aws(UpstreamRefusal(424, "failed", code="x"), "id")
    assert rendered.body == b'{"message":"failed","originalStatusCode":424}'


def test_a_refusal_by_name_is_a_validation_exception():
    assert aws_exception(UnsupportedField("a", "b")) == ("ValidationException", 400)
