"""Accounts of AWS for tests of its preflight: the simulated one, and one whose answers are written out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Request
from botocore.stub import Stubber

from tests.support.aws_sim import AwsSim

TERRAFORM = Path(__file__).parents[2] / "terraform"
REGION = "us-east-1"


def _session() -> Any:
    return boto3.Session(aws_access_key_id="made-up", aws_secret_access_key="made-up", region_name=REGION)


class SimulatedAccount:
    """The account of the simulated AWS."""

    def __init__(self, sim: AwsSim) -> None:
        self._sim = sim
        self.session = _session()

    def client(self, service: str, region: str) -> Any:
        return self._sim.client(service)


class WrittenAccount:
    """Answers by service and operation, in the order of the calls, checked against AWS's service models.

    What is no dictionary is the code of a refusal.
    """

    def __init__(self, **answers: list[tuple[str, Mapping[str, Any] | str]]) -> None:
        self.session = _session()
        self._clients = {name: self._stubbed(name.replace("_", "-"), given) for name, given in answers.items()}

    def client(self, service: str, region: str) -> Any:
        return self._clients[service.replace("-", "_")]

    def _stubbed(self, service: str, given: list[tuple[str, Mapping[str, Any] | str]]) -> Any:
        client = self.session.client(service)
        stubber = Stubber(client)
        for operation, answer in given:
            if isinstance(answer, str):
                stubber.add_client_error(operation, answer, "refused by the test")
            else:
                stubber.add_response(operation, dict(answer))
        stubber.activate()
        return client


def request(account: Any, platform: str = "ECS", **given: Any) -> Request:
    """A request for these variables of the inventory; `_name` is a field of the request itself."""
    fields = {name[1:]: value for name, value in given.items() if name.startswith("_")}
    variables = {"aws_region": REGION} | {name: value for name, value in given.items() if not name.startswith("_")}
    return Request(platform, account, str(TERRAFORM), variables, {"aws_region": REGION}, **fields)


def texts(findings: Any) -> list[str]:
    """What the findings say."""
    return [str(finding) for finding in findings]
