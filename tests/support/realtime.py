"""A conversation over a realtime websocket."""

from __future__ import annotations

from typing import Any

import aiohttp


async def realtime_events(socket: aiohttp.ClientWebSocketResponse[Any], text: str) -> list[str]:
    """The types of the events from the session's beginning to the end of the answer to `text`."""
    types = [(await socket.receive_json())["type"]]
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    await socket.send_json({"type": "conversation.item.create", "item": item})
    await socket.send_json({"type": "response.create"})
    while types[-1] != "response.done":
        types.append((await socket.receive_json())["type"])
    return types
