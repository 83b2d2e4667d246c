"""What keeps a deploy from succeeding and only AWS can tell, against the simulated AWS."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import hcl2
import pytest
from ansible_collections.genai.gateway.plugins.module_utils import aws_preflight_clusters, aws_preflight_networks
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_certificates import certificate_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_clusters import cluster_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_networks import network_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_quotas import quota_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_regions import region_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_secrets import secret_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_zones import zone_faults

from tests.collection.aws_preflight_accounts import TERRAFORM, SimulatedAccount, request, texts
from tests.support.aws_deployment import make_certificate, make_vpc, make_zone
from tests.support.aws_sim import AwsSim


@pytest.fixture(scope="module")
def sim() -> Iterator[AwsSim]:
    with AwsSim() as sim:
        yield sim


@pytest.fixture
def account(sim: AwsSim) -> SimulatedAccount:
    return SimulatedAccount(sim)


# --- regions ---


def test_regions_are_told_by_their_variables(account: SimulatedAccount) -> None:
    assert texts(region_faults(request(account, bedrock_regions=["eu-west-1"]))) == []
    found = texts(region_faults(request(account, aws_region="us-esat-1", bedrock_regions=["ap-east-1", "moon"])))
    assert found[0].startswith("aws_region: there is no region 'us-esat-1'. Is it ")
    assert "us-east-1" in found[0]
    assert found[1].startswith("bedrock_regions: the account has not enabled the region ap-east-1.")
    assert found[2] == "bedrock_regions: there is no region 'moon'. Name one such as us-east-1 or eu-central-1."


# --- quotas ---


def test_a_full_account_has_no_room_for_a_vpc_until_the_deployment_has_its_own() -> None:
    with AwsSim() as sim:
        asked = request(SimulatedAccount(sim), deployment_name="ours")
        ec2 = sim.client("ec2")
        for number in range(4):  # and the default one
            vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        found = _texts_until_refused(quota_faults(asked))
        assert found[0].startswith(
            "VPCs: the account in us-east-1 may have 5 and uses 5, which leaves no room for 1 more."
        )
        assert "--quota-code L-F678F1CE --desired-value 6 --region us-east-1" in found[0]
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "application", "Value": "ours"}])
        assert _texts_until_refused(quota_faults(asked)) == []


def _texts_until_refused(findings: Iterator[Any]) -> list[str]:
    """The simulated AWS knows the quotas of VPCs alone."""
    found = []
    try:
        found.extend(str(finding) for finding in findings)
    except Exception as error:
        assert "GetAWSDefaultServiceQuota" in str(error)  # noqa: PT017 - what came before is looked at, too
    return found


# --- certificates ---


@pytest.mark.parametrize(
    ("name", "record", "said"),
    [
        ("gateway.example.com", "gateway.example.com", ""),
        ("*.example.com", "gateway.example.com", ""),
        ("*.example.com", "a.b.example.com", "is for *.example.com, which does not cover a.b.example.com."),
        ("gateway.example.com", "", "record_name is empty"),
    ],
)
def test_a_certificate_must_cover_the_name(
    account: SimulatedAccount, sim: AwsSim, name: str, record: str, said: str
) -> None:
    arn = make_certificate(sim, name)
    found = [
        text
        for text in texts(certificate_faults(request(account, certificate_arn=arn, record_name=record)))
        if "not issued yet" not in text  # moto issues a minute later
    ]
    assert len(found) == bool(said)
    assert said in "".join(found)


def test_a_certificate_that_there_is_not_is_told(account: SimulatedAccount) -> None:
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    given = {"cloudfront_certificate_arn": arn, "exposure": "cloudfront", "record_name": "a.example.com"}
    [fault] = texts(certificate_faults(request(account, **given)))
    assert fault.startswith(f"cloudfront_certificate_arn: this account has no certificate {arn}.")


# --- zones ---


def test_the_zone_is_of_the_kind_that_is_asked_for(sim: AwsSim, account: SimulatedAccount) -> None:
    vpc, other = make_vpc(sim), make_vpc(sim)
    make_zone(sim, "public.example")
    make_zone(sim, "private.example", vpc)
    make_zone(sim, "twice.example")
    make_zone(sim, "twice.example")

    def said(name: str, kind: str, used: str = "") -> str:
        given = {
            "hosted_zone_name": name,
            "hosted_zone_kind": kind,
            "record_name": f"g.{name}",
            "existing_vpc_id": used,
        }
        return "".join(texts(zone_faults(request(account, **given))))

    assert said("public.example", "public") == ""
    assert said("private.example", "private", vpc) == ""
    assert said("absent.example", "new_private") == ""
    assert "this account has no zone absent.example" in said("absent.example", "public")
    assert "no zone example in Route 53" in said("example", "public")
    assert "the zone private.example is private, not public. Correct hosted_zone_kind" in said(
        "private.example", "public"
    )
    assert f"is not associated with the VPC {other}" in said("private.example", "private", other)
    assert "there are 2 public zones twice.example" in said("twice.example", "public")


@pytest.mark.parametrize(
    ("record", "clashes"),
    [({"Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "elsewhere.example"}]}, True),
     ({"Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}, True),
     ({"Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"text"'}]}, False),
     ({"Type": "A", "AliasTarget": {"HostedZoneId": "Z35SXDOTRQ7X7K", "DNSName": "lb.example",
                                    "EvaluateTargetHealth": False}}, False)],
)  # fmt: skip
def test_a_record_that_is_no_gateways_is_told(
    sim: AwsSim, account: SimulatedAccount, record: dict[str, Any], clashes: bool
) -> None:
    name = f"z{uuid.uuid4().hex}.example"
    zone = make_zone(sim, name)
    change = {"Action": "CREATE", "ResourceRecordSet": {"Name": f"g.{name}", **record}}
    sim.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    found = texts(zone_faults(request(account, hosted_zone_name=name, record_name=f"g.{name}")))
    assert len(found) == clashes


# --- networks ---


def test_a_fit_vpc_has_no_fault(sim: AwsSim, account: SimulatedAccount) -> None:
    assert texts(network_faults(request(account, existing_vpc_id=make_vpc(sim)))) == []
    isolated = make_vpc(sim, nat=False)
    given = {"existing_vpc_id": isolated, "disable_outbound_network_access": True, "exposure": "private"}
    assert texts(network_faults(request(account, **given, create_vpc_endpoints_in_existing_vpc=True))) == []
    assert (
        texts(network_faults(request(account, **given, omit_vpc_endpoints=list(aws_preflight_networks.ENDPOINTS))))
        == []
    )


def test_everything_that_a_vpc_lacks_is_told_at_once(sim: AwsSim, account: SimulatedAccount) -> None:
    vpc = make_vpc(sim, nat=False, zones=1)
    sim.client("ec2").modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    found = texts(network_faults(request(account, existing_vpc_id=vpc)))
    assert len(found) == 3
    assert found[0].endswith(f"aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames")
    assert "private subnets with a default route to a NAT or transit gateway in two availability zones" in found[1]
    assert "and has them in none" in found[1]
    assert "public subnets (with a default route to an internet gateway)" in found[2]
    assert "and has them in us-east-1a" in found[2]


def test_a_vpc_that_there_is_not_is_told_with_those_there_are(sim: AwsSim, account: SimulatedAccount) -> None:
    vpc = make_vpc(sim)
    [fault] = texts(network_faults(request(account, existing_vpc_id="vpc-12345678")))
    assert fault.startswith("existing_vpc_id: there is no VPC vpc-12345678")
    assert vpc in fault


def test_an_isolated_vpc_lacks_endpoints_by_their_names(sim: AwsSim, account: SimulatedAccount) -> None:
    vpc = make_vpc(sim, nat=False)
    sim.client("ec2").create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")
    given = {"existing_vpc_id": vpc, "disable_outbound_network_access": True, "exposure": "private"}
    [fault] = texts(network_faults(request(account, **given, omit_vpc_endpoints=["sts"])))
    assert "has no available endpoint for secretsmanager, ecr.api, ecr.dkr, logs, bedrock-runtime." in fault


def test_named_subnets_are_told_one_by_one(sim: AwsSim, account: SimulatedAccount) -> None:
    vpc, ec2 = make_vpc(sim, nat=False), sim.client("ec2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    by_cidr = {subnet["CidrBlock"]: subnet["SubnetId"] for subnet in subnets}
    public, private = by_cidr["10.9.0.0/24"], by_cidr["10.9.16.0/24"]
    small = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.200.0/28", AvailabilityZone="us-east-1b")["Subnet"]["SubnetId"]
    given = {
        "existing_private_subnet_ids": [public, private, "subnet-12345678"],
        "existing_public_subnet_ids": [public, small],
    }
    found = "\n".join(texts(network_faults(request(account, existing_vpc_id=vpc, **given))))
    assert f"existing_private_subnet_ids: {public} leads to an internet gateway, so that it is public." in found
    assert f"existing_private_subnet_ids: {private} has no default route." in found
    assert f"existing_private_subnet_ids: {vpc} has no subnet subnet-12345678." in found
    assert f"{public}, {private} are all in us-east-1a. Name one for each availability zone." in found
    assert f"existing_public_subnet_ids: {small} has no default route to an internet gateway." in found
    assert f"existing_public_subnet_ids: {small} is a /28, and a load balancer needs a /27 at least." in found


def test_the_constants_are_those_of_terraform() -> None:
    network = (TERRAFORM / "platforms/shared/network.tf").read_text()
    demanded = re.search(r"setsubtract\(\[(.*?)\], var\.omit_vpc_endpoints\)", network, re.DOTALL)
    assert demanded is not None
    assert re.findall(r'"([^"]+)"', demanded[1]) == list(aws_preflight_networks.ENDPOINTS)
    existing = (TERRAFORM / "modules/existing_network/main.tf").read_text()
    zones = re.search(r"exclude_zone_ids = \[(.*)\]", existing)
    assert zones is not None
    assert set(re.findall(r'"([^"]+)"', zones[1])) == aws_preflight_networks.UNFIT_ZONES
    assert f"smallest = {aws_preflight_networks.LONGEST_PREFIX}" in existing
    rules = hcl2.loads((TERRAFORM / "platforms/shared/variables_eks.tf").read_text())
    oldest = ".".join(map(str, aws_preflight_clusters.OLDEST_KUBERNETES))
    assert f"a version of Kubernetes from {oldest} on" in str(rules)


# --- clusters ---


def test_a_cluster_without_the_agent_of_pod_identities_is_told(sim: AwsSim, account: SimulatedAccount) -> None:
    vpc = make_vpc(sim)
    described = sim.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    eks = sim.client("eks")
    eks.create_cluster(
        name="theirs",
        roleArn="arn:aws:iam::123456789012:role/cluster",
        resourcesVpcConfig={"subnetIds": [subnet["SubnetId"] for subnet in described]},
        accessConfig={"authenticationMode": "API"},
        version="1.35",
    )
    given = {"existing_eks_cluster_name": "theirs", "existing_vpc_id": vpc}
    found = [text for text in texts(cluster_faults(request(account, "EKS", **given))) if "CREATING" not in text]
    assert len(found) == 1
    assert "lacks the add-on eks-pod-identity-agent" in found[0]
    eks.create_addon(clusterName="theirs", addonName="eks-pod-identity-agent")
    assert not [text for text in texts(cluster_faults(request(account, "EKS", **given))) if "CREATING" not in text]
    assert texts(cluster_faults(request(account, "ECS", **given))) == []
    [absent] = texts(cluster_faults(request(account, "EKS", existing_eks_cluster_name="nobodys", existing_vpc_id=vpc)))
    assert "there is no cluster nobodys in us-east-1. There are: theirs." in absent


# --- keys that somebody else writes ---


def test_keys_that_tracing_needs_must_be_in_the_secret(sim: AwsSim, account: SimulatedAccount) -> None:
    given = {"deployment_name": "traced", "langsmith_project": "mine", "langfuse_host": "https://langfuse.example.com"}
    asked = request(account, **given)
    [absent] = texts(secret_faults(asked))
    assert "LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY, LANGSMITH_API_KEY are needed" in absent
    value = '{"LANGSMITH_API_KEY": "very-secret", "LANGFUSE_PUBLIC_KEY": "very-secret"}'
    sim.client("secretsmanager").create_secret(Name="traced/provider-keys-1", SecretString=value)
    [missing] = texts(secret_faults(asked))
    assert missing.startswith("langfuse_host: the secret traced/provider-keys-1 has no LANGFUSE_SECRET_KEY.")
    assert "very-secret" not in missing
