"""Models of Bedrock in a configuration are looked up in the account; AWS's service models check the answers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight import inspect_models
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_models import called, models_of
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Model

from tests.collection.aws_preflight_accounts import WrittenAccount, request

NOVA = "amazon.nova-lite-v1:0"
CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0"
PROFILE = f"us.{CLAUDE}"
ARN = "arn:aws:bedrock:us-east-1::foundation-model"
MODELS = {
    "modelSummaries": [
        {"modelArn": f"{ARN}/{NOVA}", "modelId": NOVA, "inferenceTypesSupported": ["ON_DEMAND"]},
        {"modelArn": f"{ARN}/{CLAUDE}", "modelId": CLAUDE, "inferenceTypesSupported": ["INFERENCE_PROFILE"]},
        {"modelArn": f"{ARN}/amazon.old", "modelId": "amazon.old", "modelLifecycle": {"status": "LEGACY"}},
    ]
}
PROFILES = {
    "inferenceProfileSummaries": [
        {
            "inferenceProfileName": "Claude",
            "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{PROFILE}",
            "inferenceProfileId": PROFILE,
            "models": [{"modelArn": f"{ARN}/{CLAUDE}"}, {"modelArn": f"{ARN.replace('east', 'west')}/{CLAUDE}"}],
            "status": "ACTIVE",
            "type": "SYSTEM_DEFINED",
        }
    ]
}  # fmt: skip


def _access(id_: str, **different: str) -> tuple[str, dict[str, Any]]:
    answer = {
        "modelId": id_,
        "agreementAvailability": {"status": different.pop("agreement", "AVAILABLE")},
        "authorizationStatus": "AUTHORIZED",
        "entitlementAvailability": "AVAILABLE",
        "regionAvailability": "AVAILABLE",
    }
    return "get_foundation_model_availability", answer | different


def _report(*models: str, answers: list[Any]) -> Any:
    listed = [("list_foundation_models", MODELS), ("list_inference_profiles", PROFILES)]
    wanted = [Model(f"model-{number}", f"bedrock/{model}") for number, model in enumerate(models)]
    return inspect_models(request(WrittenAccount(bedrock=[*listed, *answers]), _models=wanted))


def test_models_with_access_are_in_order_and_each_is_asked_for_once() -> None:
    report = _report(NOVA, f"converse/{NOVA}", PROFILE, answers=[_access(NOVA), _access(CLAUDE)])
    assert report.findings == []


@pytest.mark.parametrize(
    ("model", "answers", "said"),
    [
        (
            CLAUDE,
            [_access(CLAUDE)],
            f"{CLAUDE} cannot be called by its own id in us-east-1. Call it through {PROFILE}.",
        ),
        ("amazon.nova-lite-v1", [], f"no model or inference profile amazon.nova-lite-v1 in us-east-1. Is it {NOVA}?"),
        ("zz", [], "Take the model out, or name a region that has it"),
        (NOVA, [_access(NOVA, regionAvailability="NOT_AVAILABLE")], "is not available to this account in us-east-1"),
        (NOVA, [_access(NOVA, authorizationStatus="NOT_AUTHORIZED")], "your organization's policies"),
        (NOVA, [_access(NOVA, entitlementAvailability="NOT_AVAILABLE")], "bedrock/home?region=us-east-1#/modelaccess"),
        (
            NOVA,
            [_access(NOVA, agreement="NOT_AVAILABLE", authorizationStatus="NOT_AUTHORIZED")],
            f"the account may not use {NOVA} in us-east-1",
        ),
    ],
)
def test_a_model_that_cannot_be_used_is_told_with_its_mend(model: str, answers: list[Any], said: str) -> None:
    [fault] = _report(model, answers=answers).faults
    assert fault.startswith("model-0: ")
    assert said in fault


@pytest.mark.parametrize(
    ("model", "answers", "said"),
    [
        (NOVA, [_access(NOVA, agreement="PENDING")], "access to amazon.nova-lite-v1:0 in us-east-1 is being granted"),
        (
            PROFILE,
            [_access(CLAUDE, agreement="NOT_AVAILABLE")],
            f"the account has no agreement on {CLAUDE} in us-east-1 yet",
        ),
        ("amazon.old", [_access("amazon.old")], "amazon.old is a legacy model"),
        (NOVA, [("get_foundation_model_availability", "AccessDeniedException")], "Cannot ask Bedrock about the models"),
    ],
)
def test_what_a_deploy_can_live_with_is_a_warning(model: str, answers: list[Any], said: str) -> None:
    report = _report(model, answers=answers)
    assert report.faults == []
    assert said in "".join(report.warnings)


@pytest.mark.parametrize(
    ("model", "region", "means"),
    [
        (f"bedrock/{NOVA}", "", (NOVA, "eu-west-1")),
        (f"bedrock/{NOVA}", "us-west-2", (NOVA, "us-west-2")),
        (f"bedrock/converse/us-east-1/{NOVA}", "us-west-2", (NOVA, "us-east-1")),
        (f"bedrock/{ARN}/{NOVA}", "", (NOVA, "us-east-1")),
        (f"bedrock/invoke/{PROFILES['inferenceProfileSummaries'][0]['inferenceProfileArn']}", "",
         (PROFILES["inferenceProfileSummaries"][0]["inferenceProfileArn"], "us-east-1")),
        ("bedrock/arn:aws:bedrock:us-east-1:111122223333:provisioned-model/x", "", ("", "")),
        ("bedrock/*", "", ("", "")),
        ("bedrock/anthropic.*", "", ("", "")),
        ("bedrock/agent/ABC/DEF", "", ("", "")),
        (f"bedrock/{NOVA}", "os.environ/AWS_REGION_NAME", ("", "")),
    ],
)  # fmt: skip
def test_a_name_of_litellm_says_id_and_region(model: str, region: str, means: tuple[str, str]) -> None:
    assert called(Model("any", model, region), "eu-west-1") == means


def test_only_models_that_the_workloads_own_role_calls_are_taken_from_a_configuration() -> None:
    text = f"""
model_list:
  - {{model_name: own, litellm_params: {{model: bedrock/{NOVA}, aws_region_name: us-west-2}}}}
  - {{model_name: other, litellm_params: {{model: openai/gpt-5, api_key: os.environ/OPENAI_API_KEY}}}}
  - {{model_name: foreign, litellm_params: {{model: bedrock/{NOVA}, aws_role_name: arn:aws:iam::111122223333:role/x}}}}
"""
    assert models_of(text) == [Model("own", f"bedrock/{NOVA}", "us-west-2")]
    assert models_of("") == []
