"""GetPrompt of the Bedrock agent API, with a table of prompts; signatures are verified, requests are counted.

`python -m tests.support.bedrock_agent`; it takes a free port and prints it.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCOUNT = "123456789012"
ACCESS_KEY, SECRET_KEY = "AKIATESTTESTTESTTEST", "not-a-secret-but-signed-with"
EXPIRED_TOKEN = "expired-session-token"
SONNET = "anthropic.claude-3-5-sonnet-20241022-v2:0"

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[a-z0-9-]+)/bedrock/aws4_request, "
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


def _text(text: str, *names: str, **others: Any) -> dict[str, Any]:
    template = {"text": text, "inputVariables": [{"name": name} for name in names]}
    variant = {"name": "default", "templateType": "TEXT", "templateConfiguration": {"text": template}}
    return variant | {"modelId": SONNET} | others


_CHAT = {
    "name": "tutor",
    "templateType": "CHAT",
    "modelId": f"arn:aws:bedrock:us-west-2:{ACCOUNT}:inference-profile/us.{SONNET}",
    "templateConfiguration": {
        "chat": {
            "system": [{"text": "You teach {{ subject }}."}, {"cachePoint": {"type": "default"}}],
            "messages": [
                {"role": "user", "content": [{"text": "I am {{pupil-name}}."}, {"cachePoint": {"type": "default"}}]},
                {"role": "assistant", "content": [{"text": "Hello, {{pupil-name}}!"}]},
                {"role": "user", "content": [{"text": "Begin."}]},
            ],
            "inputVariables": [{"name": "subject"}, {"name": "pupil-name"}],
            "toolConfiguration": {
                "tools": [
                    {
                        "toolSpec": {
                            "name": "look_up",
                            "description": "Looks something up",
                            "inputSchema": {"json": {"type": "object", "properties": {"{{subject}}": {}}}},
                        }
                    }
                ],
                "toolChoice": {"auto": {}},
            },
        }
    },
    "inferenceConfiguration": {"text": {"temperature": 0.2, "topP": 0.9, "maxTokens": 300, "stopSequences": ["END"]}},
    "additionalModelRequestFields": {"top_k": 200},
    "metadata": [{"key": "team", "value": "schools"}],
}
_AGENT_ALIAS = f"arn:aws:bedrock:us-west-2:{ACCOUNT}:agent-alias/AAAAAAAAAA/BBBBBBBBBB"

# (id, version) → variant
PROMPTS: dict[tuple[str, str], dict[str, Any]] = {
    ("FRUITPOEMS", "DRAFT"): _text("Draft of a poem about {{topic}}.", "topic"),
    ("FRUITPOEMS", "1"): _text("A poem about {{topic}}.", "topic"),
    ("FRUITPOEMS", "2"): _text("A {{ tone }} poem about {{topic}}.", "topic", "tone"),
    ("CHATTUTORS", "DRAFT"): _CHAT,
    ("NOMODELSET", "DRAFT"): {name: one for name, one in _text("Hello").items() if name != "modelId"},
    ("AGENTSONLY", "DRAFT"): _text("Hello", genAiResource={"agent": {"agentIdentifier": _AGENT_ALIAS}}),
}
# A content block of which today's boto3 knows nothing.
NEWER_PROMPTS: dict[tuple[str, str], dict[str, Any]] = {
    ("IMAGESUSED", "DRAFT"): _CHAT
    | {
        "templateConfiguration": {
            "chat": {
                "messages": [
                    {"role": "user", "content": [{"text": "See"}, {"image": {"format": "png", "source": {}}}]},
                ]
            }
        }
    }
}
# id → error and its status
ERRORS = {
    "THROTTLED0": ("ThrottlingException", 429),
    "DENIED0000": ("AccessDeniedException", 403),
    "INVALID000": ("ValidationException", 400),
    "BROKEN0000": ("InternalServerException", 500),
}
HANGING = "HANGING000"
NOT_JSON = "NOTJSON000"


def prompt_arn(prompt_id: str, version: str = "DRAFT", region: str = "us-west-2") -> str:
    suffix = "" if version == "DRAFT" else f":{version}"
    return f"arn:aws:bedrock:{region}:{ACCOUNT}:prompt/{prompt_id}{suffix}"


def answer(prompt_id: str, version: str = "DRAFT", region: str = "us-west-2") -> dict[str, Any]:
    """What GetPrompt answers for one of the table. Raises KeyError for others."""
    variant = (PROMPTS | NEWER_PROMPTS)[prompt_id, version]
    return {
        "name": prompt_id.lower(),
        "id": prompt_id,
        "arn": prompt_arn(prompt_id, version, region),
        "version": version,
        "createdAt": "2025-02-03T04:05:06.789Z",
        "updatedAt": "2025-02-03T04:05:06.789Z",
        "defaultVariant": variant["name"],
        "variants": [variant],
    }


class BedrockAgentApi:
    """`counts`: how often each `id:version` was asked for; `regions`: those that the signatures name."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.regions: set[str] = set()
        self.asked = asyncio.Event()

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/count", self._count)
        app.router.add_get("/prompts/{id}/", self._get_prompt)
        return app

    async def _count(self, _request: web.Request) -> web.Response:
        return web.json_response(self.counts)

    async def _get_prompt(self, request: web.Request) -> web.Response:
        if refusal := _refusal(request):
            return _error(refusal, 403)
        prompt_id, version = request.match_info["id"], request.query.get("promptVersion", "DRAFT")
        region = _AUTHORIZATION.fullmatch(request.headers["authorization"])["region"]  # type: ignore[index]
        self.counts[f"{prompt_id}:{version}"] += 1
        self.regions.add(region)
        self.asked.set()
        if prompt_id == HANGING:
            await asyncio.Event().wait()
        if prompt_id == NOT_JSON:
            return web.Response(text="<html>", content_type="text/html")
        if prompt_id in ERRORS:
            return _error(*ERRORS[prompt_id])
        try:
            return web.json_response(answer(prompt_id, version, region))
        except KeyError:
            return _error("ResourceNotFoundException", 404)


def _error(name: str, status: int) -> web.Response:
    # The real messages of the others may name who signed.
    message = f"{name} as asked" if name == "ValidationException" else f"{name} for {ACCESS_KEY}"
    return web.json_response({"message": message}, status=status, headers={"x-amzn-errortype": f"{name}:http://aws"})


def _refusal(request: web.Request) -> str | None:
    """Which error a signature gets that AWS would not accept."""
    signed = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if signed is None:
        return "MissingAuthenticationTokenException"
    if signed["key"] != ACCESS_KEY:
        return "UnrecognizedClientException"
    if request.headers.get("x-amz-security-token") == EXPIRED_TOKEN:
        return "ExpiredTokenException"
    auth = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "bedrock", signed["region"])
    headers = {name: request.headers[name] for name in signed["headers"].split(";")}
    copy = AWSRequest(request.method, str(request.url), headers=headers)
    copy.context["timestamp"] = request.headers["x-amz-date"]
    expected = auth.signature(auth.string_to_sign(copy, auth.canonical_request(copy)), copy)
    return None if hmac.compare_digest(expected, signed["signature"]) else "InvalidSignatureException"


@asynccontextmanager
async def serving(api: BedrockAgentApi) -> AsyncIterator[str]:
    """Its address; requests that hang are dropped at the end."""
    runner = web.AppRunner(api.application(), access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def main() -> None:
    async with serving(BedrockAgentApi()) as url:
        print(f"listening on {url}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
