"""Signing in and out, and where the key is meanwhile."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.gateway.pages.sessions import session, user
from tests.gateway.pages.visitor import PAGE, Visitor, address_of


def test_a_key_opens_the_list_of_its_sessions(visitor: Visitor):
    visitor.have(session("About lighthouses"))
    visitor.sign_in()
    expect(visitor.items).to_contain_text(["About lighthouses"])


def test_a_wrong_key_is_told_and_not_kept(visitor: Visitor):
    visitor.expected = {401}
    visitor.page.goto(PAGE)
    visitor.page.get_by_label("API key").fill("sk-wrong")
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_role("alert")).to_have_text(
        ["The key was not accepted. Authentication Error, this key is not known.", ""]
    )
    expect(visitor.page.get_by_label("API key")).to_be_visible()
    assert visitor.storage == {"tab": {}, "browser": {}, "cookies": ""}


def test_what_cannot_be_a_key_is_not_sent(visitor: Visitor):
    visitor.page.goto(PAGE)
    visitor.page.get_by_label("API key").fill("sk-“quoted”")
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_text("This is not an API key")).to_be_visible()
    assert not [url for url in visitor.requests if "/v1/" in url]


def test_spaces_around_a_key_do_not_matter(visitor: Visitor):
    visitor.have(session("About lighthouses"))
    visitor.page.goto(PAGE)
    visitor.page.get_by_label("API key").fill(f"  {visitor.key} ")
    visitor.page.get_by_label("API key").press("Enter")
    expect(visitor.items).to_have_count(1)


def test_the_key_is_kept_in_the_tab_alone_and_gone_after_signing_out(visitor: Visitor):
    visitor.have(session("About lighthouses"))
    visitor.sign_in()
    assert visitor.storage == {"tab": {"gateway.key": visitor.key}, "browser": {}, "cookies": ""}
    assert not [url for url in visitor.requests if visitor.key in url]
    expect(visitor.page.get_by_label("API key")).to_have_value("")
    visitor.page.get_by_role("button", name="Sign out").click()
    expect(visitor.page.get_by_label("API key")).to_be_focused()
    assert visitor.storage == {"tab": {}, "browser": {}, "cookies": ""}
    visitor.page.reload()
    expect(visitor.page.get_by_label("API key")).to_be_visible()


def test_nothing_that_was_read_stays_in_the_page_after_signing_out(visitor: Visitor):
    visitor.read(session("About lighthouses", [user("What is a Fresnel lens?")]))
    visitor.page.get_by_role("button", name="Sign out").click()
    expect(visitor.page.get_by_label("API key")).to_be_visible()
    content = visitor.page.content()
    assert "Fresnel" not in content
    assert "lighthouses" not in content


def test_another_tab_has_to_sign_in_too(visitor: Visitor):
    visitor.have(session("About lighthouses"))
    visitor.sign_in()
    with visitor.page.context.expect_page() as opened:
        visitor.page.evaluate("window.open('sessions', '_blank', 'noopener')")
    expect(opened.value.get_by_label("API key")).to_be_visible()
    # That it was opened.
    visitor.problems.clear()


def test_a_key_that_is_refused_later_returns_to_signing_in_with_the_reason(visitor: Visitor):
    visitor.expected = {401}
    story = session("About lighthouses", [user("hello")])
    visitor.have(story)
    visitor.sign_in()
    visitor.lose_key()
    visitor.items.get_by_role("link").click()
    expect(visitor.page.get_by_text("The key was not accepted. Authentication Error")).to_be_visible()
    assert visitor.storage["tab"] == {}
    visitor.have(story)
    visitor.page.get_by_label("API key").fill(visitor.key)
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.title).to_have_text("About lighthouses")


def test_a_gateway_that_cannot_be_reached_is_told(visitor: Visitor):
    visitor.page.goto(PAGE)
    visitor.page.route("**/v1/sessions*", lambda route: route.abort("connectionrefused"))
    visitor.page.get_by_label("API key").fill(visitor.key)
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_text("The gateway cannot be reached.")).to_be_visible()
    assert visitor.problems == ["error: Failed to load resource: net::ERR_CONNECTION_REFUSED"]
    visitor.problems.clear()


def test_a_link_to_a_session_opens_it_once_signed_in(visitor: Visitor):
    story = session("About lighthouses", [user("hello")])
    visitor.have(session("Another"), story)
    visitor.sign_in(address_of(story))
    expect(visitor.title).to_have_text("About lighthouses")
