"""What the hall's key seals, only it opens, and only for what it belongs to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.keyring import Keyring

KEYRING = Keyring(bytes(range(32)))


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_was_sealed_is_opened_again(plain: bytes, context: bytes) -> None:
    sealed = KEYRING.seal(plain, context)
    assert KEYRING.unseal(sealed, context) == plain
    assert KEYRING.seal(plain, context) != sealed


@given(st.integers(0, 38), st.integers(1, 255))
def test_nothing_that_was_altered_opens(place: int, flip: int) -> None:
    sealed = bytearray(KEYRING.seal(b"13800138000", b"phone/t1"))
    sealed[place] ^= flip
    with pytest.raises(ValueError, match="altered"):
        KEYRING.unseal(bytes(sealed), b"phone/t1")


def test_no_other_key_or_context_opens_it_nor_a_piece() -> None:
    sealed = KEYRING.seal(b"13800138000", b"phone/t1")
    assert b"13800138000" not in sealed
    others = [
        (KEYRING, sealed, b"phone/t2"),
        (Keyring(bytes(32)), sealed, b"phone/t1"),
        (KEYRING, sealed[:20], b"phone/t1"),
        (KEYRING, sealed[:3], b"phone/t1"),
        (KEYRING, b"", b"phone/t1"),
    ]
    for keyring, piece, context in others:
        with pytest.raises(ValueError):
            keyring.unseal(piece, context)
