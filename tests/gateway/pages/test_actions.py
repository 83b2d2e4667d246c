"""What can be done with a session: renaming, deleting, exporting, continuing it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.gateway.pages.sessions import DAY, assistant, session, user
from tests.gateway.pages.visitor import PAGE, Visitor, address_of

TURNS: list[list[dict[str, Any]]] = [[user("one"), assistant("1")], [user("two"), assistant("2")], [user("three")]]


def test_a_title_is_changed_where_it_stands(visitor: Visitor):
    visitor.read(session("Old", *TURNS))
    visitor.page.get_by_role("button", name="Rename").click()
    field = visitor.page.get_by_label("Title", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("Old")
    field.fill("New <b>title</b>")
    field.press("Enter")
    expect(visitor.title).to_have_text("New <b>title</b>")
    expect(visitor.items).to_contain_text(["New <b>title</b>"])
    expect(visitor.page.get_by_role("button", name="Rename")).to_be_focused()
    visitor.page.reload()
    expect(visitor.title).to_have_text("New <b>title</b>")


def test_escape_leaves_the_title_as_it_was(visitor: Visitor):
    visitor.read(session("Old", *TURNS))
    visitor.page.get_by_role("button", name="Rename").click()
    visitor.page.get_by_label("Title", exact=True).fill("New")
    visitor.page.keyboard.press("Escape")
    expect(visitor.title).to_have_text("Old")
    expect(visitor.page.get_by_role("button", name="Rename")).to_be_focused()
    visitor.page.get_by_role("button", name="Rename").click()
    expect(visitor.page.get_by_label("Title", exact=True)).to_have_value("Old")


def test_a_title_that_is_refused_can_be_corrected(visitor: Visitor):
    visitor.expected = {400}
    visitor.read(session("Old", *TURNS))
    error = {"error": {"message": "title: is too long", "type": "x", "param": "title", "code": None}}
    visitor.page.route(re.compile("/v1/sessions/"), lambda route: route.fulfill(status=400, json=error), times=1)
    visitor.page.get_by_role("button", name="Rename").click()
    visitor.page.get_by_label("Title", exact=True).fill("New")
    visitor.page.get_by_role("button", name="Save").click()
    expect(visitor.page.get_by_role("alert").filter(has_text="title: is too long")).to_be_visible()
    visitor.page.get_by_role("button", name="Save").click()
    expect(visitor.title).to_have_text("New")


def test_deleting_asks_first_and_leaves_the_other_sessions(visitor: Visitor):
    visitor.have(session("Gone", *TURNS), session("Kept", age=DAY))
    visitor.sign_in()
    visitor.items.get_by_role("link", name="Gone").click()
    visitor.page.get_by_role("button", name="Delete").click()
    dialog = visitor.page.get_by_role("dialog", name="Delete this session?")
    expect(dialog).to_contain_text("“Gone” and all that was said in it")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
    expect(visitor.page.get_by_role("status").filter(has_text="“Gone” was deleted.")).to_be_visible()
    expect(visitor.items).to_have_count(1)
    expect(visitor.items).to_contain_text(["Kept"])
    expect(visitor.page.get_by_text("Choose a session")).to_be_visible()
    # Going back does not lead to what is no more, which would be reported as not found.
    visitor.page.go_back()
    expect(visitor.page).to_have_url(f"{visitor.server}{PAGE}")
    expect(visitor.page.get_by_text("Choose a session")).to_be_visible()


def test_deleting_the_last_that_is_shown_brings_the_next(visitor: Visitor):
    visitor.have(session("First", *TURNS), session("Second", age=DAY))
    one_a_page = ("limit=20", "limit=1")
    visitor.page.route("**/*limit=20*", lambda route: route.continue_(url=route.request.url.replace(*one_a_page)))
    visitor.sign_in()
    visitor.items.get_by_role("link", name="First").click()
    visitor.page.get_by_role("button", name="Delete").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(visitor.items).to_contain_text(["Second"])


@pytest.mark.parametrize("no", ["Cancel", "Escape"])
def test_deleting_can_be_called_off(visitor: Visitor, no: str):
    visitor.read(session("Kept", *TURNS))
    visitor.page.get_by_role("button", name="Delete").click()
    if no == "Escape":
        visitor.page.keyboard.press("Escape")
    else:
        visitor.page.get_by_role("button", name="Cancel").click()
    expect(visitor.page.get_by_role("dialog")).to_be_hidden()
    expect(visitor.page.get_by_role("button", name="Delete")).to_be_focused()
    visitor.page.reload()
    expect(visitor.title).to_have_text("Kept")


def test_a_yes_is_not_taken_for_the_next_question(visitor: Visitor):
    first, second = session("First", *TURNS), session("Second", *TURNS)
    visitor.have(first, second)
    visitor.sign_in(address_of(first))
    visitor.page.get_by_role("button", name="Delete").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    visitor.items.get_by_role("link", name="Second").click()
    visitor.page.get_by_role("button", name="Delete").click()
    visitor.page.get_by_role("button", name="Cancel").click()
    # When this is answered, a deletion before it would be too.
    with visitor.page.expect_download():
        visitor.page.get_by_role("button", name="Export").click()
    visitor.page.reload()
    expect(visitor.title).to_have_text("Second")


def test_an_export_is_downloaded_as_lines_of_json(visitor: Visitor):
    story = session("Lights", *TURNS)
    visitor.read(story)
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == f"session-{story['id']}.jsonl"
    lines = Path(download.value.path()).read_text().splitlines()
    assert [json.loads(line)["messages"] for line in lines] == TURNS


def test_continuing_from_a_turn_opens_a_new_session(visitor: Visitor):
    story = session("Lights", *TURNS)
    conversation = visitor.read(story)
    conversation.get_by_role("button", name="Continue from here, after turn 2").click()
    expect(conversation.get_by_text("Continued from an earlier session, after turn 2.")).to_be_visible()
    expect(conversation.get_by_role("heading", level=3)).to_have_text(["Turn 1", "Turn 2"])
    expect(visitor.items).to_have_count(2)
    expect(visitor.page.get_by_role("status").filter(has_text="This is a new session")).to_be_visible()
    assert story["id"] not in visitor.page.url
    conversation.get_by_role("link", name="an earlier session").click()
    expect(conversation.get_by_role("heading", level=3)).to_have_text(["Turn 1", "Turn 2", "Turn 3"])


@pytest.mark.parametrize("action", ["Export", "Continue from here, after turn 1"])
def test_what_fails_is_told_until_it_is_dismissed(visitor: Visitor, action: str):
    visitor.expected = {503}
    visitor.read(session("Lights", *TURNS))
    error = {"error": {"message": "the database cannot be reached", "type": "x", "param": None, "code": None}}
    visitor.page.route(re.compile("/(export|fork)$"), lambda route: route.fulfill(status=503, json=error))
    visitor.page.get_by_role("button", name=action).click()
    expect(visitor.page.get_by_role("alert").filter(has_text="the database cannot be reached")).to_be_visible()
    visitor.page.get_by_role("button", name="Dismiss").click()
    expect(visitor.page.get_by_text("the database cannot be reached")).to_be_hidden()


def test_an_error_that_is_not_json_is_told_by_its_status(visitor: Visitor):
    visitor.expected = {502}
    visitor.read(session("Lights", *TURNS))
    visitor.page.route(re.compile("/export$"), lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    visitor.page.get_by_role("button", name="Export").click()
    expect(visitor.page.get_by_text("The gateway answered with status 502.")).to_be_visible()


def test_a_key_that_is_refused_in_an_action_returns_to_signing_in(visitor: Visitor):
    visitor.expected = {401}
    visitor.read(session("Lights", *TURNS))
    visitor.lose_key()
    visitor.page.get_by_role("button", name="Export").click()
    expect(visitor.page.get_by_text("The key was not accepted.")).to_be_visible()
    assert visitor.storage["tab"] == {}
