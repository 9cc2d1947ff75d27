"""How far it is to what people come for: no way gets longer unseen."""

from __future__ import annotations

import pytest

from kiosk.visit import Help, Place
from tests.kiosk.errands import ERRANDS, played

FEW, MOST, MOST_SIGNS = 4, 6, 8


@pytest.mark.parametrize("errand", ERRANDS)
def test_every_errand_is_done_with_few_touches(errand: str) -> None:
    one = played(errand)
    assert one.visit.place is Place.TICKET or one.visit.help is Help.TOLD
    assert 1 <= one.touches <= (MOST if "by its theme" in errand else FEW)
    assert one.signs <= MOST_SIGNS


@pytest.mark.parametrize(
    "errand", [one for one in ERRANDS if one.startswith(("a number to", "a number for general"))]
)
def test_a_plain_number_takes_two(errand: str) -> None:
    assert (played(errand).touches, played(errand).signs) == (2, 0)
