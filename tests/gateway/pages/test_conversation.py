"""A session as it is read: every kind of message."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.gateway.pages.sessions import HOUR, Message, assistant, session, tool_call, user
from tests.gateway.pages.visitor import PAGE, Visitor, address_of

MARKDOWN = """## Fresnel lenses

They are *thin* and **light**; see https://example.org/lens or [this](https://example.com "why").
A second line.

1. first
3. next
   - nested

> quoted

```python
print("<b>")
```

| left | right |
| --- | ---: |
| a | b |

### Below
"""


def message(conversation: Locator, role: str) -> Locator:
    return conversation.get_by_role("article", name=role, exact=True)


def test_who_said_what_is_shown_in_order_with_the_facts_of_each_turn(visitor: Visitor):
    story = session("Lights", [user("first"), assistant("second")], [user("third"), assistant("fourth")], age=HOUR)
    conversation = visitor.read(story)
    expect(conversation.get_by_role("article")).to_contain_text(["first", "second", "third", "fourth"])
    expect(message(conversation, "User")).to_contain_text(["first", "third"])
    expect(conversation.get_by_role("heading", level=3)).to_have_text(["Turn 1", "Turn 2"])
    turn = conversation.get_by_role("region", name="Turn 2")
    for fact in ["demo", "24 Nov 2026, 09:00", "842 tokens"]:
        expect(turn).to_contain_text(fact)
    expect(conversation.locator("header")).to_contain_text("1,684 tokens")
    expect(visitor.page).to_have_title("Lights · Sessions")


def test_markdown_is_rendered(visitor: Visitor):
    answer = message(visitor.read(session("Lights", [assistant(MARKDOWN)])), "Assistant")
    expect(answer.get_by_role("heading", name="Fresnel lenses")).to_be_visible()
    expect(answer.locator("h4")).to_have_text("Fresnel lenses")
    expect(answer.locator("h5")).to_have_text("Below")
    expect(answer.locator("em")).to_have_text("thin")
    expect(answer.locator("strong")).to_have_text("light")
    expect(answer.locator("p > br")).to_have_count(1)
    expect(answer.locator("ol > li")).to_have_count(2)
    expect(answer.locator("ol > li > ul > li")).to_have_text("nested")
    expect(answer.locator("blockquote")).to_have_text("quoted")
    expect(answer.locator("pre")).to_have_text('print("<b>")\n')
    expect(answer.get_by_role("group", name="Code in python")).to_be_visible()
    expect(answer.get_by_role("columnheader")).to_have_text(["left", "right"])
    expect(answer.get_by_role("cell", name="b")).to_have_css("text-align", "right")


def test_links_open_elsewhere_and_tell_nothing(visitor: Visitor):
    answer = message(visitor.read(session("Lights", [assistant(MARKDOWN)])), "Assistant")
    expect(answer.get_by_role("link")).to_have_count(2)
    for link, address in zip(
        answer.get_by_role("link").all(), ["https://example.org/lens", "https://example.com"], strict=True
    ):
        expect(link).to_have_attribute("href", address)
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_the_first_number_of_a_list_is_kept(visitor: Visitor):
    answer = message(visitor.read(session("Lights", [assistant("4. four\n5. five")])), "Assistant")
    expect(answer.locator("ol")).to_have_attribute("start", "4")


def test_names_of_files_are_no_links(visitor: Visitor):
    answer = message(visitor.read(session("Lights", [assistant("edit main.py, ask me@example.org")])), "Assistant")
    expect(answer).to_contain_text("edit main.py, ask me@example.org")
    expect(answer.get_by_role("link")).to_have_count(0)


def test_a_tool_call_and_its_result_unfold(visitor: Visitor):
    call = tool_call("get_weather", '{"city":"Rome","station":12345678901234567890}')
    result = {"role": "tool", "tool_call_id": "call_1", "content": '{"sky":"clear"}'}
    conversation = visitor.read(session("Weather", [user("?"), assistant(None, tool_calls=[call]), result]))
    # All digits are there: JavaScript's own numbers would have rounded them.
    arguments = conversation.get_by_text('{\n  "city": "Rome",\n  "station": 12345678901234567890\n}')
    expect(arguments).to_be_hidden()
    conversation.get_by_text("Called get_weather").click()
    expect(arguments).to_be_visible()
    outcome = conversation.get_by_text('{\n  "sky": "clear"\n}')
    expect(outcome).to_be_hidden()
    conversation.get_by_text("Result of get_weather").click()
    expect(outcome).to_be_visible()


def test_arguments_that_are_not_json_are_shown_as_they_are(visitor: Visitor):
    conversation = visitor.read(session("Weather", [assistant(None, tool_calls=[tool_call("f", '{"city": "Ro')])]))
    conversation.get_by_text("Called f").click()
    expect(conversation.get_by_text('{"city": "Ro')).to_be_visible()


def test_instructions_are_shown_to_the_letter_and_folded_when_they_are_long(visitor: Visitor):
    short = {"role": "system", "content": "Answer *briefly*.\n  Indented."}
    long = {"role": "developer", "content": "Do this. " * 100}
    conversation = visitor.read(session("Rules", [short, long, user("?")]))
    expect(conversation.get_by_text("Answer *briefly*.")).to_be_visible()
    expect(conversation.get_by_text("Answer *briefly*.")).to_have_css("white-space", "pre-wrap")
    expect(conversation.get_by_text("Do this. Do this.")).to_be_hidden()
    conversation.get_by_text("Developer instructions").click()
    expect(conversation.get_by_text("Do this. Do this.")).to_be_visible()


@pytest.mark.parametrize(
    "members",
    [
        {"reasoning_content": "Think about *wind*."},
        {"thinking_blocks": [{"type": "thinking", "thinking": "Think about *wind*.", "signature": "c2ln"}]},
    ],
    ids=["reasoning_content", "thinking_blocks"],
)
def test_reasoning_is_folded(visitor: Visitor, members: Message):
    conversation = visitor.read(session("Wind", [user("?"), assistant("Calm.", **members)]))
    expect(conversation.get_by_text("Calm.")).to_be_visible()
    expect(conversation.get_by_text("Think about wind.")).to_be_hidden()
    conversation.get_by_text("Reasoning").click()
    expect(conversation.get_by_text("Think about wind.")).to_be_visible()


def test_reasoning_that_the_model_hides_is_said_to_be_hidden(visitor: Visitor):
    blocks = [{"type": "redacted_thinking", "data": "c2VjcmV0"}]
    conversation = visitor.read(session("Wind", [assistant("Calm.", thinking_blocks=blocks)]))
    conversation.get_by_text("Reasoning", exact=True).click()
    expect(conversation.get_by_text("keeps a part of its reasoning to itself")).to_be_visible()


@pytest.mark.parametrize(
    "answer",
    [assistant(None, refusal="Not that."), assistant([{"type": "refusal", "refusal": "Not that."}])],
    ids=["member", "part"],
)
def test_a_refusal_is_told(visitor: Visitor, answer: Message):
    expect(visitor.read(session("No", [answer])).get_by_text("Refused: Not that.")).to_be_visible()


def test_a_message_of_an_unknown_role_is_shown(visitor: Visitor):
    conversation = visitor.read(session("Odd", [{"role": "moderator", "content": "*Order!*"}]))
    expect(message(conversation, "moderator")).to_contain_text("*Order!*")


def test_a_message_that_lacks_what_its_role_has_is_shown_as_json(visitor: Visitor):
    conversation = visitor.read(session("Odd", [user("before"), assistant("here", tool_calls=[None]), user("after")]))
    expect(message(conversation, "User")).to_contain_text(["before", "after"])
    message(conversation, "Assistant").get_by_text("Other content").click()
    expect(conversation.locator("pre")).to_contain_text('"content": "here"')


def test_an_answer_that_was_cut_off_is_marked(visitor: Visitor):
    story = session("Long", [user("?"), assistant("And then")])
    story["history"][0]["finish_reason"] = "length"
    expect(visitor.read(story).get_by_text("cut off at the limit of tokens")).to_be_visible()


def test_a_session_without_turns_says_so(visitor: Visitor):
    expect(visitor.read(session("Empty")).get_by_text("Nothing was said in this session yet.")).to_be_visible()


def test_a_long_line_of_code_scrolls(visitor: Visitor):
    code = visitor.read(session("Code", [assistant("```\n" + "x" * 500 + "\n```")])).locator("pre")
    assert code.evaluate("(pre) => { pre.scrollLeft = 50; return pre.scrollLeft }") == 50


def test_code_is_copied_to_the_letter(visitor: Visitor):
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    conversation = visitor.read(session("Code", [assistant("```\na <b> & c\n```")]))
    conversation.get_by_role("button", name="Copy", exact=True).click()
    expect(visitor.page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == "a <b> & c\n"


def test_back_forward_and_reload_follow_the_address(visitor: Visitor):
    first, second = session("First", [user("a")]), session("Second", [user("b")])
    visitor.have(first, second)
    visitor.sign_in()
    visitor.items.get_by_role("link", name="First").click()
    expect(visitor.title).to_have_text("First")
    visitor.items.get_by_role("link", name="Second").click()
    expect(visitor.title).to_have_text("Second")
    expect(visitor.items.get_by_role("link", name="Second")).to_have_attribute("aria-current", "page")
    visitor.page.go_back()
    expect(visitor.title).to_have_text("First")
    visitor.page.reload()
    expect(visitor.title).to_have_text("First")
    expect(visitor.items.get_by_role("link", name="First")).to_have_attribute("aria-current", "page")
    visitor.page.go_forward()
    expect(visitor.title).to_have_text("Second")
    assert visitor.page.url == f"{visitor.server}{address_of(second)}"


def test_the_session_that_was_chosen_last_is_shown(visitor: Visitor):
    slow, quick = session("Slow", [user("a")]), session("Quick", [user("b")])
    visitor.have(slow, quick)
    visitor.sign_in()
    # Never answered.
    visitor.page.route(f"**/v1/sessions/{slow['id']}", lambda route: None)
    visitor.items.get_by_role("link", name="Slow").click()
    expect(visitor.page.get_by_text("Loading…")).to_be_visible()
    with visitor.page.expect_event("requestfailed") as cancelled:
        visitor.items.get_by_role("link", name="Quick").click()
    assert cancelled.value.url.endswith(slow["id"])
    expect(visitor.title).to_have_text("Quick")


@pytest.mark.parametrize(
    "address",
    [f"{PAGE}#/00000000-0000-4000-8000-000000000000", f"{PAGE}#/..%2F..%2Fv1", f"{PAGE}#/%E0%A4%A", f"{PAGE}#/<b>"],
)
def test_a_session_that_is_not_there_is_told(visitor: Visitor, address: str):
    visitor.expected = {404}
    visitor.have(session("Another"))
    visitor.sign_in(address)
    expect(visitor.title).to_have_text("There is no such session")
    expect(visitor.items).to_have_count(1)


def test_a_session_that_cannot_be_loaded_can_be_tried_again(visitor: Visitor):
    visitor.expected = {503}
    story = session("Lights", [user("hello")])
    visitor.have(story)
    visitor.sign_in()
    error = {"error": {"message": "the database cannot be reached", "type": "x", "param": None, "code": None}}
    visitor.page.route(f"**/v1/sessions/{story['id']}", lambda route: route.fulfill(status=503, json=error), times=1)
    visitor.items.get_by_role("link").click()
    expect(visitor.page.get_by_text("the database cannot be reached")).to_be_visible()
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.title).to_have_text("Lights")
