"""What can go wrong: the node refused, the node failed, or it was not reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class HansaError(Exception):
    """Whatever goes wrong when a node is asked."""


class Unreachable(HansaError):
    """The node was not reached, or did not answer in time."""


class Untrusted(HansaError):
    """A signature does not verify, or says something else than it should."""


class Problem(HansaError):
    """The node answered that it did not do it (RFC 9457)."""

    def __init__(self, status: int, members: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(members.get("code") or "")
        self.title = str(members.get("title") or f"HTTP {status}")
        self.detail = str(members.get("detail") or self.title)
        self.next_step = str(members.get("next_step") or "")
        self.request_id = members.get("request_id")
        self.errors: list[Mapping[str, Any]] = list(members.get("errors") or [])
        super().__init__(f"{self.code or status}: {self.detail}")


class Refused(Problem):
    """The request was understood and refused; nothing changed."""


class BadRequest(Refused):
    """Something in the request is wrong (400, 413, 415, 422)."""


class Unauthenticated(Refused):
    """The credential is missing, unknown, expired or revoked (401)."""


class Forbidden(Refused):
    """The caller may not do this (403)."""


class NotFound(Refused):
    """There is no such thing, or the caller may not see it (404)."""


class Conflict(Refused):
    """It does not fit what is there now (409, 410)."""


class RateLimited(Refused):
    """Too many of these in a short time (429)."""


class NodeFailed(Problem):
    """The node could not do it now (5xx). The same request may succeed later."""


_BY_STATUS: Mapping[int, type[Problem]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Conflict,
    429: RateLimited,
}


def problem(status: int, members: Mapping[str, Any]) -> Problem:
    """The error of an answer, by its status."""
    if status >= 500:
        return NodeFailed(status, members)
    return _BY_STATUS.get(status, BadRequest)(status, members)
