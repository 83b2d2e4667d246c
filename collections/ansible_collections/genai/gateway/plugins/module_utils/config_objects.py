"""The objects of a configuration in its bucket: below a prefix that only this content has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# A part of what names S3's errors.
MISSING = ("NoSuchKey", "404")
NO_BUCKET = "NoSuchBucket"
DENIED = ("AccessDenied", "403")


class BucketError(Exception):
    """The bucket cannot be read or written; the message names it, and what to do."""


class ConfigObjects:
    """Objects of one bucket, by an S3 client of boto3."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, key: str, *, bucket_expected: bool = True) -> str | None:
        """The text of an object; None where there is none. Raises BucketError."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            body: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in MISSING or (code == NO_BUCKET and not bucket_expected):
                return None
            why = f"{code}: {error.response['Error'].get('Message')}"
            if code in DENIED:
                # To whoever may not list the bucket, S3 answers the same for an object that is not there.
                why += f". Ask for s3:GetObject on its objects and s3:ListBucket on the bucket {self._bucket}"
            raise BucketError(self._told("read", key, why)) from error
        except BotoCoreError as error:
            raise BucketError(self._told("read", key, str(error))) from error
        return body.decode("utf-8", errors="replace")

    def write(self, key: str, text: str) -> None:
        """Encrypted as the bucket says. Raises BucketError."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=text.encode(), ContentType="application/yaml")
        except (ClientError, BotoCoreError) as error:
            raise BucketError(self._told("written", key, str(error))) from error

    def _told(self, done: str, key: str, why: str) -> str:
        return f"s3://{self._bucket}/{key} cannot be {done}: {why}"


def upload(objects: ConfigObjects, prefix: str, files: Mapping[str, str], *, check_mode: bool = False) -> list[str]:
    """The names of the files that were not there, or not so, and now are; in check mode would be.

    Raises BucketError.
    """
    differing = [
        name for name, text in files.items() if objects.read(f"{prefix}/{name}", bucket_expected=not check_mode) != text
    ]
    for name in differing if not check_mode else ():
        objects.write(f"{prefix}/{name}", files[name])
    return differing


def differences(
    objects: ConfigObjects, current: str | None, prefix: str, files: Mapping[str, str], *, check_mode: bool = False
) -> list[dict[str, str]]:
    """What differs between the deployed configuration, below `current`, and this one, as Ansible shows differences."""
    found = []
    for name, text in files.items():
        key = f"{current}/{name}" if current else None
        before = objects.read(key, bucket_expected=not check_mode) if key else None
        if before != text:
            header = {"before_header": key or "nothing deployed", "after_header": f"{prefix}/{name}"}
            found.append({"before": before or "", "after": text, **header})
    return found
