"""The native client: one method for each operation of the node."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from .errors import problem
from .operations import Operation, Operations
from .transport import Retries, Transport, read_json
from .verify import Keys


class Client(Operations):
    """A node, and who asks it.

    With an API key, or with an OAuth client whose tokens are fetched and renewed by themselves, or
    with neither for what everybody may ask. May be used from several threads.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        timeout_s: float = 30.0,
        retries: Retries | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        self.transport = Transport(
            url,
            api_key=api_key,
            client_id=client_id,
            client_secret=client_secret,
            timeout_s=timeout_s,
            retries=retries or Retries(),
            http=http,
        )

    def close(self) -> None:
        """Ends all connections."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def keys(self) -> Keys:
        """The node's keys, to verify what it signed."""
        answer = self.transport.send("GET", "/.well-known/jwks.json", repeatable=True, anonymous=True)
        if answer.status_code != 200:
            raise problem(answer.status_code, read_json(answer))
        return Keys.read(read_json(answer))

    def _call(
        self, operation: Operation, members: Mapping[str, Any], idempotency_key: str | None
    ) -> Any:
        rest = {name: value for name, value in members.items() if value is not None}
        path = operation.path
        for name in [part.split("}")[0] for part in path.split("{")[1:]]:
            value = str(rest.pop(name, ""))
            if not value:
                raise ValueError(f"{name} must not be empty")
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        headers = {}
        if operation.idempotent:
            headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
        response = self.transport.send(
            operation.method,
            path,
            params=None if operation.takes_body else {k: _text(v) for k, v in rest.items()},
            json=rest if operation.takes_body else None,
            headers=headers,
            repeatable=operation.method == "GET" or operation.idempotent,
        )
        if not response.is_success:
            raise problem(response.status_code, read_json(response))
        return response.json() if operation.json else response.content

    def _pages(self, operation: Operation, members: Mapping[str, Any]) -> Iterator[Any]:
        cursor: str | None = None
        while True:
            page = self._call(operation, {**members, "cursor": cursor}, None)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
