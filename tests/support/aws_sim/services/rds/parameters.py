"""RDS parameter groups: whose a parameter is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from tests.support.aws_sim.patching import around


@around(RDSResponse)
def describe_db_parameters(original: Callable[..., ActionResult], response: RDSResponse) -> ActionResult:
    """moto does not say that the user set the parameters; it keeps no others."""
    answer: Any = original(response)
    return ActionResult({"Parameters": [{**kept, "Source": "user"} for kept in answer.result["Parameters"]]})
