"""EKS: tags on everything that has an ARN."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.eks.models import EKSBackend
from moto.eks.responses import EKSResponse

from tests.support.aws_sim.patching import around, store
from tests.support.aws_sim.services.eks.stored import missing

_KINDS = {"addons": "addonArn", "access_entries": "accessEntryArn", "pod_identities": "associationArn"}


@around(EKSBackend)
def list_tags_for_resource(original: Callable[..., Any], backend: EKSBackend, resource_arn: str) -> dict[str, str]:
    """moto knows tags of clusters alone."""
    return _tags_of(backend, resource_arn)


@around(EKSBackend)
def tag_resource(original: Callable[..., None], backend: EKSBackend, resource_arn: str, tags: dict[str, str]) -> None:
    """moto tags clusters alone."""
    _tags_of(backend, resource_arn).update(tags)


@around(EKSBackend, "untag_resource")
def untag(original: Callable[..., None], backend: EKSBackend, resource_arn: str, tag_keys: list[str] | str) -> None:
    """moto untags clusters alone."""
    for key in tag_keys if isinstance(tag_keys, list) else [tag_keys]:
        _tags_of(backend, resource_arn).pop(key, None)


@around(EKSResponse)
def untag_resource(original: Callable[..., ActionResult], response: EKSResponse) -> ActionResult:
    """moto takes one key of several."""
    for key in response.querystring["tagKeys"]:
        response.eks_backend.untag_resource(response._extract_arn_from_path(), [key])
    return EmptyResult()


def _tags_of(backend: EKSBackend, arn: str) -> dict[str, str]:
    for cluster in backend.clusters.values():
        for one, tags in _tagged(cluster):
            if one == arn:
                return tags
    raise missing(f"No resource found for ARN: {arn}")


def _tagged(cluster: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """The ARN and the tags of the cluster and of all that is in it."""
    yield cluster.arn, cluster.tags
    for group in cluster.nodegroups.values():
        yield group.arn, group.tags
    for profile in cluster.fargate_profiles.values():
        yield profile.fargate_profile_arn, profile.tags
    for kind, named in _KINDS.items():
        for item in store(cluster, kind).values():
            yield item[named], item.setdefault("tags", {})
