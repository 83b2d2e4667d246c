from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.aws_sim.conftest import Network


@pytest.fixture
def create(eks: Any, cluster: str, network: Network, role: str) -> Callable[..., Any]:
    def create(**settings: Any) -> Any:
        eks.create_nodegroup(
            clusterName=cluster, nodegroupName="nodes", nodeRole=role, subnets=network.subnets, **settings
        )
        return _described(eks, cluster)

    return create


def _described(eks: Any, cluster: str) -> Any:
    return eks.describe_nodegroup(clusterName=cluster, nodegroupName="nodes")["nodegroup"]


@pytest.fixture
def template(clients: Callable[[str], Any], name: str) -> str:
    made = clients("ec2").create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "m7g.large"}
    )
    return str(made["LaunchTemplate"]["LaunchTemplateId"])


def test_a_group_has_no_ssh_that_nobody_asked_for(create: Callable[..., Any]) -> None:
    group = create()
    assert "remoteAccess" not in group
    assert "remoteAccessSecurityGroup" not in group["resources"]
    assert group["resources"]["autoScalingGroups"][0]["name"].startswith("eks-nodes-")


def test_a_group_has_the_cluster_s_version(create: Callable[..., Any]) -> None:
    group = create()
    assert group["version"] == "1.33"
    assert group["releaseVersion"].startswith("1.33.")


def test_a_group_keeps_its_settings(create: Callable[..., Any]) -> None:
    given = {
        "remoteAccess": {"ec2SshKey": "own"},
        "updateConfig": {"maxUnavailablePercentage": 50},
        "nodeRepairConfig": {"enabled": True},
        "version": "1.32",
        "releaseVersion": "1.32.1-20260101",
        "diskSize": 50,
    }
    group = create(**given)
    assert {setting: group[setting] for setting in given} == given


def test_a_group_is_updated_node_by_node_unless_it_says_how(create: Callable[..., Any]) -> None:
    assert create()["updateConfig"] == {"maxUnavailable": 1}


@pytest.mark.parametrize("version", [None, "2"])
def test_a_group_with_a_launch_template_has_its_version_and_no_disk(
    create: Callable[..., Any], template: str, version: str | None
) -> None:
    group = create(launchTemplate={"id": template} | ({"version": version} if version else {}))
    assert (group["launchTemplate"]["id"], group["launchTemplate"]["version"]) == (template, version or "1")
    assert "diskSize" not in group


def test_a_group_gets_a_new_version(eks: Any, cluster: str, create: Callable[..., Any], template: str) -> None:
    create(launchTemplate={"id": template})
    update = eks.update_nodegroup_version(
        clusterName=cluster, nodegroupName="nodes", version="1.34", launchTemplate={"id": template, "version": "3"}
    )["update"]
    described = eks.describe_update(name=cluster, nodegroupName="nodes", updateId=update["id"])["update"]
    assert (described["type"], described["status"]) == ("VersionUpdate", "Successful")
    group = _described(eks, cluster)
    assert (group["version"], group["launchTemplate"]["version"]) == ("1.34", "3")


def test_a_change_of_a_group_can_be_waited_for(eks: Any, cluster: str, create: Callable[..., Any]) -> None:
    create()
    sizes = {"minSize": 1, "maxSize": 5, "desiredSize": 3}
    update = eks.update_nodegroup_config(clusterName=cluster, nodegroupName="nodes", scalingConfig=sizes)["update"]
    described = eks.describe_update(name=cluster, nodegroupName="nodes", updateId=update["id"])["update"]
    assert described["status"] == "Successful"
    assert _described(eks, cluster)["scalingConfig"] == sizes
