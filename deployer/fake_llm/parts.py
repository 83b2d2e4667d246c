"""The parts of a message's content: a reader for each part type, which also measures what it carries."""

import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deployer.fake_llm.errors import invalid, missing, unsupported, wrong_type


@dataclass(frozen=True, slots=True)
class Part:
    """One content part as the model sees it: text or reasoning, or a medium of which it knows some facts."""

    kind: str
    text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def read_part(part: Any, where: str) -> Part:
    """Read one content part found at `where` (like `messages[0].content[1]`, for the message).

    Raises:
        ApiError: the part is no object, of an unknown type, lacks a field, or its base64 is broken.
    """
    if not isinstance(part, dict):
        raise wrong_type(where, "an object", part)
    kind = _string(part, "type", where)
    reader = READERS.get(kind)
    if reader is None:
        raise unsupported(f"{where}.type", kind, READERS)
    return reader(part, where)


def decoded_size(encoded: str, where: str) -> int:
    """How many bytes the base64 text `encoded` stands for. Raises ApiError when it is no base64."""
    try:
        return len(binascii.a2b_base64(encoded, strict_mode=True))
    except ValueError as error:  # binascii.Error, or a character outside ASCII
        raise invalid(where, f"Invalid base64 in '{where}': {error}.", code="invalid_base64") from None


def _text(part: dict[str, Any], where: str) -> Part:
    return Part("text", text=_string(part, "text", where))


def _refusal(part: dict[str, Any], where: str) -> Part:
    return Part("text", text=_string(part, "refusal", where))


def _thinking(part: dict[str, Any], where: str) -> Part:
    return Part("reasoning", text=_string(part, "thinking", where))


def _image(part: dict[str, Any], where: str) -> Part:
    where = f"{where}.image_url"
    image = _object(part, "image_url", where)
    url = _string(image, "url", where)
    facts = _data_url_facts(url, f"{where}.url") if url.startswith("data:") else {"url": url}
    return Part("image", facts=facts)


def _file(part: dict[str, Any], where: str) -> Part:
    where = f"{where}.file"
    file = _object(part, "file", where)
    if "file_id" in file:
        return Part("document", facts={"file_id": _string(file, "file_id", where)})
    data = _string(file, "file_data", where)
    name = _string(file, "filename", where) if "filename" in file else "unnamed"
    return Part("document", facts={"name": name, **_data_url_facts(data, f"{where}.file_data")})


def _audio(part: dict[str, Any], where: str) -> Part:
    where = f"{where}.input_audio"
    audio = _object(part, "input_audio", where)
    size = decoded_size(_string(audio, "data", where), f"{where}.data")
    return Part("audio", facts={"format": _string(audio, "format", where), "bytes": size})


READERS: dict[str, Callable[[dict[str, Any], str], Part]] = {
    "text": _text,
    "image_url": _image,
    "input_audio": _audio,
    "file": _file,
    "refusal": _refusal,
    # Not OpenAI's: LiteLLM hands on the thinking of earlier turns like this.
    "thinking": _thinking,
}


def _data_url_facts(url: str, where: str) -> dict[str, Any]:
    # RFC 2397: data:[<media type>][;base64],<data>
    head, comma, data = url.partition(",")
    if not head.startswith("data:") or not comma or not head.endswith(";base64"):
        raise invalid(where, f"Invalid '{where}': expected a URL like 'data:<media type>;base64,<data>'.")
    media_type = head.removeprefix("data:").removesuffix(";base64").partition(";")[0]
    return {"media_type": media_type or "text/plain", "bytes": decoded_size(data, where)}


def _string(mapping: dict[str, Any], key: str, where: str) -> str:
    value = mapping.get(key)
    if value is None:
        raise missing(f"{where}.{key}")
    if not isinstance(value, str):
        raise wrong_type(f"{where}.{key}", "a string", value)
    return value


def _object(mapping: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    value = mapping.get(key)
    if value is None:
        raise missing(where)
    if not isinstance(value, dict):
        raise wrong_type(where, "an object", value)
    return value
