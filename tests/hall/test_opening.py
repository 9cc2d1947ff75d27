"""The hall's hours: break, doors, holidays, make-up work days, midnight, and changes of clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall.model import AfterHours, GroupId, HallState, Hours, Instant, Override, Span
from queue_server.hall.opening import (
    SEARCH_DAYS,
    business_day,
    closes_at,
    day_bounds,
    hall_state,
    may_take,
    opens_next,
)

GENERAL, FEES = GroupId("general"), GroupId("fees")
WORKDAY = (Span(540, 720), Span(810, 1020))
USUAL = Hours("Asia/Shanghai", (WORKDAY,) * 5 + ((), ()))
NONE = Override.NONE

# Half an hour, a whole hour, at midnight, across the date line, and a zone without any change.
ZONES = ["Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"]
# From 2006, so that Sao Paulo still skips midnights.
INSTANTS = st.floats(1_136_000_000, 1_900_000_000).map(Instant)


def at(hours: Hours, text: str) -> Instant:
    return Instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(hours.timezone)).timestamp())


@st.composite
def all_hours(draw: st.DrawFn) -> Hours:
    starts = draw(st.integers(0, 1439))
    return Hours(
        draw(st.sampled_from(ZONES)),
        tuple(draw(day_spans(starts)) for _ in range(7)),
        doors_before_minutes=draw(st.integers(0, 120)),
        numbers_in_break=draw(st.booleans()),
        day_starts=starts,
        after_hours=tuple(
            AfterHours(weekday, span, (FEES,))
            for weekday, spans in draw(st.dictionaries(st.integers(0, 6), day_spans(starts))).items()
            for span in spans
        ),
    )


@st.composite
def day_spans(draw: st.DrawFn, day_starts: int) -> tuple[Span, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(
        Span(day_starts + start, day_starts + end)
        for start, end in zip(edges[::2], edges[1::2], strict=False)
    )


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-11-24 08:59:59", HallState.CLOSED),
        ("2026-11-24 09:00", HallState.OPEN),
        ("2026-11-24 11:59:59", HallState.OPEN),
        ("2026-11-24 12:00", HallState.BREAK),
        ("2026-11-24 13:30", HallState.OPEN),
        ("2026-11-24 17:00", HallState.CLOSED),
        ("2026-11-28 10:00", HallState.CLOSED),
    ],
)
def test_an_ordinary_week(when: str, state: HallState) -> None:
    assert hall_state(USUAL, at(USUAL, when)) is state


@given(INSTANTS)
def test_always_open_is_open_at_any_time(now: Instant) -> None:
    hours = replace(USUAL, always_open=True, holidays=frozenset({business_day(USUAL, now)}))
    assert hall_state(hours, now) is HallState.OPEN
    assert may_take(hours, now, NONE, GENERAL)
    assert closes_at(hours, now, GENERAL) is None
    assert opens_next(hours, now) is None


@given(all_hours(), INSTANTS, st.booleans())
def test_a_managers_word_wins(hours: Hours, now: Instant, always: bool) -> None:
    hours = replace(hours, always_open=always)
    assert hall_state(hours, now, Override.CLOSED) is HallState.CLOSED
    assert not may_take(hours, now, Override.CLOSED, GENERAL)
    assert hall_state(hours, now, Override.OPEN) is HallState.OPEN
    assert may_take(hours, now, Override.OPEN, GENERAL)


@given(all_hours(), INSTANTS)
def test_every_instant_lies_within_its_business_day(hours: Hours, now: Instant) -> None:
    first, last = day_bounds(hours, business_day(hours, now))
    assert first <= now < last


@given(all_hours(), INSTANTS)
def test_business_days_follow_one_another(hours: Hours, now: Instant) -> None:
    _, turn = day_bounds(hours, business_day(hours, now))
    before, after = business_day(hours, Instant(turn - 0.001)), business_day(hours, turn)
    assert before == business_day(hours, now) < after
    # Samoa skipped 30 December 2011: that business day is there, without a minute in it.
    gap = datetime.fromisoformat(after) - datetime.fromisoformat(before)
    assert gap == timedelta(days=1) or (hours.timezone, after) == ("Pacific/Apia", "2011-12-31")


@given(all_hours(), INSTANTS)
def test_the_next_opening_opens(hours: Hours, now: Instant) -> None:
    opening = opens_next(hours, now)
    if opening is not None:
        assert opening > now
        assert hall_state(hours, opening) is HallState.OPEN
    elif any(hours.week) or hours.after_hours:
        raise AssertionError("a week with spans must open again")


@given(all_hours(), INSTANTS)
def test_who_is_served_may_take_a_number(hours: Hours, now: Instant) -> None:
    state = hall_state(hours, now)
    if state is HallState.OPEN:
        assert may_take(hours, now, NONE, FEES)
    if state is HallState.BREAK and hours.numbers_in_break:
        assert may_take(hours, now, NONE, GENERAL)


@given(all_hours(), INSTANTS)
def test_a_number_can_be_taken_only_when_the_group_closes_later(hours: Hours, now: Instant) -> None:
    if may_take(hours, now, NONE, GENERAL):
        closing = closes_at(hours, now, GENERAL)
        assert closing is not None and closing > now


def test_doors_open_before_the_windows() -> None:
    hours = replace(USUAL, doors_before_minutes=30, numbers_in_break=False)
    for when, allowed in [
        ("08:29:59", False),
        ("08:30", True),
        ("12:30", False),
        ("13:00", True),
        ("17:00", False),
    ]:
        assert may_take(hours, at(hours, f"2026-11-24 {when}"), NONE, GENERAL) is allowed, when
    assert hall_state(hours, at(hours, "2026-11-24 08:45")) is HallState.CLOSED


@pytest.mark.parametrize("allowed", [True, False])
def test_numbers_in_the_break_as_configured(allowed: bool) -> None:
    hours = replace(USUAL, numbers_in_break=allowed)
    assert may_take(hours, at(hours, "2026-11-24 12:30"), NONE, GENERAL) is allowed


def test_after_hours_serve_their_groups_only() -> None:
    saturday = AfterHours(5, Span(540, 660), (GENERAL,))
    evening = AfterHours(1, Span(1020, 1140), (GENERAL,))
    hours = replace(USUAL, after_hours=(saturday, evening))
    for when in ("2026-11-28 10:00", "2026-11-24 18:00"):
        now = at(hours, when)
        assert hall_state(hours, now) is HallState.OPEN
        assert may_take(hours, now, NONE, GENERAL)
        assert not may_take(hours, now, NONE, FEES)
    noon = at(hours, "2026-11-24 12:00")
    assert closes_at(hours, noon, GENERAL) == at(hours, "2026-11-24 19:00")
    assert closes_at(hours, noon, FEES) == at(hours, "2026-11-24 17:00")
    friday = at(hours, "2026-11-27 20:00")
    assert opens_next(hours, friday) == at(hours, "2026-11-28 09:00")
    assert opens_next(hours, friday, FEES) == at(hours, "2026-11-30 09:00")


def test_a_holiday_is_closed_and_a_make_up_day_has_its_own_spans() -> None:
    hours = replace(
        USUAL,
        holidays=frozenset({"2026-10-01", "2026-10-02"}),
        workdays={"2026-10-10": (Span(540, 900),)},
        after_hours=(AfterHours(3, Span(1020, 1140), (GENERAL,)),),
    )
    assert hall_state(hours, at(hours, "2026-10-01 10:00")) is HallState.CLOSED
    assert hall_state(hours, at(hours, "2026-10-01 18:00")) is HallState.CLOSED
    assert not may_take(hours, at(hours, "2026-10-01 10:00"), NONE, GENERAL)
    assert opens_next(
        hours,
        at(
            hours,
            "2026-09-30 18:00",
        ),
    ) == at(hours, "2026-10-05 09:00")
    assert hall_state(hours, at(hours, "2026-10-10 14:59")) is HallState.OPEN
    assert closes_at(hours, at(hours, "2026-10-10 10:00"), GENERAL) == at(hours, "2026-10-10 15:00")


def test_a_shift_across_midnight_is_one_day() -> None:
    hours = replace(USUAL, week=((Span(1200, 1440), Span(1500, 1680)),) * 7, day_starts=300)
    evening, night = at(hours, "2026-11-24 23:00"), at(hours, "2026-11-25 02:00")
    assert business_day(hours, evening) == business_day(hours, night) == "2026-11-24"
    assert business_day(hours, at(hours, "2026-11-25 05:00")) == "2026-11-25"
    assert hall_state(hours, at(hours, "2026-11-25 00:30")) is HallState.BREAK
    assert hall_state(hours, night) is HallState.OPEN
    assert closes_at(hours, evening, GENERAL) == at(hours, "2026-11-25 04:00")
    assert hall_state(hours, at(hours, "2026-11-25 04:00")) is HallState.CLOSED


def test_the_day_turns_in_the_halls_zone_not_in_utc() -> None:
    morning = Instant(datetime(2026, 11, 23, 23, 30, tzinfo=ZoneInfo("UTC")).timestamp())
    assert business_day(USUAL, morning) == "2026-11-24"


@pytest.mark.parametrize(("day", "length"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-24", 24)])
def test_days_with_a_change_of_clocks(day: str, length: int) -> None:
    hours = replace(USUAL, timezone="America/New_York", week=(WORKDAY,) * 7)
    first, last = day_bounds(hours, day)
    assert last - first == length * 3600
    for time, state in [("08:59", HallState.CLOSED), ("09:00", HallState.OPEN), ("16:59", HallState.OPEN)]:
        assert hall_state(hours, at(hours, f"{day} {time}")) is state
    assert opens_next(hours, first) == at(hours, f"{day} 09:00")


def test_the_hour_that_comes_twice_belongs_to_one_day() -> None:
    hours = replace(USUAL, timezone="America/New_York", day_starts=90)
    turn, _ = day_bounds(hours, "2026-11-01")
    assert [business_day(hours, Instant(turn + seconds)) for seconds in (-1, 0, 1799, 1800, 5400)] == [
        "2026-10-31",
        *["2026-11-01"] * 4,
    ]


def test_the_search_for_an_opening_ends() -> None:
    never = replace(USUAL, week=((),) * 7)
    assert opens_next(never, at(never, "2026-11-24 10:00")) is None
    first = datetime(2026, 11, 25)
    days = frozenset((first + timedelta(days=day)).date().isoformat() for day in range(SEARCH_DAYS))
    assert opens_next(replace(USUAL, holidays=days), at(USUAL, "2026-11-24 20:00")) is None
