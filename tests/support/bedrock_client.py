"""boto3's client of the Bedrock runtime as anybody has it, over https with a key in AWS_BEARER_TOKEN_BEDROCK."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.support.local_stack import LocalStack


@contextmanager
def runtime_client(tls_url: str, ca: str, key: str) -> Iterator[Any]:
    """A client of the gateway at `tls_url`, trusting `ca`; the variable is set as long as it lasts."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_BEARER_TOKEN_BEDROCK", key)
        client = boto3.client(
            "bedrock-runtime",
            endpoint_url=f"{tls_url}/bedrock",
            region_name="us-east-1",
            verify=ca,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
        )
        with closing(client):
            yield client


@contextmanager
def bedrock_client(stack: LocalStack, key: str) -> Iterator[Any]:
    """A client of a LOCAL stack's gateway."""
    with runtime_client(stack.gateway_tls_url, str(stack.ca), key) as client:
        yield client
