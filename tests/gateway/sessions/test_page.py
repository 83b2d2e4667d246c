"""The page on the gateway itself: what a program said, a person sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.gateway.pages.visitor import PAGE, Visitor
from tests.gateway.sessions.conftest import PNG, ask, begin
from tests.support.chromium import chromium, why_not
from tests.support.processes import Gateway

TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}


@pytest.fixture
def person(replica: Gateway, key: str) -> Iterator[Visitor]:
    if reason := why_not():
        pytest.skip(reason)
    with chromium() as browser, browser.new_context(base_url=replica.url, accept_downloads=True) as context:
        visitor = Visitor(context.new_page(), replica.url, key)
        yield visitor
        assert visitor.problems == []


def test_a_person_reads_searches_renames_exports_forks_and_deletes(person: Visitor, http: httpx.Client, tmp_path: Path):
    begin(http, "Something else")
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
    question = [{"type": "text", "text": 'call get_weather {"city": "Rome"}'}, image]
    session_id = begin(http, messages=[{"role": "user", "content": question}], tools=[TOOL])
    ask(http, "say: **bold** words", session_id=session_id)

    person.sign_in()
    expect(person.items).to_have_count(2)
    person.page.get_by_label("Search titles").fill("WEATHER")
    expect(person.items).to_have_count(1)
    person.items.get_by_role("link").click()
    expect(person.conversation).to_contain_text("get_weather")
    expect(person.conversation.locator("strong", has_text="bold").last).to_be_visible()
    expect(person.conversation.get_by_role("img").first).to_be_visible()

    with person.page.expect_download() as download:
        person.conversation.get_by_role("button", name="Export").click()
    download.value.save_as(tmp_path / "export.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "export.jsonl").read_text().splitlines()]
    assert [line["turn"] for line in lines] == [1, 2]

    person.conversation.get_by_role("button", name="Continue from here").first.click()
    expect(person.conversation).not_to_contain_text("bold")
    forks = [one for one in http.get("/v1/sessions").json()["data"] if one["forked_from"]]
    assert [fork["forked_from"] for fork in forks] == [{"session_id": session_id, "turn": 1}]

    person.page.goto(f"{PAGE}#/{session_id}")
    person.conversation.get_by_role("button", name="Delete").click()
    person.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(person.title).not_to_be_visible()
    assert http.get(f"/v1/sessions/{session_id}").status_code == 404


def test_a_key_that_litellm_does_not_know_is_told(person: Visitor):
    person.expected.add(401)
    person.page.goto(PAGE)
    person.page.get_by_label("API key").fill("sk-nobody-gave-this")
    person.page.get_by_role("button", name="Sign in").click()
    expect(person.page.get_by_role("alert").first).to_contain_text("key")
    assert "sk-nobody-gave-this" not in str(person.storage)
