"""CloudFormation: a type of resource that moto lacks, made, changed and deleted by a service's own objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.cloudformation.models import cloudformation_backends
from moto.core.common_models import CloudFormationModel
from moto.core.exceptions import ServiceException

Properties = dict[str, Any]

# moto finds the classes by CloudFormationModel.__subclasses__(), which does not keep them.
_classes: list[type[CloudFormationModel]] = []


@dataclass(frozen=True)
class Place:
    """Where a resource is: its account, its region, its stack, and its name in the template."""

    account: str
    region: str
    stack_id: str
    name: str

    def tags(self, properties: Mapping[str, Any]) -> list[dict[str, str]]:
        """The resource's own tags and its stack's: CloudFormation hands them down."""
        stack: Any = cloudformation_backends[self.account][self.region].stacks[self.stack_id]
        own = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        return [{"Key": key, "Value": value} for key, value in {**stack.tags, **own}.items()]


@dataclass(frozen=True)
class Kind:
    """One type.

    `checked` makes fields of an API of the properties, and refuses those that the type has not. `create` answers the
    physical id, `update` too: another one when it had to replace the resource. `attributes`: what Fn::GetAtt finds.
    """

    type: str
    checked: Callable[[Properties], Properties]
    create: Callable[[Place, Properties], str]
    update: Callable[[Place, str, Properties], str]
    delete: Callable[[Place, str], None]
    attributes: Mapping[str, Callable[[Place, str], Any]]


class Refused(ServiceException):
    """A handler's refusal, in CloudFormation's words."""

    code = "GeneralServiceException"


def add(kind: Kind) -> None:
    """Lets templates have a type. Raises AssertionError when moto has it."""
    known = {model.cloudformation_type() for model in CloudFormationModel.__subclasses__()}
    assert kind.type not in known, f"moto has {kind.type}: is the patch needed?"
    _classes.append(_class(kind))


def _class(kind: Kind) -> type[CloudFormationModel]:
    class Resource(CloudFormationModel):
        sim_kind = kind

        def __init__(self, place: Place, physical_id: str) -> None:
            self.place = place
            self.physical_resource_id = physical_id

        @staticmethod
        def cloudformation_name_type() -> str:
            return ""

        @staticmethod
        def cloudformation_type() -> str:
            return kind.type

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return attr in kind.attributes

        def get_cfn_attribute(self, attribute_name: str) -> Any:
            if attribute_name not in kind.attributes:
                raise UnformattedGetAttTemplateException()
            return kind.attributes[attribute_name](self.place, self.physical_resource_id)

        @classmethod
        def create_from_cloudformation_json(
            cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
        ) -> Any:
            place = Place(account_id, region_name, kwargs["StackId"], kwargs["LogicalId"])
            return cls(place, _handled(kind, kind.create, place, kind.checked(cloudformation_json["Properties"])))

        @classmethod
        def update_from_cloudformation_json(
            cls,
            original_resource: Any,
            new_resource_name: str,
            cloudformation_json: Any,
            account_id: str,
            region_name: str,
        ) -> Any:
            place, physical_id = original_resource.place, original_resource.physical_resource_id
            properties = kind.checked(cloudformation_json["Properties"])
            return cls(place, _handled(kind, kind.update, place, physical_id, properties))

        def delete(self, account_id: str, region_name: str) -> None:
            _handled(kind, kind.delete, self.place, self.physical_resource_id)

    return Resource


def _handled(kind: Kind, call: Callable[..., Any], *given: Any) -> Any:
    try:
        return call(*given)
    except ServiceException as error:
        service = kind.type.split("::")[1]
        message = f"{error.message} (Service: {service}, Error Code: {error.code})"
        raise Refused(f'Resource handler returned message: "{message}"') from error
