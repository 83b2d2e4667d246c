import math

import orjson
import pytest

from deployer.fake_llm.embeddings import embed, embeddings_reply
from deployer.fake_llm.errors import ApiError


def test_vectors_are_of_length_one_and_the_same_for_the_same_text() -> None:
    assert math.hypot(*embed("hello", 8)) == pytest.approx(1)
    assert embed("hello", 8) == embed("hello", 8)
    assert embed("hello", 8) != embed("hallo", 8)
    assert len(embed([1, 2], 1)) == 1


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({}, "input"),
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a", ""]}, "input"),
        ({"input": ["a", 1]}, "input"),
        ({"input": [[1], []]}, "input"),
        ({"input": {"a": 1}}, "input"),
        ({"input": [True]}, "input"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": "a", "dimensions": 0}, "dimensions"),
        ({"input": "a", "encoding_format": "hex"}, "encoding_format"),
    ],
)
def test_a_faulty_field_is_named(fields: dict[str, object], param: str) -> None:
    with pytest.raises(ApiError) as raised:
        embeddings_reply(orjson.dumps({"model": "demo-embedding", **fields}))
    assert raised.value.reply.param == param


@pytest.mark.parametrize(("given", "count"), [("a b", 1), (["a", "b"], 2), ([1, 2], 1), ([[1, 2], [3]], 2)])
def test_texts_and_token_numbers_are_embedded(given: object, count: int) -> None:
    reply = embeddings_reply(orjson.dumps({"model": "demo-embedding", "input": given}))
    body = orjson.loads(reply.pieces[0].data)
    assert [one["index"] for one in body["data"]] == list(range(count))
    assert body["usage"]["prompt_tokens"] == {1: 2, 2: 2 if given == ["a", "b"] else 3}[count]
