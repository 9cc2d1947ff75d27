"""The hall's key, and what is derived from it: tickets' secrets and keyed hashes of people.

A secret is not stored anywhere: it is computed from the key, the ticket and its version.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_BYTES = 32


class Keyring:
    """The key for personal data, kept outside the database."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def at(cls, path: Path) -> Keyring:
        """Read the key, or make it at the first start.

        :raises ValueError: when the file holds no key of ours.
        """
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
        key = bytes.fromhex(path.read_text("ascii").strip())
        if len(key) != KEY_BYTES:
            raise ValueError(f"{path} does not hold a key of {KEY_BYTES} bytes")
        return cls(key)

    def ticket_secret(self, ticket: str, version: int) -> str:
        """What only the ticket's holder knows: its id and 128 bits, URL-safe."""
        digest = self._mac("ticket", f"{ticket}/{version}")
        return ticket + base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()

    def operator_token(self) -> str:
        """What commands on the server's own machine show it; who can read the key may use it."""
        return "op_" + self._mac("operator", "token").hex()

    def csrf_token(self, session: str) -> str:
        """What a page sends along with changes, bound to its session's token."""
        return self._mac("csrf", session).hex()[:32]

    def person(self, number: str) -> str:
        """A keyed hash of an ID or phone number, to find it again; empty for none."""
        return self._mac("person", number.strip().upper()).hex()[:32] if number.strip() else ""

    def mark(self, text: str) -> str:
        """What tells whether two secrets are the same, and nothing more of them."""
        return self._mac("mark", text).hex()[:32]

    def _mac(self, purpose: str, text: str) -> bytes:
        return hmac.new(self._key, f"{purpose}:{text}".encode(), hashlib.sha256).digest()
