"""Sizes are legal values of Terraform's variables, and each variable that is read has its effect on the figure."""

from __future__ import annotations

import shutil
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from terraform.cost.bill import charge, total
from terraform.cost.case import Case
from terraform.cost.errors import UnusableSize, UnusableTable
from terraform.cost.estimate import read_sizes
from terraform.cost.hcl import Variables, read_variables
from terraform.cost.options import monthly
from terraform.cost.sizing import SIZES, VARIABLES, Sizing, read_platform_variables, read_size, sizing_of
from terraform.cost.traffic import growth_items
from tests.support.terraform import Terraform, required_mirror
from tests.terraform.cost.conftest import Priced

# Another legal value for each variable, on the platform where it counts.
CHANGED: list[tuple[str, str, Any]] = [
    ("exposure", "ecs", "cloudfront"),
    ("hosted_zone_kind", "ecs", "new_private"),
    ("nat_gateways", "ecs", "one"),
    ("disable_outbound_network_access", "ecs", True),
    ("waf_enabled", "ecs", False),
    ("cpu_architecture", "ecs", "x86_64"),
    ("vcpus", "eks", 4),
    ("memory_gb", "ecs", 8),
    ("min_capacity", "ecs", 3),
    ("max_capacity", "ecs", 5),
    ("eks_version", "eks", "1.35"),
    ("eks_nodes", "eks", "node_group"),
    ("rds_instance_class", "ecs", "db.t4g.large"),
    ("rds_allocated_storage_gb", "ecs", 60),
    ("rds_max_allocated_storage_gb", "ecs", 300),
    ("rds_multi_az", "ecs", False),
    ("redis_node_type", "ecs", "cache.t4g.medium"),
    ("redis_num_cache_clusters", "ecs", 3),
    ("log_retention_days", "ecs", 90),
]

# What the roots need beside a size. Their files of variables need neither a provider nor the rest of the root.
REQUIRED = """
aws_region      = "us-east-1"
config_prefix   = "config/0"
certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/0"

images = {
  gateway = "111122223333.dkr.ecr.us-east-1.amazonaws.com/genai-gateway/gateway:1"
  litellm = "111122223333.dkr.ecr.us-east-1.amazonaws.com/genai-gateway/litellm:1"
}

foundation = {
  kms_key_arn              = "arn:aws:kms:us-east-1:111122223333:key/0"
  config_bucket            = "config"
  log_bucket               = "requests"
  access_log_bucket        = "access"
  access_log_prefixes      = {}
  repository_arns          = {}
  provider_keys_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys"
}
"""


def whole(case: Case) -> tuple[Decimal, Decimal]:
    """The bill, and what may come on top."""
    return monthly(case), total(charge(growth_items(case), case.prices))


@pytest.mark.parametrize(("name", "platform", "value"), CHANGED, ids=[name for name, *_ in CHANGED])
def test_a_changed_variable_changes_the_figure(case: Priced, name: str, platform: str, value: Any):
    # Small replicas: a node group's default instances hold them. An old version of Kubernetes: a newer one costs less.
    small = case(platform, memory_gb=4, vcpus=1, eks_version="1.32")

    assert whole(replace(small, sizing=replace(small.sizing, **{name: value}))) != whole(small)


def test_instance_types_change_the_figure_of_a_node_group(case: Priced):
    def group(instance: str) -> Decimal:
        return monthly(case("eks", eks_nodes="node_group", eks_instance_types=[instance]))

    assert group("m7g.2xlarge") > group("m7g.xlarge")


def test_every_variable_that_is_read_was_changed_here():
    assert {name for name, *_ in CHANGED} | {"eks_instance_types"} == {field.name for field in fields(Sizing)}


def test_a_changed_default_in_the_code_changes_the_figure(tmp_path: Path, case: Priced):
    for file in VARIABLES.glob("variables_*.tf"):
        (tmp_path / file.name).write_text(file.read_text())
    data = tmp_path / "variables_data.tf"
    text = data.read_text()
    assert text.count('default     = "db.t4g.medium"') == 1
    data.write_text(text.replace('default     = "db.t4g.medium"', 'default     = "db.m7g.large"'))

    changed = replace(case(), sizing=sizing_of(read_platform_variables(tmp_path), {}, "default"))

    assert changed.sizing == replace(case().sizing, rds_instance_class="db.m7g.large")
    assert monthly(changed) - monthly(case()) == 2 * 730 * (Decimal("0.168") - Decimal("0.065"))


@pytest.fixture
def variables_alone(tmp_path: Path) -> Terraform:
    """The files of variables are a root by themselves: a plan of it evaluates every validation."""
    terraform = Terraform(VARIABLES, tmp_path / "root", {}, required_mirror())
    for file in terraform.directory.glob("*.tf"):
        if not file.name.startswith("variables_"):
            file.unlink()
    (terraform.directory / "terraform.tfvars").write_text(REQUIRED)
    terraform.do("init", "-no-color")
    return terraform


@pytest.mark.parametrize("size", ["default", *sorted(path.stem for path in SIZES.glob("*.tfvars"))])
def test_terraform_takes_every_size(variables_alone: Terraform, size: str):
    if size != "default":
        shutil.copy(SIZES / f"{size}.tfvars", variables_alone.directory / "size.auto.tfvars")

    assert "No changes" in variables_alone.do("plan", "-no-color")


def test_terraform_refuses_a_size_that_is_not_legal(variables_alone: Terraform):
    (variables_alone.directory / "size.auto.tfvars").write_text("min_capacity = 9\n")

    done = variables_alone.run("plan", "-no-color")

    assert done.returncode == 1
    assert "max_capacity must be a whole number, and not below min_capacity" in " ".join(done.stdout.split())


def test_a_size_that_sets_no_variable_is_refused(tmp_path: Path, variables: Variables):
    size = tmp_path / "tiny.tfvars"
    size.write_text("vcpu = 1\n")

    with pytest.raises(UnusableSize, match=r"tiny\.tfvars sets vcpu, which .* does not declare: correct the name"):
        read_size(size, variables)


def test_what_is_no_hcl_is_refused(tmp_path: Path, variables: Variables):
    size = tmp_path / "tiny.tfvars"
    size.write_text("vcpus = = 1\n")

    with pytest.raises(UnusableTable, match=r"tiny\.tfvars is not HCL"):
        read_size(size, variables)


@pytest.mark.parametrize(
    ("name", "value"), [("vcpus", "2"), ("waf_enabled", 1), ("vcpus", True), ("rds_instance_class", [])]
)
def test_a_value_of_the_wrong_type_is_refused(variables: Variables, name: str, value: Any):
    with pytest.raises(UnusableSize, match=f"tiny: {name} must be of type"):
        sizing_of(variables, {name: value}, "tiny")


def test_a_variable_that_is_gone_is_named(variables: Variables):
    less = Variables(variables.names, {name: value for name, value in variables.defaults.items() if name != "vcpus"})

    with pytest.raises(UnusableSize, match=r"The estimate reads vcpus, for which .* has no default"):
        sizing_of(less, {}, "default")


def test_a_size_needs_traffic_and_traffic_a_size(tmp_path: Path, variables: Variables):
    (tmp_path / "tiny.tfvars").write_text("vcpus = 1\n")

    with pytest.raises(UnusableTable, match=r"huge, tiny: a size has its traffic in usage\.yaml and a file"):
        read_sizes(["default", "huge"], variables, tmp_path)
    with pytest.raises(UnusableTable, match="default: a size has"):
        read_sizes(["tiny"], variables, tmp_path)


def test_a_variable_without_a_default_is_declared_all_the_same(tmp_path: Path):
    file = tmp_path / "variables_one.tf"
    file.write_text('variable "a" {\n  type = string\n}\n\nvariable "b" {\n  default = ["x", 1, true]\n}\n')

    assert read_variables([file]) == Variables(frozenset({"a", "b"}), {"b": ["x", 1, True]})
