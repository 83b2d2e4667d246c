"""Whose answer is remembered for whom."""

from __future__ import annotations

from gateway.api.dialects import render_aws, render_openai
from gateway.cache import ProcessCache
from gateway.errors import TurnInDoubt
from gateway.services.principals import Principals
from gateway.upstream.caller import Caller
from gateway.upstream.keys import KeyOwner, key_of

Header = tuple[bytes, bytes]


class Knowing:
    """LiteLLM, told to look for the key in a header of its own."""

    def __init__(self) -> None:
        self.asked = 0

    async def owner(self, caller: Caller) -> KeyOwner:
        self.asked += 1
        key = dict(caller.upstream_headers())["x-litellm-key"]
        return KeyOwner(f"hash of {key}", f"owner of {key}")


def caller(*headers: Header) -> Caller:
    return Caller([(b"authorization", b"Bearer dummy"), *headers], "id")


def principals(keys: Knowing, cache: ProcessCache, master_key: str | None = None) -> Principals:
    return Principals(keys, cache, seconds=60, master_key=master_key)  # type: ignore[arg-type]


async def test_an_answer_is_remembered_for_the_very_headers_that_litellm_saw():
    keys = Knowing()
    who = principals(keys, ProcessCache())
    alice, mallory = (b"x-litellm-key", b"sk-alice"), (b"x-litellm-key", b"sk-mallory")
    assert (await who.of(caller(alice))).owner == "user:owner of sk-alice"
    assert (await who.of(caller(mallory))).owner == "user:owner of sk-mallory"
    assert (await who.of(caller(alice, (b"user-agent", b"another")))).owner == "user:owner of sk-alice"
    assert keys.asked == 2


async def test_two_litellms_that_share_a_cache_do_not_share_its_answers():
    keys, cache = Knowing(), ProcessCache()
    header = (b"x-litellm-key", b"sk-alice")
    for master_key in ("sk-production", "sk-staging", "sk-production"):
        await principals(keys, cache, master_key).of(caller(header))
    assert keys.asked == 2


def test_a_key_that_is_for_the_connection_alone_is_none():
    headers = [(b"connection", b"x-litellm-api-key"), (b"x-litellm-api-key", b"sk-one"), (b"authorization", b"sk-two")]
    assert key_of(Caller(headers, "id")) == "sk-two"
    assert key_of(Caller(headers[1:], "id")) == "sk-one"


def test_no_client_sends_again_by_itself_what_may_have_been_stored():
    error = TurnInDoubt("in doubt")
    assert (b"x-should-retry", b"false") in render_openai(error, "id").headers
    told = render_aws(error, "id")
    assert (told.status, dict(told.headers)[b"x-amzn-errortype"]) == (424, b"ModelErrorException")
