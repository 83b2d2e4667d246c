from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_an_association_is_kept_changed_and_deleted(eks: Any, cluster: str, role: str) -> None:
    made = eks.create_pod_identity_association(
        clusterName=cluster, namespace="gateway", serviceAccount="gateway", roleArn=role, tags={"a": "1"}
    )["association"]
    named = {"clusterName": cluster, "associationId": made["associationId"]}
    described = eks.describe_pod_identity_association(**named)["association"]
    assert (described["namespace"], described["roleArn"], described["tags"]) == ("gateway", role, {"a": "1"})
    [listed] = eks.list_pod_identity_associations(clusterName=cluster)["associations"]
    assert listed["associationArn"] == described["associationArn"]

    eks.update_pod_identity_association(**named, roleArn=f"{role}-other")
    assert eks.describe_pod_identity_association(**named)["association"]["roleArn"] == f"{role}-other"

    eks.delete_pod_identity_association(**named)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        eks.describe_pod_identity_association(**named)
