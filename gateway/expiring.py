"""A bounded store of what is true for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Expiring(Generic[Key, Value]):
    """Keeps the `limit` entries that were used last, each until its time; `clock` gives seconds."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._entries: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        until, value = entry
        if self._clock() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def drop(self, condition: Callable[[Value], bool]) -> None:
        """The entries whose values are so."""
        for key in [key for key, (_, value) in self._entries.items() if condition(value)]:
            del self._entries[key]

    def put(self, key: Key, value: Value, seconds: float) -> None:
        self._entries[key] = self._clock() + seconds, value
        self._entries.move_to_end(key)
        if len(self._entries) > self._limit:
            self._entries.popitem(last=False)
