"""An issuer whose access tokens are accepted, and what can be known to be wrong with it without asking it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from gateway.identity.oidc.address import address_fault
from gateway.identity.oidc.algorithms import ALGORITHMS
from gateway.identity.oidc.okta import is_at_okta, okta_fault
from gateway.units import SECONDS

ProfileName = Literal["okta", "rfc9068", "scoped"]

MOST_LEEWAY = 300 * SECONDS
# RFC 6749, section 3.3.
_SCOPE = re.compile(r"[!#-\[\]-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """`url` is as tokens have it in `iss`. `profile`: what makes a token an access token of a user, in profiles.py.

    `algorithms`: by which it signs, of algorithms.py. `required_scopes`: all of them. `clients`: those that may bring
    its tokens; any may when there is none. `leeway`: seconds by which its clock may differ.
    """

    url: str
    audience: str
    profile: ProfileName
    algorithms: tuple[str, ...] = ("RS256",)
    required_scopes: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    leeway: float = 30 * SECONDS


def faults_of(issuer: Issuer) -> list[str]:
    """A sentence for each fault, which begins with the field's name; none when it may be asked for its keys."""
    return [fault for faults in _FAULTS for fault in faults(issuer)]


def _of_url(issuer: Issuer) -> Iterator[str]:
    if (fault := address_fault(issuer.url)) is not None:
        yield f"url {fault}"
        return
    if "?" in issuer.url or "#" in issuer.url:
        yield "url must not have a query or a fragment"
    elif "/.well-known/" in issuer.url:
        yield "url must be the issuer, which is the address of its discovery document without /.well-known/..."
    elif urlsplit(issuer.url).path.endswith("//"):
        yield "url must not end with several slashes"
    elif is_at_okta(issuer.url) or issuer.profile == "okta":
        yield from _of_okta(issuer.url)


def _of_okta(url: str) -> Iterator[str]:
    if (fault := okta_fault(url)) is not None:
        yield f"url {fault}"


def _of_audience(issuer: Issuer) -> Iterator[str]:
    if not issuer.audience or issuer.audience != issuer.audience.strip():
        yield "audience must be the text that tokens for the gateway have in `aud`, without spaces around it"


def _of_profile(issuer: Issuer) -> Iterator[str]:
    if issuer.profile not in get_args(ProfileName):
        yield f"profile must be one of {', '.join(get_args(ProfileName))}"
    elif issuer.profile == "scoped" and not issuer.required_scopes:
        yield "required_scopes must name a scope: without it, profile scoped cannot tell access tokens from others"


def _of_algorithms(issuer: Issuer) -> Iterator[str]:
    if not issuer.algorithms or not set(issuer.algorithms) <= ALGORITHMS.keys():
        yield f"algorithms must be some of {', '.join(ALGORITHMS)}"


def _of_scopes(issuer: Issuer) -> Iterator[str]:
    if not all(_SCOPE.fullmatch(scope) for scope in issuer.required_scopes):
        yield "required_scopes must be scopes, each without spaces and quotation marks"


def _of_clients(issuer: Issuer) -> Iterator[str]:
    if not all(client and client == client.strip() for client in issuer.clients):
        yield "clients must be client ids, without spaces around them"


def _of_leeway(issuer: Issuer) -> Iterator[str]:
    if not math.isfinite(issuer.leeway) or not 0 <= issuer.leeway <= MOST_LEEWAY:
        yield f"leeway must be from 0 to {MOST_LEEWAY:g} seconds"


_FAULTS: tuple[Callable[[Issuer], Iterator[str]], ...] = (
    _of_url,
    _of_audience,
    _of_profile,
    _of_algorithms,
    _of_scopes,
    _of_clients,
    _of_leeway,
)
