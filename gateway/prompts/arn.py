"""The ARN of a managed prompt, given where a model's name is expected."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.prompts.errors import MalformedPromptArn

DRAFT = "DRAFT"
PARTITIONS = ("aws", "aws-cn", "aws-us-gov")

_FORM = "arn:<partition>:bedrock:<region>:<account>:prompt/<id>[:<version>]"
_LONGEST_SHOWN = 120

# What stands between the colons after `arn`, in this order: its name, its form, and what is said of any other.
_PARTS = (
    ("partition", re.compile("|".join(PARTITIONS)), f"must be one of {', '.join(PARTITIONS)}"),
    ("service", re.compile("bedrock"), 'must be "bedrock"'),
    ("region", re.compile("[a-z0-9-]{1,20}"), "must be a region such as us-west-2"),
    ("account", re.compile("[0-9]{12}"), "must have 12 digits"),
    ("resource", re.compile("prompt/[0-9a-zA-Z]{10}"), 'must be "prompt/" and ten letters or digits'),
    ("version", re.compile(f"{DRAFT}|[1-9][0-9]{{0,4}}"), f'must be "{DRAFT}" or a number from 1 to 99999'),
)


@dataclass(frozen=True, slots=True)
class PromptArn:
    """One version of a prompt; `version` is "DRAFT" or its number in digits."""

    partition: str
    region: str
    account: str
    id: str
    version: str = DRAFT

    @property
    def is_draft(self) -> bool:
        return self.version == DRAFT

    @property
    def text(self) -> str:
        """As AWS writes it: the draft has no version at its end."""
        unversioned = f"arn:{self.partition}:bedrock:{self.region}:{self.account}:prompt/{self.id}"
        return unversioned if self.is_draft else f"{unversioned}:{self.version}"


def parse_prompt_arn(model: str) -> PromptArn | None:
    """None for the name of a model or any other ARN; raises MalformedPromptArn for a prompt's ARN with a fault."""
    if not model.startswith("arn:") or ":prompt/" not in model:
        return None
    parts = model.split(":")[1:]
    if len(parts) == len(_PARTS) - 1:
        parts.append(DRAFT)
    if len(parts) != len(_PARTS):
        raise _malformed(model, f"it must have the form {_FORM}")
    for (name, form, rule), part in zip(_PARTS, parts, strict=True):
        if not form.fullmatch(part):
            raise _malformed(model, f"its {name} {rule}")
    partition, _, region, account, resource, version = parts
    return PromptArn(partition, region, account, resource.removeprefix("prompt/"), version)


def _malformed(model: str, reason: str) -> MalformedPromptArn:
    shown = model if len(model) <= _LONGEST_SHOWN else model[:_LONGEST_SHOWN] + "…"
    return MalformedPromptArn(f"{shown!r} is not the ARN of a managed prompt: {reason}", param="model")
