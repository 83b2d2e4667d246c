"""CloudFormation: a stack whose resource fails is rolled back, and an update makes what is new before it removes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Event, Stack
from moto.cloudformation.parsing import NULL_MODELS, OutputMap, ResourceMap
from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from tests.support.aws_sim.patching import around
from tests.support.aws_sim.services.cloudformation.order import in_order, references


class ResourceFailed(Exception):
    """A service refused what the template asks for."""

    def __init__(self, name: str, resource_type: str, error: Any) -> None:
        super().__init__(name)
        self.name = name
        self.resource_type = resource_type
        self.reason = str(getattr(error, "message", error))


@around(parsing)
def parse_and_create_resource(original: Callable[..., Any], name: str, resource: Any, *args: Any, **kwargs: Any) -> Any:
    """The error does not say by itself whose it is."""
    return _naming(original, name, resource, *args, **kwargs)


@around(parsing)
def parse_and_update_resource(original: Callable[..., Any], name: str, resource: Any, *args: Any, **kwargs: Any) -> Any:
    """The error does not say by itself whose it is."""
    return _naming(original, name, resource, *args, **kwargs)


def _naming(call: Callable[..., Any], name: str, resource: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return call(name, resource, *args, **kwargs)
    except (ServiceException, HTTPException) as error:
        raise ResourceFailed(name, resource["Type"], error) from error


@around(CloudFormationBackend)
def create_stack(original: Callable[..., Stack], backend: CloudFormationBackend, **given: Any) -> Stack:
    """moto passes over the types that it does not know."""
    _check_types(given["template"])
    return original(backend, **given)


@around(CloudFormationBackend)
def update_stack(original: Callable[..., Stack], backend: CloudFormationBackend, **given: Any) -> Stack:
    """moto passes over the types that it does not know."""
    _check_types(given["template"])
    return original(backend, **given)


def _check_types(template: str) -> None:
    types = {resource["Type"] for resource in (Stack.parse_template(template).get("Resources") or {}).values()}
    known = {*parsing.get_model_map(), *NULL_MODELS}
    unknown = sorted(name for name in types if name not in known and not name.startswith("Custom::"))
    if unknown:
        raise ValidationError(message=f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


@around(Stack)
def create_resources(original: Callable[..., None], stack: Stack) -> None:
    """moto answers the error, and keeps a stack that is half there."""
    try:
        original(stack)
    except ResourceFailed as failed:
        _tell(stack, failed, "CREATE")
        stack._add_stack_event("ROLLBACK_IN_PROGRESS", f"{_failure(failed, 'create')} Rollback requested by user.")
        resources: Any = stack.resource_map
        resources.delete()
        # Whoever looks at a resource of moto's map makes it.
        resources._resource_json_map = {}
        stack.output_map = OutputMap(resources, {}, stack.stack_id)
        _settle(stack, "ROLLBACK_COMPLETE")


@around(Stack)
def update(
    original: Callable[..., None],
    stack: Any,
    template: str,
    role_arn: str | None = None,
    parameters: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    """moto answers the error, and keeps a stack that is half changed."""
    before = {name: getattr(stack, name) for name in ("template", "template_dict", "parameters", "tags")}
    stack.resource_map.sim_tags_changed = tags is not None and tags != stack.tags
    # A resource takes the tags of its stack while it is changed.
    stack.tags = stack.tags if tags is None else tags
    try:
        original(stack, template, role_arn, parameters, tags)
    except ResourceFailed as failed:
        _tell(stack, failed, "UPDATE")
        stack._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", _failure(failed, "update"))
        for name, value in before.items():
            setattr(stack, name, value)
        stack.resource_map.sim_unchanged = failed.name
        stack.resource_map.update(stack.template_dict, stack.parameters)
        stack.resource_map.sim_unchanged = None
        stack.output_map = stack._create_output_map()
        _settle(stack, "UPDATE_ROLLBACK_COMPLETE")


@around(ResourceMap, "update")
def make_change_remove(
    original: Callable[..., None], resources: Any, template: dict[str, Any], parameters: dict[str, Any] | None = None
) -> None:
    """moto removes first, changes in any order, and passes over what only refers to a resource that was replaced."""
    old, new = resources._resource_json_map, template["Resources"]
    changes = resources.build_resource_diff(template, parameters)
    resources._template, resources._resource_json_map = template, new
    resources.input_parameters = parameters or resources.input_parameters
    resources.load_mapping()
    resources.load_parameters()
    resources.load_conditions()
    replaced: dict[str, Any] = {}
    for name in in_order(new):
        if name not in resources._parsed_resources:
            # Looking at it makes it.
            resources[name]
        elif name == getattr(resources, "sim_unchanged", None):
            # What failed needs no way back.
            continue
        elif name in changes["Modify"] or _retagged(resources, name) or replaced.keys() & set(references(new[name])):
            replaced |= _changed(resources, name, new[name])
    removed = [name for name in old if name not in new and name in resources._parsed_resources]
    gone = {name: resources._parsed_resources.pop(name) for name in removed}
    for name in reversed(in_order(old)):
        for resource in [held[name] for held in (replaced, gone) if name in held]:
            resources._delete_resource(resource, old[name])


def _changed(resources: Any, name: str, resource: dict[str, Any]) -> dict[str, Any]:
    """Changes a resource; answers, by its name, the one that it was when it became another."""
    before = resources._parsed_resources[name]
    changed: Any = parsing.parse_and_update_resource(
        name, resource, resources, account_id=resources._account_id, region_name=resources._region_name
    )
    if changed is None:
        raise NotImplementedError(f"Changes to {resource['Type']}.")
    resources._parsed_resources[name] = changed
    # moto's own types delete what they replace.
    became_another = changed.physical_resource_id != before.physical_resource_id and hasattr(before, "sim_kind")
    return {name: before} if became_another else {}


def _retagged(resources: Any, name: str) -> bool:
    return hasattr(resources._parsed_resources[name], "sim_kind") and getattr(resources, "sim_tags_changed", False)


def _failure(failed: ResourceFailed, what: str) -> str:
    return f"The following resource(s) failed to {what}: [{failed.name}]."


def _tell(stack: Stack, failed: ResourceFailed, what: str) -> None:
    event = Event(
        stack_id=stack.stack_id,
        stack_name=stack.name,
        logical_resource_id=failed.name,
        physical_resource_id="",
        resource_type=failed.resource_type,
        resource_status=f"{what}_FAILED",
        resource_status_reason=failed.reason,
        resource_properties=None,
    )
    stack.events.append(event)


def _settle(stack: Stack, status: str) -> None:
    stack.status = status
    stack._add_stack_event(status)
