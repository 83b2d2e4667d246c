from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def _described(eks: Any, cluster: str) -> Any:
    return eks.describe_addon(clusterName=cluster, addonName="vpc-cni")["addon"]


def test_versions_of_an_addon_are_found(eks: Any) -> None:
    [addon] = eks.describe_addon_versions(addonName="vpc-cni", kubernetesVersion="1.34")["addons"]
    [version] = addon["addonVersions"]
    assert version["addonVersion"].startswith("v1.19.")
    assert version["compatibilities"][0]["clusterVersion"] == "1.34"
    [other] = eks.describe_addon_versions(addonName="any-other")["addons"]
    assert other["addonVersions"][0]["compatibilities"][0]["defaultVersion"] is True


def test_an_addon_is_kept_changed_and_deleted(eks: Any, cluster: str) -> None:
    made = eks.create_addon(clusterName=cluster, addonName="vpc-cni", tags={"a": "1"})["addon"]
    assert (made["status"], made["tags"], made["health"]) == ("ACTIVE", {"a": "1"}, {"issues": []})
    assert eks.list_addons(clusterName=cluster)["addons"] == ["vpc-cni"]

    update = eks.update_addon(
        clusterName=cluster, addonName="vpc-cni", addonVersion="v2", configurationValues="{}", resolveConflicts="NONE"
    )["update"]
    described = eks.describe_update(name=cluster, addonName="vpc-cni", updateId=update["id"])["update"]
    assert (described["type"], described["status"]) == ("AddonUpdate", "Successful")
    changed = _described(eks, cluster)
    assert (changed["addonVersion"], changed["configurationValues"], changed["addonArn"]) == (
        "v2",
        "{}",
        made["addonArn"],
    )

    assert eks.delete_addon(clusterName=cluster, addonName="vpc-cni")["addon"]["status"] == "DELETING"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        _described(eks, cluster)


def test_an_addon_is_made_once(eks: Any, cluster: str) -> None:
    eks.create_addon(clusterName=cluster, addonName="vpc-cni")
    with pytest.raises(ClientError, match="ResourceInUseException"):
        eks.create_addon(clusterName=cluster, addonName="vpc-cni")


def test_an_addon_owns_the_associations_of_its_roles(eks: Any, cluster: str, role: str) -> None:
    def roles() -> list[str]:
        found = eks.list_pod_identity_associations(clusterName=cluster)["associations"]
        assert {one["ownerArn"] for one in found} <= {made["addonArn"]}
        assert _described(eks, cluster).get("podIdentityAssociations", []) == [one["associationArn"] for one in found]
        return [one["serviceAccount"] for one in found]

    node = {"serviceAccount": "aws-node", "roleArn": role}
    made = eks.create_addon(clusterName=cluster, addonName="vpc-cni", podIdentityAssociations=[node])["addon"]
    assert roles() == ["aws-node"]
    other = node | {"serviceAccount": "other"}
    eks.update_addon(clusterName=cluster, addonName="vpc-cni", podIdentityAssociations=[other])
    assert roles() == ["other"]
    eks.update_addon(clusterName=cluster, addonName="vpc-cni", addonVersion="v2")
    assert roles() == ["other"]
    eks.delete_addon(clusterName=cluster, addonName="vpc-cni")
    assert eks.list_pod_identity_associations(clusterName=cluster)["associations"] == []
