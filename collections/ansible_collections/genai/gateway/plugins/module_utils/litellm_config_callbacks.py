"""The layer of a configuration of LiteLLM that says where its logs of requests go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# The prefix that the workload's role may write below.
LOG_PREFIX = "litellm"


@dataclass(frozen=True, kw_only=True)
class RequestLog:
    """Where logs of requests go: a bucket, with its region, and names of LiteLLM's other callbacks."""

    bucket: str = ""
    region: str = ""
    others: Sequence[str] = ()

    def layer(self) -> dict[str, Any]:
        """The settings, or nothing where no log is wanted."""
        names = [*(["s3_v2"] if self.bucket else []), *self.others]
        if not names:
            return {}
        settings: dict[str, Any] = {"success_callback": names, "failure_callback": list(names)}
        if self.bucket:
            settings["s3_callback_params"] = {
                "s3_bucket_name": self.bucket,
                "s3_region_name": self.region,
                "s3_path": LOG_PREFIX,
            }
        return {"litellm_settings": settings}
