"""The page for everybody: checked by axe-core, walked through with the keyboard alone, on the narrowest screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.gateway.pages.screenshot import ferry, others
from tests.gateway.pages.sessions import DAY, PNG, Session, assistant, session, text, tool_call, user
from tests.gateway.pages.test_conversation import MARKDOWN
from tests.gateway.pages.visitor import PAGE, Visitor, address_of
from tests.support.chromium import NODE_MODULES

AXE = NODE_MODULES / "axe-core" / "axe.min.js"


def all_kinds() -> Session:
    """A session with a message and a part of every kind."""
    parts = [
        text("Look:"),
        {"type": "image_url", "image_url": {"url": PNG}},
        {"type": "image_url", "image_url": {"url": "https://example.org/cat.png"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
        {"type": "video_url"},
    ]
    call = tool_call("get_weather", '{"city": "Rome"}')
    long = "x" * 300
    answer = assistant(
        f"{MARKDOWN}\n{long}\n```\n{long}\n```", reasoning_content="Hm.", refusal="No.", tool_calls=[call]
    )
    result = {"role": "tool", "tool_call_id": "call_1", "content": "clear"}
    story = session("Everything", [{"role": "system", "content": "Be brief."}, user(parts), answer, result])
    story["history"][0]["finish_reason"] = "length"
    story["forked_from"] = {"session_id": story["id"], "turn": 1}
    return story


def signing_in(visitor: Visitor) -> None:
    visitor.expected = {401}
    visitor.page.goto(PAGE)
    visitor.page.get_by_label("API key").fill("sk-wrong")
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_text("The key was not accepted.")).to_be_visible()


def reading(visitor: Visitor) -> None:
    visitor.read(all_kinds())
    visitor.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")


def choosing(visitor: Visitor) -> None:
    visitor.have(*others(), *(session(f"Session {number}", age=DAY) for number in range(30)))
    visitor.sign_in()
    expect(visitor.items).to_have_count(20)


def renaming(visitor: Visitor) -> None:
    visitor.read(ferry())
    visitor.page.get_by_role("button", name="Rename").click()


def deleting(visitor: Visitor) -> None:
    visitor.read(ferry())
    visitor.page.get_by_role("button", name="Delete").click()


def finding_nothing(visitor: Visitor) -> None:
    visitor.expected = {404}
    visitor.have()
    visitor.sign_in(address_of(ferry()))
    expect(visitor.title).to_have_text("There is no such session")


SCENES = [signing_in, choosing, reading, renaming, deleting, finding_nothing]


@pytest.fixture(
    params=[(1280, "light"), (1280, "dark"), (320, "light")], ids=["wide-light", "wide-dark", "narrow-light"]
)
def axed(request: pytest.FixtureRequest, browser: Browser, stand_in: str) -> Iterator[Visitor]:
    """A visitor into whose page axe-core can be put."""
    width, scheme = request.param
    with browser.new_context(
        base_url=stand_in,
        locale="en-GB",
        viewport={"width": width, "height": 800},
        reduced_motion="reduce",
        color_scheme=scheme,
        # Axe makes HTML of texts, which the page itself must not.
        bypass_csp=True,
    ) as context:
        person = Visitor(context.new_page(), stand_in, key=f"sk-{uuid4()}")
        yield person
        assert person.problems == []


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_axe_finds_nothing_to_complain_of(axed: Visitor, scene: Callable[[Visitor], None]):
    scene(axed)
    axed.page.add_script_tag(path=AXE)
    found = axed.page.evaluate("axe.run()")
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
    assert len(found["passes"]) > 10


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_nothing_is_wider_than_the_narrowest_screen(visitor: Visitor, scene: Callable[[Visitor], None]):
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    scene(visitor)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_keyboard_alone_is_enough(visitor: Visitor):
    keyboard, focused = visitor.page.keyboard, visitor.page.locator(":focus")
    visitor.have(session("First", [user("a"), assistant("b")]), session("Second", [user("c")], age=DAY))
    visitor.page.goto(PAGE)
    expect(visitor.page.get_by_label("API key")).to_be_focused()
    keyboard.type(visitor.key)
    keyboard.press("Enter")
    expect(visitor.page.get_by_role("heading", name="Your sessions")).to_be_focused()
    expect(visitor.items).to_have_count(2)
    keyboard.press("Tab")
    expect(visitor.page.get_by_label("Search titles")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(visitor.title).to_have_text("First")
    expect(visitor.title).to_be_focused()
    for name in ["Rename", "Export", "Copy id", "Delete", "Continue from here"]:
        keyboard.press("Tab")
        expect(focused).to_have_text(name)
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    expect(focused).to_have_text("Cancel")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(visitor.items).to_contain_text(["Second"])
    expect(visitor.page.get_by_role("heading", name="Your sessions")).to_be_focused()
    assert visitor.page.url.endswith("#/")


def test_the_list_can_be_skipped(visitor: Visitor):
    visitor.read(session("First", [user("a")]))
    visitor.page.get_by_label("Search titles").focus()
    for _ in range(2):
        visitor.page.keyboard.press("Shift+Tab")
    skip = visitor.page.get_by_role("button", name="Skip to the conversation")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    visitor.page.keyboard.press("Enter")
    expect(visitor.title).to_be_focused()


def test_a_narrow_screen_shows_one_pane_at_a_time(visitor: Visitor):
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    visitor.have(session("First", [user("a")]), session("Second", [user("b")], age=DAY))
    visitor.sign_in()
    expect(visitor.conversation).to_be_hidden()
    visitor.items.get_by_role("link", name="Second").click()
    expect(visitor.title).to_be_focused()
    expect(visitor.items).to_have_count(0)
    visitor.page.get_by_role("link", name="All sessions").click()
    expect(visitor.items.get_by_role("link", name="Second")).to_be_focused()
    expect(visitor.conversation).to_be_hidden()


def test_a_wide_screen_shows_both_panes(visitor: Visitor):
    visitor.read(session("First", [user("a")]))
    expect(visitor.items).to_have_count(1)
    expect(visitor.page.get_by_role("link", name="All sessions")).to_be_hidden()
