"""What the platforms refuse, before anything is asked of AWS, and the sentences with which they do it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.terraform import Terraform, required_mirror

SHARED = Path(__file__).parents[2] / "terraform" / "platforms" / "shared"
DIGEST = "a" * 64
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/1"

# A deployment that nothing is wrong with.
RIGHT: dict[str, Any] = {
    "aws_region": "us-east-1",
    "foundation": {
        "kms_key_arn": "arn:aws:kms:us-east-1:111122223333:key/1",
        "config_bucket": "config",
        "log_bucket": "log",
        "access_log_bucket": "access-log",
        "access_log_prefixes": {},
        "repository_arns": {},
        "provider_keys_secret_arn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys",
    },
    "certificate_arn": CERTIFICATE,
    "images": {
        "gateway": f"111122223333.dkr.ecr.us-east-1.amazonaws.com/genai-gateway/gateway@sha256:{DIGEST}",
        "litellm": "111122223333.dkr.ecr.us-east-1.amazonaws.com/genai-gateway/litellm:1",
    },
    "config_prefix": "config/1",
}
DOMAIN = {"record_name": "gateway.example.com", "hosted_zone_name": "example.com"}
VPC = {"existing_vpc_id": "vpc-12345678"}

# What is set beside RIGHT, and a part of the sentence that says what is wrong with it.
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"deployment_name": "Gateway"}, "deployment_name must have 3 to 24 lowercase letters"),
    ({"deployment_name": "a--b"}, "deployment_name must have 3 to 24"),
    ({"deployment_name": "gateway-"}, "deployment_name must have 3 to 24"),
    ({"deployment_name": "a" * 25}, "deployment_name must have 3 to 24"),
    ({"deployment_name": "internal-gateway"}, "deployment_name must not begin with internal- or sg-"),
    ({"deployment_name": "sg-gateway"}, "deployment_name must not begin with internal- or sg-"),
    ({"aws_region": "Virginia"}, "aws_region must be the name of an AWS region"),
    ({"resource_tags": {"aws:x": "1"}}, "resource_tags must not have the key application"),
    ({"resource_tags": {"application": "mine"}}, "resource_tags must not have the key application"),
    ({"foundation": RIGHT["foundation"] | {"kms_key_arn": "x"}}, "Apply terraform/foundation first"),
    ({"aws_region": "eu-west-1", "certificate_arn": "", "exposure": "cloudfront"}, "its key is in another region"),
    ({"vpc_cidr": "10.0.0.0/24"}, "vpc_cidr must be an IPv4 network between /16 and /22"),
    ({"vpc_cidr": "10.1.2.3/16"}, "vpc_cidr must begin with the first address"),
    ({"vpc_cidr": "8.8.0.0/16"}, "vpc_cidr must be a private network"),
    ({"vpc_cidr": "10.0.0.0/8"}, "vpc_cidr must be"),
    ({"vpc_cidr": "ten"}, "vpc_cidr must be"),
    ({"nat_gateways": "two"}, "nat_gateways must be one or one_per_zone"),
    ({"existing_vpc_id": "my-vpc"}, "existing_vpc_id must be the id of a VPC"),
    ({"existing_private_subnet_ids": ["subnet-1"]}, "existing_private_subnet_ids needs existing_vpc_id"),
    ({"existing_public_subnet_ids": ["subnet-1"]}, "existing_public_subnet_ids needs existing_vpc_id"),
    ({"disable_outbound_network_access": True, "okta_issuer": "https://okta.example"}, "okta_issuer cannot be reached"),
    (
        {
            "disable_outbound_network_access": True,
            "langsmith_project": "p",
            "provider_key_names": ["LANGSMITH_API_KEY"],
        },
        "langfuse_host and langsmith_project cannot be reached",
    ),
    (
        {"disable_outbound_network_access": True, "bedrock_regions": ["us-east-1", "us-west-2"]},
        "bedrock_regions must not name other regions with disable_outbound_network_access",
    ),
    ({"egress_ports": [4000]}, "egress_ports must be ports from 1 to 65535 and have 443 among them"),
    ({"create_vpc_endpoints_in_existing_vpc": True}, "create_vpc_endpoints_in_existing_vpc needs existing_vpc_id"),
    ({"exposure": "everybody"}, "exposure must be public, private or cloudfront"),
    ({"allowed_cidrs": []}, "allowed_cidrs must name at least one IPv4 network"),
    ({"allowed_cidrs": ["10.0.0.1/33"]}, "allowed_cidrs must name"),
    ({"exposure": "cloudfront", "certificate_arn": "", "allowed_cidrs": ["10.0.0.0/8"]}, "allowed_cidrs has no effect"),
    ({"certificate_arn": "certificate"}, "certificate_arn must be the ARN of a certificate of ACM"),
    (
        {"certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/1"},
        "certificate_arn must be in the region of this deployment",
    ),
    ({"certificate_arn": ""}, "certificate_arn is needed: keys must not travel unencrypted"),
    ({**DOMAIN, "record_name": "Gateway.example.com"}, "record_name must be a full name in lowercase"),
    ({**DOMAIN, "record_name": "gateway.example.com."}, "record_name must be a full name in lowercase"),
    ({"record_name": "gateway.example.com"}, "record_name and hosted_zone_name go together"),
    ({"hosted_zone_name": "example.com"}, "record_name and hosted_zone_name go together"),
    ({**DOMAIN, "record_name": "gateway.example.org"}, "record_name must lie in the zone hosted_zone_name"),
    ({**DOMAIN, "record_name": "gatewayexample.com"}, "record_name must lie in the zone hosted_zone_name"),
    ({"exposure": "cloudfront", **DOMAIN}, "record_name and cloudfront_certificate_arn go together"),
    ({"exposure": "cloudfront"}, "certificate_arn needs record_name with exposure cloudfront"),
    (
        {"exposure": "cloudfront", "cloudfront_certificate_arn": CERTIFICATE.replace("us-east-1", "eu-west-1")},
        "cloudfront_certificate_arn must be the ARN of a certificate of ACM in us-east-1",
    ),
    ({"cloudfront_certificate_arn": CERTIFICATE}, "cloudfront_certificate_arn needs exposure cloudfront"),
    ({"cloudfront_read_timeout_seconds": 121}, "cloudfront_read_timeout_seconds must be a whole number from 1 to 120"),
    ({**DOMAIN, "hosted_zone_name": "example.com."}, "hosted_zone_name must not end with a dot"),
    ({"hosted_zone_kind": "mine"}, "hosted_zone_kind must be public, private or new_private"),
    (
        {**DOMAIN, "hosted_zone_kind": "private", "exposure": "private"},
        "hosted_zone_kind private needs existing_vpc_id",
    ),
    ({**DOMAIN, **VPC, "hosted_zone_kind": "private"}, "hosted_zone_kind must be public unless exposure is private"),
    ({"idle_timeout_seconds": 30}, "idle_timeout_seconds must be a whole number from 60 to 4000"),
    ({"cpu_architecture": "x86"}, "cpu_architecture must be arm64 or x86_64"),
    ({"vcpus": 3}, "vcpus must be 1, 2, 4, 8 or 16"),
    ({"memory_gb": 3}, "memory_gb must be 0, or a whole number from 2 to 8"),
    ({"memory_gb": 17}, "memory_gb must be 0, or a whole number"),
    ({"vcpus": 8, "memory_gb": 17}, "memory_gb must be a multiple of 4"),
    ({"desired_capacity": 5}, "desired_capacity must be a whole number between min_capacity and max_capacity"),
    ({"desired_capacity": 1}, "desired_capacity must be"),
    ({"min_capacity": 0}, "min_capacity must be a whole number of at least 1"),
    ({"max_capacity": 1}, "max_capacity must be a whole number, and not below min_capacity"),
    ({"cpu_target_utilization_percent": 95}, "cpu_target_utilization_percent must be between 10 and 90"),
    ({"memory_target_utilization_percent": 5}, "memory_target_utilization_percent must be between 10 and 90"),
    ({"requests_per_target": 0}, "requests_per_target must be at least 1"),
    (
        {**VPC, "existing_eks_cluster_name": "my cluster"},
        "existing_eks_cluster_name must be the name of an EKS cluster",
    ),
    ({"existing_eks_cluster_name": "mine"}, "existing_eks_cluster_name needs existing_vpc_id"),
    ({"install_add_ons_in_existing_eks_cluster": ["coredns"]}, "install_add_ons_in_existing_eks_cluster needs"),
    (
        {**VPC, "existing_eks_cluster_name": "mine", "install_add_ons_in_existing_eks_cluster": ["core-dns"]},
        "install_add_ons_in_existing_eks_cluster must be of",
    ),
    ({"eks_private_access_cidrs": ["here"]}, "eks_private_access_cidrs must be IPv4 networks"),
    (
        {"install_load_balancer_controller_in_existing_eks_cluster": True},
        "install_load_balancer_controller_in_existing_eks_cluster needs",
    ),
    ({"existing_eks_node_security_group_id": "sg-12345678"}, "existing_eks_node_security_group_id must be the id"),
    ({"eks_nodes": "fargate"}, "eks_nodes must be auto, node_group, existing or empty"),
    ({**VPC, "existing_eks_cluster_name": "mine", "eks_nodes": "auto"}, "eks_nodes auto is for new clusters"),
    ({"eks_nodes": "existing"}, "eks_nodes existing needs existing_eks_cluster_name"),
    (
        {"eks_nodes": "node_group", "eks_instance_types": ["large"]},
        "eks_instance_types must be names of instance types",
    ),
    ({"eks_nodes": "node_group", "eks_instance_types": ["t3.large"]}, "eks_instance_types must be of cpu_architecture"),
    (
        {"eks_nodes": "node_group", "cpu_architecture": "x86_64", "eks_instance_types": ["m7i.large", "m7g.large"]},
        "eks_instance_types must be of cpu_architecture",
    ),
    ({"eks_instance_types": ["t4g.large"]}, "eks_instance_types needs eks_nodes node_group"),
    ({"eks_nodes": "node_group", "eks_ami_type": "AL2_ARM_64"}, "eks_ami_type must be AL2023_ARM_64_STANDARD"),
    (
        {"eks_nodes": "node_group", "eks_ami_type": "AL2023_ARM_64_STANDARD", "cpu_architecture": "x86_64"},
        "eks_ami_type must be of cpu_architecture",
    ),
    ({"eks_ami_type": "AL2023_ARM_64_STANDARD"}, "eks_ami_type needs eks_nodes node_group"),
    ({"eks_version": "1.29"}, "eks_version must be a version of Kubernetes from 1.33 on"),
    (
        {"eks_admin_arns": ["arn:aws:sts::111122223333:assumed-role/Admin/me"]},
        "eks_admin_arns must be ARNs of roles or users",
    ),
    ({"eks_public_access_cidrs": ["here"]}, "eks_public_access_cidrs must be IPv4 networks"),
    ({"eks_public_access_cidrs": ["0.0.0.0/0"]}, "eks_public_access_cidrs must not open"),
    ({"rds_instance_class": "t4g.medium"}, "rds_instance_class must be an instance class of RDS"),
    ({"rds_allocated_storage_gb": 10}, "rds_allocated_storage_gb must be a whole number from 20"),
    ({"rds_max_allocated_storage_gb": 50}, "rds_max_allocated_storage_gb must be at least a tenth more"),
    ({"rds_backup_days": 0}, "rds_backup_days must be a whole number from 1 to 35"),
    ({"redis_node_type": "t4g.small"}, "redis_node_type must be a node type of ElastiCache"),
    ({"redis_num_cache_clusters": 0}, "redis_num_cache_clusters must be a whole number from 1 to 6"),
    ({"secret_rotation": {"database": 0}}, "secret_rotation must have whole numbers of at least 1"),
    ({"secret_recovery_days": 3}, "secret_recovery_days must be 0, or a whole number from 7 to 30"),
    ({"log_retention_days": 100}, "log_retention_days must be one of 1, 3, 5"),
    ({"alarm_emails": ["me"]}, "alarm_emails must be e-mail addresses"),
    ({"monthly_budget_usd": -1}, "monthly_budget_usd must be an amount"),
    ({"waf_requests_per_address": 1}, "waf_requests_per_address must be a whole number from 10"),
    ({"waf_requests_per_key": 1}, "waf_requests_per_key must be a whole number from 10"),
    ({"images": RIGHT["images"] | {"gateway": "gateway:1"}}, "images must be in ECR and have a tag or a digest"),
    (
        {"images": RIGHT["images"] | {"gateway": "111122223333.dkr.ecr.us-east-1.amazonaws.com/gateway:latest"}},
        "images must not have the tag latest",
    ),
    ({"config_prefix": "config/"}, "config_prefix must be config/ and a digest"),
    ({"provider_key_names": ["openai"]}, "provider_key_names must be names of environment variables"),
    ({"provider_key_names": ["LITELLM_MASTER_KEY"]}, "provider_key_names must not name what the deployment sets"),
    ({"provider_keys_version": "AWSCURRENT:x"}, "provider_keys_version must be the id of a version of the secret"),
    ({"litellm_environment": {"OPENAI_API_KEY": "x"}}, "litellm_environment is not for secrets"),
    ({"gateway_environment": {"OKTA_ISSUER": "x"}}, "gateway_environment takes settings of the gateway"),
    ({"gateway_environment": {"GATEWAY_BIND": "x"}}, "gateway_environment must not name what the deployment sets"),
    ({"okta_issuer": "http://okta.example"}, "okta_issuer must be an https address"),
    ({"okta_issuer": "https://okta.example/"}, "okta_issuer must be an https address without a slash at its end"),
    ({"okta_audience": ""}, "okta_audience must not be empty"),
    ({"langsmith_project": "p"}, "langsmith_project needs LANGSMITH_API_KEY"),
    ({"langfuse_host": "http://langfuse.example"}, "langfuse_host must be an https address"),
    ({"langfuse_host": "https://langfuse.example"}, "langfuse_host needs LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY"),
]

# Whatever else is right, beside RIGHT.
ALLOWED: list[dict[str, Any]] = [
    {},
    DOMAIN,
    {**DOMAIN, "record_name": "example.com"},
    {"exposure": "cloudfront", "certificate_arn": ""},
    {"exposure": "cloudfront", "cloudfront_certificate_arn": CERTIFICATE, **DOMAIN},
    {"exposure": "cloudfront", "certificate_arn": "", "cloudfront_certificate_arn": CERTIFICATE, **DOMAIN},
    {"exposure": "private", "hosted_zone_kind": "new_private", **DOMAIN},
    {"exposure": "private", "hosted_zone_kind": "private", **VPC, **DOMAIN},
    {"disable_outbound_network_access": True, "exposure": "private"},
    {"cpu_architecture": "x86_64", "eks_nodes": "node_group", "eks_ami_type": "BOTTLEROCKET_x86_64"},
    {"eks_nodes": "node_group", "eks_instance_types": ["t4g.large", "c7gn.xlarge", "x2gd.medium", "a1.large"]},
    {"cpu_architecture": "x86_64", "eks_nodes": "node_group", "eks_instance_types": ["g5.xlarge", "u-3tb1.56xlarge"]},
    {"vcpus": 16, "memory_gb": 120, "min_capacity": 1, "desired_capacity": 1, "max_capacity": 1},
    {"deployment_name": "abc", "memory_gb": 4},
]


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """The shared variables alone: no provider, no module, nothing but what a plan says of them first."""
    alone = tmp_path_factory.mktemp("variables")
    for file in SHARED.glob("variables_*.tf"):
        (alone / file.name).write_text(file.read_text())
    root = Terraform(alone, tmp_path_factory.mktemp("root"), {}, required_mirror())
    root.do("init", "-no-color")
    return root


def _refusals(root: Terraform, values: Mapping[str, Any]) -> list[str]:
    """The sentences with which a plan with these values is refused."""
    (root.directory / "terraform.tfvars.json").write_text(json.dumps(RIGHT | dict(values)))
    lines = [json.loads(line) for line in root.run("plan", "-json").stdout.splitlines()]
    return [line["diagnostic"]["detail"] for line in lines if line["type"] == "diagnostic"]


@pytest.mark.parametrize(("values", "sentence"), WRONG, ids=[" ".join(values) for values, _ in WRONG])
def test_a_wrong_value_is_refused_with_a_sentence(variables: Terraform, values: dict[str, Any], sentence: str) -> None:
    said = _refusals(variables, values)
    assert [text for text in said if sentence in text], said


@pytest.mark.parametrize("values", ALLOWED, ids=str)
def test_a_right_value_is_taken(variables: Terraform, values: dict[str, Any]) -> None:
    assert _refusals(variables, values) == []


def test_the_example_of_the_documentation_is_taken(variables: Terraform) -> None:
    [example] = re.findall(r"```json\n(.*?)```", (SHARED.parents[2] / "docs" / "aws.md").read_text(), re.DOTALL)
    assert _refusals(variables, json.loads(example)) == []


def test_every_sentence_is_seen() -> None:
    texts = "".join(file.read_text() for file in SHARED.glob("variables_*.tf"))
    sentences = re.findall(r'error_message = "(.*)"', texts)
    unseen = [text for text in sentences if not any(part in text for _, part in WRONG)]
    assert not unseen
    assert len(sentences) > 70
