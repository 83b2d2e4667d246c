"""Why a run failed, and how to go on, said for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Of a reason; whoever wants all of it runs with --verbose.
LINES = 14
WIDTH = 600
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*", re.MULTILINE)
# Where Ansible and Terraform point at their sources: the message before it is what counts.
ORIGIN = re.compile(r"^(?:Origin: |\s*<<< caused by >>>|The full traceback is:).*", re.MULTILINE | re.DOTALL)
DECORATION = re.compile(r"^[\s│╷╵]+|[\s│╷╵]+$")
ERROR = re.compile(r"^(?:\[ERROR\]: |ERROR! |ansible-playbook: error: )", re.MULTILINE)
PREFIX = re.compile(r"^(?:\[ERROR\]: |ERROR! |fatal: \[\S+\]: FAILED! => )")
TASK_FAILED = re.compile(r"^(?:Task failed: )?(?:Action failed: |Module failed: )?")
# Messages that say no more than that something failed; the reason stands in what the program said.
EMPTY = ("non-zero return code", "MODULE FAILURE", "Failed to execute", "Module result deserialization failed")
NO_REASON = "It gave no reason."
CENSORED = "The task's result is hidden, because it could hold secrets."


@dataclass(frozen=True)
class Failed:
    """What failed: the step and its task (None where no task was reached), and the reason in clean lines."""

    step: str | None
    task: str | None
    why: str


@dataclass(frozen=True)
class Advice:
    """How to go on after a reason that matches."""

    pattern: re.Pattern[str]
    text: str


def _advice(pattern: str, text: str) -> Advice:
    return Advice(re.compile(pattern, re.IGNORECASE), text)


# The first that matches is given; more special ones stand first.
ADVICE = (
    _advice(
        r"Error acquiring the state lock|state lock",
        "Another run holds the lock of Terraform's state: wait until it has ended, and run this again. "
        "If it was killed, release its lock (terraform force-unlock ID, in the directory of the root module) first.",
    ),
    _advice(
        r"ExpiredToken|token.{0,40}expired|RequestExpired|SSO.{0,60}(?:expired|refresh failed)",
        "The credentials of AWS have expired. Sign in again (aws sso login), and run this again.",
    ),
    _advice(
        r"Unable to locate credentials|NoCredential|No valid credential sources|InvalidClientTokenId"
        r"|security token.{0,40}invalid",
        "There are no usable credentials of AWS. Set AWS_PROFILE, or sign in (aws sso login), and run this again.",
    ),
    _advice(
        r"AccessDenied|UnauthorizedOperation|not authorized to perform",
        "The credentials in use may not do this. Give them the right that the message names, and run this again.",
    ),
    _advice(
        r"Decryption failed|Attempting to decrypt|vault secrets? (?:found|that could decrypt)",
        "The inventory is encrypted, and the password is missing or wrong: give --ask-vault-pass, "
        "or --vault-password-file FILE.",
    ),
)
REFUSED = "Nothing was changed. Mend what is said above, and run this again."
ROLLED_BACK = "The version before is in service again. Mend what is said above, and run this again."
AGAIN = "Run this again when it is mended: steps that are done change nothing. --verbose shows what the tasks say."


def _clean(text: str) -> str:
    text = TRACEBACK.sub("", COLOURS.sub("", text.replace("\r", "")))
    text = ORIGIN.sub("", text)
    lines = [DECORATION.sub("", line) for line in text.splitlines()]
    lines = [line[:WIDTH] for line in lines if line]
    if lines:
        lines[0] = TASK_FAILED.sub("", PREFIX.sub("", lines[0]))
    if len(lines) > LINES:
        lines = [*lines[: LINES // 2], "…", *lines[-(LINES // 2) :]]
    return "\n".join(lines)


def _said(result: Mapping[str, Any]) -> Iterator[str]:
    """What may hold the reason, the best first."""
    items = [item for item in result.get("results") or [] if isinstance(item, Mapping) and item.get("failed")]
    for item in items:
        yield from _said(item)
    message = result.get("msg")
    message = "\n".join(map(str, message)) if isinstance(message, list) else str(message or "")
    empty = not message or message.startswith(EMPTY)
    if not empty:
        yield message
    for name in ("errors", "stderr", "module_stderr", "exception", "stdout", "module_stdout"):
        said = result.get(name)
        yield "\n".join(map(str, said)) if isinstance(said, list) else str(said or "")
    yield message


def why(result: Mapping[str, Any]) -> str:
    """The reason in a task's result: a few clean lines without colours and stack traces.

    Each reason that several items of a loop give is said once.
    """
    if "censored" in result and "msg" not in result:
        return CENSORED
    failed = [item for item in result.get("results") or [] if isinstance(item, Mapping) and item.get("failed")]
    if failed:
        return "\n".join(dict.fromkeys(why(item) for item in failed))
    return next(filter(None, map(_clean, _said(result))), NO_REASON)


def why_unread(said: str) -> str:
    """The reason in what ansible-playbook said of a playbook, an inventory or arguments that it did not take."""
    plain = COLOURS.sub("", said.replace("\r", ""))
    error = ERROR.search(plain)
    return _clean(plain[error.start() :] if error else plain) or NO_REASON


def how_to_go_on(failed: Failed) -> str:
    """What to do about a failure that is neither a refusal of preflight nor a return to the version before."""
    return next((advice.text for advice in ADVICE if advice.pattern.search(failed.why)), AGAIN)
