"""What the fake LLM answers to a request: pure, and the same for the same request."""

import hashlib
from dataclasses import dataclass, replace

from deployer.fake_llm import tokens
from deployer.fake_llm.description import counted, describe, one_line, what_was_seen
from deployer.fake_llm.errors import invalid
from deployer.fake_llm.request import ChatRequest
from deployer.fake_llm.schema_instance import NoInstanceError, smallest_instance
from deployer.fake_llm.tool_calls import ToolCall, requested_calls

CREATED = 1_735_689_600  # 2025-01-01T00:00:00Z: a clock would make answers differ
TOKENS_PER_CALL = 1  # its name
REASONING_SUFFIX = "-reasoning"
SAY = "say:"


@dataclass(frozen=True, slots=True)
class CallTokens:
    """A tool call whose arguments are cut into tokens, as they are streamed."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in tokens, before it takes the shape of a completion or of chunks. All choices are alike."""

    digest: str
    model: str
    reasoning: tuple[str, ...]
    content: tuple[str, ...]
    tool_calls: tuple[CallTokens, ...]
    finish_reason: str
    choices: int
    prompt_tokens: int

    @property
    def id(self) -> str:
        """The completion's id."""
        return f"chatcmpl-{self.digest}"

    def call_id(self, choice: int, index: int) -> str:
        """The id of the tool call `index` in the choice `choice`."""
        name = f"{self.digest}/{choice}/{index}".encode()
        return f"call_{hashlib.blake2b(name, digest_size=12).hexdigest()}"

    def reasoning_tokens(self) -> int:
        """How many tokens of reasoning all choices have together."""
        return self.choices * len(self.reasoning)

    def completion_tokens(self) -> int:
        """How many tokens all choices have together, reasoning included."""
        calls = sum(TOKENS_PER_CALL + len(call.arguments) for call in self.tool_calls)
        return self.choices * (len(self.reasoning) + len(self.content) + calls)


def compose(request: ChatRequest) -> Answer:
    """Answer `request`.

    Raises:
        ApiError: a schema in the request has no smallest instance.
    """
    calls = requested_calls(request)
    content = "" if calls else _cut_at_stop(_content(request), request.fields.get("stop"))
    answer = Answer(
        digest=request.digest,
        model=request.model,
        reasoning=tuple(tokens.split(_reasoning(request))),
        content=tuple(tokens.split(content)),
        tool_calls=tuple(map(_cut_into_tokens, calls)),
        finish_reason="tool_calls" if calls else "stop",
        choices=request.fields.get("n", 1),
        prompt_tokens=request.prompt_tokens(),
    )
    limits = [request.fields[name] for name in ("max_tokens", "max_completion_tokens") if name in request.fields]
    return within(answer, min(limits)) if limits else answer


def within(answer: Answer, limit: int) -> Answer:
    """`answer`, or its first `limit` tokens a choice with the finish reason "length" when it has more.

    Reasoning is spent first, as it is billed by OpenAI.
    """
    if answer.completion_tokens() <= limit * answer.choices:
        return answer
    left = max(limit - len(answer.reasoning), 0)
    return replace(
        answer,
        reasoning=answer.reasoning[:limit],
        content=answer.content[:left],
        tool_calls=_first_calls(answer.tool_calls, left),
        finish_reason="length",
    )


def _first_calls(calls: tuple[CallTokens, ...], left: int) -> tuple[CallTokens, ...]:
    kept = []
    for call in calls:
        if left < TOKENS_PER_CALL:
            break
        left -= TOKENS_PER_CALL
        kept.append(CallTokens(call.name, call.arguments[:left]))
        left -= len(call.arguments[:left])
    return tuple(kept)


def _cut_into_tokens(call: ToolCall) -> CallTokens:
    return CallTokens(call.name, tuple(tokens.split(call.arguments)))


def _content(request: ChatRequest) -> str:
    dictated = _dictated(request)
    if dictated is not None:
        return dictated
    response_format = request.fields.get("response_format", {"type": "text"})
    if response_format["type"] == "json_schema":
        return _instance_text(response_format["json_schema"]["schema"])
    if response_format["type"] == "json_object":
        return one_line(what_was_seen(request))
    return describe(request)


def _dictated(request: ChatRequest) -> str | None:
    """The text after "say:" when that is how the last user message begins, or without one, the system message."""
    instruction = request.last_user_text()
    if instruction is None:
        instruction = request.system_text()
    if instruction[: len(SAY)].lower() != SAY:
        return None
    return instruction[len(SAY) :].removeprefix(" ")


def _instance_text(schema: object) -> str:
    where = "response_format.json_schema.schema"
    try:
        return one_line(smallest_instance(schema))
    except NoInstanceError as error:
        raise invalid(where, f"Invalid schema in '{where}': {error}.", code="invalid_json_schema") from None


def _cut_at_stop(text: str, stop: str | list[str] | None) -> str:
    sequences = [stop] if isinstance(stop, str) else stop or []
    found = [at for sequence in sequences if sequence and (at := text.find(sequence)) >= 0]
    return text[: min(found)] if found else text


def _reasoning(request: ChatRequest) -> str:
    effort = request.fields.get("reasoning_effort", "none")
    if effort == "none" and not request.model.endswith(REASONING_SUFFIX):
        return ""
    how = "" if effort == "none" else f" with {effort} effort"
    messages = counted(len(request.messages), "message")
    return f"Thinking{how}: of {messages}, the last is from the {request.messages[-1].role}."
