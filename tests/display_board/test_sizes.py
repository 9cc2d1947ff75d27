"""How high digits must be to be read from afar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display_board.sizes import (
    CAPITAL,
    LINE,
    NEARER,
    RECENT_FILLED,
    calls_together,
    capital_mm,
    is_readable,
    recent_rows,
)

metres = st.floats(0.5, 50)


@pytest.mark.parametrize(
    ("distance", "overhead", "expected"),
    [(0.6, False, 7.3), (5, False, 61.0), (5, True, 75.0), (6.4, True, 78.0), (10, True, 122.0)],
)
def test_the_stricter_rule_counts(distance: float, overhead: bool, expected: float) -> None:
    assert capital_mm(distance, overhead=overhead) == pytest.approx(expected, abs=0.1)


@given(metres, metres, st.booleans())
def test_from_further_away_digits_must_be_larger(one: float, other: float, overhead: bool) -> None:
    near, far = sorted((one, other))
    assert capital_mm(near, overhead=overhead) <= capital_mm(far, overhead=overhead)
    assert is_readable(capital_mm(far), near)


@given(st.floats(50, 3000), metres)
def test_calls_stand_together_only_where_each_can_be_read(height: float, distance: float) -> None:
    together = calls_together(height, distance)
    assert 1 <= together <= 3
    if together > 1:
        assert is_readable(height / together / LINE * CAPITAL + 1e-6, distance)


@given(st.floats(100, 3000), metres)
def test_recent_calls_can_be_read_from_nearer_by(height: float, distance: float) -> None:
    rows = recent_rows(height, distance)
    assert 2 <= rows <= 6
    if rows > 2:
        digits = height / rows * RECENT_FILLED / LINE * CAPITAL
        assert is_readable(digits + 1e-6, distance * NEARER, overhead=False)


def test_a_55_inch_board_read_from_ten_metres_holds_two_calls() -> None:
    assert calls_together(680 * 0.52, 10) == 2
