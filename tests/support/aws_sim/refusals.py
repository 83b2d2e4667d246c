"""What moto cannot do is answered by 400 at once.

moto answers 500, which the clients of AWS try again with growing pauses, Terraform for minutes: it looks like a hang.
They believe a 400, and show its code and message.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel
from flask import Flask, Response, request
from moto.core.exceptions import ServiceException
from moto.core.request import Request
from moto.core.responses import ActionResult, BaseResponse
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException, NotFound

from tests.support.aws_sim.patching import around

Answer = tuple[int, dict[str, Any], Any]


class NotImplementedHere(ServiceException):
    """moto lacks the API."""

    code = "NotImplemented"


class SimulatorFailure(ServiceException):
    """moto has the API, and failed in it."""

    code = "SimulatorFailure"


def patch() -> None:
    """Around every action of every service."""
    around(BaseResponse)(call_action)


def call_action(original: Callable[..., Any], response: BaseResponse) -> Any:
    """Raised errors become an answer in the protocol of the service that was called."""
    try:
        return original(response)
    except HTTPException:
        raise
    except Exception as error:
        refusal = _refusal(error, f"{response.service_name}: {response._get_action()}")
        status, headers, text = response.serialized(ActionResult(refusal))
        return status, headers | {"status": str(status)}, text


def watch(app: Flask) -> None:
    """Also answers for what never gets to an action: paths without a route, and moto's handlers that are no actions."""
    app.register_error_handler(NotFound, _no_route)
    app.register_error_handler(Exception, _failed)


def no_service(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application in the place of a service that moto lacks."""
    asked = Request(environ)
    service = _signed_for(asked.headers.get("Authorization", ""))
    answer: Iterable[bytes] = _response(asked, _refusal(NotImplementedError(), f"the service {service or 'called'}"))(
        environ, start_response
    )
    return answer


def _no_route(error: NotFound) -> Response | NotFound:
    # Not every 404 is a missing API: moto's handlers raise it too.
    if request.routing_exception is None:
        return error
    return _response(request, _refusal(NotImplementedError(), f"{request.method} {request.path}"))


def _failed(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException):
        return error
    return _response(request, _refusal(error, f"{request.method} {request.path}"))


def _refusal(error: Exception, what: str) -> ServiceException:
    if isinstance(error, NotImplementedError):
        print(f"not implemented: {what}", flush=True)
        return NotImplementedHere(f"The simulated AWS lacks {what}. {error}".rstrip())
    traceback.print_exception(error, file=sys.stderr)
    return SimulatorFailure(f"The simulated AWS fails in {what}: {type(error).__name__}. Its output has the traceback.")


def _signed_for(authorization: str) -> str | None:
    """The service in the scope of a signature: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request."""
    scope = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    return scope[3] if len(scope) > 4 else None


def _response(asked: Any, refusal: ServiceException) -> Response:
    status, headers, text = _serialized(_signed_for(asked.headers.get("Authorization", "")), refusal)
    return Response(text, status, headers)


def _serialized(service: str | None, refusal: ServiceException) -> Answer:
    """In the protocol of a service; for one that botocore does not know by this name, in that of most of them."""
    try:
        model = get_service_model(service or "")
    except (UnknownServiceError, ValueError):
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refusal.code}
        return 400, headers, json.dumps({"__type": refusal.code, "message": refusal.message})
    serializer = get_serializer_class(model.service_name, str(model.protocol))
    answer = serializer(operation_model=OperationModel({}, model)).serialize(refusal)
    return answer["status_code"], dict(answer["headers"]), answer["body"]
