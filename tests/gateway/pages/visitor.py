"""A person at the page `/gateway/sessions`, who watches what the browser does behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request, expect

from tests.gateway.pages.sessions import NOW, Session

PAGE = "/gateway/sessions"


@dataclass
class Visitor:
    """`key`: the API key, and the name of what the stand-in holds for it."""

    page: Page
    server: str
    key: str
    # Answers that are meant to fail, which the console reports all the same.
    expected: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.clock.set_fixed_time(NOW)
        self.page.on("console", self._console)
        self.page.on("pageerror", self._page_error)
        self.page.context.on("request", self._request)
        self.page.context.on("page", lambda page: self.problems.append(f"opened {page.url}"))

    def _console(self, message: ConsoleMessage) -> None:
        is_expected = any(f"status of {status}" in message.text for status in self.expected)
        if message.type in {"error", "warning"} and not is_expected:
            self.problems.append(f"{message.type}: {message.text}")

    def _page_error(self, error: Error) -> None:
        self.problems.append(f"uncaught: {error}")

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((f"{self.server}/", "data:", "blob:")):
            self.problems.append(f"request to {request.url}")

    def have(self, *sessions: Session) -> None:
        """These are the key's sessions from now on."""
        httpx.put(f"{self.server}/stand-in/{self.key}", json=sessions).raise_for_status()

    def lose_key(self) -> None:
        """The key is not known any more."""
        httpx.delete(f"{self.server}/stand-in/{self.key}").raise_for_status()

    def sign_in(self, address: str = PAGE) -> None:
        """Goes there and gives the key."""
        self.page.goto(address)
        self.page.get_by_label("API key").fill(self.key)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def read(self, session: Session) -> Locator:
        """Signs in at the address of a session; returns its pane, which shows it."""
        self.have(session)
        self.sign_in(address_of(session))
        expect(self.title).to_be_visible()
        return self.conversation

    @property
    def conversation(self) -> Locator:
        return self.page.get_by_role("region", name="Conversation")

    @property
    def title(self) -> Locator:
        return self.conversation.get_by_role("heading", level=2)

    @property
    def items(self) -> Locator:
        return self.page.get_by_role("region", name="Your sessions").get_by_role("listitem")

    @property
    def storage(self) -> dict[str, Any]:
        """What the tab and the browser keep, and the cookies."""
        kept = self.page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])")
        names = ("tab", "browser", "cookies")
        return dict(zip(names, json.loads(kept), strict=True))


def address_of(session: Session) -> str:
    return f"{PAGE}#/{session['id']}"
