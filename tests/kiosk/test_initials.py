"""A name's initials, as staff would type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.initials import MOST, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("张三", "zs"),
        ("曾国藩", "zgf"),
        ("单田芳", "stf"),
        ("欧阳修", "oyx"),
        ("古丽·买买提", "glmmt"),
        ("", ""),
    ],
)
def test_names_are_read_as_people_read_them(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(max_size=20))
def test_whatever_stands_on_a_card_gives_letters_or_nothing(name: str) -> None:
    found = initials(name)
    assert found == "" or (found.isascii() and found.isalpha() and found.islower() and len(found) <= MOST)
