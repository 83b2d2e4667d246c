"""What a model or a user may have written does nothing but stand there.

Every visitor also watches that nothing is reported in the console and that no request goes elsewhere.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.gateway.pages.sessions import Message, assistant, session, text, tool_call, user
from tests.gateway.pages.visitor import PAGE, Visitor

# Each would set window.harmed, load something from elsewhere, or leave the page.
SCRIPT = "<script>window.harmed = 1</script>"
TEXTS = [
    SCRIPT,
    "<img src=x onerror='window.harmed = 1'>",
    "<img src='https://evil.example/pixel.png'>",
    "<svg onload='window.harmed = 1'><use href='https://evil.example/#x'></use></svg>",
    "<iframe srcdoc='<script>parent.harmed = 1</script>'></iframe>",
    "<style>@import 'https://evil.example/a.css'; body { display: none }</style>",
    "<meta http-equiv='refresh' content='0; url=https://evil.example/'>",
    "<base href='https://evil.example/'>",
    "<form action='https://evil.example/'><input autofocus onfocus='window.harmed = 1'></form>",
    "<details open ontoggle='window.harmed = 1'>",
    "[a](javascript:window.harmed=1)",
    "[a](JaVaScRiPt:window.harmed=1)",
    "[a](&#106;avascript:window.harmed=1)",
    "[a](java\tscript:window.harmed=1)",
    "[a](vbscript:x) [b](file:///etc/passwd) [c](blob:x) [d](data:text/html,<script>window.harmed=1</script>)",
    "<javascript:window.harmed=1>",
    "[a]: javascript:window.harmed=1\n\n[a]",
    "[a](/v1/sessions) [b](#/other) [c](//evil.example/) [d](../v1/sessions)",
    "![a](https://evil.example/a.png) ![b](//evil.example/b.png) ![c](http://evil.example/c.png 'd')",
    "![a](javascript:window.harmed=1) ![b](data:image/svg+xml;base64,PHN2Zy8+) ![c](/favicon.ico)",
    "[![a](https://evil.example/a.png)](https://evil.example/)",
    '![a" onerror="window.harmed=1](x) ![a](data:image/png;base64,x"onerror="window.harmed=1)',
    '```x" onmouseover="window.harmed=1\n</code></pre><script>window.harmed=1</script>\n```',
    "| a |\n| :-- |\n| <img src=x onerror=window.harmed=1> |",
    "constructor __proto__ [a](constructor:x)",
    "\u202etxet\u202c \u0000 \ufffd 😀",
    ">" * 2000,
    "[" * 5000,
    "*a_ " * 5000,
]


def everywhere(hostile: str) -> list[Message]:
    """A turn with the text in each place where a text can be."""
    return [
        {"role": "system", "content": hostile},
        user([text(hostile), {"type": "file", "file": {"filename": hostile, "file_id": hostile}}, {"type": hostile}]),
        user([{"type": "image_url", "image_url": {"url": hostile}}]),
        user([{"type": "input_audio", "input_audio": {"data": hostile, "format": hostile}}]),
        assistant(hostile, reasoning_content=hostile, refusal=hostile, tool_calls=[tool_call(hostile, hostile)]),
        {"role": "tool", "tool_call_id": "call_1", "content": hostile},
        {"role": hostile, "content": hostile},
    ]


@pytest.mark.parametrize("hostile", TEXTS, ids=range(len(TEXTS)))
def test_no_text_does_anything(visitor: Visitor, hostile: str):
    story = session(hostile[:200], everywhere(hostile), model=hostile[:200])
    conversation = visitor.read(story)
    expect(conversation.get_by_role("heading", name="Turn 1")).to_be_visible()
    visitor.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert visitor.page.evaluate("window.harmed") is None
    assert visitor.page.url.startswith(f"{visitor.server}{PAGE}#/")
    links = conversation.get_by_role("link").evaluate_all(
        "(all) => all.map((each) => [each.href, each.rel, each.target])"
    )
    for address, relation, target in links:
        assert address.startswith(("https://", "http://", "mailto:"))
        if not address.startswith(f"{visitor.server}{PAGE}#/"):
            assert (relation, target) == ("noopener noreferrer", "_blank")
    assert conversation.locator("img:not([src^='data:']), script, style, iframe, svg, base, meta, link").count() == 0


def test_html_is_shown_as_it_was_written(visitor: Visitor):
    conversation = visitor.read(session("Markup", [assistant(f"Write {SCRIPT} there\n\n<div>*or here*</div>")]))
    expect(conversation.get_by_text(f"Write {SCRIPT} there")).to_be_visible()
    expect(conversation.get_by_text("<div>or here</div>")).to_be_visible()


def test_an_id_cannot_lead_out_of_the_interface(visitor: Visitor):
    visitor.expected = {404}
    visitor.have()
    visitor.sign_in(f"{PAGE}#/../../stand-in/x?y#z")
    expect(visitor.title).to_have_text("There is no such session")
    assert f"{visitor.server}/v1/sessions/..%2F..%2Fstand-in%2Fx%3Fy%23z" in visitor.requests


ATTEMPTS = [
    "document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.harmed = 1' }))",
    "document.body.innerHTML = '<b>'",
    "new Image().src = 'https://evil.example/pixel.png'",
    "document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { display: none }' }))",
    "fetch('https://evil.example/').catch(() => {})",
]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=range(len(ATTEMPTS)))
def test_the_policy_stops_and_reports_what_would_get_into_the_page(visitor: Visitor, attempt: str):
    """Without this, the tests above might watch nothing."""
    visitor.page.goto(PAGE)
    expect(visitor.page.get_by_label("API key")).to_be_visible()
    with visitor.page.expect_console_message(lambda message: message.type == "error"):
        visitor.page.evaluate(f"() => {{ try {{ {attempt} }} catch {{}} }}")
    assert visitor.page.evaluate("window.harmed") is None
    expect(visitor.page.get_by_label("API key")).to_be_visible()
    assert visitor.problems
    # The browser also tells of a request that it then did not make.
    reported = ("Content Security Policy", "requires 'Trusted", "request to")
    assert all(any(words in each for words in reported) for each in visitor.problems)
    visitor.problems.clear()
