"""What `genai-gateway init` asks, and which answers can be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]
Check = Callable[[str, Answers], str | None]
ON_AWS = ("ECS", "EKS")


@dataclass(frozen=True)
class Question:
    """A variable of the inventory that is asked for.

    `check` says what is wrong with an answer, or None. `wanted` says whether the question has a point after the answers
    before it; where it has none, the variable keeps its default.
    """

    variable: str
    text: str
    default: str = ""
    check: Check = lambda *_: None
    wanted: Callable[[Answers], bool] = lambda _: True


def _matches(pattern: str, wrong: str) -> Check:
    compiled = re.compile(pattern)
    return lambda answer, _: None if compiled.fullmatch(answer) else wrong


def _one_of(*values: str) -> Check:
    return lambda answer, _: None if answer in values else f"must be one of {', '.join(values)}"


def _on_aws(answers: Answers) -> bool:
    return answers["platform"] in ON_AWS


def _certificate(answer: str, answers: Answers) -> str | None:
    if not re.fullmatch(r"arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+", answer):
        return "must be the ARN of a certificate of ACM, such as arn:aws:acm:us-east-1:111122223333:certificate/…"
    if answer.split(":")[3] != answers["aws_region"]:
        return f"must be in {answers['aws_region']}: a load balancer takes no certificate of another region"
    return None


def _record(answer: str, answers: Answers) -> str | None:
    zone = answers["hosted_zone_name"]
    inside = answer == zone or answer.endswith(f".{zone}")
    return None if inside else f"must lie in the zone {zone}"


QUESTIONS = (
    Question("platform", "Platform: ECS, EKS or LOCAL", "ECS", _one_of("ECS", "EKS", "LOCAL")),
    Question(
        "deployment_name",
        "Name of the deployment, with which all names begin",
        "genai-gateway",
        _matches(
            r"(?!.*--)(?!internal-|sg-)[a-z][a-z0-9-]{1,22}[a-z0-9]",
            "must have 3 to 24 lowercase letters, digits and single hyphens, and begin with a letter",
        ),
        _on_aws,
    ),
    Question(
        "aws_region",
        "AWS region",
        "us-east-1",
        _matches(r"[a-z]{2}(-[a-z]+)+-[0-9]", "must be the code of an AWS region, such as eu-central-1"),
        _on_aws,
    ),
    Question("aws_profile", "Profile of AWS's configuration (empty: credentials of the environment)", wanted=_on_aws),
    Question(
        "exposure",
        "Who reaches it: public, private (from the VPC only) or cloudfront (needs no domain)",
        "public",
        _one_of("public", "private", "cloudfront"),
        _on_aws,
    ),
    Question(
        "certificate_arn",
        "ARN of the certificate in ACM",
        check=_certificate,
        wanted=lambda answers: _on_aws(answers) and answers["exposure"] != "cloudfront",
    ),
    Question(
        "hosted_zone_name",
        "Zone of Route 53 for its name (empty: no record is made)",
        check=_matches(
            r"(?:[a-z0-9_-]+\.)+[a-z]{2,63}|", "must be a zone such as example.com, without a dot at its end"
        ),
        wanted=lambda answers: _on_aws(answers) and answers["exposure"] != "cloudfront",
    ),
    Question(
        "record_name",
        "Its name in that zone, such as gateway.example.com",
        check=_record,
        wanted=lambda answers: bool(answers.get("hosted_zone_name")),
    ),
    Question(
        "hosted_zone_kind",
        "The zone: public, private (exists, for the VPC) or new_private (is made)",
        "new_private",
        _one_of("public", "private", "new_private"),
        lambda answers: bool(answers.get("hosted_zone_name")) and answers["exposure"] == "private",
    ),
)
