"""How the API says no: a Status with code, reason and message, in the words of the real one."""

from __future__ import annotations

from typing import Any

from tests.support.k8s_api.kinds import Kind


class ApiError(Exception):
    """A request that is refused."""

    def __init__(self, code: int, reason: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.details = code, reason, message, details

    def body(self) -> dict[str, Any]:
        return status(self.code, self.reason, self.message, **self.details)


def status(code: int, reason: str, message: str, **details: Any) -> dict[str, Any]:
    """The object Status; a code of 2xx is a success."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success" if code < 300 else "Failure",
        "message": message,
        "reason": reason,
        "details": details,
        "code": code,
    }


def resource(kind: Kind) -> str:
    """deployments.apps, as messages name a resource."""
    return f"{kind.plural}.{kind.group}" if kind.group else kind.plural


def no_such_path() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def not_found(kind: Kind, name: str) -> ApiError:
    message = f'{resource(kind)} "{name}" not found'
    return ApiError(404, "NotFound", message, name=name, group=kind.group, kind=kind.plural)


def exists(kind: Kind, name: str) -> ApiError:
    message = f'{resource(kind)} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, name=name, kind=kind.plural)


def modified(kind: Kind, name: str) -> ApiError:
    message = (
        f'Operation cannot be fulfilled on {resource(kind)} "{name}": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    return ApiError(409, "Conflict", message, name=name, kind=kind.plural)


def invalid(kind: Kind, name: str, field: str, why: str) -> ApiError:
    message = f'{kind.kind}.{kind.group} "{name}" is invalid: {field}: {why}'
    return ApiError(422, "Invalid", message, name=name, kind=kind.kind, causes=[{"field": field, "message": why}])
