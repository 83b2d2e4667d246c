"""Whether the certificates are issued, cover the name, and last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request, warning

SOON = timedelta(days=30)
AT_ONCE = timedelta(days=1)
CLOUDFRONT_REGION = "us-east-1"
# What to do about a certificate that is in no use, by its status.
_MENDS = {
    "EXPIRED": "Request or import another, and set {variable} to it.",
    "FAILED": "Request another, and set {variable} to it.",
    "INACTIVE": "Renew it, or set {variable} to another.",
    "REVOKED": "Request another, and set {variable} to it.",
    "VALIDATION_TIMED_OUT": "Request another, set {variable} to it, and make the records of its validation at once.",
}


def certificate_faults(request: Request) -> Iterator[Finding]:
    """certificate_arn and cloudfront_certificate_arn, each by the name of its variable."""
    settings = request.settings
    if settings.certificate_arn and not settings.record_name:
        yield warning(
            "record_name is empty: the load balancer's own name is not in the certificate, which clients will refuse.",
            "Set record_name and hosted_zone_name, or make the DNS record elsewhere.",
        )
    wanted = {
        "certificate_arn": (settings.certificate_arn, settings.aws_region),
        "cloudfront_certificate_arn": (settings.cloudfront_certificate_arn, CLOUDFRONT_REGION),
    }
    for variable, (arn, region) in wanted.items():
        # Of an ARN in another region Terraform's rules say what is wrong.
        if arn and arn.split(":")[3:4] == [region]:
            yield from _faults(request, variable, arn, region)


def _faults(request: Request, variable: str, arn: str, region: str) -> Iterator[Finding]:
    acm = request.account.client("acm", region)
    try:
        certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    except acm.exceptions.ResourceNotFoundException:
        yield Finding(
            f"{variable}: this account has no certificate {arn}.",
            f"`aws acm list-certificates --region {region}` shows those there are; is it another account's?",
        )
        return
    yield from status_faults(variable, certificate)
    name = request.settings.record_name
    if name and not any(covers(each, name) for each in names_of(certificate)):
        yield Finding(
            f"{variable}: the certificate is for {', '.join(names_of(certificate))}, which does not cover {name}.",
            "Request one for the name, or correct record_name. A wildcard stands for one label.",
        )
    yield from end_faults(variable, certificate, datetime.now(UTC))


def status_faults(variable: str, certificate: Mapping[str, Any]) -> Iterator[Finding]:
    """What keeps it from being used."""
    status = certificate["Status"]
    if status == "ISSUED":
        return
    if status == "PENDING_VALIDATION":
        yield Finding(
            f"{variable}: the certificate is not issued yet: it waits for its validation.", _validation(certificate)
        )
        return
    reason = f" ({certificate['FailureReason']})" if certificate.get("FailureReason") else ""
    mend = _MENDS.get(status, "Set {variable} to one that is ISSUED.").format(variable=variable)
    yield Finding(f"{variable}: the certificate is {status}{reason}, not ISSUED.", mend)


def _validation(certificate: Mapping[str, Any]) -> str:
    pending = [
        option
        for option in certificate.get("DomainValidationOptions", [])
        if option.get("ValidationStatus") != "SUCCESS"
    ]
    records = {
        f"{record['Name']} {record['Type']} {record['Value']}"
        for option in pending
        if (record := option.get("ResourceRecord"))
    }
    if records:
        return f"Make these records in DNS, and wait some minutes: {'; '.join(sorted(records))}"
    if any(option.get("ValidationMethod") == "EMAIL" for option in pending):
        return (
            "Follow the link in the e-mail that AWS sent to the domain's owner, or request one with validation by DNS."
        )
    return "Wait a minute until ACM says which record it waits for, and run it again."


def end_faults(variable: str, certificate: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    """Whether it ends soon, which keeps a deploy from succeeding only when it has no day left.

    ACM renews its own 60 days before, so that one which ends sooner was not renewed.
    """
    end = certificate.get("NotAfter")
    if certificate["Status"] != "ISSUED" or end is None or end - now >= SOON:
        return
    days = max(0, (end - now).days)
    mend = (
        "Import its successor under the same ARN."
        if certificate.get("Type") == "IMPORTED"
        else "ACM could not renew it: see that the CNAME record of its validation still is in DNS."
    )
    wrong = f"{variable}: the certificate ends in {days} days, on {end:%Y-%m-%d}."
    yield Finding(wrong, mend, blocks=end - now < AT_ONCE)


def names_of(certificate: Mapping[str, Any]) -> list[str]:
    """The names that a certificate is for."""
    names = [certificate["DomainName"], *certificate.get("SubjectAlternativeNames", [])]
    return list(dict.fromkeys(names))


def covers(pattern: str, name: str) -> bool:
    """Whether a name of a certificate is for `name`: a leading `*` stands for exactly one label (RFC 6125, 6.4.3)."""
    pattern, name = pattern.lower(), name.lower()
    if not pattern.startswith("*."):
        return pattern == name
    return name.partition(".")[2] == pattern[2:] and "." in pattern[2:]
