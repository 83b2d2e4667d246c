"""Which variant of a prompt is used, and which model it names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gateway.prompts.errors import UnusablePrompt

Json = Mapping[str, Any]

# boto3's stand-in for a member of a union that is newer than itself.
UNKNOWN_MEMBER = "SDK_UNKNOWN_MEMBER"

_VARIANT_MEMBERS = frozenset(
    {
        "name",
        "templateType",
        "templateConfiguration",
        "modelId",
        "inferenceConfiguration",
        "additionalModelRequestFields",
        "genAiResource",
        # Tags; they mean nothing to a model.
        "metadata",
    }
)
# Resources whose id says which model it is; any other ARN is the model's name as it stands.
_NAMED_BY_ID = frozenset({"foundation-model", "inference-profile", "application-inference-profile"})


def chosen_variant(prompt: Json) -> Json:
    """The variant that `defaultVariant` names, else the only one. Raises UnusablePrompt."""
    variants: list[Json] = prompt.get("variants") or []
    default = prompt.get("defaultVariant")
    chosen = [variant for variant in variants if variant.get("name") == default] or variants
    if not chosen:
        raise unusable(prompt, "it has no variant")
    if len(chosen) > 1:
        raise unusable(prompt, "it has several variants and none of them is the default")
    refuse_unknown(prompt, chosen[0], _VARIANT_MEMBERS, "variant")
    return chosen[0]


def model_of(prompt: Json, variant: Json) -> str:
    """LiteLLM's name of the variant's model. Raises UnusablePrompt."""
    if resource := variant.get("genAiResource"):
        refuse_unknown(prompt, resource, {"agent"}, "genAiResource")
        raise unusable(prompt, "it is made for a Bedrock agent, and agents are not supported")
    model = variant.get("modelId")
    if not model:
        raise unusable(prompt, "it names no model; set one in the prompt")
    # arn:partition:service:region:account:resource, where the resource may hold colons of its own
    kind, _, name = str(model).split(":", 5)[-1].partition("/")
    return name if model.startswith("arn:") and kind in _NAMED_BY_ID else str(model)


def refuse_unknown(prompt: Json, value: Json, known: Collection[str], path: str) -> None:
    """Raises UnusablePrompt for the first member that has a value and no name in `known`."""
    for name, member in value.items():
        if member is not None and name not in known:
            shown = member.get("name") if name == UNKNOWN_MEMBER and isinstance(member, Mapping) else name
            raise unusable(prompt, f"this gateway does not know {path}.{shown}")


def unusable(prompt: Json, reason: str) -> UnusablePrompt:
    return UnusablePrompt(f"the prompt {prompt.get('arn', 'given')} cannot be used: {reason}")
