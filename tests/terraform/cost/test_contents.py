"""Every type of resource in the code is either priced or known to be free, and counts are those of the code."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from terraform.cost.contents import CONTENTS, Contents, read_contents
from terraform.cost.errors import UnusableTable
from terraform.cost.sizing import TERRAFORM
from tests.terraform.cost.applied import applied_counts
from tests.terraform.cost.conftest import Priced

# In the estimate, under whatever name; CloudFront and users of the cache are in stacks.
PRICED = {
    "aws_cloudformation_stack",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_metric_alarm",
    "aws_db_instance",
    "aws_ecr_repository",
    "aws_ecs_cluster",
    "aws_ecs_service",
    "aws_eip",
    "aws_eks_cluster",
    "aws_eks_node_group",
    "aws_elasticache_replication_group",
    "aws_flow_log",
    "aws_kms_key",
    "aws_lb",
    "aws_nat_gateway",
    "aws_route53_zone",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
    "aws_vpc_endpoint",
    "aws_wafv2_web_acl",
}

# Nothing is paid for them themselves; what flows through them is in the estimate, or left out by name in docs/cost.md.
FREE = {
    "aws_appautoscaling_policy",
    "aws_appautoscaling_target",
    "aws_budgets_budget",
    "aws_cloudfront_vpc_origin",
    "aws_cloudwatch_log_delivery",
    "aws_cloudwatch_log_delivery_destination",
    "aws_cloudwatch_log_delivery_source",
    "aws_cloudwatch_log_resource_policy",
    "aws_db_parameter_group",
    "aws_db_subnet_group",
    "aws_default_network_acl",
    "aws_default_route_table",
    "aws_default_security_group",
    "aws_ecr_lifecycle_policy",
    "aws_ecs_cluster_capacity_providers",
    "aws_ecs_task_definition",
    "aws_eks_access_entry",
    "aws_eks_access_policy_association",
    "aws_eks_addon",
    "aws_eks_pod_identity_association",
    "aws_elasticache_parameter_group",
    "aws_elasticache_subnet_group",
    "aws_iam_instance_profile",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_internet_gateway",
    "aws_kms_alias",
    "aws_launch_template",
    "aws_lb_listener",
    "aws_lb_listener_certificate",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_route",
    "aws_route53_record",
    "aws_route53_zone_association",
    "aws_route_table",
    "aws_route_table_association",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_secretsmanager_secret_policy",
    "aws_secretsmanager_secret_version",
    "aws_security_group",
    "aws_sns_topic",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint_policy",
    "aws_vpc_endpoint_route_table_association",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_wafv2_ip_set",
    "aws_wafv2_web_acl_association",
    "aws_wafv2_web_acl_logging_configuration",
    "terraform_data",
}

RESOURCE = re.compile(r'^\s*resource "(\w+)"', re.MULTILINE)


def test_every_type_of_resource_is_priced_or_free():
    code = [path for part in ("foundation", "modules", "platforms") for path in (TERRAFORM / part).rglob("*.tf")]
    types = {found for path in code for found in RESOURCE.findall(path.read_text())}

    assert len(types) > 30
    assert types - PRICED - FREE == set(), "Does it cost something? Put it into the estimate and PRICED, or into FREE."
    assert PRICED.isdisjoint(FREE)


def test_counts_add_up_by_the_parts_that_a_deployment_has(case: Priced, contents: Contents):
    parts = {part: Counter() for part in contents.parts} | {
        "common": Counter(alarm_metrics=10),
        "cache_node": Counter(alarm_metrics=3),
        "ecs": Counter(alarm_metrics=2),
        "eks": Counter(alarm_metrics=5),
        "waf": Counter(alarm_metrics=1, rules=9),
        "waf_addresses": Counter(rules=1),
    }
    made_up = Contents(parts, contents.zones, contents.endpoints, contents.record_days)

    def counts(platform: str, **values: Any) -> dict[str, int]:
        return dict(+made_up.counts(platform, case(**{"redis_num_cache_clusters": 2} | values).sizing))

    assert counts("ecs", waf_enabled=False) == {"alarm_metrics": 18}
    assert counts("eks", waf_enabled=False, redis_num_cache_clusters=1) == {"alarm_metrics": 18}
    assert counts("ecs", waf_enabled=True, exposure="public") == {"alarm_metrics": 19, "rules": 10}
    assert counts("ecs", waf_enabled=True, exposure="cloudfront") == {"alarm_metrics": 19, "rules": 9}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """What the estimate reads of the code, with other numbers."""
    files = {
        "platforms/shared/network.tf": 'module "network" {\n  source = "x"\n  availability_zones = 3\n}\n',
        "modules/vpc_endpoints/services.tf": 'locals {\n  common = ["a", "b"]\n  kubernetes = ["c"]\n}\n',
        "foundation/variables.tf": 'variable "log_expiration_days" {\n  default = 7\n}\n',
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_what_the_code_says_is_read_from_it(code: Path, contents: Contents):
    assert read_contents(CONTENTS, code) == Contents(contents.parts, 3, {"ecs": 2, "eks": 3}, 7)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("platforms/shared/network.tf", r"network\.tf must give the module network its availability_zones"),
        ("modules/vpc_endpoints/services.tf", r"modules/vpc_endpoints/services\.tf lacks common"),
        ("foundation/variables.tf", r"foundation/variables\.tf must have log_expiration_days"),
    ],
)
def test_what_is_gone_from_the_code_is_named(code: Path, name: str, said: str):
    (code / name).write_text("")

    with pytest.raises(UnusableTable, match=said):
        read_contents(CONTENTS, code)


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("secrets: 15", "secrets: some", r"common\.secrets must be a number"),
        ("eks: {alarm_metrics: 3}", "", r"contents\.yaml lacks eks"),
    ],
)
def test_a_faulty_count_is_refused(tmp_path: Path, line: str, instead: str, said: str):
    text = CONTENTS.read_text()
    assert text.count(line) == 1
    faulty = tmp_path / "contents.yaml"
    faulty.write_text(text.replace(line, instead))

    with pytest.raises(UnusableTable, match=said):
        read_contents(faulty)


def test_what_an_apply_made_is_counted_in_all_modules():
    def resource(type_: str, mode: str = "managed", **values: Any) -> dict[str, Any]:
        return {"type": type_, "mode": mode, "values": values}

    queries = [{"id": "share"}, {"id": "errors", "metric": [{}]}, {"id": "requests", "metric": [{}]}]
    platform = {
        "values": {
            "root_module": {
                "resources": [resource("aws_secretsmanager_secret"), resource("aws_vpc")],
                "child_modules": [
                    {
                        "resources": [
                            resource("aws_cloudwatch_metric_alarm", metric_query=[]),
                            resource("aws_cloudwatch_metric_alarm", metric_query=queries),
                            resource("aws_secretsmanager_secret", mode="data"),
                        ],
                        "child_modules": [{"resources": [resource("aws_wafv2_web_acl", rule=[{}, {}])]}],
                    }
                ],
            }
        }
    }
    foundation = {"values": {"root_module": {"resources": [resource("aws_secretsmanager_secret")]}}}

    assert applied_counts(foundation, platform, {}) == {"secrets": 2, "alarm_metrics": 3, "acls": 1, "rules": 2}
