"""A chat completion from the bytes of its request to the reply that is played: pure."""

from deployer.fake_llm.answer import compose
from deployer.fake_llm.completion import completion_reply, stream_reply
from deployer.fake_llm.errors import ApiError
from deployer.fake_llm.failures import FAILURES, HEALTHY
from deployer.fake_llm.pace import Pace
from deployer.fake_llm.reply import Reply
from deployer.fake_llm.request import read_chat_request


def chat_reply(body: bytes, pace: Pace) -> tuple[Reply, Pace]:
    """The reply to a POST to /v1/chat/completions, and at which pace; `pace` is the server's.

    Raises:
        ApiError: the request is refused, or the model is one that refuses.
    """
    request = read_chat_request(body)
    failure = FAILURES.get(request.model, HEALTHY)
    if failure.refusal is not None:
        raise ApiError(failure.refusal)
    answer = failure.alter(compose(request))
    if request.fields.get("stream"):
        options = request.fields.get("stream_options") or {}
        reply = stream_reply(answer, include_usage=bool(options.get("include_usage")))
    else:
        reply = completion_reply(answer)
    return failure.spoil(reply), failure.paced(pace).overridden(request.fields.get("fake"))
