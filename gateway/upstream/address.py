"""LiteLLM's address: fixed, or that in a file, which is read again when it is said to have changed."""

from __future__ import annotations

import logging

from yarl import URL

from gateway.setting_values import Invalid, parse_http_url
from gateway.settings import Settings, text_of

_log = logging.getLogger("gateway.upstream")

VARIABLE = "GATEWAY_LITELLM_URL"


class Address:
    """Whoever asks for `url` gets the address of that moment: what is under way stays where it is."""

    def __init__(self, settings: Settings) -> None:
        self.url = URL(settings.litellm_url)
        self._file = settings.litellm_url_file

    @property
    def can_change(self) -> bool:
        """Whether there is a file to read again."""
        return self._file is not None

    def reread(self) -> None:
        """Take over what the file says; an address that is none is logged, and the one before it stays in force."""
        if self._file is None:
            return
        try:
            read = URL(parse_http_url(text_of(VARIABLE, {f"{VARIABLE}_FILE": self._file}) or ""))
        except Invalid as error:
            _log.error("%s %s; LiteLLM is still asked at %s", VARIABLE, error, self.url)
            return
        if read != self.url:
            _log.info("LiteLLM is asked at %s from now on, and no longer at %s", read, self.url)
            self.url = read
