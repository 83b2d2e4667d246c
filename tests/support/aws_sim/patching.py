"""How moto is patched: by fields that are remembered, by actions that are added, and around what moto does itself.

moto serialises answers by botocore's service models and finds a member as the attribute of its name: a field of a
request is answered as soon as the stored object has that attribute (`remember`). It finds an action as the method of
its name on the service's response class: a missing action is a function put there (`action`). Patches apply when their
module is imported. Stored objects are `Any` in patches, since they gain attributes that moto's classes do not know.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Mapping
from types import ModuleType
from typing import Any, TypeVar

from botocore import xform_name
from moto.core.responses import BaseResponse

Function = TypeVar("Function", bound=Callable[..., Any])


def remember(stored: Any, fields: Mapping[str, Any], *, overwrite: bool = False, skip: Collection[str] = ()) -> None:
    """Keeps fields of a request on a stored object, where describe finds them; None says nothing.

    What the object has already stays, unless `overwrite`. `skip`: fields that moto keeps in its own way.
    """
    for field, value in fields.items():
        name = xform_name(field)
        if field in skip or value is None:
            continue
        if overwrite or getattr(stored, name, None) is None:
            setattr(stored, name, value)


def action(response_class: type[BaseResponse], name: str | None = None) -> Callable[[Function], Function]:
    """Adds the decorated function to a service as the action of its name, or of `name`.

    Raises AssertionError when moto has the action: a newer moto may have made the patch superfluous.
    """

    def add(function: Function) -> Function:
        added = name or function.__name__
        assert not hasattr(response_class, added), f"moto has {response_class.__name__}.{added}: is the patch needed?"
        put(response_class, added, function)
        return function

    return add


def around(owner: type | ModuleType, name: str | None = None) -> Callable[[Function], Function]:
    """Puts the decorated function around the one of its name, or of `name`, of a class or a module.

    moto's own is its first argument.
    """

    def wrap(function: Function) -> Function:
        wrapped = name or function.__name__
        original = getattr(owner, wrapped)

        @functools.wraps(original)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            return function(original, self, *args, **kwargs)

        put(owner, wrapped, call)
        return function

    return wrap


def put(owner: type | ModuleType, name: str, value: object) -> None:
    """Gives a class or a module of moto an attribute; every patch passes here."""
    setattr(owner, name, value)


def body(response: BaseResponse) -> dict[str, Any]:
    """The request's body, of a service that speaks JSON."""
    given: dict[str, Any] = json.loads(response.body or "{}")
    return given


def store(holder: Any, kind: str) -> dict[str, Any]:
    """A dictionary for a kind of thing that moto lacks, on a backend (one for each account and region) or an object."""
    kept: dict[str, Any] = holder.__dict__.setdefault(f"_sim_{kind}", {})
    return kept
