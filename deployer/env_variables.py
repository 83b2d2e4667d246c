"""What becomes of each variable of the original's .env: an inventory variable, a secret, or nothing, and then why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.outcome import Unusable

Env = Mapping[str, str]
# What the original's template has where a key has to be filled in.
PLACEHOLDERS = frozenset({"", "placeholder"})
PROVIDERS = (
    *("OPENAI", "AZURE_OPENAI", "AZURE", "ANTHROPIC", "GROQ", "COHERE", "CO", "HUGGINGFACE", "DATABRICKS", "GEMINI"),
    *("CODESTRAL", "MISTRAL", "AZURE_AI", "NVIDIA_NIM", "XAI", "PERPLEXITYAI", "GITHUB", "DEEPSEEK", "AI21"),
)
PROVIDER_KEYS = frozenset(
    [
        *(f"{provider}_API_KEY" for provider in PROVIDERS),
        *("HF_TOKEN", "LANGSMITH_API_KEY", "LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"),
    ]
)
ADD_ONS = ["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "metrics-server"]
ARCHITECTURES = {
    **dict.fromkeys(("x86", "x86_64", "amd64"), "x86_64"),
    **dict.fromkeys(("arm", "arm64", "aarch64"), "arm64"),
}
# No number that anything is asked for has more digits.
WHOLE = re.compile(r"[0-9]{1,9}")
BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}

Convert = Callable[[str, Env], dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """`convert` makes inventory variables of a value. Where it makes none, nothing is needed, and `gone` says why."""

    convert: Convert
    gone: str = "it is empty, which is the default"


def _boolean(value: str, name: str) -> bool:
    if value.lower() not in BOOLEANS:
        raise Unusable(f"{name} must be true or false.")
    return BOOLEANS[value.lower()]


def is_true(env: Env, name: str) -> bool:
    """Whether a switch is on. Raises Unusable where it is neither on nor off."""
    return _boolean(env.get(name) or "false", name)


def _text(target: str) -> Rule:
    return Rule(lambda value, _: {target: value} if value else {})


def _number(name: str, target: str) -> Rule:
    def convert(value: str, _: Env) -> dict[str, Any]:
        if not value:
            return {}
        if not WHOLE.fullmatch(value):
            raise Unusable(f"{name} must be a whole number.")
        return {target: int(value)}

    return Rule(convert)


def _switch(name: str, target: str) -> Rule:
    return Rule(lambda value, _: {target: _boolean(value, name)} if value else {})


def _gone(why: str) -> Rule:
    return Rule(lambda *_: {}, why)


def _choice(name: str, target: str, values: Mapping[str, str]) -> Rule:
    def convert(value: str, _: Env) -> dict[str, Any]:
        if not value:
            return {}
        if value.lower() not in values:
            raise Unusable(f"{name} must be one of {', '.join(sorted(values))}.")
        return {target: values[value.lower()]}

    return Rule(convert)


def _exposure(value: str, env: Env) -> dict[str, Any]:
    public = _boolean(value or "true", "PUBLIC_LOAD_BALANCER")
    found = {"exposure": "public" if public else "private"}
    if not public and env.get("HOSTED_ZONE_NAME"):
        # The original looked up a private zone for a VPC that was there, and made one for a new VPC.
        makes = not env.get("EXISTING_VPC_ID") or is_true(env, "CREATE_PRIVATE_HOSTED_ZONE_IN_EXISTING_VPC")
        found["hosted_zone_kind"] = "new_private" if makes else "private"
    return found


def _add_ons(value: str, _: Env) -> dict[str, Any]:
    if not _boolean(value or "false", "INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER"):
        return {}
    return {
        "install_add_ons_in_existing_eks_cluster": ADD_ONS,
        "install_load_balancer_controller_in_existing_eks_cluster": True,
    }


def _eks_nodes(target: str, architecture: str, default: str) -> Rule:
    """Types of instances and images count on EKS, for the architecture in use, where they are not the defaults."""

    def convert(value: str, env: Env) -> dict[str, Any]:
        ours = ARCHITECTURES.get(env.get("CPU_ARCHITECTURE", "").lower(), "arm64") == architecture
        if not ours or env.get("DEPLOYMENT_PLATFORM", "ECS").upper() != "EKS" or value in ("", default):
            return {}
        return {"eks_nodes": "node_group", target: [value] if target == "eks_instance_types" else value}

    return Rule(convert, "EKS Auto Mode chooses nodes that fit; eks_nodes: node_group takes types of your choice")


def _build(value: str, _: Env) -> dict[str, Any]:
    return {"container_image_litellm_from": "source"} if _boolean(value or "false", "BUILD_FROM_SOURCE") else {}


NUMBERS = {
    "DESIRED_CAPACITY": "desired_capacity",
    "MIN_CAPACITY": "min_capacity",
    "MAX_CAPACITY": "max_capacity",
    "ECS_CPU_TARGET_UTILIZATION_PERCENTAGE": "cpu_target_utilization_percent",
    "ECS_MEMORY_TARGET_UTILIZATION_PERCENTAGE": "memory_target_utilization_percent",
    "ECS_VCPUS": "vcpus",
    "RDS_ALLOCATED_STORAGE_GB": "rds_allocated_storage_gb",
    "REDIS_NUM_CACHE_CLUSTERS": "redis_num_cache_clusters",
}
TEXTS = {
    "HOSTED_ZONE_NAME": "hosted_zone_name",
    "DOMAIN_NAME": "record_name",
    "RECORD_NAME": "record_name",
    "CERTIFICATE_ARN": "certificate_arn",
    "OKTA_AUDIENCE": "okta_audience",
    "LANGSMITH_PROJECT": "langsmith_project",
    "LANGSMITH_DEFAULT_RUN_NAME": "langsmith_default_run_name",
    "LANGFUSE_HOST": "langfuse_host",
    "EXISTING_VPC_ID": "existing_vpc_id",
    "EXISTING_EKS_CLUSTER_NAME": "existing_eks_cluster_name",
    "RDS_INSTANCE_CLASS": "rds_instance_class",
    "REDIS_NODE_TYPE": "redis_node_type",
    "AWS_REGION": "aws_region",
    "AWS_DEFAULT_REGION": "aws_region",
    "AWS_PROFILE": "aws_profile",
}
SWITCHES = {
    "DISABLE_OUTBOUND_NETWORK_ACCESS": "disable_outbound_network_access",
    "CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC": "create_vpc_endpoints_in_existing_vpc",
    "DISABLE_SWAGGER_PAGE": "disable_swagger_page",
    "DISABLE_ADMIN_UI": "disable_admin_ui",
}
FAKE_LLM = _gone("the address of the fake LLM belongs to the load test, which is given it when it runs")
CREDENTIALS = _gone(
    "credentials of AWS are taken from the environment or a profile, and belong into no file of the project"
)
RULES: dict[str, Rule] = {
    **{name: _text(target) for name, target in TEXTS.items()},
    **{name: _number(name, target) for name, target in NUMBERS.items()},
    **{name: _switch(name, target) for name, target in SWITCHES.items()},
    "DEPLOYMENT_PLATFORM": _choice("DEPLOYMENT_PLATFORM", "platform", {"ecs": "ECS", "eks": "EKS"}),
    "CPU_ARCHITECTURE": _choice("CPU_ARCHITECTURE", "cpu_architecture", ARCHITECTURES),
    # As it stands in the tokens.
    "OKTA_ISSUER": Rule(lambda value, _: {"okta_issuer": value.rstrip("/")} if value else {}),
    "PUBLIC_LOAD_BALANCER": Rule(_exposure),
    "INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER": Rule(_add_ons, "no add-ons are asked for, which is the default"),
    "CREATE_PRIVATE_HOSTED_ZONE_IN_EXISTING_VPC": _gone(
        "with PUBLIC_LOAD_BALANCER=false, it is part of hosted_zone_kind"
    ),
    "BUILD_FROM_SOURCE": Rule(_build, "LiteLLM's published image is used, which is the default"),
    "EKS_ARM_INSTANCE_TYPE": _eks_nodes("eks_instance_types", "arm64", "t4g.medium"),
    "EKS_X86_INSTANCE_TYPE": _eks_nodes("eks_instance_types", "x86_64", "t3.medium"),
    "EKS_ARM_AMI_TYPE": _eks_nodes("eks_ami_type", "arm64", "AL2_ARM_64"),
    "EKS_X86_AMI_TYPE": _eks_nodes("eks_ami_type", "x86_64", "AL2_x86_64"),
    "LITELLM_VERSION": _gone("LiteLLM's version is the one that this project is tested with"),
    "TERRAFORM_S3_BUCKET_NAME": _gone(
        "the state's bucket is named after deployment, account and region; the old one holds the old state"
    ),
    "EC2_KEY_PAIR_NAME": _gone("a private load balancer is reached through Session Manager, without a key pair"),
    "FAKE_LLM_LOAD_TESTING_ENDPOINT_CERTIFICATE_ARN": FAKE_LLM,
    "FAKE_LLM_LOAD_TESTING_ENDPOINT_HOSTED_ZONE_NAME": FAKE_LLM,
    "FAKE_LLM_LOAD_TESTING_ENDPOINT_RECORD_NAME": FAKE_LLM,
    "LOAD_TESTING_ENDPOINT_CERTIFICATE_ARN": FAKE_LLM,
    "LOAD_TESTING_ENDPOINT_HOSTED_ZONE_NAME": FAKE_LLM,
    "LOAD_TESTING_ENDPOINT_DOMAIN_NAME": FAKE_LLM,
    "AWS_ACCESS_KEY_ID": CREDENTIALS,
    "AWS_SECRET_ACCESS_KEY": CREDENTIALS,
    "AWS_SESSION_TOKEN": CREDENTIALS,
    "KEY_PAIR_NAME": _gone("a private load balancer is reached through Session Manager, without a key pair"),
}
