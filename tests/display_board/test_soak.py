"""A board through a long row of calls: each is shown once, in order, nothing flickers, nothing piles up.

`./run.sh bench board` does the same with thousands.
"""

from __future__ import annotations

from tests.board_soak import soak

CALLS = 80
MORE_MB = 12.0
"""Kivy's caches of texts are still filling in so short a run."""


def test_every_call_is_shown_once_and_nothing_flickers_or_piles_up() -> None:
    report = soak(CALLS)
    assert report.shown == report.sent and len(report.sent) == CALLS
    assert report.blank == 0, "the large place is never empty between two calls"
    assert report.end_mb - report.warm_mb < MORE_MB
