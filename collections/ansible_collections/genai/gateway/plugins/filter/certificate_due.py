# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Whether a certificate has to be made anew."""

from __future__ import annotations

DOCUMENTATION = """
name: certificate_due
short_description: Whether a certificate has to be made anew
description:
  - Tells whether a PEM file is not there, does not hold a certificate, or holds one that ends within some days.
author: genai-gateway developers (@genai-gateway)
positional: _input, days
options:
  _input:
    description: Path of the file.
    type: path
    required: true
  days:
    description: How many days it is to be good for.
    type: int
    required: true
"""

EXAMPLES = """
- name: Tell
  ansible.builtin.debug:
    msg: "{{ '/srv/stack/tls/gateway.crt' | genai.gateway.certificate_due(30) }}"
"""

RETURN = """
_value:
  description: Whether it is due.
  type: bool
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509


def certificate_due(path: str, days: int, now: datetime | None = None) -> bool:
    """Whether the certificate in the file is missing, unreadable or ends within so many days of now."""
    try:
        certificate = x509.load_pem_x509_certificate(Path(path).read_bytes())
    except (OSError, ValueError):
        return True
    return certificate.not_valid_after_utc < (now or datetime.now(UTC)) + timedelta(days=days)


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"certificate_due": certificate_due}
