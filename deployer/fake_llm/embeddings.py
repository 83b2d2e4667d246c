"""Embeddings: a small vector of length 1 for each input, made of its hash."""

import base64
import hashlib
import math
import struct
from typing import Any

import orjson

from deployer.fake_llm import tokens
from deployer.fake_llm.errors import ApiError, invalid, missing, wrong_type
from deployer.fake_llm.failures import FAILURES, HEALTHY
from deployer.fake_llm.fields import integer, one_of
from deployer.fake_llm.reply import Reply, json_reply
from deployer.fake_llm.request import parse_object, read_model

DIMENSIONS = 8
MAX_DIMENSIONS = 4096
MAX_INPUTS = 2048

_CHECK_DIMENSIONS = integer(1, MAX_DIMENSIONS)
_CHECK_ENCODING = one_of("float", "base64")


def embeddings_reply(body: bytes) -> Reply:
    """The reply to a POST to /v1/embeddings.

    Raises:
        ApiError: the request is refused, or the model is one that refuses.
    """
    fields = parse_object(body)
    model = read_model(fields)
    inputs = _read_inputs(fields.get("input"))
    dimensions = fields.get("dimensions", DIMENSIONS)
    _CHECK_DIMENSIONS("dimensions", dimensions)
    encoding = fields.get("encoding_format", "float")
    _CHECK_ENCODING("encoding_format", encoding)
    refusal = FAILURES.get(model, HEALTHY).refusal
    if refusal is not None:
        raise ApiError(refusal)
    encode = _base64 if encoding == "base64" else list
    data = [
        {"object": "embedding", "index": index, "embedding": encode(embed(one, dimensions))}
        for index, one in enumerate(inputs)
    ]
    used = sum(tokens.count(one) if isinstance(one, str) else len(one) for one in inputs)
    usage = {"prompt_tokens": used, "total_tokens": used}
    return json_reply({"object": "list", "data": data, "model": model, "usage": usage})


def embed(value: str | list[int], dimensions: int) -> tuple[float, ...]:
    """The vector of a text or of a list of token numbers: 32-bit floats, length 1, the same for the same input."""
    noise = hashlib.shake_256(orjson.dumps(value)).digest(4 * dimensions)
    raw = [number / 2**31 - 1 for number in struct.unpack(f"<{dimensions}I", noise)]
    length = math.hypot(*raw) or 1.0
    single = struct.pack(f"<{dimensions}f", *(number / length for number in raw))
    return struct.unpack(f"<{dimensions}f", single)


def _base64(vector: tuple[float, ...]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _read_inputs(value: Any) -> list[str | list[int]]:
    if value is None:
        raise missing("input")
    one_input = not isinstance(value, list) or (value and _is_token_list(value))
    inputs: list[str | list[int]] = [value] if one_input else value
    if not inputs or len(inputs) > MAX_INPUTS:
        raise invalid("input", f"Invalid 'input': {len(inputs)} inputs. Expected 1 to {MAX_INPUTS}.")
    for one in inputs:
        if not isinstance(one, str) and not _is_token_list(one):
            raise wrong_type("input", "a string, an array of strings or arrays of token numbers", one)
        if not one:
            raise invalid("input", "Invalid 'input': an input is empty.")
    return inputs


def _is_token_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in value)
