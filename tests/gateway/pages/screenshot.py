"""Makes docs/images/sessions.png, with the browser of the tests.

`.venv/bin/python -m tests.gateway.pages.screenshot`
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.gateway.pages.sessions import DAY, HOUR, Session, assistant, session, text, tool_call, user
from tests.gateway.pages.visitor import Visitor, address_of
from tests.support.chromium import chromium
from tests.support.processes import Service

ROOT = Path(__file__).parents[3]
IMAGE = ROOT / "docs" / "images" / "sessions.png"

FIRST_QUESTION = "We leave from Ancona on Friday. Is the ferry to Split likely to be rough?"
FORECAST = '{"wind_knots": 9, "direction": "SE", "wave_height_m": 0.6, "visibility": "good"}'
FIRST_ANSWER = """The forecast for Friday night is **calm**: south-easterly wind of 9 knots, waves of about 0.6 m.
A cabin amidships moves least. To watch the forecast yourself:

```python
forecast = marine.forecast("Adriatic, central", day="Friday")
print(forecast.wave_height)
```
"""


def ferry() -> Session:
    """The session that the picture shows."""
    return session(
        "Ferry from Ancona to Split",
        [
            user(FIRST_QUESTION),
            assistant(
                None,
                reasoning_content="The sea state decides: ask for the forecast.",
                tool_calls=[tool_call("get_marine_forecast", '{"area": "Adriatic, central", "day": "Friday"}')],
            ),
            {"role": "tool", "tool_call_id": "call_1", "content": FORECAST},
            assistant(FIRST_ANSWER),
        ],
        [user([text("And on the way back?")]), assistant("Sunday looks *windier*: 18 knots, waves of 1.5 m.")],
        age=2 * HOUR,
        model="claude-sonnet",
    )


def others() -> list[Session]:
    """What else is in the list."""
    turn = [user("…"), assistant("…")]
    return [
        session("Names for a lighthouse keeper's cat", *[turn] * 3, age=5 * HOUR, model="gpt-5-mini"),
        session("Why sourdough wants a warm kitchen", *[turn] * 7, age=DAY, model="claude-sonnet"),
        session("Tests for the timetable parser", *[turn] * 12, age=2 * DAY, model="claude-opus"),
        session("A toast for Marta's retirement", *[turn] * 2, age=6 * DAY, model="gpt-5-mini"),
        session("Reading list: history of cartography", *[turn] * 4, age=9 * DAY, model="nova-pro"),
    ]


def take(browser: Browser, server: str, path: Path) -> None:
    """Signs in, opens the session, and writes the picture."""
    with browser.new_context(
        base_url=server, locale="en-GB", viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
    ) as context:
        visitor = Visitor(context.new_page(), server, key="sk-picture")
        shown = ferry()
        visitor.have(shown, *others())
        visitor.sign_in(address_of(shown))
        expect(visitor.title).to_have_text("Ferry from Ancona to Split")
        expect(visitor.items).to_have_count(6)
        visitor.page.mouse.move(0, 0)
        visitor.page.screenshot(path=path)
        assert visitor.problems == []


if __name__ == "__main__":
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.gateway.pages.stand_in"]
    with Service(command, env={}, ready=r"Running on (http://\S+)", cwd=ROOT) as stand_in, chromium() as started:
        take(started, stand_in.found[0], IMAGE)
