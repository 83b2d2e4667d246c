from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_parameters_that_a_user_set_say_so(clients: Callable[[str], Any], name: str) -> None:
    rds = clients("rds")
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="postgres17", Description=name)
    ssl = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[ssl])
    [parameter] = rds.describe_db_parameters(DBParameterGroupName=name)["Parameters"]
    assert (parameter["ParameterName"], parameter["ParameterValue"]) == ("rds.force_ssl", "1")
    assert parameter["Source"] == "user"


def test_a_group_that_is_not_there_is_not_found(clients: Callable[[str], Any], name: str) -> None:
    with pytest.raises(ClientError, match="DBParameterGroupNotFound"):
        clients("rds").describe_db_parameters(DBParameterGroupName=name)
