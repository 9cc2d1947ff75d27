"""Ranges of waits: their order, their words in minutes, and what they are drawn and learnt from."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.changes import Interval
from queue_server.hall.forecast import MOST_CALLS, Lookahead
from queue_server.hall.lengths import Lengths, Record, learn
from queue_server.hall.model import Instant, Seconds, ServiceId, State, TicketId, WindowNumber
from queue_server.hall.promises import Ledger, corrected
from queue_server.hall.ranges import Correction, Range, minutes_told
from queue_server.hall.scenarios import Scenarios
from tests.hall.days import FEES, GENERAL, Floor

SECONDS = st.floats(0, 20000).map(Seconds)
RANGES = st.lists(SECONDS, min_size=3, max_size=3).map(lambda ends: Range(*sorted(ends)))
VISITS = st.lists(st.sampled_from(["permit", "licence", "card", "tax"]), max_size=20)


def measured(minutes: list[float], usual: float = 10.0, least: int = 1) -> Lengths:
    """What is learnt when window 1 kept one ticket of general acceptance after the other so long."""
    record, at = Record(), 0.0
    for number, length in enumerate([*minutes, 1.0]):
        ticket = TicketId(f"t{number}")
        start, at = Instant(at), at + length * 60
        for state, window, since, end in (
            (State.WAITING, None, 0.0, start),
            (State.CALLED, 1, start, start + 20),
            (State.SERVING, 1, start + 20, at),
        ):
            place = WindowNumber(window) if window else None
            record.hear(Interval(ticket, 0, GENERAL, state, place, "", Instant(since), Instant(end)), ())
    return learn(record, lambda group, services: usual, least)


def test_stays_are_told_in_times_of_the_usual_minutes() -> None:
    lengths = measured([20.0] * 30)
    assert lengths.mean(GENERAL, lengths.centre(GENERAL, (), Seconds(600))) == pytest.approx(1200)
    assert lengths.mean(FEES, lengths.centre(FEES, (), Seconds(600))) == pytest.approx(600)


def test_a_group_is_not_told_of_before_it_was_measured_often_enough() -> None:
    assert measured([20.0] * 29, least=30) == Lengths()
    assert list(measured([20.0] * 30, least=30).shares) == [GENERAL]


def test_a_forgotten_stay_is_left_out() -> None:
    assert measured([10.0] * 10 + [400.0]) == measured([10.0] * 10)


@given(st.lists(st.floats(1, 90), min_size=1, max_size=60))
def test_shares_ascend_and_are_as_long_on_average_as_what_was_measured(minutes: list[float]) -> None:
    lengths = measured(minutes)
    shares = lengths.shares[GENERAL]
    assert list(shares) == sorted(shares)
    centre = lengths.centre(GENERAL, (), Seconds(600))
    assert min(minutes) * 59 <= lengths.mean(GENERAL, centre) <= max(minutes) * 61


@settings(max_examples=30, deadline=None)
@given(VISITS, st.integers(1, 3), st.lists(st.floats(1, 60), min_size=5, max_size=40), st.integers(1, 30))
def test_no_end_of_a_range_passes_another(
    visits: list[str], windows: int, minutes: list[float], piece: int
) -> None:
    floor = Floor()
    floor.open(*range(1, windows + 1))
    for item in visits:
        floor.take(item)
    run = Lookahead(floor.day, floor.now, measured(minutes))
    run.advance(MOST_CALLS)
    scenarios = Scenarios(run, seed=1)
    while not scenarios.advance(piece):
        pass
    spread = scenarios.spreads()[GENERAL]
    told = [spread.of(Seconds(wait)) for wait in sorted(run.result.waits.values())]
    told += [spread.of(Seconds(wait * 700.0)) for wait in range(20)]
    for one in told:
        assert 0 <= one.p10 <= one.p50 <= one.p90


def test_the_same_luck_gives_the_same_ranges() -> None:
    floor = Floor()
    floor.open(1)
    for _ in range(9):
        floor.take("permit")
    floor.next(1)
    floor.at(1, c.Start)

    def drawn(piece: int) -> object:
        run = Lookahead(floor.day, floor.now, measured([5.0, 10.0, 30.0] * 10))
        run.advance(MOST_CALLS)
        scenarios = Scenarios(run, seed=7)
        while not scenarios.advance(piece):
            pass
        return scenarios.spreads()

    assert drawn(1) == drawn(1000)


@given(RANGES, st.lists(st.floats(-50, 50), min_size=1, max_size=80))
def test_a_corrected_range_stays_in_order(one: Range, places: list[float]) -> None:
    told = corrected(places).of(one)
    assert 0 <= told.p10 <= told.p50 <= told.p90


@given(RANGES)
def test_without_anything_learnt_a_range_stays_as_it_is(one: Range) -> None:
    told = Correction().of(one)
    assert (told.p10, told.p50, told.p90) == pytest.approx((one.p10, one.p50, one.p90))


@given(RANGES, st.integers(0, 50))
def test_minutes_are_never_nought_but_for_no_wait_at_all(one: Range, ahead: int) -> None:
    first, last = minutes_told(one.p10, one.p50, one.p90, ahead)
    assert (first, last) == (0, 0) if ahead == 0 and one.p90 < 60 else 1 <= first <= last
    assert last <= 15 or first == last or last % 5 == 0


@pytest.mark.parametrize(
    ("p10", "p50", "p90", "told"),
    [
        (None, 840, None, (14, 14)), (None, 20, None, (1, 1)), (None, 2240, None, (37, 37)),
        (672, 900, 1404, (10, 25)), (180, 600, 1020, (3, 20)), (180, 300, 720, (3, 12)), (20, 50, 70, (1, 1)),
    ],
)  # fmt: skip
def test_minutes_are_rounded_outwards_to_five_beyond_fifteen(
    p10: float | None, p50: float, p90: float | None, told: tuple[int, int]
) -> None:
    assert minutes_told(p10, p50, p90, ahead=3) == told


def test_a_promise_is_judged_when_its_ticket_is_called_and_void_when_it_is_not() -> None:
    ledger, one = Ledger(), Range(Seconds(300), Seconds(600), Seconds(840))
    for number, real in enumerate((500.0, 840.0, 1500.0)):
        ledger.promise((TicketId(f"t{number}"), 0), Instant(0.0), one, Correction())
        ledger.ended((TicketId(f"t{number}"), 0), Instant(real), was_called=True)
    ledger.promise((TicketId("gone"), 0), Instant(0.0), one, Correction())
    ledger.ended((TicketId("gone"), 0), Instant(10.0), was_called=False)
    assert (ledger.today.judged, ledger.today.within, ledger.open) == (3, 2, {})


def test_a_stay_that_came_back_from_hold_is_no_measure() -> None:
    record = Record()
    for number in range(3):
        at = Instant(number * 600.0)
        stay = Interval(TicketId(f"t{number}"), 0, GENERAL, State.SERVING, WindowNumber(1), "", at, at)
        record.hear(stay, (ServiceId("permit"),))
    assert record.stays == {}
