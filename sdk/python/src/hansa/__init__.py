"""The Python client of a Hansa node."""

from .client import Client
from .errors import (
    BadRequest,
    Conflict,
    Forbidden,
    HansaError,
    NodeFailed,
    NotFound,
    Problem,
    RateLimited,
    Refused,
    Unauthenticated,
    Unreachable,
    Untrusted,
)
from .transport import Retries, TokenRefused, Transport
from .verify import Keys, Webhook, verify_receipt, verify_webhook

__version__ = "0.1.0"

__all__ = [
    "BadRequest",
    "Client",
    "Conflict",
    "Forbidden",
    "HansaError",
    "Keys",
    "NodeFailed",
    "NotFound",
    "Problem",
    "RateLimited",
    "Refused",
    "Retries",
    "TokenRefused",
    "Transport",
    "Unauthenticated",
    "Unreachable",
    "Untrusted",
    "Webhook",
    "verify_receipt",
    "verify_webhook",
]
