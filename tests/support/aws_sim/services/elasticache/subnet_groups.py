"""ElastiCache subnet groups: their end."""

from __future__ import annotations

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.exceptions import CacheSubnetGroupNotFound
from moto.elasticache.responses import ElastiCacheResponse

from tests.support.aws_sim.patching import action


@action(ElastiCacheResponse)
def delete_cache_subnet_group(response: ElastiCacheResponse) -> ActionResult:
    """moto lacks the action."""
    name = response._get_param("CacheSubnetGroupName")
    if not response.elasticache_backend.cache_subnet_groups.pop(name, None):
        raise CacheSubnetGroupNotFound(name)
    return EmptyResult()
