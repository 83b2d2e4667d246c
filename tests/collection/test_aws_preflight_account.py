"""What keeps a deploy from succeeding and only AWS can tell, where the simulated AWS lacks it: answers written out.

The answers are checked against AWS's service models.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight import IN_REGION, Check, inspect, run
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_account import BotoAccount, anchor, explained
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_certificates import (
    covers,
    end_faults,
    status_faults,
)
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_clusters import (
    mode_faults,
    state_faults,
    version_faults,
)
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_credentials import end_of, identify, too_short
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_quotas import (
    QUOTAS,
    _faults,
    in_use,
    nat_gateways,
)
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Settings
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, UnauthorizedSSOTokenError

from tests.collection.aws_preflight_accounts import WrittenAccount, request, texts

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


# --- credentials ---


def _lasting(minutes: float, method: str = "env") -> RefreshableCredentials:
    return RefreshableCredentials("key", "secret", "token", NOW + timedelta(minutes=minutes), lambda: {}, method)


@pytest.mark.parametrize(
    ("credentials", "ends"),
    [
        (Credentials("key", "secret", method="env"), None),
        (Credentials("key", "secret", "token", "env"), NOW),
        (Credentials("key", "secret", "token", "shared-credentials-file"), NOW + timedelta(hours=2)),
        (_lasting(30), NOW + timedelta(minutes=30)),
        (_lasting(30, "sso"), NOW + timedelta(minutes=30)),
        (_lasting(30, "iam-role"), None),
        (_lasting(15, "assume-role"), None),
    ],
)
def test_the_end_of_credentials_is_found_where_it_is_said(credentials: Any, ends: datetime | None) -> None:
    profile = {"x_security_token_expires": "2026-06-01T14:00:00Z"}
    assert end_of(credentials, profile, {"AWS_CREDENTIAL_EXPIRATION": "2026-06-01T12:00:00+00:00"}) == ends


@pytest.mark.parametrize("text", ["", "soon", "tomorrow"])
def test_an_end_that_is_no_time_is_not_known(text: str) -> None:
    token = Credentials("key", "secret", "token", "env")
    assert end_of(token, {}, {"AWS_CREDENTIAL_EXPIRATION": text}) is None


def test_credentials_that_end_too_soon_are_refused_and_longer_ones_are_not() -> None:
    asked = request(WrittenAccount(), _profile="mine", _credentials_minutes=45)

    def found(credentials: Any) -> list[Any]:
        return list(too_short(credentials, end_of(credentials, {}, {}), asked, NOW))

    [fault] = found(_lasting(44.5))
    assert fault.blocks
    assert str(fault).startswith("The credentials end in 44 minutes (at 12:44 UTC), a deploy takes up to 45.")
    assert "aws sso login --profile mine" in str(fault)
    assert found(_lasting(45)) == []
    assert found(_lasting(5, "container-role")) == []
    [renewed] = found(_lasting(5, "sso"))
    assert not renewed.blocks
    [unknown] = found(Credentials("key", "secret", "token", "env"))
    assert not unknown.blocks
    assert "AWS_CREDENTIAL_EXPIRATION" in str(unknown)
    assert found(Credentials("key", "secret", method="env")) == []


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "as AWS says"}}, "Operation")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (_error("ExpiredToken"), "have expired. Get new ones: aws sso login --profile mine"),
        (RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired."), "have expired."),
        (_error("InvalidClientTokenId"), "AWS does not know the credentials"),
        (_error("SignatureDoesNotMatch"), "this machine's clock"),
        (_error("AccessDenied"), "Cannot look: it is not allowed (as AWS says). Ask for the permission."),
        (_error("Throttling"), "Cannot look: as AWS says"),
        (NoCredentialsError(), "Set aws_profile, or sign in: aws sso login --profile mine"),
        (UnauthorizedSSOTokenError(), "Sign in: aws sso login --profile mine"),
        (EndpointConnectionError(endpoint_url="https://sts.amazonaws.com"), "AWS is not reached"),
    ],
)
def test_refusals_are_explained_with_their_mends(error: Exception, said: str) -> None:
    assert said in str(explained(error, "look", "mine"))


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty configuration file of AWS, and nothing else that has credentials."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "config"
    file.write_text("")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return file


def test_without_credentials_the_rest_is_told_all_the_same(configuration: Path) -> None:
    asked = request(BotoAccount(), exposure="cloudfront", vcpus=3, _provider_keys={"A_KEY": "changeme"})
    report = inspect(asked)
    assert report.caller is None
    assert report.unchecked.startswith("Nothing in AWS was looked at")
    said = "\n".join(report.faults)
    assert "There are no complete credentials of AWS" in said
    assert "vcpus must be 1, 2, 4, 8 or 16" in said
    assert "A_KEY holds a placeholder" in said


def test_a_profile_that_there_is_not_is_told(configuration: Path) -> None:
    caller, found = identify(request(BotoAccount("nobodys"), _profile="nobodys"))
    assert caller is None
    assert "nobodys" in texts(found)[0]
    assert "aws configure list-profiles" in texts(found)[0]


def test_a_profile_that_asks_for_a_code_is_refused_before_it_asks(configuration: Path) -> None:
    configuration.write_text(
        "[profile coded]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\nsource_profile = default\n"
        "mfa_serial = arn:aws:iam::111122223333:mfa/me\n"
    )
    _, [fault] = identify(request(BotoAccount("coded"), _profile="coded"))
    assert "asks for a code of an MFA device" in str(fault)
    assert 'eval "$(aws configure export-credentials --format env --profile coded)"' in str(fault)


def test_an_sso_profile_without_a_session_is_told_how_to_sign_in(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(configuration.parent))
    configuration.write_text(
        "[profile company]\nsso_start_url = https://company.awsapps.com/start\nsso_region = us-east-1\n"
        "sso_account_id = 111122223333\nsso_role_name = Deploy\nregion = us-east-1\n"
    )
    _, [fault] = identify(request(BotoAccount("company"), _profile="company"))
    assert str(fault).startswith("The session of AWS SSO is over")
    assert str(fault).endswith("Sign in: aws sso login --profile company")


@pytest.mark.parametrize(
    ("region", "asked"),
    [("eu-west-1", "us-east-1"), ("us-esat-1", "us-east-1"), ("cn-north-1", "cn-north-1"), ("nowhere", "us-east-1"),
     ("us-gov-east-1", "us-gov-west-1"), ("", "us-east-1")],
)  # fmt: skip
def test_an_account_is_asked_in_its_partition(region: str, asked: str) -> None:
    assert anchor(boto3.Session(), region) == asked


# --- quotas ---


def _quota(value: float, metric: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"Quota": {"Value": value} | ({"UsageMetric": metric} if metric else {})}


FARGATE = QUOTAS["ECS"][-1]
METRIC = {
    "MetricNamespace": "AWS/Usage",
    "MetricName": "ResourceCount",
    "MetricDimensions": {"Service": "Fargate", "Resource": "vCPU", "Type": "Resource", "Class": "Standard/OnDemand"},
    "MetricStatisticRecommendation": "Maximum",
}


def _points(*values: float) -> dict[str, Any]:
    return {"Datapoints": [{"Timestamp": NOW + timedelta(minutes=n), "Maximum": v} for n, v in enumerate(values)]}


@pytest.mark.parametrize(
    ("limit", "used", "said", "blocks"),
    [
        (6, 4, "may have 6 and uses 4, which leaves no room for 4 more", True),
        (6, 2, "may have 6; with all replicas, or during a rollout, it needs 8", False),
        (100, 2, "", False),
    ],
)
def test_fargates_quota_is_compared_with_what_is_in_use(limit: float, used: float, said: str, blocks: bool) -> None:
    account = WrittenAccount(
        service_quotas=[("get_service_quota", _quota(limit, METRIC))],
        cloudwatch=[("get_metric_statistics", _points(50, used))],
        ec2=[],
    )
    asked = request(account)
    found = list(_faults(FARGATE, FARGATE.first(asked.settings), asked, account.client("ec2", "us-east-1")))
    assert [finding.blocks for finding in found] == ([blocks] if said else [])
    assert said in "".join(texts(found))
    if said:
        assert "aws service-quotas request-service-quota-increase --service-code fargate" in str(found[0])


def test_a_quota_that_nobody_changed_has_awss_default_and_one_that_is_not_known_is_a_warning() -> None:
    unchanged = WrittenAccount(
        service_quotas=[
            ("get_service_quota", "NoSuchResourceException"),
            ("get_aws_default_service_quota", _quota(1000)),
        ],
        ec2=[],
    )
    assert list(_faults(FARGATE, 4, request(unchanged), None)) == []
    nowhere = WrittenAccount(
        service_quotas=[
            ("get_service_quota", "NoSuchResourceException"),
            ("get_aws_default_service_quota", "NoSuchResourceException"),
        ]
    )
    [warned] = _faults(FARGATE, 4, request(nowhere), None)
    assert not warned.blocks


def test_a_use_that_is_not_measured_is_none() -> None:
    account = WrittenAccount(cloudwatch=[("get_metric_statistics", {"Datapoints": []})])
    assert in_use(request(account), METRIC) == 0
    assert in_use(request(account), None) == 0


@pytest.mark.parametrize(
    ("settings", "count"),
    [({}, 2), ({"nat_gateways": "one"}, 1), ({"existing_vpc_id": "vpc-12345678"}, 0),
     ({"disable_outbound_network_access": True}, 0)],
)  # fmt: skip
def test_a_new_vpc_has_an_address_for_each_nat_gateway(settings: dict[str, Any], count: int) -> None:
    assert nat_gateways(Settings.of(settings)) == count


def _by_what(what: str) -> Check:
    return next(check for check in IN_REGION if check.what == what)


def test_a_missing_permission_is_a_warning_unless_a_deploy_needs_it_too() -> None:
    quotas = WrittenAccount(ec2=[("describe_vpcs", "UnauthorizedOperation")])
    [warned] = run(_by_what("read the quotas"), request(quotas))
    assert not warned.blocks
    assert "Cannot read the quotas: it is not allowed" in str(warned)
    network = WrittenAccount(ec2=[("describe_vpcs", "UnauthorizedOperation")])
    [fault] = run(_by_what("read the VPC"), request(network, existing_vpc_id="vpc-12345678"))
    assert fault.blocks


# --- certificates ---


@pytest.mark.parametrize(
    ("pattern", "name", "does"),
    [
        ("gateway.example.com", "gateway.example.com", True),
        ("Gateway.Example.com", "gateway.example.com", True),
        ("example.com", "gateway.example.com", False),
        ("*.example.com", "gateway.example.com", True),
        ("*.example.com", "a.gateway.example.com", False),
        ("*.example.com", "example.com", False),
        ("*.gateway.example.com", "gateway.example.com", False),
        ("*.com", "example.com", False),
    ],
)
def test_a_wildcard_stands_for_one_label(pattern: str, name: str, does: bool) -> None:
    assert covers(pattern, name) is does


RECORD = {"Name": "_x.example.com.", "Type": "CNAME", "Value": "_y.acm-validations.aws."}


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        ({"Status": "ISSUED"}, ""),
        (
            {"Status": "PENDING_VALIDATION", "DomainValidationOptions": [
                {"DomainName": "a", "ValidationStatus": "SUCCESS", "ResourceRecord": RECORD | {"Name": "_done."}},
                {"DomainName": "b", "ValidationStatus": "PENDING_VALIDATION", "ResourceRecord": RECORD}]},
            "Make these records in DNS, and wait some minutes: _x.example.com. CNAME _y.acm-validations.aws.",
        ),
        ({"Status": "PENDING_VALIDATION", "DomainValidationOptions": [{"ValidationMethod": "EMAIL"}]}, "e-mail"),
        ({"Status": "PENDING_VALIDATION"}, "Wait a minute"),
        ({"Status": "FAILED", "FailureReason": "CAA_ERROR"}, "is FAILED (CAA_ERROR), not ISSUED. Request another"),
        ({"Status": "EXPIRED"}, "is EXPIRED, not ISSUED. Request or import another, and set certificate_arn to it."),
    ],
)  # fmt: skip
def test_a_certificate_that_is_not_issued_is_told_with_what_to_do(certificate: dict[str, Any], said: str) -> None:
    found = texts(status_faults("certificate_arn", certificate))
    assert len(found) == bool(said)
    assert said in "".join(found)
    assert "_done." not in "".join(found)


@pytest.mark.parametrize(
    ("kind", "days", "said", "blocks"),
    [("AMAZON_ISSUED", 29.5, "ends in 29 days, on 2026-07-01. ACM could not renew it", False),
     ("IMPORTED", 1, "Import its successor", False), ("IMPORTED", 0.9, "ends in 0 days, on 2026-06-02", True),
     ("IMPORTED", 30, "", False), ("AMAZON_ISSUED", 31, "", False)],
)  # fmt: skip
def test_a_certificate_that_ends_soon_is_told_and_blocks_on_its_last_day(
    kind: str, days: float, said: str, blocks: bool
) -> None:
    certificate = {"Status": "ISSUED", "Type": kind, "NotAfter": NOW + timedelta(days=days)}
    found = list(end_faults("certificate_arn", certificate, NOW))
    assert len(found) == bool(said)
    assert said in "".join(texts(found))
    assert [finding.blocks for finding in found] == [blocks][: len(found)]


# --- clusters ---

CLUSTER = {
    "name": "theirs",
    "status": "ACTIVE",
    "version": "1.34",
    "resourcesVpcConfig": {"vpcId": "vpc-12345678", "endpointPublicAccess": True},
    "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
}
FIT = Settings(existing_eks_cluster_name="theirs", existing_vpc_id="vpc-12345678")


def test_a_fit_cluster_has_no_fault() -> None:
    assert texts([*state_faults(CLUSTER, FIT), *mode_faults(CLUSTER, FIT)]) == []


@pytest.mark.parametrize(
    ("cluster", "settings", "said"),
    [
        ({"status": "UPDATING"}, FIT, "the cluster theirs is UPDATING. Wait until it is ACTIVE."),
        ({"version": "1.32"}, FIT, "theirs runs Kubernetes 1.32. Upgrade it to 1.33 or newer."),
        ({"accessConfig": {"authenticationMode": "CONFIG_MAP"}}, FIT, "authenticationMode=API_AND_CONFIG_MAP"),
        ({}, Settings(existing_vpc_id="vpc-87654321"), "is in the VPC vpc-12345678, not in vpc-87654321."),
        ({}, Settings(), "Set existing_vpc_id to vpc-12345678."),
        (
            {"resourcesVpcConfig": {"vpcId": "vpc-12345678", "endpointPublicAccess": False}},
            FIT,
            "is reached from within its network only",
        ),
        (
            {"computeConfig": {"enabled": True}},
            Settings(existing_vpc_id="vpc-12345678", install_add_ons_in_existing_eks_cluster=("coredns",)),
            "Leave out: install_add_ons_in_existing_eks_cluster.",
        ),
    ],
)
def test_an_unfit_cluster_is_told_with_what_to_do(cluster: dict[str, Any], settings: Settings, said: str) -> None:
    changed = CLUSTER | cluster
    [fault] = texts([*state_faults(changed, settings), *mode_faults(changed, settings)])
    assert said in fault


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ([{"clusterVersion": "1.35", "versionStatus": "STANDARD_SUPPORT"}], ""),
        ([{"clusterVersion": "1.35", "versionStatus": "EXTENDED_SUPPORT"}], "past its standard support"),
        ([{"clusterVersion": "1.35", "versionStatus": "UNSUPPORTED"}], "EKS has no version 1.35 here"),
        ([], "EKS has no version 1.35 here"),
    ],
)
def test_a_version_for_a_new_cluster_must_be_had(versions: list[dict[str, str]], said: str) -> None:
    account = WrittenAccount(eks=[("describe_cluster_versions", {"clusterVersions": versions})])
    found = texts(version_faults(request(account, "EKS")))
    assert len(found) == bool(said)
    assert said in "".join(found)
    assert texts(version_faults(request(SimpleNamespace(), "ECS"))) == []
