from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def cloudfront(clients: Callable[[str], Any]) -> Any:
    return clients("cloudfront")


def _endpoint(name: str, **others: Any) -> dict[str, Any]:
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/1"
    return {
        "Name": name,
        "Arn": arn,
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
        **others,
    }


def _create(cloudfront: Any, name: str) -> Any:
    tags = {"Items": [{"Key": "a", "Value": "1"}]}
    return cloudfront.create_vpc_origin(VpcOriginEndpointConfig=_endpoint(name), Tags=tags)


def test_a_vpc_origin_is_kept_with_its_tags(cloudfront: Any, name: str) -> None:
    made = _create(cloudfront, name)
    kept = cloudfront.get_vpc_origin(Id=made["VpcOrigin"]["Id"])
    assert (kept["VpcOrigin"], kept["ETag"]) == (made["VpcOrigin"], made["ETag"])
    assert (kept["VpcOrigin"]["Status"], kept["VpcOrigin"]["VpcOriginEndpointConfig"]) == ("Deployed", _endpoint(name))
    tags = cloudfront.list_tags_for_resource(Resource=kept["VpcOrigin"]["Arn"])["Tags"]["Items"]
    assert tags == [{"Key": "a", "Value": "1"}]
    listed = cloudfront.list_vpc_origins()["VpcOriginList"]["Items"]
    assert name in {origin["Name"] for origin in listed}


def test_a_vpc_origin_can_be_changed(cloudfront: Any, name: str) -> None:
    made = _create(cloudfront, name)
    new = _endpoint(name, OriginProtocolPolicy="http-only")
    origin_id = made["VpcOrigin"]["Id"]
    cloudfront.update_vpc_origin(Id=origin_id, IfMatch=made["ETag"], VpcOriginEndpointConfig=new)
    assert cloudfront.get_vpc_origin(Id=origin_id)["VpcOrigin"]["VpcOriginEndpointConfig"] == new


def test_a_vpc_origin_that_is_deleted_is_gone(cloudfront: Any, name: str) -> None:
    made = _create(cloudfront, name)
    cloudfront.delete_vpc_origin(Id=made["VpcOrigin"]["Id"], IfMatch=made["ETag"])
    with pytest.raises(ClientError) as missing:
        cloudfront.get_vpc_origin(Id=made["VpcOrigin"]["Id"])
    assert missing.value.response["Error"]["Code"] == "EntityNotFound"
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_distribution_holds_its_vpc_origin(cloudfront: Any, name: str) -> None:
    made = _create(cloudfront, name)
    vpc_origin = {"VpcOriginId": made["VpcOrigin"]["Id"], "OriginReadTimeout": 60, "OriginKeepaliveTimeout": 5}
    config = {
        "CallerReference": name,
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{"Id": "a", "DomainName": "a.example", "VpcOriginConfig": vpc_origin}]},
        "DefaultCacheBehavior": {"TargetOriginId": "a", "ViewerProtocolPolicy": "https-only"},
    }
    distribution = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
    [origin] = distribution["DistributionConfig"]["Origins"]["Items"]
    assert origin["VpcOriginConfig"] == vpc_origin
    with pytest.raises(ClientError, match="currently associated with one or more distributions"):
        cloudfront.delete_vpc_origin(Id=made["VpcOrigin"]["Id"], IfMatch=made["ETag"])
