from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.support.aws_sim import AwsSim

# One of each protocol: query, EC2's, S3's, JSON, REST with JSON, REST with XML.
CALLS = {
    "iam": "list_roles",
    "ec2": "describe_vpcs",
    "s3": "list_buckets",
    "secretsmanager": "list_secrets",
    "eks": "list_clusters",
    "route53": "list_hosted_zones",
}


@pytest.fixture(scope="module")
def expired() -> Iterator[AwsSim]:
    with AwsSim() as account:
        account.tell("credentials/expire")
        yield account


@pytest.mark.parametrize(("service", "call"), CALLS.items())
def test_every_protocol_is_refused_in_its_own_way(expired: AwsSim, service: str, call: str) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(expired.client(service), call)()
    assert refused.value.response["Error"]["Code"] in ("ExpiredToken", "ExpiredTokenException")


def test_renewed_credentials_are_taken(expired: AwsSim) -> None:
    expired.tell("credentials/renew")
    try:
        assert expired.client("s3").list_buckets()["Buckets"] == []
    finally:
        expired.tell("credentials/expire")
