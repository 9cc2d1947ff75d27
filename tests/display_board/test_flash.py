"""Flashes are seen, and harm nobody."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from display_board.flash import PULSES, beats


@given(st.integers(1, 10))
def test_no_second_holds_more_than_three_flashes(rounds: int) -> None:
    shown = beats(rounds)
    starts = [0.0, *accumulate(seconds for _, seconds in shown)]
    flashes = [start for start, (bright, _) in zip(starts, shown, strict=False) if bright]
    assert len(flashes) == PULSES * rounds
    for begin in flashes:
        assert sum(begin <= other < begin + 1 for other in flashes) <= 3
    assert not shown[-1][0], "it ends in its usual colour"
