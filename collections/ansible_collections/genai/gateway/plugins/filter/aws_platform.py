# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""What the Terraform of a platform on AWS says."""

from __future__ import annotations

DOCUMENTATION = """
name: aws_platform
short_description: What the Terraform of a platform on AWS says
description:
  - C(aws_platform_outputs) makes C(platform_outputs) of Terraform's outputs.
  - C(images_to_destroy) gives values for what a destroy needs and does not use.
  - C(aws_environment) gives the environment for a region and a profile.
  - C(rollout_failure) words why a rollout failed.
author: genai-gateway developers (@genai-gateway)
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_client import environment
from ansible_collections.genai.gateway.plugins.module_utils.aws_platform import (
    aws_platform_outputs,
    images_to_destroy,
    rollout_failure,
)


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by their names."""
        return {
            "aws_environment": environment,
            "aws_platform_outputs": aws_platform_outputs,
            "images_to_destroy": images_to_destroy,
            "rollout_failure": rollout_failure,
        }
