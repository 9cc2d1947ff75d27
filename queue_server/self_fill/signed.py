"""What the hall signs for paper: short lines under Ed25519 that anybody can check without a database.

A mark is `KEY.REST`: the key's id, then the signed line and its signature in base64url. It goes into
a QR code. The private key lies in a file of its own, outside the database; an old key goes on
checking what it signed, but can sign no more.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_BYTES = 64
LONGEST = 600
"""A mark of more signs is none of ours."""

BETWEEN = "\x1f"
"""Separates a line's fields: no text of ours has it."""

KEY_LINE = re.compile(r"(k[1-9]\d{0,5}) (private|public) ([0-9a-f]{64})")


class Forged(Exception):
    """A mark that this hall did not make, or that was changed since."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a mark says: `kind` tells what the fields are."""

    key: str
    kind: str
    fields: tuple[str, ...]


class Signer:
    """The hall's signing keys; the last one signs, all check."""

    def __init__(self, private: tuple[str, Ed25519PrivateKey], public: dict[str, Ed25519PublicKey]) -> None:
        self._id, self._private = private
        self._public = public | {self._id: self._private.public_key()}

    @classmethod
    def at(cls, path: Path) -> Signer:
        """Read the keys, or make the first at the first start.

        :raises ValueError: when the file holds something else.
        """
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, [f"k1 private {_new_key()}"])
        lines = _lines(path)
        public = {
            id: Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            for id, kind, key in lines
            if kind == "public"
        }
        id, _, seed = lines[-1]
        return cls((id, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))), public)

    @property
    def key(self) -> str:
        """The id of the key that signs now."""
        return self._id

    def public_keys(self) -> dict[str, str]:
        """All keys that check, by id, in hex: for whoever checks without asking this hall."""
        return {id: key.public_bytes_raw().hex() for id, key in self._public.items()}

    def sign(self, kind: str, *fields: str) -> str:
        """The mark of a line."""
        line = BETWEEN.join((kind, *fields)).encode()
        signature = self._private.sign(_whole(self._id, line))
        return f"{self._id}.{_plain(line + signature)}"

    def check(self, mark: str) -> Signed:
        """What a mark says.

        :raises Forged: when it is not as this hall made it, to the last bit.
        """
        id, _, rest = mark.partition(".")
        key = self._public.get(id)
        if key is None or len(mark) > LONGEST:
            raise Forged
        whole = _bytes(rest)
        line, signature = whole[:-SIGNATURE_BYTES], whole[-SIGNATURE_BYTES:]
        try:
            key.verify(signature, _whole(id, line))
            kind, *fields = line.decode().split(BETWEEN)
        except (InvalidSignature, UnicodeDecodeError):
            raise Forged from None
        return Signed(id, kind, tuple(fields))


def rotate(path: Path) -> str:
    """Make a new key that signs from now on; of the last one only the public half is kept. The new id.

    :raises ValueError: when the file holds something else.
    """
    lines = _lines(path)
    id, _, seed = lines[-1]
    public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)).public_key()
    new = f"k{int(id[1:]) + 1}"
    kept = [" ".join(line) for line in lines[:-1]]
    _write(path, [*kept, f"{id} public {public.public_bytes_raw().hex()}", f"{new} private {_new_key()}"])
    return new


def _new_key() -> str:
    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


def _lines(path: Path) -> list[tuple[str, str, str]]:
    """:raises ValueError: when they are not some public keys, then a private one."""
    found = [KEY_LINE.fullmatch(line) for line in path.read_text("ascii", "replace").splitlines()]
    lines = [(one[1], one[2], one[3]) for one in found if one]
    kinds = [kind for _, kind, _ in lines]
    if len(lines) != len(found) or kinds.count("private") != 1 or kinds[-1] != "private":
        raise ValueError(
            f"HALL_SIGNING_KEYS: {path} holds no signing keys of a hall, lines like `k1 private …`: "
            "put the right ones back, or set HALL_SIGNING_KEYS to where they are"
        )
    return lines


def _write(path: Path, lines: list[str]) -> None:
    """All of it or nothing, readable by its owner only, on disk when this returns."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def _whole(key: str, line: bytes) -> bytes:
    """What is signed: the key's id too, so that no mark can be put under another's name."""
    return key.encode() + b"." + line


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """:raises Forged: when the text is not exactly what `_plain` writes: its last bits count too."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Forged from None
    if _plain(data) != text or len(data) < SIGNATURE_BYTES:
        raise Forged
    return data
