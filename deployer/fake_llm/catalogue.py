"""The models that the fake LLM lists; it answers to any other name as well, like `demo`."""

from deployer.fake_llm.answer import CREATED
from deployer.fake_llm.failures import FAILURES
from deployer.fake_llm.reply import Reply, json_reply

HEALTHY_MODELS = ("demo", "demo-reasoning", "demo-embedding")


def models_reply() -> Reply:
    """The reply to GET /v1/models."""
    names = (*HEALTHY_MODELS, *FAILURES)
    data = [{"id": name, "object": "model", "created": CREATED, "owned_by": "fake-llm"} for name in names]
    return json_reply({"object": "list", "data": data})
