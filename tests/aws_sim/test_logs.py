from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_saved_query_is_kept_changed_and_deleted(clients: Callable[[str], Any], name: str) -> None:
    logs = clients("logs")
    made = logs.put_query_definition(name=f"{name}/errors", queryString="fields @message")["queryDefinitionId"]
    logs.put_query_definition(name=f"{name}/errors", queryDefinitionId=made, queryString="stats count(*)")
    [query] = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    assert (query["queryDefinitionId"], query["queryString"]) == (made, "stats count(*)")
    assert logs.describe_query_definitions(queryDefinitionNamePrefix=f"{name}/o")["queryDefinitions"] == []

    assert logs.delete_query_definition(queryDefinitionId=made)["success"] is True
    assert logs.delete_query_definition(queryDefinitionId=made)["success"] is False
    assert logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"] == []
