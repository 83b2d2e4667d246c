from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.aws_sim.conftest import Network


def test_an_instance_without_public_address_has_the_groups_of_its_interface(
    clients: Callable[[str], Any], network: Network, name: str
) -> None:
    ec2 = clients("ec2")
    group = ec2.create_security_group(GroupName=name, Description=name, VpcId=network.vpc)["GroupId"]
    [image, *_] = ec2.describe_images(Owners=["amazon"])["Images"]
    interface = {
        "DeviceIndex": 0,
        "SubnetId": network.subnets[0],
        "Groups": [group],
        "AssociatePublicIpAddress": False,
    }
    [made] = ec2.run_instances(
        ImageId=image["ImageId"], InstanceType="t3.nano", MinCount=1, MaxCount=1, NetworkInterfaces=[interface]
    )["Instances"]
    [reservation] = ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"]
    [instance] = reservation["Instances"]
    assert [found["GroupId"] for found in instance["SecurityGroups"]] == [group]
    assert "Association" not in instance["NetworkInterfaces"][0]
