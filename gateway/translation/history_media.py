"""Data in a stored message as the image, document, video or audio that Converse has for it; else as a text about it."""

from __future__ import annotations

import re
from binascii import a2b_base64
from typing import Any

import orjson

from gateway.translation.media import AUDIO_FORMATS, DOCUMENT_TYPES, IMAGE_TYPES, VIDEO_TYPES

Block = dict[str, Any]

# Media type → block and format.
_FORMATS: dict[str, tuple[str, str]] = {
    **{media_type: ("image", name) for name, media_type in IMAGE_TYPES.items()},
    **{media_type: ("document", name) for name, media_type in DOCUMENT_TYPES.items()},
    **{media_type: ("video", name) for name, media_type in VIDEO_TYPES.items()},
    **{f"audio/{name}": ("audio", name) for name in AUDIO_FORMATS},
    "image/jpg": ("image", "jpeg"),  # as many write it
}

_UNNAMED = "document"
LONGEST_NAME = 200


def texts(text: str) -> list[Block]:
    """As one block; none for an empty text, which Bedrock refuses."""
    return [{"text": text}] if text else []


def as_json(value: Any) -> Block:
    """What Converse has no block for, as it stands."""
    return {"text": orjson.dumps(value).decode()}


def of_url(url: str, filename: str = "") -> Block:
    """A data URL's data; any other address as a text."""
    head, _, data = url.partition(",")
    if head[:5].lower() != "data:" or not head.endswith(";base64"):
        return {"text": url}
    return of_data(head[5:].split(";")[0].lower(), data, filename)


def of_data(media_type: str, data: str, filename: str = "") -> Block:
    """`data`: base64. The name decides where the media type says nothing."""
    stem, _, extension = filename.rpartition(".")
    by_name = ("document", extension.lower()) if extension.lower() in DOCUMENT_TYPES else None
    found = _FORMATS.get(media_type) or by_name
    if found is None or not is_blob(data):
        return {"text": _about(media_type or "data", data, filename)}
    kind, name = found
    if kind == "document":
        return document(stem if stem and extension.lower() == name else filename, {"bytes": data}, name)
    return {kind: {"format": name, "source": {"bytes": data}}}


def document(name: str, source: dict[str, Any], extension: str | None = None) -> Block:
    made = {"name": document_name(name), "source": source}
    return {"document": made | ({"format": extension} if extension else {})}


def document_name(name: str) -> str:
    """With nothing but what Bedrock allows: letters, digits, hyphens, brackets, and spaces one at a time."""
    return " ".join(re.sub(r"[^A-Za-z0-9()\[\]-]+", " ", name).split())[:LONGEST_NAME].strip() or _UNNAMED


def is_blob(data: str) -> bool:
    """Whether it is base64 of at least one byte."""
    try:
        return bool(a2b_base64(data, strict_mode=True))
    except ValueError:
        return False


def about(block: Block) -> Block:
    """A block as a text, for where it may not stand; its bytes are told of and not repeated."""
    ((kind, value),) = block.items()
    data = value.get("source", {}).get("bytes") if isinstance(value, dict) and kind in _WITH_BYTES else None
    if not isinstance(data, str):
        return as_json(block)
    return {"text": _about(f"{kind} ({value['format']})", data, value.get("name", ""))}


_WITH_BYTES = ("image", "document", "video", "audio")


def _about(what: str, data: str, name: str = "") -> str:
    size = len(data) * 3 // 4 - data[-2:].count("=")
    return f"[{f'{name}: ' if name else ''}{what}, {size} bytes]"
