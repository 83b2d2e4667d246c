"""LiteLLM's configuration in its bucket, and what is shown to differ: against a simulated S3."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.genai.gateway.plugins.module_utils.config_objects import (
    BucketError,
    ConfigObjects,
    differences,
    upload,
)
from botocore.stub import Stubber

from tests.support.aws_sim import AwsSim


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with AwsSim() as account:
        yield account.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    """Encrypted with a key, as the foundation's: its ETags are no digests."""
    name = f"config-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/config"}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    return name


def test_what_check_mode_tells_is_done_once(s3: Any, bucket: str) -> None:
    objects, files = ConfigObjects(s3, bucket), {"litellm.yaml": "a: ä\n", "access-policy.yaml": "version: 1\n"}
    assert upload(objects, "config/1", files, check_mode=True) == ["litellm.yaml", "access-policy.yaml"]
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    assert upload(objects, "config/1", files) == ["litellm.yaml", "access-policy.yaml"]
    assert upload(objects, "config/1", files) == []
    assert objects.read("config/1/litellm.yaml") == "a: ä\n"


def test_an_object_that_was_changed_is_put_right_and_others_are_left_alone(s3: Any, bucket: str) -> None:
    objects, files = ConfigObjects(s3, bucket), {"litellm.yaml": "a: 1\n", "access-policy.yaml": "version: 1\n"}
    upload(objects, "config/1", files)
    s3.put_object(Bucket=bucket, Key="config/1/litellm.yaml", Body=b"\xff")
    s3.put_object(Bucket=bucket, Key="config/0/litellm.yaml", Body=b"before")
    assert upload(objects, "config/1", files) == ["litellm.yaml"]
    assert objects.read("config/0/litellm.yaml") == "before"


def test_the_difference_is_that_from_what_is_deployed(s3: Any, bucket: str) -> None:
    objects = ConfigObjects(s3, bucket)
    upload(objects, "config/1", {"litellm.yaml": "a: 1\n", "access-policy.yaml": "version: 1\n"})
    files = {"litellm.yaml": "a: 2\n", "access-policy.yaml": "version: 1\n"}
    assert differences(objects, "config/1", "config/2", files) == [
        {
            "before": "a: 1\n",
            "after": "a: 2\n",
            "before_header": "config/1/litellm.yaml",
            "after_header": "config/2/litellm.yaml",
        }
    ]
    [first, _] = differences(objects, None, "config/2", files)
    assert (first["before"], first["before_header"]) == ("", "nothing deployed")


def test_a_bucket_that_is_not_there_is_an_error_but_in_check_mode(s3: Any) -> None:
    objects = ConfigObjects(s3, "not-there-yet")
    assert upload(objects, "config/1", {"litellm.yaml": ""}, check_mode=True) == ["litellm.yaml"]
    with pytest.raises(BucketError, match=r"s3://not-there-yet/config/1/litellm.yaml cannot be read: NoSuchBucket"):
        upload(objects, "config/1", {"litellm.yaml": ""})


def test_a_refusal_names_both_permissions_that_reading_needs() -> None:
    """Without s3:ListBucket, S3 refuses to say that an object is not there."""
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="made-up", aws_secret_access_key="made-up")
    with Stubber(client) as answers:
        answers.add_client_error("get_object", "AccessDenied", "Access Denied", 403)
        with pytest.raises(BucketError) as refused:
            ConfigObjects(client, "configs").read("config/1/litellm.yaml")
    assert "s3:GetObject" in str(refused.value)
    assert "s3:ListBucket on the bucket configs" in str(refused.value)
