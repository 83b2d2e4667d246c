from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_a_subnet_group_can_be_deleted(elasticache: Any, subnet_group: str) -> None:
    elasticache.delete_cache_subnet_group(CacheSubnetGroupName=subnet_group)
    for call in (elasticache.describe_cache_subnet_groups, elasticache.delete_cache_subnet_group):
        with pytest.raises(ClientError, match="CacheSubnetGroupNotFoundFault"):
            call(CacheSubnetGroupName=subnet_group)
