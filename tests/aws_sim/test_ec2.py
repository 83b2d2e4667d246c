from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

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


def test_a_rule_can_name_another_group(clients: Callable[[str], Any], network: Network, name: str) -> None:
    ec2 = clients("ec2")
    groups = [
        ec2.create_security_group(GroupName=f"{name}-{number}", Description=name, VpcId=network.vpc)["GroupId"]
        for number in range(3)
    ]
    port = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    made = ec2.authorize_security_group_ingress(
        GroupId=groups[0], IpPermissions=[{**port, "UserIdGroupPairs": [{"GroupId": groups[1]}]}]
    )
    rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    changed = {"SecurityGroupRuleId": rule, "SecurityGroupRule": {**port, "ReferencedGroupId": groups[2]}}
    ec2.modify_security_group_rules(GroupId=groups[0], SecurityGroupRules=[changed])
    [found] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
    assert found["ReferencedGroupInfo"]["GroupId"] == groups[2]


def test_a_group_stays_as_long_as_another_s_rule_names_it(
    clients: Callable[[str], Any], network: Network, name: str
) -> None:
    ec2 = clients("ec2")
    named, naming = (
        ec2.create_security_group(GroupName=f"{name}-{number}", Description=name, VpcId=network.vpc)["GroupId"]
        for number in range(2)
    )
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": named}]}
    ec2.authorize_security_group_ingress(GroupId=naming, IpPermissions=[rule])
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=named)
    ec2.revoke_security_group_ingress(GroupId=naming, IpPermissions=[rule])
    ec2.delete_security_group(GroupId=named)


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
