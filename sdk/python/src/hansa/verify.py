"""Verifying what a node signed: receipts and other JWS, and webhooks.

Ed25519 and HMAC-SHA256 alone; the algorithm is never chosen by what is verified. Everything that does
not verify raises `hansa.Untrusted`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .errors import Untrusted

WEBHOOK_WINDOW_S = 300


def _unpadded(text: str) -> bytes:
    if "=" in text:
        raise Untrusted("not unpadded base64url")
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Untrusted("not unpadded base64url") from error
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != text:
        raise Untrusted("not base64url in its one spelling")
    return decoded


def _strict(text: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise Untrusted("a member comes twice")
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=once)
    except ValueError as error:
        raise Untrusted("not JSON") from error


@dataclass(frozen=True)
class Keys:
    """Public keys by their id."""

    by_id: Mapping[str, Ed25519PublicKey]

    @classmethod
    def read(cls, jwks: Mapping[str, Any]) -> Keys:
        """Reads a JSON Web Key Set; keys of other kinds are left out."""
        found: dict[str, Ed25519PublicKey] = {}
        for key in jwks.get("keys") or []:
            if key.get("kty") == "OKP" and key.get("crv") == "Ed25519" and key.get("kid"):
                found[str(key["kid"])] = Ed25519PublicKey.from_public_bytes(_unpadded(str(key["x"])))
        return cls(found)

    def verify(self, token: str) -> dict[str, Any]:
        """Checks a compact JWS and answers what it says."""
        parts = token.split(".")
        if len(parts) != 3:
            raise Untrusted("not three parts")
        header = _strict(_unpadded(parts[0]))
        if not isinstance(header, dict) or header.get("alg") != "EdDSA" or "crit" in header:
            raise Untrusted("not signed with EdDSA")
        key = self.by_id.get(str(header.get("kid")))
        if key is None:
            raise Untrusted("signed with a key that is not the node's")
        try:
            key.verify(_unpadded(parts[2]), f"{parts[0]}.{parts[1]}".encode())
        except InvalidSignature as error:
            raise Untrusted("the signature does not verify") from error
        said = _strict(_unpadded(parts[1]))
        if not isinstance(said, dict):
            raise Untrusted("does not say anything")
        return said


def verify_receipt(receipt: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Checks the signature on a receipt and that its shown members are those that were signed.

    Answers the signed members; only they are proven.
    """
    token = receipt.get("jws")
    if not isinstance(token, str):
        raise Untrusted("the receipt is not signed")
    said = keys.verify(token)
    for name, value in receipt.items():
        if name in said and said[name] != value:
            raise Untrusted(f"{name} is not what was signed")
    return said


def _opened(
    headers: Mapping[str, str],
    body: bytes,
    window: tuple[float, int],
    matches: Callable[[str, str, bytes], bool],
) -> Any:
    """The payload of a request of which a signature matches, sent around a moment."""
    given = {name.lower(): value for name, value in headers.items()}
    message, moment, signatures = (
        given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not message or not moment.isascii() or not moment.isdigit() or not signatures:
        raise Untrusted("webhook-id, webhook-timestamp and webhook-signature are required")
    now, window_s = window
    if abs(now - int(moment)) > window_s:
        raise Untrusted("the webhook is too old, or from the future")
    text = f"{message}.{moment}.".encode() + body
    for signature in signatures.split(" "):
        version, _, encoded = signature.partition(",")
        if matches(version, encoded, text):
            return _strict(body)
    raise Untrusted("no signature verifies")


def _signed(key: Ed25519PublicKey, signature: bytes, text: bytes) -> bool:
    try:
        key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    keys: Keys,
    *,
    window_s: int = WEBHOOK_WINDOW_S,
    clock: Callable[[], float] = time.time,
) -> Any:
    """Checks a callback of a node by the keys that the node publishes, and answers its payload.

    The same callback may come again under the same `webhook-id`.
    """

    def matches(version: str, encoded: str, text: bytes) -> bool:
        try:
            signature = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return False
        known = keys.by_id.values() if version == "v1a" else ()
        return any(_signed(key, signature, text) for key in known)

    return _opened(headers, body, (clock(), window_s), matches)


@dataclass(frozen=True)
class Webhook:
    """What checks webhooks by the convention of Standard Webhooks.

    `whsec_…` is a shared secret (signatures `v1`), `whpk_…` the sender's public key (`v1a`).
    """

    secret: str
    window_s: int = WEBHOOK_WINDOW_S
    clock: Callable[[], float] = time.time

    def verify(self, headers: Mapping[str, str], body: bytes) -> Any:
        """Checks a request and answers its payload."""
        return _opened(headers, body, (self.clock(), self.window_s), self._matches)

    def _matches(self, version: str, encoded: str, text: bytes) -> bool:
        kind, _, key = self.secret.partition("_")
        if (kind, version) not in {("whsec", "v1"), ("whpk", "v1a")}:
            return False
        try:
            secret = base64.b64decode(key, validate=True)
            signature = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return False
        if kind == "whsec":
            return hmac.compare_digest(hmac.new(secret, text, hashlib.sha256).digest(), signature)
        try:
            return _signed(Ed25519PublicKey.from_public_bytes(secret), signature, text)
        except ValueError:
            return False
