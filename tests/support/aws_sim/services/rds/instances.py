"""RDS instances: their resource ids, and Performance Insights."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import DBInstance
from moto.rds.responses import RDSResponse

from tests.support.aws_sim.patching import around

# Field of the request → attribute that describe answers.
_INSIGHTS = {
    "EnablePerformanceInsights": "performance_insights_enabled",
    "PerformanceInsightsKMSKeyId": "performance_insights_kms_key_id",
    "PerformanceInsightsRetentionPeriod": "performance_insights_retention_period",
}


@around(DBInstance, "__init__")
def own_resource_id(original: Callable[..., None], instance: Any, *args: Any, **kwargs: Any) -> None:
    """moto gives all instances one resource id, by which Terraform looks them up: of two it finds neither."""
    original(instance, *args, **kwargs)
    instance.dbi_resource_id = f"db-{uuid.uuid4().hex[:26].upper()}"


@around(RDSResponse)
def create_db_instance(original: Callable[..., ActionResult], response: RDSResponse) -> ActionResult:
    """moto drops Performance Insights."""
    return _with_insights(original(response), response.params)


@around(RDSResponse)
def modify_db_instance(original: Callable[..., ActionResult], response: RDSResponse) -> ActionResult:
    """moto drops Performance Insights."""
    return _with_insights(original(response), response.params)


def _with_insights(answer: Any, given: Any) -> ActionResult:
    for field, attribute in _INSIGHTS.items():
        if given.get(field) is not None:
            setattr(answer.result["DBInstance"], attribute, given[field])
    return ActionResult(answer.result)
