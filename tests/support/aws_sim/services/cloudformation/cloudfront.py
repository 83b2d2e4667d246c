"""CloudFormation: AWS::CloudFront::VpcOrigin, Distribution and Function."""

from __future__ import annotations

import copy
from typing import Any

from moto.cloudfront.models import CloudFrontBackend, cloudfront_backends

from tests.support.aws_sim.services import cloudfront
from tests.support.aws_sim.services.cloudformation.kinds import Kind, Place, Properties, add
from tests.support.aws_sim.services.cloudformation.properties import as_fields


def _backend(place: Place) -> CloudFrontBackend:
    return cloudfront_backends[place.account]["aws"]


def _tag(place: Place, arn: str, properties: Properties) -> None:
    _backend(place).tagger.tag_resource(arn, place.tags(properties))


def _create_vpc_origin(place: Place, given: Properties) -> str:
    origin = cloudfront.make_vpc_origin(_backend(place), given["VpcOriginEndpointConfig"], place.tags(given))
    return str(origin["Id"])


def _update_vpc_origin(place: Place, origin_id: str, given: Properties) -> str:
    """A change of tags alone goes the same way, and is refused as well while the origin is in use."""
    origin = cloudfront.unused_vpc_origin(_backend(place), origin_id)
    origin["VpcOriginEndpointConfig"] = given["VpcOriginEndpointConfig"]
    _tag(place, origin["Arn"], given)
    return origin_id


def _delete_vpc_origin(place: Place, origin_id: str) -> None:
    cloudfront.unused_vpc_origin(_backend(place), origin_id)
    del cloudfront.vpc_origins(_backend(place))[origin_id]


add(
    Kind(
        type="AWS::CloudFront::VpcOrigin",
        checked=lambda properties: as_fields("cloudfront", "CreateVpcOrigin", properties),
        create=_create_vpc_origin,
        update=_update_vpc_origin,
        delete=_delete_vpc_origin,
        attributes={
            "Id": lambda place, origin_id: origin_id,
            "Arn": lambda place, origin_id: cloudfront.known_vpc_origin(_backend(place), origin_id)["Arn"],
            "Status": lambda place, origin_id: cloudfront.known_vpc_origin(_backend(place), origin_id)["Status"],
        },
    )
)


def _distribution_fields(properties: Properties) -> Properties:
    fields = copy.deepcopy(properties)
    config = fields["DistributionConfig"]
    behaviours = [config.get("DefaultCacheBehavior", {}), *config.get("CacheBehaviors", [])]
    cached = [behaviour.pop("CachedMethods", None) for behaviour in behaviours]
    fields = as_fields("cloudfront", "CreateDistribution", fields)
    default = fields["DistributionConfig"].get("DefaultCacheBehavior", {})
    if cached[0]:
        # The API has the cached methods among the allowed ones.
        default["AllowedMethods"]["CachedMethods"] = {"Quantity": len(cached[0]), "Items": cached[0]}
    return fields


def _distribution_config(place: Place, given: Properties) -> dict[str, Any]:
    config: dict[str, Any] = copy.deepcopy(given["DistributionConfig"])
    for origin in config["Origins"]["Items"]:
        if "VpcOriginConfig" in origin:
            cloudfront.known_vpc_origin(_backend(place), origin["VpcOriginConfig"]["VpcOriginId"])
    return {**config, "CallerReference": f"{place.stack_id}/{place.name}"}


def _create_distribution(place: Place, given: Properties) -> str:
    made, _, _ = _backend(place).create_distribution(_distribution_config(place, given), place.tags(given))
    return made.distribution_id


def _update_distribution(place: Place, distribution_id: str, given: Properties) -> str:
    changed, _, _ = _backend(place).update_distribution(_distribution_config(place, given), distribution_id, True)
    _tag(place, changed.arn, given)
    return distribution_id


add(
    Kind(
        type="AWS::CloudFront::Distribution",
        checked=_distribution_fields,
        create=_create_distribution,
        update=_update_distribution,
        delete=lambda place, distribution_id: _backend(place).delete_distribution(distribution_id, True),
        attributes={
            "Id": lambda place, distribution_id: distribution_id,
            "DomainName": lambda place, distribution_id: _backend(place).distributions[distribution_id].domain_name,
        },
    )
)


def _create_function(place: Place, given: Properties) -> str:
    code = given["FunctionCode"].encode()
    made: Any = _backend(place).create_function(given["Name"], given["FunctionConfig"], code, place.tags(given))
    return _published(made, given)


def _update_function(place: Place, arn: str, given: Properties) -> str:
    if given["Name"] != _function_name(arn):
        return _create_function(place, given)
    function: Any = _backend(place).get_function(given["Name"])
    function.config, function.code = given["FunctionConfig"], given["FunctionCode"].encode()
    _tag(place, arn, given)
    return _published(function, given)


def _published(function: Any, given: Properties) -> str:
    function.stage = "LIVE" if given.get("AutoPublish") else "DEVELOPMENT"
    return str(function.arn)


def _function_name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _function_fields(properties: Properties) -> Properties:
    # It is no field of the API, which has an action for it.
    fields = as_fields("cloudfront", "CreateFunction", {k: v for k, v in properties.items() if k != "AutoPublish"})
    return {**fields, "AutoPublish": properties.get("AutoPublish")}


add(
    Kind(
        type="AWS::CloudFront::Function",
        checked=_function_fields,
        create=_create_function,
        update=_update_function,
        delete=lambda place, arn: _backend(place).delete_function(_function_name(arn), True),
        attributes={name: lambda place, arn: arn for name in ("FunctionARN", "FunctionMetadata.FunctionARN")},
    )
)
