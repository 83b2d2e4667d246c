from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

PRINCIPAL = "arn:aws:iam::123456789012:role/teams/admin"
POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@pytest.fixture
def entry(eks: Any, cluster: str) -> dict[str, str]:
    """The fields that name one."""
    named = {"clusterName": cluster, "principalArn": PRINCIPAL}
    eks.create_access_entry(**named, tags={"a": "1"})
    return named


def test_an_entry_has_defaults(eks: Any, entry: dict[str, str]) -> None:
    described = eks.describe_access_entry(**entry)["accessEntry"]
    assert (described["type"], described["kubernetesGroups"], described["tags"]) == ("STANDARD", [], {"a": "1"})
    assert described["username"] == "arn:aws:sts::123456789012:assumed-role/teams/admin/{{SessionName}}"
    assert "/role/123456789012/admin/" in described["accessEntryArn"]
    assert eks.list_access_entries(clusterName=entry["clusterName"])["accessEntries"] == [PRINCIPAL]


def test_an_entry_is_made_once(eks: Any, entry: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="ResourceInUseException"):
        eks.create_access_entry(**entry)


def test_an_entry_can_be_changed(eks: Any, entry: dict[str, str]) -> None:
    answer = eks.update_access_entry(**entry, kubernetesGroups=["viewers"])["accessEntry"]
    assert answer["kubernetesGroups"] == ["viewers"]
    assert eks.describe_access_entry(**entry)["accessEntry"]["kubernetesGroups"] == ["viewers"]


def test_an_entry_that_is_deleted_is_gone(eks: Any, entry: dict[str, str]) -> None:
    eks.delete_access_entry(**entry)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        eks.describe_access_entry(**entry)


def test_policies_are_associated_with_an_entry(eks: Any, entry: dict[str, str]) -> None:
    def policies() -> list[str]:
        found = eks.list_associated_access_policies(**entry)
        assert {field: found[field] for field in entry} == entry
        return [policy["policyArn"] for policy in found["associatedAccessPolicies"]]

    scope = {"type": "namespace", "namespaces": ["gateway"]}
    answer = eks.associate_access_policy(**entry, policyArn=POLICY, accessScope=scope)
    assert answer["associatedAccessPolicy"]["accessScope"] == scope
    assert policies() == [POLICY]
    eks.disassociate_access_policy(**entry, policyArn=POLICY)
    assert policies() == []
