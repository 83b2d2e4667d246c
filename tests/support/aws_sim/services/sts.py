"""STS: who asks."""

from __future__ import annotations

from collections.abc import Callable

from moto.sts.models import STSBackend

from tests.support.aws_sim.patching import around


@around(STSBackend)
def get_caller_identity(
    original: Callable[..., tuple[str, str, str]], backend: STSBackend, access_key_id: str, region: str
) -> tuple[str, str, str]:
    """moto gives whoever it does not know the ARN of a user of STS; users are IAM's."""
    identity, arn, account = original(backend, access_key_id, region)
    return identity, arn.replace(":sts::", ":iam::") if ":user/" in arn else arn, account
