"""Sending requests: credentials, tokens and their renewal, safe repetition.

What may be repeated is repeated: reads, and writes with an Idempotency-Key. Everything else is sent
once. A token is fetched when it is first needed, kept until a minute before its end, and fetched anew
once when the node does not accept it any more.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from .errors import HansaError, Unreachable

REPEATABLE_STATUSES = frozenset({429, 502, 503, 504})
TOKEN_MARGIN_S = 60.0


@dataclass(frozen=True)
class Retries:
    """How often and how patiently a request is repeated."""

    most: int = 4
    first_wait_s: float = 0.25
    longest_wait_s: float = 8.0
    sleep: Callable[[float], None] = time.sleep

    def wait(self, attempt: int, told_s: float | None) -> None:
        """Waits before the next attempt: what the node asked for, or a growing, uneven while."""
        grown = min(self.first_wait_s * 2**attempt, self.longest_wait_s)
        while_s = told_s if told_s is not None else grown * random.uniform(0.5, 1.0)
        self.sleep(min(while_s, self.longest_wait_s))


@dataclass
class Token:
    """A token and when it should be replaced."""

    text: str = ""
    renew_at: float = 0.0


@dataclass
class Transport:
    """One connection pool and one identity."""

    base_url: str
    api_key: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = None
    headers: Mapping[str, str] | None = None
    timeout_s: float = 30.0
    retries: Retries = field(default_factory=Retries)
    clock: Callable[[], float] = time.monotonic
    http: httpx.Client | None = None

    def __post_init__(self) -> None:
        if self.api_key and self.client_id:
            raise ValueError("an API key or a client, not both")
        if bool(self.client_id) != bool(self.client_secret):
            raise ValueError("client_id and client_secret go together")
        self.base_url = self.base_url.rstrip("/")
        self._token = Token()
        self._lock = threading.Lock()
        self._http = self.http or httpx.Client(
            timeout=self.timeout_s, headers=dict(self.headers or {}), follow_redirects=False
        )

    def close(self) -> None:
        """Ends all connections."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
        anonymous: bool = False,
    ) -> httpx.Response:
        """Sends a request, repeats it where that is safe, and answers the last response."""
        renewed = False
        attempt = 0
        while True:
            token = None if anonymous else self._bearer()
            try:
                response = self._once(method, path, params, json, headers, token)
            except httpx.HTTPError as error:
                if not repeatable or attempt >= self.retries.most:
                    raise Unreachable(f"{self.base_url}: {error}") from error
                self.retries.wait(attempt, None)
                attempt += 1
                continue
            if response.status_code == 401 and token and self.client_id and not renewed:
                # Nothing was done: an unauthenticated request may be sent again.
                renewed = True
                self._forget(token)
                continue
            again = response.status_code in REPEATABLE_STATUSES and repeatable
            if not again or attempt >= self.retries.most:
                return response
            self.retries.wait(attempt, _retry_after(response))
            attempt += 1

    def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        json: Any,
        headers: Mapping[str, str] | None,
        token: str | None,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        return self._http.request(
            method, f"{self.base_url}{path}", params=params, json=json, headers=sent
        )

    def _bearer(self) -> str | None:
        if not self.client_id:
            return self.api_key
        with self._lock:
            if not self._token.text or self.clock() >= self._token.renew_at:
                self._token = self._fetch_token()
            return self._token.text

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token.text == token:
                self._token = Token()

    def _fetch_token(self) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id or "",
            "client_secret": self.client_secret or "",
        }
        if self.scope:
            form["scope"] = self.scope
        attempt = 0
        while True:
            told: float | None = None
            try:
                response = self._http.post(f"{self.base_url}/oauth/token", data=form)
            except httpx.HTTPError as error:
                if attempt >= self.retries.most:
                    raise Unreachable(f"{self.base_url}: {error}") from error
            else:
                if response.status_code not in REPEATABLE_STATUSES or attempt >= self.retries.most:
                    return self._read_token(response)
                told = _retry_after(response)
            self.retries.wait(attempt, told)
            attempt += 1

    def _read_token(self, response: httpx.Response) -> Token:
        members = read_json(response)
        if response.status_code != 200:
            raise TokenRefused(response.status_code, members)
        life = float(members.get("expires_in") or 0.0)
        return Token(str(members["access_token"]), self.clock() + max(life - TOKEN_MARGIN_S, 0.0))


class TokenRefused(HansaError):
    """The node gave no token: client or secret is wrong, or the scope too wide."""

    def __init__(self, status: int, members: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(members.get("error") or "")
        self.detail = str(members.get("error_description") or f"HTTP {status}")
        super().__init__(f"{self.code or status}: {self.detail}")


def read_json(response: httpx.Response) -> Mapping[str, Any]:
    """The members of an answer; none where it is no JSON object."""
    try:
        members = response.json()
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


def _retry_after(response: httpx.Response) -> float | None:
    told = response.headers.get("Retry-After", "")
    return float(told) if told.isdigit() else None
