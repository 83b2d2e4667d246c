"""The parts of messages that are more than text: images, attachments, and what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.gateway.pages.sessions import PNG, Message, assistant, session, text, user
from tests.gateway.pages.visitor import Visitor


def test_images_within_messages_are_shown(visitor: Visitor):
    part = {"type": "image_url", "image_url": {"url": PNG}}
    conversation = visitor.read(
        session("Pictures", [user([text("What?"), part]), assistant("That.", images=[{"image_url": {"url": PNG}}])])
    )
    shown = conversation.get_by_role("img", name="Image in the message")
    expect(shown).to_have_count(2)
    for picture in shown.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("naturalWidth", 1)


def test_images_elsewhere_are_links_and_not_loaded(visitor: Visitor):
    part = {"type": "image_url", "image_url": {"url": "https://example.org/cat.png"}}
    conversation = visitor.read(session("Pictures", [user([part]), assistant("![a cat](https://example.com/cat.gif)")]))
    expect(conversation.get_by_role("link", name="Image at https://example.org/cat.png")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    expect(conversation.get_by_role("link", name="Image: a cat")).to_have_attribute(
        "href", "https://example.com/cat.gif"
    )
    expect(conversation.get_by_role("img")).to_have_count(0)


DOWNLOADS = [
    (
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
        "a.pdf",
        b"%PDF",
    ),
    (
        {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain,caf%C3%A9"}},
        "a.txt",
        "café".encode(),
    ),
    ({"type": "file", "file": {"file_data": "data:text/html;base64,PGI+"}}, "document", b"<b>"),
    ({"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}, "audio.wav", b"RIFF"),
    ({"type": "image_url", "image_url": {"url": "data:image/svg+xml;base64,PHN2Zy8+"}}, "image.svg", b"<svg/>"),
]


@pytest.mark.parametrize(("part", "name", "content"), DOWNLOADS, ids=[name for _, name, _ in DOWNLOADS])
def test_attachments_have_a_name_and_a_download(visitor: Visitor, part: Message, name: str, content: bytes):
    conversation = visitor.read(session("Papers", [user([text("Read this."), part])]))
    expect(conversation.get_by_text(name, exact=True)).to_be_visible()
    with visitor.page.expect_download() as download:
        conversation.get_by_role("button", name=f"Download {name}").click()
    assert download.value.suggested_filename.startswith(name)
    assert Path(download.value.path()).read_bytes() == content


def test_a_damaged_attachment_is_told(visitor: Visitor):
    part = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,%%%"}}
    conversation = visitor.read(session("Papers", [user([part])]))
    conversation.get_by_role("button", name="Download a.pdf").click()
    expect(visitor.page.get_by_text("a.pdf cannot be downloaded: its data is damaged.")).to_be_visible()


def test_a_document_of_which_only_the_id_is_known_is_named(visitor: Visitor):
    conversation = visitor.read(session("Papers", [user([{"type": "file", "file": {"file_id": "file-abc"}}])]))
    expect(conversation.get_by_text("file-abc")).to_be_visible()
    expect(conversation.get_by_role("button", name="Download")).to_have_count(0)


ODD_PARTS = [
    ({"type": "video_url", "video_url": {"url": "u"}}, "Content of type video_url", '"video_url": {'),
    ({"type": "image_url"}, "Content of type image_url", '"type": "image_url"'),
    ({"type": "file"}, "Content of type file", '"type": "file"'),
    ({"type": "text", "text": 5}, "Content of type text", '"text": 5'),
    ({"type": "constructor"}, "Content of type constructor", '"type": "constructor"'),
    ({}, "Other content", "{}"),
    (None, "Other content", "null"),
    ("bare", "Other content", '"bare"'),
]


@pytest.mark.parametrize(("part", "summary", "shown"), ODD_PARTS, ids=[str(part)[:40] for part, _, _ in ODD_PARTS])
def test_what_is_not_known_is_shown_as_json(visitor: Visitor, part: Message, summary: str, shown: str):
    conversation = visitor.read(session("Odd", [user([text("before"), part, text("after")])]))
    expect(conversation.get_by_text("after")).to_be_visible()
    conversation.get_by_text(summary).click()
    expect(conversation.locator("pre")).to_contain_text(shown)
