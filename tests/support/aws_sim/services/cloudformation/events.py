"""CloudFormation: the events of a stack name the request that caused them, by which Terraform finds its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

from tests.support.aws_sim.patching import around


def with_token(original: Callable[..., ActionResult], response: CloudFormationResponse) -> ActionResult:
    """moto drops the token of a request; what the request did is done when it is answered."""
    answer = original(response)
    backend = response.cloudformation_backend
    stacks: list[Any] = [*backend.stacks.values(), *backend.deleted_stacks.values()]
    for event in (event for stack in stacks for event in stack.events):
        if event.client_request_token is None:
            event.client_request_token = response._get_param("ClientRequestToken", "none")
    return answer


for _name in ("create_stack", "update_stack", "delete_stack"):
    around(CloudFormationResponse, _name)(with_token)
