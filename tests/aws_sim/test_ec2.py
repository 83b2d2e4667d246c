from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.aws_sim.conftest import Network

SOURCES: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "a group": lambda group, offices: {"UserIdGroupPairs": [{"GroupId": group, "Description": "why"}]},
    "a prefix list": lambda group, offices: {"PrefixListIds": [{"PrefixListId": offices, "Description": "why"}]},
    "addresses": lambda group, offices: {"IpRanges": [{"CidrIp": "192.0.2.0/24", "Description": "why"}]},
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_rule_keeps_its_description_whatever_it_names(
    clients: Callable[[str], Any], network: Network, name: str, source: str
) -> None:
    ec2 = clients("ec2")
    group = ec2.create_security_group(GroupName=name, Description=name, VpcId=network.vpc)["GroupId"]
    offices = ec2.create_managed_prefix_list(PrefixListName=name, MaxEntries=1, AddressFamily="IPv4")
    named = SOURCES[source](group, offices["PrefixList"]["PrefixListId"])
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **named}]
    )
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    assert [rule.get("Description") for rule in rules if not rule["IsEgress"]] == ["why"]


def test_a_launch_template_keeps_its_own_tags_out_of_its_data(clients: Callable[[str], Any], name: str) -> None:
    ec2 = clients("ec2")
    made = ec2.create_launch_template(
        LaunchTemplateName=name,
        LaunchTemplateData={
            "InstanceType": "m7g.large",
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "of", "Value": "instances"}]}],
        },
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": [{"Key": "of", "Value": "template"}]}],
    )["LaunchTemplate"]
    [version] = ec2.describe_launch_template_versions(LaunchTemplateId=made["LaunchTemplateId"])[
        "LaunchTemplateVersions"
    ]
    tagged = version["LaunchTemplateData"]["TagSpecifications"]
    assert [tags["ResourceType"] for tags in tagged] == ["instance"]
    [template] = ec2.describe_launch_templates(LaunchTemplateNames=[name])["LaunchTemplates"]
    assert template["Tags"] == [{"Key": "of", "Value": "template"}]
