"""The list: order, facts, search, pages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.gateway.pages.sessions import DAY, HOUR, NOW, session, user
from tests.gateway.pages.visitor import Visitor


def test_the_newest_session_comes_first_with_all_its_facts(visitor: Visitor):
    visitor.have(
        session("The older one", [user("a")], age=2 * DAY),
        session("The newer one", [user("a")], [user("b")], age=3 * HOUR, model="sonnet"),
    )
    visitor.sign_in()
    expect(visitor.items).to_contain_text(["The newer one", "The older one"])
    for fact in ["sonnet", "3 hours ago", "24 Nov 2026, 07:00", "2 turns", "1,684 tokens"]:
        expect(visitor.items.first).to_contain_text(fact)
    for fact in ["2 days ago", "22 Nov 2026, 10:00", "1 turn", "842 tokens"]:
        expect(visitor.items.last).to_contain_text(fact)
    expect(visitor.items.first.locator("time")).to_have_attribute("datetime", "2026-11-24T07:00:00.000Z")


def test_times_are_told_in_the_unit_that_fits(visitor: Visitor):
    ages = [20, 60, HOUR, DAY, 8 * DAY, 70 * DAY, 800 * DAY]
    visitor.have(*(session(str(age), age=age) for age in ages))
    visitor.sign_in()
    expect(visitor.items).to_contain_text(
        ["just now", "1 minute ago", "1 hour ago", "yesterday", "last week", "2 months ago", "2 years ago"]
    )


@pytest.mark.parametrize(
    ("languages", "shown"),
    [
        (["en-US"], "Nov 24, 2026, 7:00"),
        (["de-DE", "en-GB"], "24 Nov 2026, 07:00"),
        (["de-DE"], "24 Nov 2026, 07:00"),
        (["en-US@posix"], "24 Nov 2026, 07:00"),
    ],
)
def test_times_are_written_in_the_readers_english(visitor: Visitor, languages: list[str], shown: str):
    visitor.page.add_init_script(f"Object.defineProperty(navigator, 'languages', {{ value: {languages} }})")
    visitor.have(session("About lighthouses", age=3 * HOUR))
    visitor.sign_in()
    expect(visitor.items).to_contain_text([shown])


def test_a_session_without_a_title_has_a_name_all_the_same(visitor: Visitor):
    visitor.have(session(None))
    visitor.sign_in()
    expect(visitor.items).to_contain_text(["Untitled"])


def test_an_empty_list_says_so(visitor: Visitor):
    visitor.have()
    visitor.sign_in()
    expect(visitor.page.get_by_text("Nothing here yet.")).to_be_visible()


def test_titles_are_searched_by_the_gateway_after_a_pause_in_typing(visitor: Visitor):
    visitor.have(session("About lighthouses"), session("About bread"))
    visitor.sign_in()
    expect(visitor.items).to_have_count(2)
    # Timers stand still unless they are told how much time passes, in milliseconds.
    visitor.page.clock.pause_at(NOW + 60)
    for letter in "BREAD":
        visitor.page.clock.run_for(200)
        visitor.page.get_by_label("Search titles").press_sequentially(letter)
    visitor.page.clock.run_for(300)
    expect(visitor.items).to_have_count(1)
    expect(visitor.items).to_contain_text(["About bread"])
    expect(visitor.page.get_by_role("status").filter(has_text="1 session")).to_be_visible()
    assert [url for url in visitor.requests if "query=" in url] == [
        f"{visitor.server}/v1/sessions?limit=20&query=BREAD"
    ]
    visitor.page.get_by_label("Search titles").fill("")
    visitor.page.clock.run_for(300)
    expect(visitor.items).to_have_count(2)


def test_a_later_search_overtakes_an_earlier_one(visitor: Visitor):
    visitor.have(session("About lighthouses"), session("About bread"))
    visitor.sign_in()
    # Never answered.
    visitor.page.route("**/*query=light", lambda route: None)
    with visitor.page.expect_request("**/*query=light"):
        visitor.page.get_by_label("Search titles").fill("light")
    with visitor.page.expect_event("requestfailed") as cancelled:
        visitor.page.get_by_label("Search titles").fill("bread")
    assert cancelled.value.url.endswith("query=light")
    expect(visitor.items).to_have_count(1)
    expect(visitor.items).to_contain_text(["About bread"])


def test_a_search_without_a_result_says_so(visitor: Visitor):
    visitor.have(session("About lighthouses"))
    visitor.sign_in()
    visitor.page.get_by_label("Search titles").fill("a&b=c")
    expect(visitor.page.get_by_text("No title has “a&b=c” in it.")).to_be_visible()
    expect(visitor.items).to_have_count(0)


def test_more_are_shown_a_page_at_a_time(visitor: Visitor):
    visitor.have(*(session(f"Session {number}", age=number) for number in range(45)))
    visitor.sign_in()
    more = visitor.page.get_by_role("button", name="Show more")
    expect(visitor.items).to_have_count(20)
    expect(visitor.page.get_by_text("20 sessions shown")).to_be_visible()
    more.click()
    expect(visitor.items).to_have_count(40)
    expect(visitor.items.nth(20).get_by_role("link")).to_be_focused()
    more.click()
    expect(visitor.items).to_have_count(45)
    expect(more).to_be_hidden()
    expect(visitor.items.last).to_contain_text("Session 44")


def test_more_belongs_to_the_search(visitor: Visitor):
    visitor.have(*(session(f"{'even' if number % 2 == 0 else 'odd'} {number}", age=number) for number in range(60)))
    visitor.sign_in()
    visitor.page.get_by_label("Search titles").fill("odd")
    expect(visitor.items.first).to_contain_text("odd 1")
    visitor.page.get_by_role("button", name="Show more").click()
    expect(visitor.items).to_have_count(30)
    expect(visitor.items).to_contain_text(["odd"] * 30)


def test_a_failure_is_told_and_can_be_tried_again(visitor: Visitor):
    visitor.expected = {503}
    visitor.have(session("About lighthouses"))
    visitor.sign_in()
    expect(visitor.items).to_have_count(1)
    error = {"error": {"message": "the database cannot be reached", "type": "x", "param": None, "code": None}}
    visitor.page.route(re.compile("query="), lambda route: route.fulfill(status=503, json=error), times=1)
    visitor.page.get_by_label("Search titles").fill("light")
    expect(visitor.page.get_by_text("the database cannot be reached")).to_be_visible()
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.page.get_by_text("the database cannot be reached")).to_be_hidden()
    expect(visitor.items).to_have_count(1)


def test_the_clock_of_these_tests_is_what_it_says():
    assert NOW % DAY == 10 * HOUR
