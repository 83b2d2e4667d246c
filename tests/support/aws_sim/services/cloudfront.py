"""CloudFront: VPC origins, and what moto drops of a distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudfront import urls
from moto.cloudfront.models import CloudFrontBackend, DefaultCacheBehaviour, Origin, random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from tests.support.aws_sim.patching import action, around, remember, store

for _path in (r"/2020-05-31/vpc-origin$", r"/2020-05-31/vpc-origin/(?P<origin_id>[^/]+)$"):
    urls.url_paths[f"{{0}}{_path}"] = CloudFrontResponse.dispatch


class EntityNotFound(ServiceException):
    """There is no VPC origin with the id."""

    code = "EntityNotFound"
    message = "The specified VPC origin does not exist."


class VpcOriginInUse(ServiceException):
    """A distribution has it."""

    code = "CannotDeleteEntityWhileInUse"
    message = (
        "The specified VPC origin is currently associated with one or more distributions. "
        "Please disassociate the VPC origin from all distributions before updating or deleting."
    )


@around(Origin, "__init__")
def keep_vpc_origin(original: Callable[..., None], kept: Any, origin: dict[str, Any]) -> None:
    """moto drops that an origin is in a VPC."""
    original(kept, origin)
    remember(kept, {"VpcOriginConfig": origin.get("VpcOriginConfig")})


@around(DefaultCacheBehaviour, "__init__")
def keep_functions(original: Callable[..., None], behaviour: Any, config: dict[str, Any]) -> None:
    """moto drops the functions of a cache behaviour."""
    original(behaviour, config)
    remember(behaviour, {"FunctionAssociations": config.get("FunctionAssociations")}, overwrite=True)


def make_vpc_origin(backend: CloudFrontBackend, endpoint: dict[str, Any], tags: list[dict[str, str]]) -> dict[str, Any]:
    """A VPC origin, which is deployed at once."""
    origin_id = f"vo_{random_id()}"
    origin: dict[str, Any] = {
        "Id": origin_id,
        "Arn": f"arn:aws:cloudfront::{backend.account_id}:vpcorigin/{origin_id}",
        "AccountId": backend.account_id,
        "Status": "Deployed",
        "CreatedTime": utcnow(),
        "LastModifiedTime": utcnow(),
        "VpcOriginEndpointConfig": endpoint,
    }
    backend.tagger.tag_resource(origin["Arn"], tags)
    vpc_origins(backend)[origin_id] = origin
    return origin


def vpc_origins(backend: CloudFrontBackend) -> dict[str, Any]:
    """The account's VPC origins, by id."""
    return store(backend, "vpc_origins")


def known_vpc_origin(backend: CloudFrontBackend, origin_id: str) -> Any:
    """Raises EntityNotFound."""
    if origin_id not in vpc_origins(backend):
        raise EntityNotFound()
    return vpc_origins(backend)[origin_id]


def unused_vpc_origin(backend: CloudFrontBackend, origin_id: str) -> Any:
    """Raises EntityNotFound and, as every change to one in use is refused, VpcOriginInUse."""
    found = known_vpc_origin(backend, origin_id)
    distributions: list[Any] = list(backend.distributions.values())
    for origin in (origin for one in distributions for origin in one.distribution_config.Origins["Items"]):
        if (getattr(origin, "vpc_origin_config", None) or {}).get("VpcOriginId") == origin_id:
            raise VpcOriginInUse()
    return found


@action(CloudFrontResponse)
def create_vpc_origin(response: CloudFrontResponse) -> ActionResult:
    """moto lacks the action."""
    tags = (response._get_param("Tags") or {}).get("Items", [])
    return _answer(make_vpc_origin(response.backend, response._get_param("VpcOriginEndpointConfig"), tags))


@action(CloudFrontResponse)
def get_vpc_origin(response: CloudFrontResponse) -> ActionResult:
    """moto lacks the action."""
    return _answer(known_vpc_origin(response.backend, response._get_param("Id")))


@action(CloudFrontResponse)
def update_vpc_origin(response: CloudFrontResponse) -> ActionResult:
    """moto lacks the action."""
    origin = unused_vpc_origin(response.backend, response._get_param("Id"))
    origin["VpcOriginEndpointConfig"] = response._get_param("VpcOriginEndpointConfig")
    return _answer(origin)


@action(CloudFrontResponse)
def delete_vpc_origin(response: CloudFrontResponse) -> ActionResult:
    """moto lacks the action."""
    origin = unused_vpc_origin(response.backend, response._get_param("Id"))
    return _answer(vpc_origins(response.backend).pop(origin["Id"]))


@action(CloudFrontResponse)
def list_vpc_origins(response: CloudFrontResponse) -> ActionResult:
    """moto lacks the action."""
    origins = vpc_origins(response.backend).values()
    found = [{**origin, "Name": origin["VpcOriginEndpointConfig"]["Name"]} for origin in origins]
    counted = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": len(found), "Items": found}
    return ActionResult({"VpcOriginList": counted})


def _answer(origin: dict[str, Any]) -> ActionResult:
    location = f"https://cloudfront.amazonaws.com/2020-05-31/vpc-origin/{origin['Id']}"
    return ActionResult({"VpcOrigin": origin, "ETag": "E1", "Location": location})
