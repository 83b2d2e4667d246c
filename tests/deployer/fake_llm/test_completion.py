from typing import Any

import orjson

from deployer.fake_llm.answer import compose
from deployer.fake_llm.completion import DONE, completion_reply, stream_reply
from deployer.fake_llm.request import chat_request

TOOLS = [{"type": "function", "function": {"name": "f"}}, {"type": "function", "function": {"name": "g"}}]


def request(text: str, **fields: Any) -> Any:
    return chat_request({"model": "demo", "messages": [{"role": "user", "content": text}], **fields})


def completion(text: str, **fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = orjson.loads(completion_reply(compose(request(text, **fields))).pieces[0].data)
    return body


def chunks(text: str, *, include_usage: bool = False, **fields: Any) -> list[dict[str, Any]]:
    reply = stream_reply(compose(request(text, **fields)), include_usage=include_usage)
    *events, done = (piece.data for piece in reply.pieces)
    assert done == DONE
    return [orjson.loads(event.removeprefix(b"data: ")) for event in events]


def deltas(text: str, **fields: Any) -> list[dict[str, Any]]:
    return [chunk["choices"][0]["delta"] for chunk in chunks(text, **fields)]


def test_a_completion_has_the_shape_of_the_api() -> None:
    body = completion("say: hi you")
    assert body.pop("id").startswith("chatcmpl-")
    assert body == {
        "object": "chat.completion",
        "created": 1735689600,
        "model": "demo",
        "system_fingerprint": "fp_fake_llm",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "hi you", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 5,
            "completion_tokens": 2,
            "total_tokens": 7,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
    }


def test_a_stream_begins_with_the_role_and_ends_with_the_reason() -> None:
    assert deltas("say: hi you") == [
        {"role": "assistant", "content": "", "refusal": None},
        {"content": "hi"},
        {"content": " you"},
        {},
    ]
    reasons = [chunk["choices"][0]["finish_reason"] for chunk in chunks("say: hi you")]
    assert reasons == [None, None, None, "stop"]
    assert all("usage" not in chunk for chunk in chunks("say: hi you"))


def test_usage_comes_in_a_chunk_of_its_own_when_it_is_wanted() -> None:
    *others, last = chunks("say: hi you", include_usage=True)
    assert last["choices"] == []
    assert last["usage"] == completion("say: hi you")["usage"]
    assert [chunk["usage"] for chunk in others] == [None] * 4


def test_reasoning_is_streamed_before_the_content() -> None:
    streamed = deltas("say: hi", model="demo-reasoning")[1:-1]
    kinds = [next(iter(delta)) for delta in streamed]
    assert kinds == ["reasoning_content"] * (len(kinds) - 1) + ["content"]
    message = completion("say: hi", model="demo-reasoning")["choices"][0]["message"]
    assert "".join(delta["reasoning_content"] for delta in streamed[:-1]) == message["reasoning_content"]


def test_calls_are_streamed_in_pieces_by_index() -> None:
    role, *streamed, end = deltas('call f {"a": 1} and g', tools=TOOLS)
    assert (role["content"], end) == (None, {})
    pieces = [delta["tool_calls"][0] for delta in streamed]
    whole = completion('call f {"a": 1} and g', tools=TOOLS)["choices"][0]["message"]
    assert whole["content"] is None
    for index, call in enumerate(whole["tool_calls"]):
        opening, *rest = [piece for piece in pieces if piece["index"] == index]
        assert {**opening, "index": index} == {
            **call,
            "index": index,
            "function": {**call["function"], "arguments": ""},
        }
        assert len(rest) > (1 if index == 0 else 0)
        assert "".join(piece["function"]["arguments"] for piece in rest) == call["function"]["arguments"]


def test_choices_take_turns_and_have_calls_of_their_own() -> None:
    indices = [chunk["choices"][0]["index"] for chunk in chunks("say: hi you", n=2)]
    assert indices == [0, 1] * 4
    ids = {choice["message"]["tool_calls"][0]["id"] for choice in completion("call f", tools=TOOLS, n=2)["choices"]}
    assert len(ids) == 2


def test_pieces_are_due_when_their_token_is_produced() -> None:
    answer = compose(request("say: a b c"))
    assert [piece.after for piece in stream_reply(answer, include_usage=True).pieces] == [0, 0, 1, 2, 2, 2, 2]
    assert completion_reply(answer).pieces[0].after == 2
    assert completion_reply(compose(request("say:"))).pieces[0].after == 0
