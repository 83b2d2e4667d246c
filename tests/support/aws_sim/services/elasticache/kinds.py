"""ElastiCache: a kind of object that moto lacks, created, described, modified and deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.elasticache.responses import ElastiCacheResponse

from tests.support.aws_sim.patching import action, store


class NotFound(ServiceException):
    """Nothing of a kind has the name; the code is the kind's own."""


@dataclass(frozen=True)
class Kind:
    """One kind.

    `name`: what answers call it, such as ServerlessCache. `key`: the field that names one. `missing`: the error's code.
    `resource`: its part of the ARN. `defaults`: makes the fields that AWS fills in, of those that were given.
    """

    name: str
    key: str
    missing: str
    resource: str
    defaults: Callable[[dict[str, Any]], dict[str, Any]]

    def items(self, response: ElastiCacheResponse) -> dict[str, Any]:
        """Those of the account and region, by name."""
        return store(response.elasticache_backend, self.name)

    def known(self, response: ElastiCacheResponse) -> Any:
        """The one that the request names; raises `missing`."""
        name = response._get_param(self.key)
        if name not in self.items(response):
            raise NotFound(self.missing, f"{name} not found.")
        return self.items(response)[name]

    def create(self, response: ElastiCacheResponse) -> ActionResult:
        given = _given(response)
        tags = given.pop("Tags", None)
        item = {"ARN": self._arn(response, given[self.key]), **self.defaults(given), **given}
        self.items(response)[given[self.key]] = item
        if tags:
            response.elasticache_backend.tagging_service.tag_resource(item["ARN"], tags)
        # Some kinds are answered in a member of their name, a user group as the answer itself.
        return ActionResult({self.name: item, **item})

    def describe(self, response: ElastiCacheResponse) -> ActionResult:
        found = [self.known(response)] if response._get_param(self.key) else list(self.items(response).values())
        return ActionResult({f"{self.name}s": found})

    def modify(self, response: ElastiCacheResponse) -> ActionResult:
        self.known(response).update(_given(response))
        return ActionResult({self.name: self.known(response), **self.known(response)})

    def delete(self, response: ElastiCacheResponse) -> ActionResult:
        gone = {**self.known(response), "Status": "deleting"}
        del self.items(response)[gone[self.key]]
        return ActionResult({self.name: gone, **gone})

    def _arn(self, response: ElastiCacheResponse, name: str) -> str:
        return f"arn:aws:elasticache:{response.region}:{response.current_account}:{self.resource}:{name}"


def add(kind: Kind, *, modify: Callable[[ElastiCacheResponse], ActionResult] | None = None) -> None:
    """Adds the four actions of a kind. `modify`: instead of keeping the fields of the request."""
    name = xform_name(kind.name)
    for added, function in (
        (f"create_{name}", kind.create),
        (f"describe_{name}s", kind.describe),
        (f"modify_{name}", modify or kind.modify),
        (f"delete_{name}", kind.delete),
    ):
        action(ElastiCacheResponse, added)(_method(function))


def _method(function: Callable[[ElastiCacheResponse], ActionResult]) -> Callable[[ElastiCacheResponse], ActionResult]:
    """moto takes only plain functions for actions."""

    def call(response: ElastiCacheResponse) -> ActionResult:
        return function(response)

    return call


def _given(response: ElastiCacheResponse) -> dict[str, Any]:
    return {field: value for field, value in response._get_params().items() if value is not None}
