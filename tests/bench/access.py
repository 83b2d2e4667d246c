"""What an access token costs: a completion with a token beside the same one with a key, in front of LiteLLM."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import httpx
from rich.table import Table

from tests.support.local_stack import LocalStack
from tests.support.processes import FakeOkta, Gateway

WARM_UP = 50
PAIRS = 500
MILLISECONDS = 1000

PATH = "/v1/chat/completions"
BODY = {"model": "demo", "messages": [{"role": "user", "content": "say: " + "word " * 50}]}
POLICY = (
    "version: 1\ntoken_login: true\nrules: [{name: everyone, user: {rpm_limit: unlimited, tpm_limit: unlimited}}]\n"
)


def access_table(folder: Path) -> Table:
    """`folder`: for the gateway's files."""
    policy = folder / "policy.yaml"
    policy.write_text(POLICY)
    table = Table(title=f"one connection, {PAIRS} pairs, medians, in front of LiteLLM")
    for column in ("", "with a key", "with a token", "added"):
        table.add_column(column, justify="right")
    with LocalStack() as stack, FakeOkta() as okta:
        settings = {
            "GATEWAY_LITELLM_URL": stack.litellm_url,
            "GATEWAY_MASTER_KEY": stack.master_key,
            "OKTA_ISSUER": okta.issuer,
            "GATEWAY_ACCESS_POLICY": str(policy),
        }
        with Gateway(folder, **settings) as gateway, httpx.Client(base_url=gateway.url, timeout=60) as client:
            token = f"Bearer {okta.token()}"
            key = f"Bearer {client.post('/user/new', headers={'authorization': token}, json={}).json()['key']}"
            table.add_row("a completion", *(f"{figure:.2f} ms" for figure in _paired(client, key, token)))
    return table


def _paired(client: httpx.Client, key: str, token: str) -> tuple[float, float, float]:
    """Medians in milliseconds: with the key, with the token, the difference within each pair."""
    for _ in range(WARM_UP):
        _seconds(client, key)
        _seconds(client, token)
    pairs = [(_seconds(client, key), _seconds(client, token)) for _ in range(PAIRS)]
    return (
        statistics.median(a for a, _ in pairs) * MILLISECONDS,
        statistics.median(b for _, b in pairs) * MILLISECONDS,
        statistics.median(b - a for a, b in pairs) * MILLISECONDS,
    )


def _seconds(client: httpx.Client, credential: str) -> float:
    begin = time.perf_counter()
    response = client.post(PATH, headers={"authorization": credential}, json=BODY)
    assert response.status_code == 200, response.text
    return time.perf_counter() - begin
