"""Logins for registries: from ECR for its own, and in the file that builders read, never in an argument."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.image_registry import Login, RegistryError

ECR = re.compile(
    r"^(?P<account>[0-9]{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com|on\.aws)(?:\.cn)?$"
)


def ecr_region(registry: str) -> str | None:
    """The region of a registry of ECR; None for any other."""
    match = ECR.match(registry)
    return match["region"] if match else None


def ecr_login(region: str, profile: str | None) -> Login:
    """A login for twelve hours, asked for with the caller's own credentials for AWS. Raises RegistryError."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = boto3.Session(profile_name=profile or None, region_name=region).client("ecr")
        [said] = client.get_authorization_token()["authorizationData"]
    except (BotoCoreError, ClientError) as error:
        raise RegistryError(
            f"ECR gives no login in {region}: {error}. Log in to AWS (aws sso login), name another aws_profile, "
            "or allow ecr:GetAuthorizationToken"
        ) from None
    import base64

    user, _, password = base64.b64decode(said["authorizationToken"]).decode().partition(":")
    return Login(user, password)


def write_logins(file: Path, logins: Mapping[str, Login], known: Path | None = None) -> None:
    """Writes a file for docker and buildah, for nobody but its owner: the logins by registry, and what `known` says."""
    settings = json.loads(known.read_text(encoding="utf-8")) if known and known.is_file() else {}
    auths = settings.get("auths", {}) | {registry: {"auth": login.basic} for registry, login in logins.items()}
    # A program that knows logins for a registry would be asked before the file.
    helpers = {name: program for name, program in settings.get("credHelpers", {}).items() if name not in logins}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as target:
        json.dump(settings | {"auths": auths} | ({"credHelpers": helpers} if helpers else {}), target)
