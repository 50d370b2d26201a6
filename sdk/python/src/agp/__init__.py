"""The Python client of the Agent Governance Protocol, as a Hansa node speaks it."""

from .client import AGPClient, AGPObject
from .errors import (
    AGPApprovalRequiredError,
    AGPBadRequestError,
    AGPConflictError,
    AGPConnectionError,
    AGPError,
    AGPForbiddenError,
    AGPNotFoundError,
    AGPPolicyDeniedError,
    AGPRateLimitedError,
    AGPScopeViolationError,
    AGPServerError,
    AGPTokenExpiredError,
    AGPTokenRevokedError,
    AGPUnauthenticatedError,
    AGPUnprocessableError,
)

__all__ = [
    "AGPApprovalRequiredError",
    "AGPBadRequestError",
    "AGPClient",
    "AGPConflictError",
    "AGPConnectionError",
    "AGPError",
    "AGPForbiddenError",
    "AGPNotFoundError",
    "AGPObject",
    "AGPPolicyDeniedError",
    "AGPRateLimitedError",
    "AGPScopeViolationError",
    "AGPServerError",
    "AGPTokenExpiredError",
    "AGPTokenRevokedError",
    "AGPUnauthenticatedError",
    "AGPUnprocessableError",
]
