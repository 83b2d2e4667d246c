"""boto3 as anybody has it, towards a LOCAL stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.support.local_stack import LocalStack


@contextmanager
def bedrock_client(stack: LocalStack, key: str) -> Iterator[Any]:
    """boto3 as anybody has it, with `key` in the variable that it reads at each request."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_BEARER_TOKEN_BEDROCK", key)
        client = boto3.client(
            "bedrock-runtime",
            endpoint_url=f"{stack.gateway_tls_url}/bedrock",
            region_name="us-east-1",
            verify=str(stack.ca),
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
        )
        with closing(client):
            yield client
