#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Shows how Kubernetes objects change."""

from __future__ import annotations

DOCUMENTATION = """
module: object_changes
short_description: Show how Kubernetes objects change
description:
  - M(kubernetes.core.k8s) shows no difference where it is given several objects at once; this shows it.
  - Also says what would be made where the API cannot be asked, since the namespace is not there yet. Makes nothing.
author: genai-gateway developers (@genai-gateway)
options:
  results:
    description: What M(kubernetes.core.k8s) returned for each object.
    type: list
    elements: dict
    default: []
  planned:
    description: Objects that would be made. There must be no Secrets among them.
    type: list
    elements: dict
    default: []
attributes:
  check_mode:
    description: Does the same.
    support: full
  diff_mode:
    description: Shows the differences.
    support: full
"""

EXAMPLES = """
- name: Show what has changed
  genai.gateway.object_changes:
    results: "{{ applied.result.results }}"
  when: ansible_diff_mode
"""

RETURN = """
names:
  description: The objects, each as C(kind name).
  type: list
  elements: str
  returned: success
"""

import json
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

ARGUMENTS = {
    "results": {"type": "list", "elements": "dict", "default": []},
    "planned": {"type": "list", "elements": "dict", "default": []},
}


def name_of(one: Mapping[str, Any]) -> str:
    """The object as a message names it."""
    return f"{one['kind']} {one['metadata']['name']}"


def difference(name: str, before: Any, after: Any) -> dict[str, str]:
    """As Ansible shows it."""
    texts = [json.dumps(part, indent=2, sort_keys=True) + "\n" if part else "" for part in (before, after)]
    return {"before_header": name, "after_header": name, "before": texts[0], "after": texts[1]}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    changed = [one for one in module.params["results"] if one.get("changed")]
    named = {name_of(one["result"]): one.get("diff") or {} for one in changed}
    diff = [difference(name, parts.get("before"), parts.get("after")) for name, parts in named.items()]
    planned = {name_of(one): one for one in module.params["planned"]}
    diff += [difference(name, None, one) for name, one in planned.items()]
    module.exit_json(changed=bool(planned), names=[*named, *planned], diff=diff)


if __name__ == "__main__":
    main()
