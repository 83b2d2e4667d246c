"""Where an answer's sentences come from, put to the blocks of the answer's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.schemas.bedrock import Citation
from gateway.translation.citations import anthropic_citation, bedrock_citation, cited_blocks, url_citation
from gateway.translation.history_media import Block, as_json, texts
from gateway.translation.stored_json import Json, object_of


def cited(message: Json, blocks: list[Block]) -> list[Block]:
    """`blocks`: the message's content. What is cited gets its citations; a citation that Converse has no place for
    follows as its JSON."""
    specific = object_of(message.get("provider_specific_fields"))
    dialects = (
        (_native, specific.get("citationsContent")),
        (_anthropic, specific.get("citations")),
        (_openai, message.get("annotations")),
    )
    for read, told in dialects:
        if told:
            return read(told if isinstance(told, list) else [told], blocks)
    return blocks


def _unreadable(citations: Iterable[Any]) -> list[Block]:
    return [as_json({"citation": citation}) for citation in citations if citation]


# --- Bedrock's own ------------------------------------------------------------------


def _native(cited: list[Any], blocks: list[Block]) -> list[Block]:
    """Each block of citations takes the place of its text: of the parts that it was made of, or within a longer one.

    One without a place stands before the next that has one, or at the end.
    """
    made: list[Block] = []
    left = list(blocks)
    placeless: list[Block] = []
    after: list[Block] = []
    for value in cited:
        block, unreadable = _citations_content(value)
        after += unreadable
        if block is None:
            continue
        found = _found([item["text"] for item in block.get("content", ()) if item["text"]], left)
        if found is None:
            placeless.append({"citationsContent": block})
            continue
        before, left = found
        made += [*before, *placeless, {"citationsContent": block}]
        placeless = []
    return [*made, *left, *placeless, *after]


def _found(said: list[str], blocks: list[Block]) -> tuple[list[Block], list[Block]] | None:
    """What stands before the text and behind it."""
    if not said:
        return None
    parts = [{"text": text} for text in said]
    for index in range(len(blocks) - len(parts) + 1):
        if blocks[index : index + len(parts)] == parts:
            return blocks[:index], blocks[index + len(parts) :]
    joined = "".join(said)
    for index, block in enumerate(blocks):
        before, found, behind = block.get("text", "").partition(joined)
        if found:
            return [*blocks[:index], *texts(before)], [*texts(behind), *blocks[index + 1 :]]
    return None


def _citations_content(value: Any) -> tuple[Json | None, list[Block]]:
    """The block, and what of it cannot stand in one."""
    block = object_of(value)
    content, citations = block.get("content"), block.get("citations")
    if not isinstance(value, dict) or not _is_texts(content or []) or not isinstance(citations, list | None):
        return None, [as_json(value)]
    made = {name: member for name, member in (("content", content), ("citations", citations)) if member is not None}
    unreadable: list[Block] = []
    if citations is not None:
        citations = [citation for citation in citations if not _says_nothing(citation)]
        made["citations"] = [bedrock_citation(citation) for citation in citations if _is_readable(citation)]
        unreadable = _unreadable(citation for citation in citations if not _is_readable(citation))
    return made, unreadable


def _says_nothing(value: object) -> bool:
    return isinstance(value, dict) and not any(value.values())


def _is_readable(value: object) -> bool:
    return isinstance(value, dict) and is_citation(bedrock_citation(value))


# --- Anthropic's and OpenAI's ---------------------------------------------------------


def _anthropic(groups: list[Any], blocks: list[Block]) -> list[Block]:
    """Of a stream it is not told which text a group supports."""
    listed = [group if isinstance(group, list) else [group] for group in groups]
    readable = [[item for item in group if _is_anthropic(item)] for group in listed]
    has_place = len(_places(blocks)) == 1
    placed: list[list[Json]] = []
    others: list[Citation] = []
    for group in readable:
        if has_place and group and group[0].get("supported_text"):
            placed.append(group)
        else:
            others += map(anthropic_citation, group)
    return [
        *_spliced({"provider_specific_fields": {"citations": placed}}, blocks),
        *_placeless(others),
        *_unreadable(item for group in listed for item in group if not _is_anthropic(item)),
    ]


def _openai(annotations: list[Any], blocks: list[Block]) -> list[Block]:
    readable = [item for item in annotations if _is_annotation(item)]
    unreadable = _unreadable(item for item in annotations if not _is_annotation(item))
    if len(_places(blocks)) != 1:
        return [*blocks, *_placeless([url_citation(item) for item in readable]), *unreadable]
    return [*_spliced({"annotations": readable}, blocks), *unreadable]


def _places(blocks: list[Block]) -> list[int]:
    return [index for index, block in enumerate(blocks) if "text" in block]


def _spliced(told: Json, blocks: list[Block]) -> list[Block]:
    """With what is told put to each text."""
    made = [cited_blocks(told, block["text"]) if "text" in block else [block] for block in blocks]
    return [dict(block) for cut in made for block in cut]


def _placeless(citations: Sequence[Citation]) -> list[Block]:
    return [{"citationsContent": {"citations": [*citations]}}] if citations else []


def _is_anthropic(item: object) -> bool:
    return isinstance(item, dict) and is_citation(anthropic_citation(item))


def _is_annotation(item: object) -> bool:
    told = object_of(item).get("url_citation")
    if not isinstance(item, dict) or not isinstance(told, dict):
        return False
    places = (told.get("start_index"), told.get("end_index"))
    return all(isinstance(place, int | None) for place in places) and is_citation(url_citation(item))


# --- Converse's shape of a citation -----------------------------------------------------

_DOCUMENT = {"documentIndex": int, "start": int, "end": int}
_LOCATIONS: dict[str, Mapping[str, type]] = {
    "web": {"url": str, "domain": str},
    "documentChar": _DOCUMENT,
    "documentPage": _DOCUMENT,
    "documentChunk": _DOCUMENT,
    "searchResultLocation": {"searchResultIndex": int, "start": int, "end": int},
}


def is_citation(value: Mapping[str, Any]) -> bool:
    """Whether it is one of Converse's, and says something."""
    return bool(value) and all(name in _MEMBERS and _MEMBERS[name](member) for name, member in value.items())


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, dict) and item.keys() == {"text"} and isinstance(item["text"], str) for item in value
    )


def _is_location(value: object) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((name, place),) = value.items()
    members = _LOCATIONS.get(name)
    if members is None or not isinstance(place, dict):
        return False
    return all(_is_of(members.get(key), told) for key, told in place.items())


def _is_of(kind: type | None, value: object) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return kind is not None and isinstance(value, kind)


_MEMBERS = {"title": _is_text, "source": _is_text, "sourceContent": _is_texts, "location": _is_location}
