"""Images, documents, video and audio of Converse as content parts of a chat completion.

A document goes as a file, which every provider takes that takes documents at all. What only Anthropic's models know,
citations and a context, goes in Anthropic's form of a document, which LiteLLM hands to them and others refuse.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

from gateway.translation.fields import Field, refused

Part = dict[str, Any]

# The media types as LiteLLM names them (its types/files.py), which hands them to the provider.
IMAGE_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
DOCUMENT_TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "txt": "text/plain",
    "md": "text/markdown",
}
VIDEO_TYPES = {
    "mkv": "video/mkv",
    "mov": "video/mov",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "flv": "video/x-flv",
    "mpeg": "video/mpeg",
    "mpg": "video/mpg",
    "wmv": "video/wmv",
    "three_gp": "video/3gpp",
}
AUDIO_FORMATS = (
    *("mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv"),
    *("mka", "x-aac", "m4a", "mpeg", "mpga", "pcm", "webm"),
)
# Of these Anthropic cites: pages of a PDF, characters of a text.
_TEXTS = {"csv", "html", "txt", "md"}

_FROM_S3 = refused("the gateway does not read from S3; send the bytes")
_OF_AN_ANSWER = refused("tells of a failure in an answer; it cannot be sent to a model")


def image(field: Field) -> Part:
    media_type, data = _format_and_bytes(field, IMAGE_TYPES)
    return {"type": "image_url", "image_url": {"url": _data_url(media_type, data)}}


def video(field: Field) -> Part:
    media_type, data = _format_and_bytes(field, VIDEO_TYPES)
    return {"type": "file", "file": {"file_data": _data_url(media_type, data), "format": media_type}}


def audio(field: Field) -> Part:
    name, data = _format_and_bytes(field, {name: name for name in AUDIO_FORMATS})
    return {"type": "input_audio", "input_audio": {"data": data, "format": name}}


def _format_and_bytes(field: Field, formats: dict[str, str]) -> tuple[str, str]:
    """The format by the table, and base64."""
    if error := field.optional("error"):
        _OF_AN_ANSWER(error)
    field.only("format", "source")
    media_type = formats[field.member("format").one_of(formats)]
    return media_type, field.member("source").only_member().read(_BLOB)


_BLOB: dict[str, Callable[[Field], str]] = {"bytes": Field.base64, "s3Location": _FROM_S3}


def _data_url(media_type: str, data: str) -> str:
    return f"data:{media_type};base64,{data}"


# --- documents ------------------------------------------------------------------


def document(field: Field) -> Part:
    field.only("format", "name", "source", "context", "citations")
    source = field.member("source").only_member()
    if field.optional("context") or cites(field):
        return _cited(field, source)
    name = field.member("name").text()
    extension = _extension(field, source)
    media_type, data = DOCUMENT_TYPES[extension], source.read(_AS_BASE64)
    file = {"filename": f"{name}.{extension}", "file_data": _data_url(media_type, data), "format": media_type}
    return {"type": "file", "file": file}


def cites(field: Field) -> bool:
    """Whether the member `citations` asks for citations."""
    citations = field.optional("citations")
    return citations is not None and bool(citations.only("enabled").member("enabled").expect(bool))


def _extension(field: Field, source: Field) -> str:
    given = field.optional("format")
    if given is None and source.name != "bytes":
        return "txt"
    return field.member("format").one_of(DOCUMENT_TYPES)


def _chunks(field: Field) -> list[str]:
    texts = [str(item.only_member().read({"text": lambda text: text.expect(str)})) for item in field.items()]
    if not texts:
        raise field.invalid("must not be empty")
    return texts


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


_AS_BASE64: dict[str, Callable[[Field], str]] = {
    **_BLOB,
    "text": lambda field: _encoded(field.text()),
    "content": lambda field: _encoded("\n\n".join(_chunks(field))),
}


def _cited(field: Field, source: Field) -> Part:
    """Anthropic's form of a document: https://docs.claude.com/en/docs/build-with-claude/citations"""
    part: Part = {"type": "document", "source": source.read(_CITED_SOURCES), "title": field.member("name").text()}
    if (context := field.optional("context")) is not None:
        part["context"] = context.expect(str)
    if cites(field):
        part["citations"] = {"enabled": True}
    extension = _extension(field, source)
    if source.name == "bytes":
        part["source"] = _cited_bytes(field.member("format"), extension, part["source"]["data"])
    return part


def _cited_bytes(name: Field, extension: str, data: str) -> dict[str, Any]:
    if extension == "pdf":
        return {"type": "base64", "media_type": DOCUMENT_TYPES[extension], "data": data}
    if extension not in _TEXTS:
        raise name.unsupported(f"citations and a context are carried with pdf, {', '.join(sorted(_TEXTS))} only")
    try:
        return _text_source(b64decode(data).decode())
    except UnicodeDecodeError:
        raise name.invalid("a document that is cited must be UTF-8") from None


def _text_source(text: str) -> dict[str, Any]:
    return {"type": "text", "media_type": "text/plain", "data": text}


def _content_source(field: Field) -> dict[str, Any]:
    return {"type": "content", "content": [{"type": "text", "text": text} for text in _chunks(field)]}


_CITED_SOURCES: dict[str, Callable[[Field], dict[str, Any]]] = {
    "bytes": lambda field: {"data": field.base64()},
    "s3Location": _FROM_S3,
    "text": lambda field: _text_source(field.text()),
    "content": _content_source,
}


# --- search results ---------------------------------------------------------------


def search_result(field: Field) -> Part:
    """As a text with its source and title; where it is to be cited, as Anthropic's document of chunks."""
    field.only("source", "title", "content", "citations")
    source, title = field.member("source").expect(str), field.member("title").expect(str)
    items = field.member("content")
    chunks = _chunks(items)
    if cites(field):
        return {
            "type": "document",
            "source": _content_source(items),
            "title": title,
            "context": source,
            "citations": {"enabled": True},
        }
    return {"type": "text", "text": "\n".join([f"Search result: {title}", f"Source: {source}", *chunks])}
