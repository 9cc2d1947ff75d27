"""An errand from a wheelchair: after low reach is switched on, no touch leaves the screen's lower half."""

from __future__ import annotations

import pytest

from tests import stage
from tests.kiosk.conftest import FEES, GENERAL, LANDSCAPE, PORTRAIT, Floor, number_on, said

SITUATION = ("priority.ask", "priority.disabled", "needs.ask", "need.wheelchair", "situations.done")


class Seated:
    """Touches, and keeps how high each of them was."""

    def __init__(self, kiosk: stage.Program) -> None:
        self.kiosk = kiosk
        self.heights: dict[str, int] = {}

    def touch(self, text: str) -> None:
        x, y = self.kiosk.find(text).box.centre
        self.heights[text] = y
        self.kiosk.touch_at(x, y)


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["upright", "wide"])
def test_a_number_with_a_priority_is_taken_from_a_wheelchair(floor: Floor, size: tuple[int, int]) -> None:
    with floor.kiosk(size=size) as kiosk:
        seated = Seated(kiosk)
        seated.touch(said("mode.low"))
        kiosk.wait(lambda seen: _is_low(seen, size), "the groups did not come down")
        for text in (FEES["zh"], said("key.back"), GENERAL["zh"], *(said(key) for key in SITUATION)):
            seated.touch(text)
        seated.touch(said("confirm.take"))
        kiosk.wait_for(said("ticket.printed"))
        assert number_on(kiosk) in floor.numbers()
        seated.touch("完成")
        kiosk.wait_for(said("home.title"))
    too_high = {text: y for text, y in seated.heights.items() if y < size[1] / 2}
    assert not too_high


def _is_low(seen: list[stage.Seen], size: tuple[int, int]) -> bool:
    group = stage.best(seen, GENERAL["zh"])
    return group is not None and group.box.top >= size[1] / 2


def test_large_letters_in_half_of_a_wide_screen_have_their_digits_one_touch_away(floor: Floor) -> None:
    with floor.kiosk(size=LANDSCAPE) as kiosk:
        kiosk.touch(said("mode.large"))
        large = kiosk.find(said("home.find-short"))
        kiosk.touch(said("mode.low"))
        kiosk.wait(
            lambda seen: any(one.text == large.text and one.box != large.box for one in seen),
            "the keys did not come into reach",
        )
        kiosk.touch(large.text)
        kiosk.find("q")
        assert "1" not in kiosk.texts()
        kiosk.touch("123")
        # The key "123" and the seconds left hold a 1, too, until the digits have come.
        kiosk.wait(lambda seen: any(one.text == "1" for one in seen), "the digits did not come")
        for key in ("1", "2", "abc", "q"):
            kiosk.touch(key)
        kiosk.wait_for("12q|")
        assert "1" not in kiosk.texts()
