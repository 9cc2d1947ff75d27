"""The hall's key, and what is derived from it: tickets' secrets, keyed hashes of people, sealed data.

A secret is not stored anywhere: it is computed from the key, the ticket and its version.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class Keyring:
    """The key for personal data, kept outside the database."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(self._mac("seal", "personal data"))

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
        text = path.read_bytes().strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{%d}" % (2 * KEY_BYTES), text):
            raise ValueError(f"a key is {2 * KEY_BYTES} hexadecimal digits")
        return cls(bytes.fromhex(text.decode()))

    def ticket_secret(self, ticket: str, version: int) -> str:
        """What only the ticket's holder knows: its id and 128 bits, URL-safe."""
        digest = self._mac("ticket", f"{ticket}/{version}")
        return ticket + base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()

    def draft_secret(self, draft: str) -> str:
        """What only whoever fills in a form knows: its id and 128 bits, URL-safe."""
        digest = self._mac("draft", draft)
        return draft + base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()

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

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt personal data that must be read again (AES-256-GCM, a nonce of its own each time).

        `context` says what it belongs to (`b"phone/" + ticket`) and must be given again to open it, so
        that nobody who can write the database can show one citizen another's.
        """
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context)

    def unseal(self, sealed: bytes, context: bytes) -> bytes:
        """What was sealed.

        :raises ValueError: when it was sealed with another key or for another context, or was altered.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except InvalidTag:
            raise ValueError("sealed with another key or for something else, or altered") from None

    def _mac(self, purpose: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{purpose}:{text}".encode(), "sha256")
