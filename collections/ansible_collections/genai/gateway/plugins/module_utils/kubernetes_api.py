"""The Kubernetes API as paths and JSON, through the client that a kubeconfig leads to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

REQUEST_SECONDS = 30


class Api:
    """One cluster. Errors of the client pass through; those of HTTP have a `status`."""

    def __init__(self, client: Any) -> None:
        """`client`: a kubernetes.dynamic.DynamicClient."""
        self._client = client

    @classmethod
    def connect(cls, kubernetes: Any, kubeconfig: str) -> Api:
        """The cluster of a kubeconfig. `kubernetes`: the package, which a module imports with care."""
        client = kubernetes.config.new_client_from_config(config_file=kubeconfig)
        # What is asked for has well-known paths; nothing has to be discovered.
        return cls(kubernetes.dynamic.DynamicClient(client, discoverer=lambda *_: None))

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The object, or the list, at a path."""
        return json.loads(self.request("GET", path, query))

    def find(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The same, or None where there is none, be it the object or its kind."""
        try:
            return self.get(path, query)
        except Exception as error:
            if getattr(error, "status", None) != 404:
                raise
            return None

    def apply(self, path: str, wanted: Mapping[str, Any], manager: str) -> None:
        """Server-side apply of an object at a path. `manager`: who owns its fields from then on, whoever did before."""
        # As a text: what a client makes of an object under this type differs between its versions. JSON is YAML, too.
        query = {"fieldManager": manager, "force": "true"}
        self.request("PATCH", path, query, json.dumps(wanted), "application/apply-patch+yaml")

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
    ) -> bytes:
        """The body of the answer, as it came: what the client would make of it differs between its versions."""
        answer = self._client.request(
            method,
            path,
            body=body,
            query_params=list((query or {}).items()),
            content_type=content_type,
            serialize=False,
            _request_timeout=REQUEST_SECONDS,
        )
        raw: bytes = answer.data
        return raw
