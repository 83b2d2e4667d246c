"""What the foundation will be called, for a plan that is made before there is one."""

from __future__ import annotations

from typing import Any

# It is known when the key is made.
_KEY = "00000000-0000-0000-0000-000000000000"
_REPOSITORIES = ("gateway", "litellm", "fake-llm")


def planned_foundation(deployment: str, account: str, region: str, partition: str = "aws") -> dict[str, Any]:
    """The output `foundation` of terraform/foundation as it will be, but for the ids that AWS chooses.

    `account`: 12 digits. A test compares it with what Terraform makes.
    """
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    registry = f"{account}.dkr.ecr.{region}.{suffix}"
    return {
        "kms_key_arn": f"arn:{partition}:kms:{region}:{account}:key/{_KEY}",
        "config_bucket": f"{deployment}-config-{account}-{region}",
        "log_bucket": f"{deployment}-requests-{account}-{region}",
        "access_log_bucket": f"{deployment}-access-{account}-{region}",
        "access_log_prefixes": {"load_balancer": "load-balancer", "cloudfront": "cloudfront"},
        "repository_urls": {name: f"{registry}/{deployment}/{name}" for name in _REPOSITORIES},
        "repository_arns": {
            name: f"arn:{partition}:ecr:{region}:{account}:repository/{deployment}/{name}" for name in _REPOSITORIES
        },
        "provider_keys_secret_arn": (
            f"arn:{partition}:secretsmanager:{region}:{account}:secret:{deployment}/provider-keys-planned"
        ),
    }
