"""What moto lacks is answered at once, by 400, in the protocol of the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import ACCOUNT

# Of each protocol: the service, and an action that moto lacks, as long as it lacks it.
LACKED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ec2": ("ec2", "describe_fleet_history", {"FleetId": "f", "StartTime": 0}),
    "query": ("rds", "describe_certificates", {}),
    "json": ("ecs", "describe_service_revisions", {"serviceRevisionArns": ["a"]}),
    "rest-json": ("eks", "list_insights", {"clusterName": "c"}),
    "json or query": ("cloudwatch", "list_managed_insight_rules", {"ResourceARN": "arn:aws:cloudwatch"}),
    "rest-json without a route": ("eks", "describe_cluster_versions", {}),
    "rest-xml without a route": ("route53", "get_geo_location", {}),
    "a service": ("grafana", "list_workspaces", {}),
}


@pytest.mark.parametrize("protocol", LACKED)
def test_an_api_that_moto_lacks_is_refused_in_its_protocol(clients: Callable[[str], Any], protocol: str) -> None:
    service, action, arguments = LACKED[protocol]
    with pytest.raises(ClientError) as refused:
        getattr(clients(service), action)(**arguments)
    answer = refused.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["Error"]["Code"] == "NotImplemented"
    assert answer["Error"]["Message"].startswith("The simulated AWS lacks ")


def test_the_refusal_names_what_was_asked_for_in_the_answer_and_on_the_output(
    account: AwsSim, clients: Callable[[str], Any]
) -> None:
    with pytest.raises(ClientError, match="The simulated AWS lacks rds: DescribeDBMajorEngineVersions"):
        clients("rds").describe_db_major_engine_versions()
    assert account.lines_with("not implemented: rds: DescribeDBMajorEngineVersions")


def test_a_client_does_not_try_a_refused_request_again(account: AwsSim) -> None:
    patient = account.client("rds", attempts=10)
    with pytest.raises(ClientError, match="DescribeSourceRegions") as refused:
        patient.describe_source_regions()
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_a_failure_of_moto_is_no_500_either(account: AwsSim, clients: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError) as failed:
        # moto looks into a dictionary without asking whether it has the name.
        clients("budgets").describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName="none of this name")
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert failed.value.response["Error"]["Code"] == "SimulatorFailure"
    assert account.lines_with("KeyError: 'none of this name'")


def test_errors_that_moto_means_stay_as_they_are(clients: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError) as failed:
        clients("rds").describe_db_instances(DBInstanceIdentifier="none-of-this-name")
    assert failed.value.response["Error"]["Code"] == "DBInstanceNotFound"
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
