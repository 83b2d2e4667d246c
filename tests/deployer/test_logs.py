"""`genai-gateway logs`: files on this machine, and CloudWatch."""

from __future__ import annotations

import json
import signal
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.client import BaseClient

from deployer.cloudwatch_logs import Line, aws_lines
from deployer.local_logs import local_lines
from deployer.logs import parse_since
from deployer.outcome import Unusable
from tests.deployer.small_checkout import SECONDS, SmallCheckout
from tests.support.aws_sim import AwsSim

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "log"
    directory.mkdir()
    (directory / "gateway.log").write_text("".join(f"g{n}\n" for n in range(50)))
    (directory / "litellm.log").write_text("l0\n")
    return directory


def texts(directory: Path, **more: Any) -> list[str]:
    said = {"container": None, "lines": 3, "follow": False} | more
    return [f"{line.service} {line.text}" for line in local_lines(directory, **said)]


def test_the_last_lines_of_each_file(directory: Path) -> None:
    assert texts(directory) == ["gateway g47", "gateway g48", "gateway g49", "litellm l0"]
    assert texts(directory, container="litellm") == ["litellm l0"]
    assert texts(directory, lines=0) == []


def test_a_file_is_followed_through_its_rotation(directory: Path) -> None:
    file = directory / "litellm.log"

    def write(text: str) -> None:
        with file.open("a") as opened:
            opened.write(text)

    def rotate() -> None:
        write("l2\n")
        file.rename(directory / "litellm.log.1")
        write("l3\n")

    # What happens between two looks.
    happens = iter([lambda: write("l1\nha"), lambda: write("lf\n"), rotate, lambda: file.write_text("4\n")])
    lines = local_lines(directory, container="litellm", lines=1, follow=True, pause=lambda _: next(happens)())
    with closing(cast("Generator[Line, None, None]", lines)):
        told = [next(lines).text for _ in range(6)]
    assert told == ["l0", "l1", "half", "l2", "l3", "4"]


def test_a_service_without_a_log(directory: Path, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="gateway, litellm"):
        texts(directory, container="nonsense")
    with pytest.raises(Unusable, match="nothing was deployed"):
        texts(tmp_path)


def test_the_command_follows_until_it_is_interrupted(tmp_path: Path) -> None:
    checkout = SmallCheckout(tmp_path)
    logs = tmp_path / "stack" / "log"
    logs.mkdir(parents=True)
    (logs / "gateway.log").write_text("one\n")
    with checkout.start("logs", "--follow", "-e", f"local_dir={tmp_path / 'stack'}", PYTHONUNBUFFERED="1") as process:
        assert process.stdout is not None
        assert process.stdout.readline().split() == ["gateway", "one"]
        with (logs / "gateway.log").open("a") as opened:
            opened.write("two\n")
        assert process.stdout.readline().split() == ["gateway", "two"]
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("30s", NOW - timedelta(seconds=30)),
        ("10m", NOW - timedelta(minutes=10)),
        ("2h", NOW - timedelta(hours=2)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-01-31T08:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31T08:00+02:00", datetime(2026, 1, 31, 6, tzinfo=UTC)),
    ],
)
def test_how_far_back(said: str, moment: datetime) -> None:
    assert parse_since(said, NOW) == moment


@pytest.mark.parametrize("said", ["", "10", "m", "yesterday", "-5m", "9999999999d", "٣m", "9" * 5000 + "d"])
def test_how_far_back_is_refused(said: str) -> None:
    with pytest.raises(Unusable, match="--since"):
        parse_since(said, NOW)


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


@pytest.fixture
def variables(aws: AwsSim, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Of an inventory whose account is the simulated one."""
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    return {"platform": "ECS", "aws_region": "us-east-1"}


def put(aws: AwsSim, group: str, *messages: str, at: datetime | None = None) -> None:
    """Writes events, in a new stream."""
    logs = aws.client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        logs.create_log_group(logGroupName=group)
    stream = f"task/{len(logs.describe_log_streams(logGroupName=group)['logStreams'])}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    first = int((at or datetime.now(UTC)).timestamp() * 1000)
    events = [{"timestamp": first + n, "message": message} for n, message in enumerate(messages)]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def hour() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def test_the_services_of_ecs_by_time(aws: AwsSim, variables: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    put(aws, "/by-time/ecs/gateway", "second", at=now - timedelta(minutes=2))
    put(aws, "/by-time/ecs/litellm", "first", at=now - timedelta(minutes=3))
    put(aws, "/by-time/ecs/gateway", "long ago", at=now - timedelta(hours=9))
    put(aws, "/by-time-too/ecs/gateway", "another deployment's")
    given = variables | {"deployment_name": "by-time"}
    lines = list(aws_lines(given, container=None, since=hour(), follow=False))
    assert [(line.service, line.text) for line in lines] == [("litellm", "first"), ("gateway", "second")]
    only = list(aws_lines(given, container="gateway", since=hour(), follow=False))
    assert [line.text for line in only] == ["second"]


def test_what_comes_later_is_followed_and_told_once(aws: AwsSim, variables: dict[str, Any]) -> None:
    group = "/later/ecs/gateway"
    put(aws, group, "one", "two")
    happens = iter([lambda: put(aws, group, "three"), lambda: None, lambda: put(aws, group, "four")])
    given = variables | {"deployment_name": "later"}
    lines = aws_lines(given, container=None, since=hour(), follow=True, pause=lambda _: next(happens)())
    assert [next(lines).text for _ in range(4)] == ["one", "two", "three", "four"]


def test_the_pods_of_eks(aws: AwsSim, variables: dict[str, Any]) -> None:
    def event(container: str, text: str, namespace: str = "pods") -> str:
        about = {"container_name": container, "namespace_name": namespace}
        return json.dumps({"log": f"{text}\n", "kubernetes": about})

    another = (event("gateway", "of another deployment", "others"), event("gateway", "of a longer name", "pods-too"))
    messages = (event("gateway", "g"), event("coredns", "no"), *another, event("litellm", "l"), "no JSON")
    put(aws, "/aws/containerinsights/pods-a1b2c3/application", *messages)
    put(aws, "/aws/containerinsights/pods-of-another-a1b2c3/application", event("gateway", "not ours"))
    given = variables | {"platform": "EKS", "deployment_name": "pods"}
    lines = list(aws_lines(given, container=None, since=hour(), follow=False))
    assert [(line.service, line.text) for line in lines] == [("gateway", "g"), ("litellm", "l")]
    only = list(aws_lines(given, container="litellm", since=hour(), follow=False))
    assert [line.text for line in only] == ["l"]


def test_cloudwatch_is_asked_for_the_lines_of_the_deployment_alone(
    aws: AwsSim, variables: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The simulated one takes every pattern to match, so this is what is sent.
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "botocore.client.BaseClient._make_api_call",
        lambda self, name, given, call=BaseClient._make_api_call: asked.append(given) or call(self, name, given),
    )
    put(aws, "/aws/containerinsights/alone-a1b2c3/application", "no JSON")
    given = variables | {"platform": "EKS", "deployment_name": "alone"}
    assert list(aws_lines(given, container=None, since=datetime(1, 1, 1, tzinfo=UTC), follow=False)) == []
    assert asked[-1]["filterPattern"] == '{ $.kubernetes.namespace_name = "alone" }'
    assert asked[-1]["startTime"] == 0


def test_a_deployment_without_logs(aws: AwsSim, variables: dict[str, Any]) -> None:
    with pytest.raises(Unusable, match="no logs of nothing on ECS in us-east-1"):
        list(aws_lines(variables | {"deployment_name": "nothing"}, container=None, since=hour(), follow=False))
    put(aws, "/known/ecs/gateway", "x")
    with pytest.raises(Unusable, match="no logs of genai-gateway"):
        list(aws_lines(variables | {"deployment": "known"}, container=None, since=hour(), follow=False))
    with pytest.raises(Unusable, match="There are: gateway"):
        list(aws_lines(variables | {"deployment_name": "known"}, container="nope", since=hour(), follow=False))


def test_an_account_that_cannot_be_asked(variables: dict[str, Any]) -> None:
    with pytest.raises(Unusable, match="nowhere"):
        list(aws_lines(variables | {"aws_profile": "nowhere"}, container=None, since=hour(), follow=False))
