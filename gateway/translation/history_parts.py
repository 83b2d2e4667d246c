"""Each part of a stored message's content as blocks of Converse; one that Converse has no block for as its JSON."""

from __future__ import annotations

from collections.abc import Callable

from gateway.translation.history_media import Block, as_json, document, is_blob, of_data, of_url, texts
from gateway.translation.media import DOCUMENT_TYPES
from gateway.translation.stored_json import Json, object_of, text_of

# The blocks of a part; None for a part that is not of its kind's shape.
Reader = Callable[[Json], list[Block] | None]


def content_blocks(content: object) -> list[Block]:
    """A message's content: text, or a list of parts."""
    if not isinstance(content, list):
        return _part_blocks(content)
    return [block for part in content for block in _part_blocks(part)]


def cache_point(holder: Json) -> list[Block]:
    """Converse's cachePoint for LiteLLM's `cache_control`; none where there is none."""
    control = holder.get("cache_control")
    if not isinstance(control, dict):
        return []
    ttl = control.get("ttl")
    return [{"cachePoint": {"type": "default"} | ({"ttl": ttl} if ttl in ("5m", "1h") else {})}]


def rest_of(value: Json, *known: str) -> list[Block]:
    """The members that nothing was made of, as JSON; none where there are none."""
    rest = {name: member for name, member in value.items() if name not in known and member is not None}
    return [as_json(rest)] if rest else []


def _part_blocks(part: object) -> list[Block]:
    if isinstance(part, str):
        return texts(part)
    if not isinstance(part, dict):
        return [] if part is None else [as_json(part)]
    kind = part.get("type")
    read, members = _PARTS.get(kind, _UNKNOWN) if isinstance(kind, str) else _UNKNOWN
    blocks = read(part)
    if blocks is None:
        return [as_json(part)]
    blocks = [*blocks, *rest_of(part, "type", "cache_control", *members)]
    # A cache point can only follow something.
    return [*blocks, *cache_point(part)] if blocks else []


# --- kinds of parts ---------------------------------------------------------------


def _text(part: Json) -> list[Block] | None:
    text = part.get(part["type"])
    return texts(text) if isinstance(text, str) else None


def _url(part: Json) -> list[Block] | None:
    given = part.get(part["type"])
    url = object_of(given).get("url") if isinstance(given, dict) else given
    return [of_url(url)] if isinstance(url, str) and url else None


def _file(part: Json) -> list[Block] | None:
    file = object_of(part.get("file"))
    data, name = file.get("file_data"), text_of(file.get("filename"))
    if not isinstance(data, str) or not data:
        return None
    block = of_url(data, name) if ":" in data[:8] else of_data(text_of(file.get("format")), data, name)
    told = ("filename",) if "document" in block or "text" in block else ()
    return [block, *rest_of(file, "file_data", "format", *told)]


def _audio(part: Json) -> list[Block] | None:
    audio = object_of(part.get("input_audio"))
    data, name = audio.get("data"), audio.get("format")
    return [of_data(f"audio/{name}", data)] if isinstance(data, str) and isinstance(name, str) else None


def _guarded(*qualifiers: str) -> Reader:
    def read(part: Json) -> list[Block] | None:
        text = part.get("text")
        if not isinstance(text, str):
            return None
        return [{"guardContent": {"text": {"text": text} | ({"qualifiers": [*qualifiers]} if qualifiers else {})}}]

    return read


def thinking(part: Json) -> list[Block] | None:
    """Anthropic's thinking block."""
    text, signature = part.get("thinking"), part.get("signature")
    if not isinstance(text, str) or not isinstance(signature, str | None):
        return None
    if signature is None:
        return [{"reasoningContent": {"reasoningText": {"text": text}}}] if text else []
    return [{"reasoningContent": {"reasoningText": {"text": text, "signature": signature}}}]


def redacted(part: Json) -> list[Block] | None:
    data = text_of(part.get("data"))
    return [{"reasoningContent": {"redactedContent": data}}] if is_blob(data) else None


# --- documents in Anthropic's form, as media.py writes them ----------------------------


def _document(part: Json) -> list[Block] | None:
    source, title, context = object_of(part.get("source")), part.get("title"), part.get("context")
    kind = source.get("type")
    read = _SOURCES.get(kind) if isinstance(kind, str) else None
    block = read(source, text_of(title)) if read is not None else None
    if block is None or not isinstance(title, str | None) or not isinstance(context, str | None):
        return None
    told = object_of(part.get("citations"))
    cites = {"citations": {"enabled": True}} if told.get("enabled") is True else {}
    if "document" not in block:
        return [block, *rest_of(part, "type", "source", "title", "cache_control")]
    made = block["document"]
    if cites and context is not None and "content" in made["source"]:
        # The only kind of document that a search result becomes, and its title may be anything.
        found = {"source": context, "title": title or "", "content": made["source"]["content"]}
        return [{"searchResult": found | cites}]
    return [{"document": made | ({} if context is None else {"context": context}) | cites}]


def _base64_source(source: Json, title: str) -> Block | None:
    media_type, data = text_of(source.get("media_type")), source.get("data")
    if not isinstance(data, str):
        return None
    extension = next((name for name, known in DOCUMENT_TYPES.items() if known == media_type), None)
    if extension is None or not is_blob(data):
        return of_data(media_type, data, title)
    return document(title, {"bytes": data}, extension)


def _text_source(source: Json, title: str) -> Block | None:
    text = source.get("data")
    return document(title, {"text": text}, "txt") if isinstance(text, str) else None


def _content_source(source: Json, title: str) -> Block | None:
    content = source.get("content")
    items = [{"type": "text", "text": content}] if isinstance(content, str) else content
    chunks = [_chunk(item) for item in items] if isinstance(items, list) else [None]
    if not all(chunk is not None for chunk in chunks):
        return None
    return document(title, {"content": chunks})


def _chunk(item: object) -> Block | None:
    text = object_of(item)
    is_text = text.keys() == {"type", "text"} and text["type"] == "text" and isinstance(text["text"], str)
    return {"text": text["text"]} if is_text else None


_SOURCES: dict[str, Callable[[Json, str], Block | None]] = {
    "base64": _base64_source,
    "text": _text_source,
    "content": _content_source,
}

# A part's type → its reader, and the members that the reader knows.
_PARTS: dict[str, tuple[Reader, tuple[str, ...]]] = {
    "text": (_text, ("text",)),
    "refusal": (_text, ("refusal",)),
    "image_url": (_url, ("image_url",)),
    "video_url": (_url, ("video_url",)),
    "file": (_file, ("file",)),
    "input_audio": (_audio, ("input_audio",)),
    "guarded_text": (_guarded(), ("text",)),
    "grounding_source": (_guarded("grounding_source"), ("text",)),
    "query": (_guarded("query"), ("text",)),
    "document": (_document, ("source", "title", "context", "citations")),
    "thinking": (thinking, ("thinking", "signature")),
    "redacted_thinking": (redacted, ("data",)),
}
_UNKNOWN: tuple[Reader, tuple[str, ...]] = (lambda _: None, ())
