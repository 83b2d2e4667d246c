"""The simulated AWS as a process, and who reaches it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import ACCOUNT

ASK = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'], boto3.client('s3').meta.region_name)"


def test_a_client_finds_it_by_its_environment_alone(account: AwsSim) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=account.environment(), capture_output=True, text=True, timeout=60
    )
    assert asked.stdout.split() == [ACCOUNT, "us-east-1"], asked.stderr


def test_each_process_has_an_account_of_its_own(account: AwsSim, clients: Callable[[str], Any], name: str) -> None:
    clients("s3").create_bucket(Bucket=name)
    with AwsSim() as other:
        assert other.url != account.url
        assert other.client("s3").list_buckets()["Buckets"] == []


def test_policies_that_aws_manages_exist(clients: Callable[[str], Any]) -> None:
    policy = clients("iam").get_policy(PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")["Policy"]
    assert policy["PolicyName"] == "AmazonEKSClusterPolicy"


def test_certificates_are_issued_at_once(clients: Callable[[str], Any]) -> None:
    acm = clients("acm")
    arn = acm.request_certificate(DomainName="example.com", ValidationMethod="DNS")["CertificateArn"]
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"


@pytest.mark.parametrize("option", ["--host", "--port", "--trace"])
def test_its_help_names_its_options(option: str) -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "tests.support.aws_sim", "--help"], capture_output=True, text=True, timeout=60
    )
    assert option in helped.stdout
