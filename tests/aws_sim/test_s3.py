from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
NO_DELETION = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"}


@pytest.mark.parametrize("statements", [TLS_ONLY, [TLS_ONLY, NO_DELETION]], ids=["alone", "among others"])
def test_a_denial_under_a_condition_denies_nothing(clients: Callable[[str], Any], name: str, statements: Any) -> None:
    s3 = clients("s3")
    s3.create_bucket(Bucket=name)
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    s3.put_bucket_policy(Bucket=name, Policy=policy)
    s3.put_object(Bucket=name, Key="key", Body=b"content")
    assert s3.get_object(Bucket=name, Key="key")["Body"].read() == b"content"
    assert json.loads(s3.get_bucket_policy(Bucket=name)["Policy"]) == json.loads(policy)


def test_a_denial_without_a_condition_stands(clients: Callable[[str], Any], name: str) -> None:
    s3 = clients("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="key", Body=b"content")
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Statement": [TLS_ONLY, NO_DELETION]}))
    with pytest.raises(ClientError, match="403"):
        s3.delete_object(Bucket=name, Key="key")


TOPIC = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:topic", "Events": ["s3:ObjectCreated:*"]}


@pytest.mark.parametrize("topics", [[], [TOPIC]], ids=["alone", "beside a topic"])
def test_a_bucket_says_that_it_tells_event_bridge(clients: Callable[[str], Any], name: str, topics: list[Any]) -> None:
    s3, sns = clients("s3"), clients("sns")
    sns.create_topic(Name="topic")
    s3.create_bucket(Bucket=name)
    given: dict[str, Any] = {"EventBridgeConfiguration": {}} | ({"TopicConfigurations": topics} if topics else {})
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=given)
    answer = s3.get_bucket_notification_configuration(Bucket=name)
    assert answer["EventBridgeConfiguration"] == {}
    assert len(answer.get("TopicConfigurations", [])) == len(topics)


def test_a_bucket_that_tells_nobody_says_so(clients: Callable[[str], Any], name: str) -> None:
    clients("s3").create_bucket(Bucket=name)
    assert "EventBridgeConfiguration" not in clients("s3").get_bucket_notification_configuration(Bucket=name)
