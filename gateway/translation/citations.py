"""Where an answer's sentences come from: what LiteLLM tells of it, as Converse's citations.

Three dialects come out of LiteLLM: Bedrock's own blocks, untouched; Anthropic's citations, each group with the text
that it supports; OpenAI's annotations, which point into the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from gateway.schemas.bedrock import Citation, ContentBlock
from gateway.translation.answers import dicts_of, member_of

# Anthropic's type of location → Converse's, and its members by Anthropic's names.
_LOCATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "char_location": (
        "documentChar",
        {"documentIndex": "document_index", "start": "start_char_index", "end": "end_char_index"},
    ),
    "page_location": (
        "documentPage",
        {"documentIndex": "document_index", "start": "start_page_number", "end": "end_page_number"},
    ),
    "content_block_location": (
        "documentChunk",
        {"documentIndex": "document_index", "start": "start_block_index", "end": "end_block_index"},
    ),
    "search_result_location": (
        "searchResultLocation",
        {"searchResultIndex": "search_result_index", "start": "start_block_index", "end": "end_block_index"},
    ),
    "web_search_result_location": ("web", {"url": "url"}),
}


def cited_blocks(message: dict[str, Any], text: str) -> list[ContentBlock]:
    """The text of an answer as blocks: what is cited with its citations, the rest as text. Raises UpstreamBroken."""
    specific = member_of(message.get("provider_specific_fields"), dict, {})
    if native := dicts_of(specific.get("citationsContent")):
        return _native(native, text)
    groups = member_of(specific.get("citations"), list, [])
    spans = list(_supported(groups, text)) if groups else list(_annotated(dicts_of(message.get("annotations")), text))
    return _spliced(text, spans)


# What is cited: where it begins and ends in the text, and the citations.
Span = tuple[int, int, list[Citation]]


def _spliced(text: str, spans: list[Span]) -> list[ContentBlock]:
    blocks: list[ContentBlock] = []
    position = 0
    for start, end, citations in spans:
        blocks += _plain(text[position:start])
        blocks.append({"citationsContent": {"content": [{"text": text[start:end]}], "citations": citations}})
        position = end
    return [*blocks, *_plain(text[position:])]


def _plain(text: str) -> list[ContentBlock]:
    return [{"text": text}] if text else []


def _native(cited: list[dict[str, Any]], text: str) -> list[ContentBlock]:
    """LiteLLM puts the cited texts in front of the rest where there is no other text; else they stand apart."""
    joined = "".join(str(item.get("text", "")) for block in cited for item in dicts_of(block.get("content")))
    rest = text.removeprefix(joined)
    blocks: list[ContentBlock] = [
        {
            "citationsContent": {
                "content": [{"text": str(item.get("text", ""))} for item in dicts_of(block.get("content"))],
                "citations": [bedrock_citation(citation) for citation in dicts_of(block.get("citations"))],
            }
        }
        for block in cited
    ]
    return [*blocks, *_plain(rest)] if rest != text else [*_plain(text), *blocks]


def bedrock_citation(citation: dict[str, Any]) -> Citation:
    """As Bedrock sent it, without what it does not know."""
    members = ("title", "source", "sourceContent", "location")
    return cast(Citation, {name: citation[name] for name in members if citation.get(name)})


# --- Anthropic ----------------------------------------------------------------------


def _supported(groups: list[Any], text: str) -> Iterator[Span]:
    position = 0
    for group in groups:
        citations = dicts_of(group)
        supported = str(citations[0].get("supported_text") or "") if citations else ""
        start = text.find(supported, position)
        if not citations:
            continue
        # A text that is not found is cited all the same, where the last one ended.
        start, end = (start, start + len(supported)) if start >= 0 else (position, position)
        yield start, end, [anthropic_citation(citation) for citation in citations]
        position = end


def anthropic_citation(citation: dict[str, Any]) -> Citation:
    """https://docs.claude.com/en/docs/build-with-claude/citations"""
    result: Citation = {}
    if title := citation.get("document_title") or citation.get("title"):
        result["title"] = str(title)
    if source := citation.get("source"):
        result["source"] = str(source)
    if cited := citation.get("cited_text"):
        result["sourceContent"] = [{"text": str(cited)}]
    name, members = _LOCATIONS.get(str(citation.get("type")), ("", {}))
    location = {ours: citation[theirs] for ours, theirs in members.items() if citation.get(theirs) is not None}
    if location:
        result["location"] = {name: location}
    return result


# --- OpenAI -------------------------------------------------------------------------


def _annotated(annotations: list[dict[str, Any]], text: str) -> Iterator[Span]:
    """https://platform.openai.com/docs/guides/tools-web-search: url_citation with its place in the text."""
    found = sorted(
        ((*_place(annotation, len(text)), annotation) for annotation in annotations), key=lambda found: found[:2]
    )
    spans: list[Span] = []
    for start, end, annotation in found:
        citation = url_citation(annotation)
        if spans and start < spans[-1][1]:  # two of one sentence, or overlapping: one block
            before, until, citations = spans[-1]
            spans[-1] = (before, max(until, end), [*citations, citation])
        else:
            spans.append((start, end, [citation]))
    yield from spans


def _place(annotation: dict[str, Any], length: int) -> tuple[int, int]:
    told = member_of(annotation.get("url_citation"), dict, {})
    start = min(max(0, member_of(told.get("start_index"), int, length)), length)
    return start, min(max(start, member_of(told.get("end_index"), int, length)), length)


def url_citation(annotation: dict[str, Any]) -> Citation:
    told = member_of(annotation.get("url_citation"), dict, {})
    result: Citation = {}
    if title := told.get("title"):
        result["title"] = str(title)
    if url := told.get("url"):
        result["location"] = {"web": {"url": str(url)}}
    return result
