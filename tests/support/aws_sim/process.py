"""The simulated AWS as a process of its own, on a free port."""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.support.processes import Service

REGION = "us-east-1"
ACCOUNT = "123456789012"

_ROOT = Path(__file__).parents[3]


class AwsSim(Service):
    """An account with nothing in it; what is made there ends with the process. `options`: as of __main__.py."""

    def __init__(self, *options: str) -> None:
        super().__init__(
            [sys.executable, "-m", "tests.support.aws_sim", "--port", "0", *options],
            env={},
            cwd=_ROOT,
            ready=r"listening on (http://[^\s]+)",
        )

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT, the endpoint of all services."""
        return self.found[0]

    def tell(self, order: str, **members: Any) -> None:
        """Gives the simulator an order, such as "ecs/fail-new-tasks" (control.py)."""
        request = urllib.request.Request(f"{self.url}/_sim/{order}", json.dumps(members).encode(), method="POST")
        # Not through a proxy, whatever the environment says.
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()

    def environment(self) -> dict[str, str]:
        """What makes a client of AWS (an SDK, Terraform, the aws command) use this account, and none of its user's."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "made-up",
            "AWS_SECRET_ACCESS_KEY": "made-up",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "NO_PROXY": "127.0.0.1",
        }

    def client(self, service: str, *, attempts: int = 1) -> Any:
        """A boto3 client of a service, such as "ec2"; `attempts`: how often it tries a request."""
        session = boto3.Session(aws_access_key_id="made-up", aws_secret_access_key="made-up", region_name=REGION)
        # Not through a proxy, whatever the environment says. A second attempt would hide what the first was answered.
        config = Config(retries={"total_max_attempts": attempts}, proxies={"http": None, "https": None})
        return session.client(service, endpoint_url=self.url, config=config)
