"""What an AGP server refuses, told apart by its code first and its status otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class AGPError(Exception):
    """A refusal, or a failure to reach the server."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "AGP_ERROR",
        http_status: int | None = None,
        retryable: bool = False,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.message = message
        self.code = code
        self.http_status = http_status
        self.retryable = retryable
        self.details = dict(details or {})


class AGPConnectionError(AGPError):
    """The server was not reached."""


class AGPBadRequestError(AGPError):
    """Something in the request is wrong."""


class AGPUnauthenticatedError(AGPError):
    """The credential is missing, wrong or expired."""


class AGPForbiddenError(AGPError):
    """The caller, or its token, may not do this."""


class AGPNotFoundError(AGPError):
    """There is no such object, or the caller may not see it."""


class AGPConflictError(AGPError):
    """It does not fit what is there now."""


class AGPScopeViolationError(AGPConflictError):
    """The authority does not reach this far."""


class AGPUnprocessableError(AGPError):
    """An artifact that the act rests on does not hold."""


class AGPPolicyDeniedError(AGPUnprocessableError):
    """Policy denies it."""


class AGPTokenRevokedError(AGPUnprocessableError):
    """The capability, or one above it, was revoked."""


class AGPTokenExpiredError(AGPUnprocessableError):
    """The capability has expired."""


class AGPApprovalRequiredError(AGPUnprocessableError):
    """An approval is missing, pending, rejected or for something else."""


class AGPRateLimitedError(AGPError):
    """Too many requests in a short time."""


class AGPServerError(AGPError):
    """The server could not do it now."""


_BY_CODE: Mapping[str, type[AGPError]] = {
    "AGP_NOT_FOUND": AGPNotFoundError,
    "AGP_POLICY_DENIED": AGPPolicyDeniedError,
    "AGP_TOKEN_REVOKED": AGPTokenRevokedError,
    "AGP_TOKEN_EXPIRED": AGPTokenExpiredError,
    "AGP_APPROVAL_REQUIRED": AGPApprovalRequiredError,
    "AGP_SCOPE_VIOLATION": AGPScopeViolationError,
}

_BY_STATUS: Mapping[int, type[AGPError]] = {
    401: AGPUnauthenticatedError,
    403: AGPForbiddenError,
    404: AGPNotFoundError,
    409: AGPConflictError,
    422: AGPUnprocessableError,
    429: AGPRateLimitedError,
}


def refusal(status: int, body: Mapping[str, Any]) -> AGPError:
    """The error of an answer."""
    error = body.get("error")
    members: Mapping[str, Any] = error if isinstance(error, dict) else {}
    code = str(members.get("code") or "AGP_ERROR")
    by_status = AGPServerError if status >= 500 else _BY_STATUS.get(status, AGPBadRequestError)
    return _BY_CODE.get(code, by_status)(
        str(members.get("message") or f"HTTP {status}"),
        code=code,
        http_status=status,
        retryable=bool(members.get("retryable", status >= 500)),
        details=members.get("details"),
    )
