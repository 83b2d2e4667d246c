"""CloudFormation: the properties of a type as the fields of the API that makes it, by botocore's model of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import Shape
from moto.core.exceptions import ServiceException
from moto.core.utils import get_service_model

# Where the two call a field by different names: the property -> the field.
RENAMED = {
    "OriginSSLProtocols": "OriginSslProtocols",
    "OriginCustomHeaders": "CustomHeaders",
    "IPV6Enabled": "IsIPV6Enabled",
    "AcmCertificateArn": "ACMCertificateArn",
    "IamCertificateId": "IAMCertificateId",
    "SslSupportMethod": "SSLSupportMethod",
}


class NotPermitted(ServiceException):
    """A property that the type has not; the words are CloudFormation's."""

    code = "InvalidRequest"


def as_fields(service: str, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The input of an operation. Raises NotPermitted for what it has no field for."""
    shape = get_service_model(service).operation_model(operation).input_shape
    converted: dict[str, Any] = _field(shape, {name: properties[name] for name in properties if name != "Tags"}, "#")
    return converted | ({"Tags": properties["Tags"]} if "Tags" in properties else {})


def _field(shape: Any, value: Any, path: str) -> Any:
    if shape.type_name == "structure" and isinstance(value, list) and {"Quantity", "Items"} <= set(shape.members):
        # CloudFront's API counts its lists, CloudFormation does not.
        return {"Quantity": len(value), "Items": _field(shape.members["Items"], value, path)}
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {
            RENAMED.get(name, name): _field(_member(shape, name, path), member, f"{path}/{name}")
            for name, member in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_field(shape.member, member, f"{path}/{index}") for index, member in enumerate(value)]
    return value


def _member(shape: Any, name: str, path: str) -> Shape:
    try:
        member: Shape = shape.members[RENAMED.get(name, name)]
    except KeyError:
        raise NotPermitted(
            f"Properties validation failed for resource with message:\n{path}: extraneous key [{name}] is not permitted"
        ) from None
    return member
