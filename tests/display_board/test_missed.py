"""Missed numbers are told once each, while that is news."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from display_board.missed import Missed, MissedNumbers
from queue_server.hall.model import Instant, Seconds

WITHIN = Seconds(60.0)
numbers = st.builds(Missed, st.sampled_from(["A001", "A002", "B001"]), st.integers(0, 5).map(Instant))


def told(board: MissedNumbers, now: float) -> list[str]:
    found = []
    while one := board.next(Instant(now), WITHIN):
        found.append(one.ticket)
    return found


def test_each_is_told_once_and_again_when_missed_again() -> None:
    board = MissedNumbers()
    first, again = Missed("A001", Instant(0)), Missed("A001", Instant(30))
    board.heard([first], to_say=True)
    board.heard([first], to_say=True)
    assert told(board, 1) == ["A001"]
    board.heard([], to_say=True)
    board.heard([again], to_say=True)
    assert told(board, 31) == ["A001"]


def test_who_has_come_back_or_was_missed_long_ago_is_not_told() -> None:
    board = MissedNumbers()
    board.heard([Missed("A001", Instant(0)), Missed("A002", Instant(0))], to_say=True)
    board.heard([Missed("A002", Instant(0))], to_say=True)
    assert told(board, 59) == ["A002"]
    board.heard([Missed("A003", Instant(0))], to_say=True)
    assert told(board, 60) == []


def test_what_was_before_the_board_started_is_not_told() -> None:
    board = MissedNumbers()
    board.heard([Missed("A001", Instant(0))], to_say=False)
    board.heard([Missed("A001", Instant(0))], to_say=True)
    assert told(board, 1) == []


@given(st.lists(st.tuples(st.lists(numbers, max_size=4, unique=True), st.booleans()), max_size=12))
def test_nothing_is_told_twice_in_a_row_of_news(news: list[tuple[list[Missed], bool]]) -> None:
    board, before = MissedNumbers(), set[Missed]()
    for missed, to_say in news:
        board.heard(missed, to_say=to_say)
        new = [one.ticket for one in missed if one not in before] if to_say else []
        assert told(board, 5) == new
        before = set(missed)
