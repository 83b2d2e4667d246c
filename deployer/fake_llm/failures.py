"""The models that fail on purpose: a table of model name → what goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from deployer.fake_llm.answer import Answer, within
from deployer.fake_llm.completion import event
from deployer.fake_llm.errors import ErrorReply
from deployer.fake_llm.pace import Pace
from deployer.fake_llm.reply import Ending, Piece, Reply, error_reply

CONTENT_TOKENS_BEFORE_FILTER = 5

BROKEN_CHUNK = b'data: {"id": "chatcmpl-broken", "choices": [{"index": 0, "delta": {"con\n\n'


@dataclass(frozen=True, slots=True)
class Failure:
    """What a model does wrong: it refuses, alters its answer, spoils the reply on its way, or is slow."""

    refusal: ErrorReply | None = None
    alter: Callable[[Answer], Answer] = lambda answer: answer
    spoil: Callable[[Reply], Reply] = lambda reply: reply
    tokens_per_second: float | None = None

    def paced(self, pace: Pace) -> Pace:
        """The pace of this model on a server of the given pace."""
        return pace if self.tokens_per_second is None else Pace(self.tokens_per_second, pace.time_to_first_token)


def _empty(answer: Answer) -> Answer:
    return replace(answer, reasoning=(), content=(), tool_calls=(), finish_reason="stop")


def _filtered(answer: Answer) -> Answer:
    beginning = within(answer, CONTENT_TOKENS_BEFORE_FILTER)
    return replace(beginning, tool_calls=(), finish_reason="content_filter")


def _first_half(reply: Reply) -> tuple[Piece, ...]:
    """The first half of the events, or of the bytes of a body that is no stream; never the whole."""
    if reply.streamed:
        return reply.pieces[: len(reply.pieces) // 2]
    return tuple(Piece(piece.data[: len(piece.data) // 2], piece.after) for piece in reply.pieces)


def _never(reply: Reply) -> Reply:
    return replace(reply, pieces=(), ending=Ending.SILENCE)


def _fall_silent(reply: Reply) -> Reply:
    return replace(reply, pieces=_first_half(reply), ending=Ending.SILENCE)


def _cut(reply: Reply) -> Reply:
    return replace(reply, pieces=_first_half(reply), ending=Ending.ABORT)


def _malformed(reply: Reply) -> Reply:
    half = _first_half(reply)
    if not reply.streamed:
        return replace(reply, pieces=half, length=sum(len(piece.data) for piece in half))
    return replace(reply, pieces=(*half, Piece(BROKEN_CHUNK, half[-1].after), *reply.pieces[len(half) :]))


def _error_mid_stream(reply: Reply) -> Reply:
    if not reply.streamed:
        return error_reply(_SERVER_ERROR)
    half = _first_half(reply)
    return replace(reply, pieces=(*half, Piece(event(_SERVER_ERROR.body()), half[-1].after)))


_SERVER_ERROR = ErrorReply(
    "The server had an error while processing your request. Sorry about that!", status=500, type="server_error"
)

FAILURES: dict[str, Failure] = {
    "rate-limited": Failure(
        ErrorReply(
            "Rate limit reached for rate-limited on requests per min (RPM): Limit 3, Used 3. Please try again in 7s.",
            status=429,
            type="rate_limit_error",
            code="rate_limit_exceeded",
            headers={"Retry-After": "7"},
        )
    ),
    "quota-exceeded": Failure(
        ErrorReply(
            "You exceeded your current quota, please check your plan and billing details.",
            status=429,
            type="insufficient_quota",
            code="insufficient_quota",
        )
    ),
    "server-error": Failure(_SERVER_ERROR),
    "unavailable": Failure(
        ErrorReply(
            "The engine is currently overloaded, please try again later.", status=503, type="service_unavailable"
        )
    ),
    "bad-request": Failure(
        ErrorReply("Invalid value for 'model': 'bad-request'.", param="model", code="invalid_value")
    ),
    "unauthorized": Failure(ErrorReply("Incorrect API key provided.", status=401, code="invalid_api_key")),
    "context-too-long": Failure(
        ErrorReply(
            "This model's maximum context length is 8192 tokens. Please reduce the length of the messages.",
            param="messages",
            code="context_length_exceeded",
        )
    ),
    "hang": Failure(spoil=_never),
    "hang-mid-stream": Failure(spoil=_fall_silent),
    "slow-drip": Failure(tokens_per_second=1),
    "cut-stream": Failure(spoil=_cut),
    "malformed-chunk": Failure(spoil=_malformed),
    "error-mid-stream": Failure(spoil=_error_mid_stream),
    "empty": Failure(alter=_empty),
    "content-filtered": Failure(alter=_filtered),
}

HEALTHY = Failure()
