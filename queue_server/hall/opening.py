"""When the hall works: its business day, its state, and who may still take a number.

All local times are wall-clock times of the hall's own zone, so a day with a change of clocks is
an hour shorter or longer in between. Spans hold their start, not their end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from queue_server.hall.model import GroupId, HallState, Hours, Instant, Override, Span

SEARCH_DAYS = 60
"""How far ahead the next opening is looked for; no hall closes longer."""


def business_day(hours: Hours, now: Instant) -> str:
    """The ISO date of the working day at `now`; it turns at `day_starts`, not at midnight."""
    local = datetime.fromtimestamp(now, ZoneInfo(hours.timezone)).date()
    if instant_of(hours, local, hours.day_starts) > now:
        local -= timedelta(days=1)
    return local.isoformat()


def day_bounds(hours: Hours, day: str) -> tuple[Instant, Instant]:
    """From the first instant of a business day to the first of the next."""
    today = date.fromisoformat(day)
    return (
        instant_of(hours, today, hours.day_starts),
        instant_of(hours, today + timedelta(days=1), hours.day_starts),
    )


def regular_spans(hours: Hours, day: str) -> tuple[Span, ...]:
    """The day's spans for everybody: a holiday has none, a make-up work day its own."""
    if day in hours.holidays:
        return ()
    if day in hours.workdays:
        return hours.workdays[day]
    return hours.week[date.fromisoformat(day).weekday()]


def hall_state(hours: Hours, now: Instant, override: Override = Override.NONE) -> HallState:
    """Open while anybody is served (after hours too), a break between two spans of one day."""
    if override is Override.CLOSED:
        return HallState.CLOSED
    if override is Override.OPEN or hours.always_open:
        return HallState.OPEN
    day = business_day(hours, now)
    if any(start <= now < end for start, end in _served(hours, day)):
        return HallState.OPEN
    return HallState.BREAK if _in_break(hours, day, now) else HallState.CLOSED


def may_take(hours: Hours, now: Instant, override: Override, group: GroupId) -> bool:
    """Whether a number of this group may be taken: doors open before the windows do.

    Closing early because the queue is too long (`cut_off`) is not decided here.
    """
    if override is not Override.NONE:
        return override is Override.OPEN
    if hours.always_open:
        return True
    day = business_day(hours, now)
    doors = hours.doors_before_minutes * 60
    if any(start - doors <= now < end for start, end in _served(hours, day, group)):
        return True
    return hours.numbers_in_break and _in_break(hours, day, now)


def closes_at(hours: Hours, now: Instant, group: GroupId) -> Instant | None:
    """When the group's last span of today ends; None when none is left, or always open."""
    if hours.always_open:
        return None
    ends = [end for _, end in _served(hours, business_day(hours, now), group) if end > now]
    return max(ends, default=None)


def opens_next(hours: Hours, now: Instant, group: GroupId | None = None) -> Instant | None:
    """When a span begins next after `now`, for a group or for anybody.

    None when always open, or when nothing opens within `SEARCH_DAYS`.
    """
    if hours.always_open:
        return None
    today = date.fromisoformat(business_day(hours, now))
    for ahead in range(SEARCH_DAYS + 1):
        day = (today + timedelta(days=ahead)).isoformat()
        starts = [start for start, end in _served(hours, day, group) if now < start < end]
        if starts:
            return min(starts)
    return None


def _served(hours: Hours, day: str, group: GroupId | None = None) -> Iterator[tuple[Instant, Instant]]:
    """The day's spans as instants: everybody's, and those after hours (of the group, if given)."""
    today = date.fromisoformat(day)
    spans = list(regular_spans(hours, day))
    if day not in hours.holidays:
        spans += [
            late.span
            for late in hours.after_hours
            if late.weekday == today.weekday() and (group is None or group in late.groups)
        ]
    for span in spans:
        yield instant_of(hours, today, span.start), instant_of(hours, today, span.end)


def _in_break(hours: Hours, day: str, now: Instant) -> bool:
    """Between the day's first and last regular span (whether one is on is the caller's to ask)."""
    spans = regular_spans(hours, day)
    if not spans:
        return False
    today = date.fromisoformat(day)
    first = min(span.start for span in spans)
    last = max(span.end for span in spans)
    return instant_of(hours, today, first) <= now < instant_of(hours, today, last)


def instant_of(hours: Hours, day: date, minutes: int) -> Instant:
    """A wall-clock minute of a day, which may be past midnight.

    Of an hour that comes twice the first is meant; a time that the clocks skip counts by the
    offset before the change, so order is kept from day to day.
    """
    wall = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(hours.timezone))
    return Instant((wall + timedelta(minutes=minutes)).timestamp())
