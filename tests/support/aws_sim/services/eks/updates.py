"""EKS updates: what a change is answered with, and is waited for by."""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.eks.responses import EKSResponse

from tests.support.aws_sim.patching import action, store
from tests.support.aws_sim.services.eks.stored import find


def updated(response: EKSResponse, kind: str = "ConfigUpdate") -> ActionResult:
    """The answer to a change that is done already."""
    update = {
        "id": str(uuid.uuid4()),
        "status": "Successful",
        "type": kind,
        "params": [],
        "createdAt": utcnow(),
        "errors": [],
    }
    keep(response, update)
    return ActionResult({"update": update})


def keep(response: EKSResponse, update: dict[str, Any]) -> None:
    """Makes an update one that describe finds."""
    store(response.eks_backend, "updates")[update["id"]] = update


@action(EKSResponse)
def describe_update(response: EKSResponse) -> ActionResult:
    """moto lacks the action."""
    updates = store(response.eks_backend, "updates")
    return ActionResult({"update": find(updates, response._get_param("updateId"), "update")})
