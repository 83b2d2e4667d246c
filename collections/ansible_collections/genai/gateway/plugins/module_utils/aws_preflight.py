"""Everything that can be known to keep a deploy on AWS from succeeding, found before anything changes.

The checks are a table. Those that ask AWS are left out where the credentials do not work, those of the region where
the region is wrong: they could only say the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_account import explained
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_certificates import certificate_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_clusters import cluster_faults, version_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_credentials import (
    Caller,
    identify,
    profile_of,
)
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_issuer import issuer_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_models import model_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_networks import network_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_quotas import quota_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_regions import region_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request, warning
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_secrets import key_faults, secret_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_tools import tool_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_variables import variable_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_zones import zone_faults


@dataclass(frozen=True)
class Check:
    """One group of checks. `what` it does, as in "Cannot read the certificate".

    `needed`: a deploy asks AWS the same, so that it fails where that is not allowed.
    """

    what: str
    find: Callable[[Request], Iterable[Finding]]
    needed: bool = False


HERE = (
    Check("look for the tools", tool_faults),
    Check("check the variables", variable_faults),
    Check("check the providers' keys", key_faults),
    Check("ask the issuer", issuer_faults),
)
REGION = Check("list the account's regions", region_faults)
IN_REGION = (
    Check("read the quotas", quota_faults),
    Check("read the certificates", certificate_faults),
    Check("read the hosted zones", zone_faults, needed=True),
    Check("read the VPC", network_faults, needed=True),
    Check("read the cluster", cluster_faults, needed=True),
    Check("read the versions of Kubernetes that EKS has", version_faults),
    Check("read the secret of the providers' keys", secret_faults),
)
MODELS = Check("ask Bedrock about the models", model_faults)


@dataclass
class Report:
    """What was found, who asked, and what could not be looked at."""

    findings: list[Finding] = field(default_factory=list)
    caller: Caller | None = None
    unchecked: str = ""

    @property
    def faults(self) -> list[str]:
        """What keeps a deploy from succeeding, each once."""
        return list(dict.fromkeys(str(finding) for finding in self.findings if finding.blocks))

    @property
    def warnings(self) -> list[str]:
        """What does not, and should be known."""
        return list(dict.fromkeys(str(finding) for finding in self.findings if not finding.blocks))


def inspect(request: Request) -> Report:
    """Looks at everything that the inventory says."""
    report = Report([finding for check in HERE for finding in check.find(request)])
    report.caller, found = identify(request)
    report.findings += found
    if report.caller is None:
        report.unchecked = "Nothing in AWS was looked at, because the credentials do not work."
        return report
    regions = run(REGION, request)
    report.findings += regions
    if any(finding.blocks and finding.wrong.startswith("aws_region") for finding in regions):
        report.unchecked = "Nothing in the region was looked at."
        return report
    report.findings += [finding for check in IN_REGION for finding in run(check, request)]
    return report


def inspect_models(request: Request) -> Report:
    """Looks at the models of the configuration, in Bedrock."""
    return Report(run(MODELS, request))


def run(check: Check, request: Request) -> list[Finding]:
    """What a check finds, and that it could not look: a warning where a deploy would not ask AWS the same."""
    from botocore.exceptions import BotoCoreError, ClientError

    found: list[Finding] = []
    try:
        found.extend(check.find(request))
    except (BotoCoreError, ClientError) as error:
        said = explained(error, check.what, profile_of(request))
        blocks = check.needed or not isinstance(error, ClientError)
        found.append(said if blocks else warning(said.wrong, said.mend))
    return found
