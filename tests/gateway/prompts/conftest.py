"""The simulated Bedrock agent API, and an environment in which boto3 finds it and nothing else."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.bedrock_agent import ACCESS_KEY, SECRET_KEY, BedrockAgentApi, serving


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No AWS settings of whoever runs the tests; credentials that the simulated API accepts."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    return monkeypatch


@pytest.fixture
async def api(aws: pytest.MonkeyPatch) -> AsyncIterator[BedrockAgentApi]:
    """The API, in this process, where boto3 looks for it."""
    served = BedrockAgentApi()
    async with serving(served) as url:
        aws.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENT", url)
        yield served
