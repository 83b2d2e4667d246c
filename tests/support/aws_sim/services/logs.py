"""CloudWatch Logs: saved queries."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from moto.logs.responses import LogsResponse

from tests.support.aws_sim.patching import action, body, store


@action(LogsResponse)
def put_query_definition(response: LogsResponse) -> str:
    """moto lacks the action."""
    query = body(response) | {"lastModified": int(time.time() * 1000)}
    query.setdefault("queryDefinitionId", str(uuid.uuid4()))
    _queries(response)[query["queryDefinitionId"]] = query
    return json.dumps({"queryDefinitionId": query["queryDefinitionId"]})


@action(LogsResponse)
def describe_query_definitions(response: LogsResponse) -> str:
    """moto lacks the action."""
    prefix = body(response).get("queryDefinitionNamePrefix") or ""
    found = [query for query in _queries(response).values() if query["name"].startswith(prefix)]
    return json.dumps({"queryDefinitions": found})


@action(LogsResponse)
def delete_query_definition(response: LogsResponse) -> str:
    """moto lacks the action."""
    gone = _queries(response).pop(body(response)["queryDefinitionId"], None)
    return json.dumps({"success": gone is not None})


def _queries(response: LogsResponse) -> dict[str, Any]:
    return store(response.logs_backend, "queries")
