from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_an_update_can_be_waited_for(eks: Any, cluster: str) -> None:
    update = eks.update_cluster_version(name=cluster, version="1.34")["update"]
    described = eks.describe_update(name=cluster, updateId=update["id"])["update"]
    assert (described["id"], described["status"], described["errors"]) == (update["id"], "Successful", [])


def test_an_unknown_update_is_not_found(eks: Any, cluster: str) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        eks.describe_update(name=cluster, updateId="none")
