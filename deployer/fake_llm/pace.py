"""How fast an answer comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Pace:
    """Tokens a second (0: as fast as possible) and seconds until the first token."""

    tokens_per_second: float = 0
    time_to_first_token: float = 0

    def due(self, after: int) -> float:
        """When something is due, in seconds since the request, that comes `after` tokens beyond the first."""
        if not self.tokens_per_second:
            return self.time_to_first_token
        return self.time_to_first_token + after / self.tokens_per_second

    def overridden(self, settings: Mapping[str, Any] | None) -> "Pace":
        """This pace with the settings of one request, its field `fake`."""
        settings = settings or {}
        return Pace(
            tokens_per_second=_given(settings.get("tokens_per_second"), self.tokens_per_second),
            time_to_first_token=_given(settings.get("time_to_first_token"), self.time_to_first_token),
        )


def _given(value: float | None, default: float) -> float:
    return default if value is None else value
