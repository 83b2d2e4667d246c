from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_sim.conftest import Network

AUTO_MODE = {
    "accessConfig": {"authenticationMode": "API"},
    "computeConfig": {
        "enabled": True,
        "nodePools": ["general-purpose"],
        "nodeRoleArn": "arn:aws:iam::123456789012:role/any",
    },
    "storageConfig": {"blockStorage": {"enabled": True}},
    "upgradePolicy": {"supportType": "STANDARD"},
    "zonalShiftConfig": {"enabled": True},
    "deletionProtection": True,
}


def _described(eks: Any, name: str) -> Any:
    return eks.describe_cluster(name=name)["cluster"]


def test_a_cluster_keeps_the_settings_it_was_made_with(eks: Any, network: Network, role: str, name: str) -> None:
    eks.create_cluster(
        name=name,
        version="1.33",
        roleArn=role,
        resourcesVpcConfig={"subnetIds": network.subnets, "endpointPrivateAccess": True},
        kubernetesNetworkConfig={"elasticLoadBalancing": {"enabled": True}, "serviceIpv4Cidr": "10.100.0.0/16"},
        **AUTO_MODE,
    )
    cluster = _described(eks, name)
    assert {setting: cluster[setting] for setting in AUTO_MODE} == AUTO_MODE
    network_config = cluster["kubernetesNetworkConfig"]
    assert (network_config["serviceIpv4Cidr"], network_config["ipFamily"]) == ("10.100.0.0/16", "ipv4")
    assert cluster["resourcesVpcConfig"]["endpointPrivateAccess"] is True


def test_a_cluster_has_defaults(eks: Any, cluster: str) -> None:
    described = _described(eks, cluster)
    assert described["accessConfig"] == {"authenticationMode": "CONFIG_MAP"}
    assert described["upgradePolicy"] == {"supportType": "EXTENDED"}
    assert described["kubernetesNetworkConfig"]["elasticLoadBalancing"] == {"enabled": False}
    assert (described["health"], described["deletionProtection"]) == ({"issues": []}, False)
    assert described["resourcesVpcConfig"]["publicAccessCidrs"] == ["0.0.0.0/0"]


def test_a_cluster_has_a_vpc_and_a_security_group_which_goes_with_it(
    clients: Callable[[str], Any], eks: Any, cluster: str, network: Network
) -> None:
    config = _described(eks, cluster)["resourcesVpcConfig"]
    assert config["vpcId"] == network.vpc
    group = config["clusterSecurityGroupId"]
    [found] = clients("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert found["VpcId"] == network.vpc

    eks.delete_cluster(name=cluster)
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        clients("ec2").describe_security_groups(GroupIds=[group])


def test_each_cluster_has_an_issuer_of_its_own(eks: Any, network: Network, role: str, name: str) -> None:
    for which in ("a", "b"):
        eks.create_cluster(name=f"{name}-{which}", roleArn=role, resourcesVpcConfig={"subnetIds": network.subnets})
    issuers = [_described(eks, f"{name}-{which}")["identity"]["oidc"]["issuer"] for which in ("a", "b")]
    assert issuers[0] != issuers[1]


def test_a_change_touches_what_it_names_and_answers_an_update(eks: Any, cluster: str) -> None:
    before = _described(eks, cluster)["resourcesVpcConfig"]
    update = eks.update_cluster_config(name=cluster, resourcesVpcConfig={"endpointPublicAccess": False})["update"]
    assert eks.describe_update(name=cluster, updateId=update["id"])["update"]["status"] == "Successful"
    assert _described(eks, cluster)["resourcesVpcConfig"] == before | {"endpointPublicAccess": False}
    eks.update_cluster_config(name=cluster, deletionProtection=True)
    assert _described(eks, cluster)["deletionProtection"] is True


def test_a_cluster_gets_a_new_version(eks: Any, cluster: str) -> None:
    update = eks.update_cluster_version(name=cluster, version="1.34")["update"]
    assert (update["type"], update["status"]) == ("VersionUpdate", "Successful")
    assert _described(eks, cluster)["version"] == "1.34"
