from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_a_pull_through_cache_rule_is_kept_until_it_is_deleted(clients: Callable[[str], Any], name: str) -> None:
    ecr = clients("ecr")
    ecr.create_pull_through_cache_rule(ecrRepositoryPrefix=name, upstreamRegistryUrl="public.ecr.aws")
    [rule] = ecr.describe_pull_through_cache_rules(ecrRepositoryPrefixes=[name])["pullThroughCacheRules"]
    assert (rule["upstreamRegistryUrl"], rule["registryId"]) == ("public.ecr.aws", "123456789012")
    every = ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert name in {rule["ecrRepositoryPrefix"] for rule in every}

    assert ecr.delete_pull_through_cache_rule(ecrRepositoryPrefix=name)["ecrRepositoryPrefix"] == name
    with pytest.raises(ClientError, match="PullThroughCacheRuleNotFoundException"):
        ecr.describe_pull_through_cache_rules(ecrRepositoryPrefixes=[name])
    with pytest.raises(ClientError, match="PullThroughCacheRuleNotFoundException"):
        ecr.delete_pull_through_cache_rule(ecrRepositoryPrefix=name)
