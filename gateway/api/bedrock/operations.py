"""The operations of Bedrock's runtime, so that one that is not served can be told by its name.

From botocore's service model `bedrock-runtime`, 2023-09-30; a test compares them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Where the service's own paths begin: the path of a client's endpoint_url.
PREFIX = "/bedrock"


@dataclass(frozen=True, slots=True)
class Operation:
    """`path`: as the service model writes it, below PREFIX."""

    name: str
    method: str
    path: str

    def has_path(self, raw: str) -> bool:
        """Whether a path, percent-encoded and with PREFIX, is one of this operation's."""
        pattern = re.sub(r"\\\{\w+\\\}", "[^?]+", re.escape(PREFIX + self.path))
        return re.fullmatch(pattern, raw) is not None


OPERATIONS = (
    Operation("Converse", "POST", "/model/{modelId}/converse"),
    Operation("ConverseStream", "POST", "/model/{modelId}/converse-stream"),
    Operation("InvokeModel", "POST", "/model/{modelId}/invoke"),
    Operation("InvokeModelWithResponseStream", "POST", "/model/{modelId}/invoke-with-response-stream"),
    Operation("InvokeModelWithBidirectionalStream", "POST", "/model/{modelId}/invoke-with-bidirectional-stream"),
    Operation("CountTokens", "POST", "/model/{modelId}/count-tokens"),
    Operation("ApplyGuardrail", "POST", "/guardrail/{guardrailIdentifier}/version/{guardrailVersion}/apply"),
    Operation("InvokeGuardrailChecks", "POST", "/guardrail-checks/invoke"),
    Operation("StartAsyncInvoke", "POST", "/async-invoke"),
    Operation("ListAsyncInvokes", "GET", "/async-invoke"),
    Operation("GetAsyncInvoke", "GET", "/async-invoke/{invocationArn}"),
)


def operation_of(method: str, raw: str) -> Operation | None:
    """The operation that is asked for; where the method is none of the path's, one that has the path."""
    found = [operation for operation in OPERATIONS if operation.has_path(raw)]
    return next((operation for operation in found if operation.method == method), found[0] if found else None)
