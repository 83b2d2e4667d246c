"""gateway/history/data_keys.py: boto3 against a KMS that is held to its service model."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from gateway.cipher import Cipher
from gateway.errors import HistoryUnavailable, HistoryUnreadable
from gateway.history import data_keys
from gateway.history.contents import Contents
from gateway.history.data_keys import DataKeys, KmsDataKeys
from gateway.setting_values import Invalid, parse_data_key_blobs, parse_data_keys
from tests.support.service_model import service_model, violations

NEW_KEY, OLD_KEY = b"n" * 32, b"o" * 32
NEW, OLD, OTHER_CONTEXT, AES_128, UNKNOWN = b"new blob", b"old blob", b"another context", b"aes 128", b"unknown"

# blob → encryption context and key
DATA_KEYS = {
    NEW: ({"application": "genai-gateway"}, NEW_KEY),
    OLD: ({"application": "genai-gateway"}, OLD_KEY),
    OTHER_CONTEXT: ({"application": "another"}, NEW_KEY),
    AES_128: ({"application": "genai-gateway"}, b"k" * 16),
}
SECRET = "arn:aws:iam::123456789012:role/gateway"  # what the messages of AWS may name


class Kms:
    """Decrypt, for the data keys of the table. `error`, `page`: the answer instead; none before `free`."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self.regions: set[str] = set()
        self.error: tuple[str, int] | None = None
        self.page: str | None = None
        self.asked = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.set()
        operation = service_model("kms").operation_model("Decrypt")
        assert request.headers["x-amz-target"] == "TrentService.Decrypt"
        asked: dict[str, Any] = await request.json()
        assert list(violations(operation.input_shape, asked)) == []
        self.calls.append(b64decode(asked["CiphertextBlob"]))
        self.regions.update(re.findall(r"/\d{8}/([a-z0-9-]+)/kms/", request.headers["authorization"]))
        await self.free.wait()
        if self.error is not None:
            return _error(*self.error)
        if self.page is not None:
            return web.Response(text=self.page, content_type="text/html")
        context, key = DATA_KEYS.get(self.calls[-1], ({}, b""))
        if asked.get("EncryptionContext") != context:
            return _error("InvalidCiphertextException", 400)
        answer = {"Plaintext": b64encode(key).decode(), "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}
        assert list(violations(operation.output_shape, answer)) == []
        return web.json_response(answer, content_type="application/x-amz-json-1.1")


def _error(name: str, status: int) -> web.Response:
    return web.json_response({"__type": name, "message": f"{SECRET} may not"}, status=status)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path) -> pytest.MonkeyPatch:
    """No AWS settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATESTTESTTESTTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    return monkeypatch


@pytest.fixture
async def kms(aws: pytest.MonkeyPatch) -> AsyncIterator[Kms]:
    """A KMS, in this process, where boto3 looks for it."""
    served = Kms()
    app = web.Application()
    app.router.add_post("/", served.answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        aws.setenv("AWS_ENDPOINT_URL_KMS", f"http://127.0.0.1:{runner.addresses[0][1]}")
        yield served
    finally:
        await runner.cleanup()


def of_kms(*blobs: bytes) -> KmsDataKeys:
    return KmsDataKeys(blobs, "eu-central-1")


async def failure(keys: KmsDataKeys) -> str:
    """The message, after a look for what must not be in it."""
    with pytest.raises(HistoryUnavailable) as failed:
        await keys.keys()
    assert SECRET not in failed.value.message
    # A traceback in a log would show what AWS said.
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__ or failed.value.__context__ is None
    return failed.value.message


# --- the settings


def encoded(*values: bytes) -> str:
    return ",".join(b64encode(value).decode() for value in values)


def test_keys_in_their_order():
    assert parse_data_keys(encoded(NEW_KEY)) == (NEW_KEY,)
    assert parse_data_keys(encoded(NEW_KEY, OLD_KEY)) == (NEW_KEY, OLD_KEY)
    assert parse_data_keys(encoded(NEW_KEY, OLD_KEY).replace(",", ", ")) == (NEW_KEY, OLD_KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "a password of thirty-two letters",
        encoded(NEW_KEY[:31]),
        encoded(NEW_KEY + b"\x00"),
        encoded(NEW_KEY, NEW_KEY[:16]),
        encoded(NEW_KEY) + ",",
        encoded(NEW_KEY) + encoded(OLD_KEY),
        encoded(NEW_KEY).rstrip("="),
        encoded(b"\xff" * 32).replace("/", "_"),
        "ключ",
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(text):
    with pytest.raises(Invalid) as refused:
        parse_data_keys(text)
    assert str(refused.value) == "must be base64 of 32 bytes, or several such with commas between"


def test_blobs_in_their_order():
    assert parse_data_key_blobs(encoded(NEW, OLD)) == (NEW, OLD)


@pytest.mark.parametrize("text", ["", ",", "no base64", encoded(NEW) + ",", encoded(NEW, bytes(6145))])
def test_what_is_no_blob_is_refused(text):
    with pytest.raises(Invalid, match="must be a CiphertextBlob of KMS in base64"):
        parse_data_key_blobs(text)


# --- what KMS decrypts


async def test_the_keys_are_decrypted_once_in_their_order(kms):
    keys = of_kms(NEW, OLD)
    assert [await keys.keys() for _ in range(3)] == [(NEW_KEY, OLD_KEY)] * 3
    assert kms.calls == [NEW, OLD]
    assert kms.regions == {"eu-central-1"}


async def test_without_a_region_of_the_gateways_own_aws_settings_say_it(kms, aws):
    aws.setenv("AWS_DEFAULT_REGION", "us-west-2")
    assert await KmsDataKeys((NEW,)).keys() == (NEW_KEY,)
    assert kms.regions == {"us-west-2"}


async def test_many_who_ask_at_once_make_one_call(kms):
    keys = of_kms(NEW)
    assert await asyncio.gather(*(keys.keys() for _ in range(20))) == [(NEW_KEY,)] * 20
    assert kms.calls == [NEW]


@pytest.mark.parametrize("who", [0, 1])
async def test_one_who_goes_away_does_not_take_the_keys_from_the_others(kms, who):
    keys = of_kms(NEW)
    kms.free.clear()
    callers = [asyncio.create_task(keys.keys()) for _ in range(2)]
    await kms.asked.wait()
    gone = callers.pop(who)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    kms.free.set()
    assert await callers[0] == (NEW_KEY,)
    assert kms.calls == [NEW]


# --- how it fails


@pytest.mark.parametrize(
    ("name", "status", "attempts"),
    [
        ("AccessDeniedException", 400, 1),
        ("DisabledException", 400, 1),
        ("ThrottlingException", 400, data_keys.MAX_ATTEMPTS),
        ("KMSInternalException", 500, data_keys.MAX_ATTEMPTS),
    ],
)
async def test_an_error_of_kms_is_told_by_its_code(kms, aws, name, status, attempts):
    # Else boto3 waits for up to a second between two attempts.
    aws.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    kms.error = name, status
    said = f"the data key of the chat history cannot be decrypted by KMS ({name})"
    assert await failure(of_kms(NEW)) == said
    assert len(kms.calls) == attempts


@pytest.mark.parametrize(
    ("blobs", "said"),
    [
        ((OTHER_CONTEXT,), "InvalidCiphertextException"),
        ((NEW, UNKNOWN), "InvalidCiphertextException"),
        ((NEW, AES_128), "not a key of 32 bytes"),
    ],
)
async def test_a_blob_that_is_not_a_key_of_the_gateway(kms, blobs, said):
    assert said in await failure(of_kms(*blobs))


async def test_all_who_ask_learn_of_a_failure_and_the_next_call_tries_again(kms):
    keys = of_kms(NEW)
    kms.error = "AccessDeniedException", 400
    failures = await asyncio.gather(*(keys.keys() for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in failures] == [HistoryUnavailable] * 3
    assert kms.calls == [NEW]
    kms.error = None
    assert await keys.keys() == (NEW_KEY,)


async def test_when_all_have_gone_a_failure_is_told_to_the_log_alone(kms, caplog):
    unseen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unseen.append(context))
    keys = of_kms(NEW)
    kms.error = "AccessDeniedException", 400
    kms.free.clear()
    caller = asyncio.create_task(keys.keys())
    await kms.asked.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    flight = keys._flight
    assert flight is not None
    kms.free.set()
    with caplog.at_level(logging.WARNING):
        await asyncio.wait([flight])
    assert [record.reason for record in caplog.records] == ["AccessDeniedException"]
    assert SECRET not in caplog.text
    assert keys._flight is None
    del flight
    gc.collect()
    assert unseen == []


async def test_no_answer_in_time(kms, aws):
    aws.setattr(data_keys, "READ_TIMEOUT", 0.05)
    aws.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    kms.free.clear()
    async with asyncio.timeout(50):  # boto3's own is 60 seconds
        assert "ReadTimeoutError" in await failure(of_kms(NEW))
    assert len(kms.calls) == data_keys.MAX_ATTEMPTS


async def test_credentials_that_come_later_are_found(kms, aws):
    keys = of_kms(NEW)
    aws.delenv("AWS_ACCESS_KEY_ID")
    assert "NoCredentialsError" in await failure(keys)
    aws.setenv("AWS_ACCESS_KEY_ID", "AKIATESTTESTTESTTEST")
    assert await keys.keys() == (NEW_KEY,)


async def test_without_any_region(aws):
    assert "NoRegionError" in await failure(KmsDataKeys((NEW,)))


async def test_an_answer_that_is_not_of_kms(kms):
    kms.page = "<html>"
    assert "not a key of 32 bytes" in await failure(of_kms(NEW))


# --- the contents under them


async def test_contents_are_sealed_with_the_keys_that_there_are(kms):
    body = Contents(Cipher([OLD_KEY])).pack({"content": "Hello"}, owner="alice", place="here").body
    for keys in (DataKeys((NEW_KEY, OLD_KEY), ()), DataKeys((), (NEW, OLD), "eu-central-1")):
        contents = await keys.contents()
        assert contents.unpack(body, {}, place="here") == {"content": "Hello"}
        with pytest.raises(HistoryUnreadable):
            Contents(Cipher([OLD_KEY])).unpack_text(contents.pack_text("Hello", place="here"), place="here")
        assert await keys.contents() is contents
    assert kms.calls == [NEW, OLD]


async def test_without_keys_contents_are_stored_as_they_are():
    assert (await DataKeys((), ()).contents()).pack_text("Hello", place="here") == '"Hello"'


async def test_while_kms_fails_there_are_no_contents(kms):
    keys = DataKeys((), (NEW,), "eu-central-1")
    kms.error = "AccessDeniedException", 400
    with pytest.raises(HistoryUnavailable):
        await keys.contents()
    kms.error = None
    assert await keys.contents()


def test_boto3_is_not_imported_before_kms_is_asked():
    code = (
        "import sys, gateway.history.data_keys as d; d.KmsDataKeys((b'blob',));"
        " print({name.split('.')[0] for name in sys.modules} & {'boto3', 'botocore'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
