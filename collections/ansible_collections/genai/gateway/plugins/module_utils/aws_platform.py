"""What the Terraform of a platform on AWS says, for those who use the platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# A name that fits everywhere that a digest of a configuration or the content of an image is wanted.
_NONE = "none"


def aws_platform_outputs(outputs: Mapping[str, Any], region: str) -> dict[str, Any]:
    """platform_outputs: of every platform, the gateway's addresses and where the master key is; here also all of
    Terraform's."""
    return {
        "gateway_url": outputs["url"],
        "gateway_tls_url": outputs["url"],
        "gateway_ca": "",
        "master_key_secret_arn": outputs["secret_arns"]["master_key"],
        "region": region,
        "versions": _versions(outputs.get("deployed") or {}),
        "terraform": dict(outputs),
    }


def _versions(deployed: Mapping[str, Any]) -> dict[str, str]:
    images = {name: str(image).rpartition("/")[2] for name, image in deployed.get("images", {}).items()}
    return images | ({"config": deployed["config_prefix"]} if deployed else {})


def images_to_destroy(foundation: Mapping[str, Any]) -> dict[str, Any]:
    """Values for the variables of a platform that say what runs, for a destroy, to which they mean nothing."""
    urls = foundation["repository_urls"]
    return {
        "images": {name: f"{urls[name]}:{_NONE}" for name in ("gateway", "litellm")},
        "config_prefix": f"config/{_NONE}",
        # Where traces are wanted, Terraform wants these, whatever is destroyed.
        "provider_key_names": ["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY", "LANGSMITH_API_KEY"],
    }


def rollout_failure(failed: Mapping[str, Any], reasons: Sequence[str], kept: str) -> str:
    """What to tell of a rollout that failed.

    `failed`: the result of the task that failed. `reasons`: what tasks and events say. `kept`: the prefix of the
    configuration that serves instead, where it does.
    """
    said = str(failed.get("msg") or "Terraform failed.").strip()
    because = "".join(f"\n  {reason}" for reason in reasons)
    if kept:
        return (
            f"The new version did not become healthy; the previous one ({kept}) serves all requests.{because}\n"
            "Mend what is said above and run the same again."
        )
    return said + because
