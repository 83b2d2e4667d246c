"""What holds for every deployment by its playbooks."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.operator.conftest import PROVIDER_KEY
from tests.support.aws_operator import Operator
from tests.support.aws_sim import AwsSim


def nothing_is_there(account: AwsSim) -> None:
    """No bucket, network, secret or cluster of a deployment."""
    client = account.client
    assert client("s3").list_buckets()["Buckets"] == []
    assert [vpc for vpc in client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
    assert client("secretsmanager").list_secrets()["SecretList"] == []
    # ECS tells of a deleted cluster for a while.
    clusters = client("ecs").list_clusters()["clusterArns"]
    found = client("ecs").describe_clusters(clusters=clusters)["clusters"] if clusters else []
    assert [one for one in found if one["status"] != "INACTIVE"] == []
    assert client("eks").list_clusters()["clusters"] == []
    assert client("ecr").describe_repositories()["repositories"] == []


def the_config_in_use(account: AwsSim, workload: str) -> Any:
    """LiteLLM's configuration, from the bucket and the prefix that what runs names."""
    [(bucket, prefix)] = set(re.findall(r"s3://([a-z0-9-]+)/(config/[0-9a-f]+)", workload))
    body = account.client("s3").get_object(Bucket=bucket, Key=f"{prefix}/litellm.yaml")["Body"].read()
    return yaml.safe_load(body)


def no_secret_is_anywhere(operator: Operator, *described: str) -> None:
    """Neither a provider's key nor anything in Secrets Manager is in an output, in Terraform's state or files."""
    secrets = {PROVIDER_KEY, *_secrets(operator.account)}
    assert len(secrets) > 10
    places = {
        "output": operator.said,
        "state": list(_objects(operator.account, f"{operator.name}-state-")),
        "workload": list(described),
        "files": [file.read_text(errors="replace") for file in _files(operator)],
    }
    for place, texts in places.items():
        assert any(operator.name in text for text in texts), f"{place} was not looked through"
        assert not [place for secret in secrets for text in texts if secret in text], place


def _secrets(account: AwsSim) -> set[str]:
    """All that is secret, and parts of it, such as the password in a URL."""
    manager = account.client("secretsmanager")
    pages = manager.get_paginator("list_secrets").paginate()
    found = [secret["ARN"] for page in pages for secret in page["SecretList"]]
    texts = [manager.get_secret_value(SecretId=arn)["SecretString"] for arn in found]
    return {part for text in texts for part in re.findall(r"[0-9A-Za-z+/=_-]{30,}", text)}


def _objects(account: AwsSim, bucket_prefix: str) -> Any:
    s3 = account.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        if not bucket["Name"].startswith(bucket_prefix):
            continue
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
            for kept in page.get("Versions", []):
                got = s3.get_object(Bucket=bucket["Name"], Key=kept["Key"], VersionId=kept["VersionId"])
                yield got["Body"].read().decode()


def _files(operator: Operator) -> Any:
    """What runs left on the operator's machine."""
    for file in (operator.directory / "terraform-data").rglob("*"):
        if file.is_file() and "providers" not in file.parts:
            yield file
