"""Everything that the gateway itself refuses or fails with.

    GatewayError
    ├── RequestError                the client must change something
    │   ├── MalformedRequest        400  a request line or headers that are not relayed
    │   ├── MalformedBody           400  not JSON, or JSON of the wrong shape
    │   ├── UnsupportedField        400  a field that cannot be carried to the model
    │   ├── Unusable                400  not a value of a field that users may set
    │   ├── MissingCredentials      401  no key was sent
    │   ├── InvalidToken            401  an access token that is not accepted
    │   ├── SignedRequest           403  signed with AWS keys, which only AWS can check
    │   ├── Forbidden               403  the caller may not do this
    │   ├── FieldNotAllowed         403  a field that only administrators may set
    │   ├── AboveCeiling            403  more than the access policy or the caller's own limits allow
    │   ├── TooManyKeys             403  the user has as many keys as they may have
    │   ├── UnknownOperation        404  no operation of the Bedrock runtime that is served
    │   ├── SessionNotFound         404  no session of the caller's
    │   ├── UnknownUser             404  the user of a token has not been made yet
    │   ├── RequestTimeout          408  the body stopped coming
    │   ├── SessionBusy             409  another turn of the session is under way
    │   ├── UserExists              409  the user has been made already
    │   ├── UserBusy                409  another request changes what the user has
    │   ├── BodyTooLarge            413  more than the limit
    │   ├── UnsupportedContentType  415  not application/json
    │   └── SessionTooLong          400  more than a session may send to the model
    ├── HistoryError                the store of chat history
    │   ├── HistoryUnavailable      503  the database or its key cannot be used; the model was not called
    │   ├── TurnNotStored           503  the model answered, but the turn could not be stored
    │   ├── TurnInDoubt             500  the same, and it may have been stored
    │   └── HistoryUnreadable       500  what is stored cannot be read
    ├── AccessUnavailable           503  who calls, or what they may do, cannot be found out now
    │   └── IssuerUnavailable       503  the issuer of a token does not answer
    ├── UpstreamError               LiteLLM, or the model behind it
    │   ├── UpstreamRefusal         …    LiteLLM answered with an error: its own status
    │   ├── UpstreamBroken          502  what came back cannot be understood, or broke off
    │   ├── UpstreamUnavailable     503  LiteLLM cannot be reached
    │   └── UpstreamTimeout         504  LiteLLM stayed silent for too long
    └── InternalError               500  a defect of the gateway

Each knows its status and a short code. How it looks on the wire is the dialect's affair (api/dialects.py).
"""

from __future__ import annotations


class GatewayError(Exception):
    """Base of all: `message` is written for the client and holds no secret."""

    status = 500
    code = "internal_error"

    def __init__(self, message: str, *, param: str | None = None, retry_after: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after = retry_after


class RequestError(GatewayError):
    status = 400
    code = "invalid_request"


class MalformedRequest(RequestError):
    code = "malformed_request"


class MalformedBody(RequestError):
    code = "malformed_body"


class UnsupportedField(RequestError):
    code = "unsupported_field"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}", param=path)


class MissingCredentials(RequestError):
    status = 401
    code = "missing_credentials"


class InvalidToken(RequestError):
    status = 401
    code = "invalid_token"


class SignedRequest(RequestError):
    status = 403
    code = "signed_request"


class Forbidden(RequestError):
    status = 403
    code = "forbidden"


class FieldNotAllowed(RequestError):
    status = 403
    code = "field_not_allowed"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}", param=field)


class AboveCeiling(RequestError):
    """`asked` and `allowed` as a person reads them."""

    status = 403
    code = "above_ceiling"

    def __init__(self, field: str, asked: str, allowed: str) -> None:
        super().__init__(f"{field}: {asked} was asked, {allowed} is allowed", param=field)
        self.field = field
        self.asked = asked
        self.allowed = allowed


class Unusable(RequestError):
    """Not a value of the field, whatever is allowed; it is not repeated, as anything may stand there."""

    code = "unusable_value"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}", param=field)
        self.field = field
        self.reason = reason


class TooManyKeys(RequestError):
    status = 403
    code = "too_many_keys"


class UnknownOperation(RequestError):
    status = 404
    code = "unknown_operation"


class SessionNotFound(RequestError):
    """Also of somebody else's session: which ids exist is nobody's business."""

    status = 404
    code = "session_not_found"


class UnknownUser(RequestError):
    status = 404
    code = "user_not_found"


class RequestTimeout(RequestError):
    status = 408
    code = "request_timeout"


class SessionBusy(RequestError):
    status = 409
    code = "session_busy"


class UserExists(RequestError):
    status = 409
    code = "user_exists"


class UserBusy(RequestError):
    status = 409
    code = "user_busy"


class BodyTooLarge(RequestError):
    status = 413
    code = "body_too_large"


class UnsupportedContentType(RequestError):
    status = 415
    code = "unsupported_content_type"


class SessionTooLong(RequestError):
    code = "session_too_long"


class HistoryError(GatewayError):
    status = 503
    code = "history_error"


class HistoryUnavailable(HistoryError):
    code = "history_unavailable"


class TurnNotStored(HistoryError):
    code = "turn_not_stored"


class TurnInDoubt(HistoryError):
    """Not to be sent again unseen: it might be said twice."""

    status = 500
    code = "turn_in_doubt"


class HistoryUnreadable(HistoryError):
    status = 500
    code = "history_unreadable"


class AccessUnavailable(GatewayError):
    status = 503
    code = "access_unavailable"


class IssuerUnavailable(AccessUnavailable):
    code = "issuer_unavailable"


class UpstreamError(GatewayError):
    status = 502
    code = "upstream_error"


class UpstreamRefusal(UpstreamError):
    """LiteLLM answered with an error: its status and its message, as far as it said one."""

    def __init__(self, status: int, message: str, *, code: str, retry_after: str | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.status = status
        self.code = code


class UpstreamBroken(UpstreamError):
    code = "upstream_broken"


class UpstreamUnavailable(UpstreamError):
    status = 503
    code = "upstream_unavailable"


class UpstreamTimeout(UpstreamError):
    status = 504
    code = "upstream_timeout"


class InternalError(GatewayError):
    """A defect: the client learns the request id, the log holds the rest."""
