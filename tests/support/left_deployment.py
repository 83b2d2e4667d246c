"""What a deployment leaves that nobody has made: states of Terraform with outputs alone, and a network."""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.support.aws_deployment import Account, make_certificate, make_vpc, make_zone
from tests.support.aws_sim.process import ACCOUNT, REGION


def image_of(deployment: str) -> str:
    """The repository of the fake LLM's image."""
    return f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{deployment}/fake-llm"


def leave_state(account: Account, deployment: str, key: str, **outputs: Any) -> None:
    """A state of Terraform with outputs alone."""
    said = {name: {"value": value, "type": _kind_of(value)} for name, value in outputs.items()}
    state = {"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": key, "outputs": said, "resources": []}
    bucket = f"{deployment}-state-{ACCOUNT}-{REGION}"
    account.client("s3").put_object(Bucket=bucket, Key=f"{key}.tfstate", Body=json.dumps(state).encode())


def leave_deployment(account: Account, deployment: str, network: dict[str, Any] | None) -> None:
    """A foundation, and a platform that was deployed into a network, or nowhere yet."""
    account.client("s3").create_bucket(Bucket=f"{deployment}-state-{ACCOUNT}-{REGION}")
    key = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    foundation = {"kms_key_arn": key, "repository_urls": {"fake-llm": image_of(deployment)}}
    leave_state(account, deployment, "foundation", foundation=foundation)
    leave_state(account, deployment, "platform", **({"network": network} if network else {}))


def make_network(account: Account, *, nat: bool = True) -> dict[str, Any]:
    """A VPC, as the platform's output `network` tells of it."""
    vpc = make_vpc(account, nat=nat)
    subnets = account.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    private = [one["SubnetId"] for one in subnets if int(one["CidrBlock"].split(".")[2]) >= 16]
    public = [one["SubnetId"] for one in subnets if one["SubnetId"] not in private]
    return {"vpc_id": vpc, "private_subnet_ids": private, "public_subnet_ids": public}


def _kind_of(value: Any) -> Any:
    """The type of an output, as a state has it."""
    if isinstance(value, dict):
        return ["object", {name: _kind_of(item) for name, item in value.items()}]
    return ["tuple", [_kind_of(item) for item in value]] if isinstance(value, list) else "string"


def main(deployment: str, record: str) -> None:
    """Leaves all of it in the account of the environment, and prints the certificate for a record."""
    import boto3

    leave_deployment(boto3, deployment, make_network(boto3))
    make_zone(boto3, record.partition(".")[2])
    print(make_certificate(boto3, record))


if __name__ == "__main__":
    main(*sys.argv[1:])
