"""The Helm chart gives the objects that the role makes."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils.eks_values import Choices, values
from ansible_collections.genai.gateway.plugins.module_utils.helm_chart import ChartError, chart_templates, translate
from ansible_collections.genai.gateway.plugins.module_utils.workload_templates import render

from tests.support.local_stack import CHECKOUT

ROLE = CHECKOUT / "collections/ansible_collections/genai/gateway/roles/eks_workload"
HELM = CHECKOUT / ".venv/clients/helm/bin/python"
# Those that EKS supports, or will soon: variables_eks.tf begins with the same.
VERSIONS = ("1.33", "1.34", "1.35", "1.36", "1.37")
CUSTOM = {"TargetGroupBinding", "NodePool"}
RENDER = """
import json, sys, helm_python
directory, values = sys.argv[1], json.load(sys.stdin)
with helm_python.Chart.load(directory) as chart:
    print(json.dumps(chart.render(values, name="gateway", namespace="genai-gateway")))
"""


def described(*, auto_mode: bool = True, **choices: Any) -> dict[str, Any]:
    """Values as the role makes them, with characters that YAML, Go and Kubernetes have a meaning for."""
    outputs = {
        "workload": {
            "service_name": "gateway",
            "namespace": "genai-gateway",
            "service_account": "genai-gateway",
            "auto_mode": auto_mode,
        },
        "settings": {"environment": {"gateway": {"X": "a: {{ b }} 'c' \"d\" <&> $(E) \n é"}, "litellm": {"Y": "1"}}},
        "load_balancer": {"target_group_arn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/gateway/1"},
    }
    chosen = {
        "images": {"gateway": "registry/gateway@sha256:1", "litellm": "registry/litellm@sha256:2"},
        "config_bucket": "configs",
        "config_prefix": "config/1",
        "region": "us-east-1",
    }
    made = values(outputs, Choices.parse(chosen | choices), {"prepare": "p-1", "litellm": "l-1", "gateway": "g-1"})
    made["secrets"]["gateway"]["data"] = {"GATEWAY_MASTER_KEY": "c2stMQ=="}
    return made


CASES = {
    "auto": described(),
    "auto, x86_64": described(architecture="x86_64", egress_ports=[443, 8443]),
    "controller": described(auto_mode=False, vcpus="4", access_policy=True),
}


@pytest.mark.parametrize("case", CASES)
def test_helm_renders_what_the_role_makes(case: str) -> None:
    if not HELM.exists():
        pytest.skip("Helm is not installed: make .venv/clients/helm/.installed")
    done = subprocess.run(
        [str(HELM), "-c", RENDER, str(ROLE / "files/chart")],
        input=json.dumps(CASES[case]),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    texts = json.loads(done.stdout).values()
    rendered = [document for text in texts for document in yaml.safe_load_all(text) if document]
    assert by_name(rendered) == by_name(render(ROLE / "templates", CASES[case]))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES)
def test_objects_are_valid_for_every_supported_version(case: str, version: str) -> None:
    for one in render(ROLE / "templates", CASES[case]):
        if one["kind"] not in CUSTOM:
            kubernetes_validate.validate(one, version, strict=True)


def test_validation_would_find_a_wrong_field() -> None:
    objects = by_name(render(ROLE / "templates", CASES["auto"]))
    wrong = copy.deepcopy(objects["Deployment", "gateway"])
    wrong["spec"]["template"]["spec"]["containers"][0]["readOnly"] = True
    with pytest.raises(kubernetes_validate.ValidationError, match="readOnly"):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_the_chart_is_made_of_the_templates_as_they_are() -> None:
    committed = {path.name: path.read_text() for path in (ROLE / "files/chart/templates").iterdir()}
    assert committed == chart_templates(ROLE / "templates"), "run make chart"


def test_the_charts_values_have_the_shape_of_the_roles() -> None:
    given = yaml.safe_load((ROLE / "files/chart/values.yaml").read_text())
    made = described()
    free = {("environment", name) for name in ("prepare", "litellm", "gateway")}
    assert shape(given, free) == shape(made, free)
    for container, variables in given["environment"].items():
        assert set(variables) <= set(made["environment"][container])


@pytest.mark.parametrize(
    "text",
    [
        "{% set x = 1 %}",
        "{% if values.a %}{% else %}b{% endif %}",
        "{{ other.name | to_json }}",
        "{{ values.a | upper }}",
    ],
)
def test_what_has_no_counterpart_in_go_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml.j2").write_text(text)
    with pytest.raises(ChartError, match=r"x\.yaml\.j2, line 1"):
        translate(tmp_path, "x")


def by_name(objects: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    found = {(one["kind"], one["metadata"]["name"]): one for one in objects}
    assert len(found) == len(objects)
    return found


def shape(value: Any, free: set[tuple[str, ...]], path: tuple[str, ...] = ()) -> Any:
    """The names of all fields and the types of all values."""
    if isinstance(value, dict) and path not in free and path[-1:] != ("data",):
        return {name: shape(inside, free, (*path, name)) for name, inside in value.items()}
    return type(value).__name__
