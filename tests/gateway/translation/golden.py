"""Golden files: what goes in, and what was seen to come out and found right.

`python -m tests.gateway.translation.golden` writes the results anew; read the difference before committing it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.translation.converse_request import chat_request
from gateway.translation.converse_response import converse_response
from gateway.translation.converse_stream import ConverseStream

FOLDER = Path(__file__).parent / "golden"
LATENCY = 7

Case = dict[str, Any]


def _chat(case: Case) -> Any:
    return chat_request("demo", case["converse"], stream=False)


def _converse(case: Case) -> Any:
    return converse_response(case["completion"], latency_ms=LATENCY, pointers=list(map(tuple, case["pointers"])))


def _events(case: Case) -> Any:
    stream = ConverseStream(list(map(tuple, case["pointers"])))
    events = [event for chunk in case["chunks"] for event in stream.feed(chunk)]
    return [list(event) for event in [*events, *stream.finish(latency_ms=LATENCY)]]


# The folder of each direction: the member that holds the result, and what makes it.
DIRECTIONS: dict[str, tuple[str, Callable[[Case], Any]]] = {
    "request": ("chat", _chat),
    "response": ("converse", _converse),
    "stream": ("events", _events),
}

FILES = sorted(FOLDER.glob("*/*.json"))


def read(file: Path) -> tuple[Case, Any, Any]:
    """The case, its result as it is now, and as it is written."""
    case = json.loads(file.read_text())
    member, translate = DIRECTIONS[file.parent.name]
    return case, translate(case), case[member]


def write(file: Path) -> None:
    """Put the result as it is now into the file."""
    case, result, _ = read(file)
    member, _ = DIRECTIONS[file.parent.name]
    file.write_text(json.dumps(case | {member: result}, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    for each in FILES:
        write(each)
