"""ElastiCache: tags on every kind of object."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.elasticache.models import ElastiCacheBackend

from tests.support.aws_sim.patching import around


@around(ElastiCacheBackend, "__init__")
def every_arn(original: Callable[..., None], backend: Any, *args: Any, **kwargs: Any) -> None:
    """moto refuses tags on the kinds that it lacks."""
    original(backend, *args, **kwargs)
    backend.arn_regex = re.compile(r"^arn:aws:elasticache:")
