"""What the hall signs: true as it was made, forged after any change, checked by old keys too."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.self_fill.signed import BETWEEN, Forged, Signed, Signer, rotate


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return Signer.at(tmp_path_factory.mktemp("keys") / "signing.keys")


texts = st.text(st.characters(codec="utf-8", exclude_characters=BETWEEN), max_size=30)


@given(kind=texts, fields=st.lists(texts, max_size=5))
def test_a_mark_says_what_was_signed(signer: Signer, kind: str, fields: list[str]) -> None:
    mark = signer.sign(kind, *fields)
    assert signer.check(mark) == Signed("k1", kind, tuple(fields))
    assert mark.isascii() and not set(mark) & set('"<>&#?/ ')


@given(st.data())
def test_any_flipped_bit_is_a_forgery(signer: Signer, data: st.DataObject) -> None:
    mark = bytearray(signer.sign("pass", "LC2026-00001", "鲁P12345", "2026-11-24", "2026-11-26").encode())
    at = data.draw(st.integers(0, len(mark) * 8 - 1))
    mark[at // 8] ^= 1 << at % 8
    with pytest.raises(Forged):
        signer.check(mark.decode("latin-1"))


@given(st.text(max_size=700))
def test_anything_else_is_a_forgery(signer: Signer, text: str) -> None:
    for mark in (text, f"k1.{text}"):
        with pytest.raises(Forged):
            signer.check(mark)


def test_a_mark_of_another_hall_is_a_forgery(signer: Signer, tmp_path: Path) -> None:
    other = Signer.at(tmp_path / "signing.keys")
    with pytest.raises(Forged):
        signer.check(other.sign("pass", "LC2026-00001"))


def test_an_old_key_checks_but_signs_no_more(tmp_path: Path) -> None:
    path = tmp_path / "signing.keys"
    first = Signer.at(path)
    old = first.sign("pass", "1")
    assert rotate(path) == "k2"
    second = Signer.at(path)
    assert second.check(old) == Signed("k1", "pass", ("1",))
    assert second.check(second.sign("pass", "2")).key == second.key == "k2"
    assert second.public_keys()["k1"] == first.public_keys()["k1"]
    assert path.read_text().count("private") == 1
    with pytest.raises(Forged):
        first.check(second.sign("pass", "2"))


def test_a_mark_does_not_pass_under_another_key(tmp_path: Path) -> None:
    path = tmp_path / "signing.keys"
    old = Signer.at(path).sign("pass", "1")
    rotate(path)
    with pytest.raises(Forged):
        Signer.at(path).check(old.replace("k1.", "k2."))


def test_the_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "signing.keys"
    Signer.at(path)
    rotate(path)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "k1 private 12\n", "k1 public " + "0" * 64 + "\n", ("k1 private " + "0" * 64 + "\n") * 2]
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "signing.keys"
    path.write_text(text)
    with pytest.raises(ValueError, match="signing keys"):
        Signer.at(path)
