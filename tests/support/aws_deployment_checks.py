"""What holds for every deployment in a simulated account, whatever its options."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable

from terraform.cost.contents import read_contents
from terraform.cost.sizing import read_platform_variables, sizing_of
from tests.support.aws_deployment import PARALLEL, Deployment
from tests.support.terraform import Terraform
from tests.terraform.cost.applied import applied_counts


def nothing_would_change(root: Terraform) -> None:
    """A plan right after an apply is empty."""
    planned = root.run("plan", "-detailed-exitcode", "-no-color", PARALLEL)
    assert planned.returncode == 0, planned.stdout


def nothing_secret_is_kept(deployment: Deployment, described: Iterable[object]) -> None:
    """No secret, nor a part of one, such as the password in a URL, is anywhere but in Secrets Manager.

    Looked through are all versions of the state, plans, what the commands said, outputs, templates of CloudFormation,
    and `described`, what AWS shows of the workload.
    """
    secrets = deployment.secrets()
    assert len(secrets) > 10
    parts = {part for value in secrets.values() for part in re.findall(r"[0-9A-Za-z+/=_-]{32,}", value)}
    assert parts
    places = {
        "state": list(deployment.states()),
        "output": deployment.said,
        "template": list(_templates(deployment)),
        "workload": [json.dumps(one, default=str) for one in described],
    }
    for place, texts in places.items():
        assert any(deployment.name in text for text in texts), f"{place} was not looked through"
        for text in texts:
            assert not [part for part in parts if part in text], place


def secrets_have_their_form(deployment: Deployment) -> None:
    """As LiteLLM, the gateway and the drivers take them; each URL has the password that is kept beside it."""
    # By what is before the suffix that makes a name unique: gw-12ab34/database-owner-url-2026….
    secrets = {re.sub(r"^.*?/|-[0-9]{20}.*$", "", name): value for name, value in deployment.secrets().items()}
    for name in ("master-key", "salt-key"):
        assert re.fullmatch(r"sk-[0-9A-Za-z]{40}", secrets[name]), name
    assert all(len(base64.b64decode(key, validate=True)) == 32 for key in secrets["history-keys"].split(","))
    for name, role in {"owner": "gateway_owner", "litellm": "litellm", "gateway": "gateway"}.items():
        assert f"postgresql://{role}:{secrets[f'database-{name}']}@" in secrets[f"database-{name}-url"]
    assert f"rediss://gateway:{secrets['cache-1']}@" in secrets["cache-url"]


def the_price_counts_what_there_is(deployment: Deployment, platform: str) -> None:
    """The estimate of costs counts secrets, alarms and the like by a table: as many as were made, by default."""
    counted = read_contents().counts(platform, sizing_of(read_platform_variables(), {}, "default"))
    assert applied_counts(*deployment.shown()) == +counted


def _templates(deployment: Deployment) -> Iterable[str]:
    cloudformation = deployment.account.client("cloudformation")
    for stack in cloudformation.describe_stacks()["Stacks"]:
        yield json.dumps(cloudformation.get_template(StackName=stack["StackName"])["TemplateBody"])


def nothing_is_left(deployment: Deployment, *, vpcs: Iterable[str] = (), groups: Iterable[str] = ()) -> None:
    """After the end: only the state's bucket, and the VPCs and security groups that were there before."""
    client = deployment.account.client
    assert client("rds").describe_db_instances()["DBInstances"] == []
    assert client("elasticache").describe_replication_groups()["ReplicationGroups"] == []
    assert client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert client("logs").describe_log_groups()["logGroups"] == []
    assert [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]] == [deployment.state_bucket]
    assert deployment.secrets() == {}
    left = client("ec2").describe_security_groups()["SecurityGroups"]
    assert {group["GroupName"] for group in left} == {"default", *groups}
    assert {vpc["VpcId"] for vpc in client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]} == set(vpcs)
