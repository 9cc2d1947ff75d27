"""The shape of `hall.toml`: each table, its keys and their limits.

What two tables must agree on is checked in `settings`; here each table stands alone.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Literal, Self, get_args
from zoneinfo import available_timezones

from evdev import ecodes
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from queue_server.hall.model import ANNOUNCED_WITHIN, Need, Priority, QueueClass, Span

DAY_MINUTES = 24 * 60
DARKEST = 20
"""Percent of a board's brightness that it keeps at night at least."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = frozenset(names if isinstance(names, str) else names[-1] for names in ecodes.KEY.values())
"""Keys by the names that a press of them has; where Linux has several for one, the last."""
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)

Pair = tuple[str, str]
Level = tuple[str, str, int]


def refuse(allowed: str, suggestion: str = "") -> PydanticCustomError:
    """A mistake for which pydantic has no words."""
    return PydanticCustomError("hall", "{allowed}", {"allowed": allowed, "suggestion": suggestion})


def like(pattern: str, allowed: str) -> AfterValidator:
    """Text that matches as a whole; what is allowed is said in words, not as a pattern."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise refuse(allowed)
        return text

    return AfterValidator(check)


def minutes_of(text: str) -> int:
    """Local minutes of a checked "09:00"; "26:00" is 2 o'clock the next morning."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def spans_of(pairs: tuple[Pair, ...]) -> tuple[Span, ...]:
    return tuple(Span(minutes_of(start), minutes_of(end)) for start, end in pairs)


def _time(text: str, latest: int) -> str:
    if not _TIME.fullmatch(text) or minutes_of(text) > latest:
        raise refuse(f'times like "09:00", up to "{latest // 60:02d}:{latest % 60:02d}"')
    return text


def _ordered(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    edges = [minutes_of(_time(text, 2 * DAY_MINUTES)) for pair in pairs for text in pair]
    if edges != sorted(edges) or any(start == end for start, end in pairs):
        raise refuse('spans like ["09:00", "12:00"], each ending after it starts and after the one before')
    return pairs


def _one_span(pair: Pair) -> Pair:
    return _ordered((pair,))[0]


def _quiet(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """Hours of silence may run past midnight: ["21:00", "07:00"]."""
    for start, end in pairs:
        if _time(start, DAY_MINUTES) == _time(end, DAY_MINUTES):
            raise refuse('spans like ["12:00", "13:30"] that begin and end at different times')
    return pairs


def _levels(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """Percentages by hour; the first span that holds a time counts, and one may run past midnight."""
    for start, end, percent in levels:
        if _time(start, DAY_MINUTES) == _time(end, DAY_MINUTES) or not 0 <= percent <= 100:
            raise refuse('spans like ["18:00", "07:00", 40], with a percentage from 0 to 100')
    return levels


def _lit(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    if any(percent < DARKEST for _, _, percent in levels):
        raise refuse(f"a brightness of at least {DARKEST}: a darker call can't be read")
    return levels


def _zone_name(name: str) -> str:
    zones = available_timezones()
    if name not in zones:
        near = get_close_matches(name, sorted(zones), 1)
        raise refuse('a time zone like "Asia/Shanghai"', near[0] if near else "")
    return name


def _key(name: str) -> str:
    if name not in KEYS:
        near = get_close_matches(name, sorted(KEYS), 1)
        raise refuse('a key as Linux names it, like "KEY_KPENTER"', near[0] if near else "")
    return name


def _iso_day(text: str) -> str:
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise refuse("a day that exists, written like 2026-10-01")


def _public_url(text: str) -> str:
    """A host, its port if need be, and a path; browsers send the first two as their origin."""
    if text and not re.fullmatch(
        r"https?://(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?(/[^\s?#]*)?", text
    ):
        raise refuse('an address like "https://hall.example", or "" for the one that the server listens on')
    return text


def _not_for_none(groups: tuple[str, ...]) -> tuple[str, ...]:
    if not groups:
        raise refuse(
            "at least one group; without this key all take appointments, and capacity = 0 takes none"
        )
    return groups


def _once(entries: tuple[str, ...]) -> tuple[str, ...]:
    for entry, count in Counter(entries).items():
        if count > 1:
            raise refuse(f'each entry once; "{entry}" stands there {count} times')
    return entries


ONCE = AfterValidator(_once)
ID = like(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", "1 to 64 letters, digits, - and _, a letter or digit first")
SMALL_ID = like("[a-z][a-z0-9-]{0,40}", "1 to 41 small letters, digits and -, a letter first")
FIELD_NAME = like("[a-z][a-z0-9_]{0,63}", "1 to 64 small letters, digits and _, a letter first")
URL = like(r"(https?://\S+)?", 'an address like "https://gateway.example/send"')
Id = Annotated[str, ID]
Text = Annotated[str, Field(min_length=1, max_length=400)]
Spans = Annotated[tuple[Pair, ...], AfterValidator(_ordered)]
Quiet = Annotated[tuple[Pair, ...], AfterValidator(_quiet)]
Levels = Annotated[tuple[Level, ...], AfterValidator(_levels)]
IsoDay = Annotated[str, AfterValidator(_iso_day)]
WindowNo = Annotated[int, Field(ge=1, le=999)]
Minutes = Annotated[float, Field(gt=0, le=480)]
TicketNo = Annotated[int, Field(ge=1, le=99999)]
Again = Annotated[int, Field(ge=0, le=99)]
Share = Annotated[int, Field(ge=1, le=20)]
GridNo = Annotated[int, Field(ge=0, le=60)]
Place = tuple[GridNo, GridNo]
Ids = Annotated[tuple[str, ...], Field(min_length=1)]
Press = Literal[
    "open", "pause", "close", "next", "recall", "start", "finish", "no_show", "park", "undo", "help"
]


class Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Names(Shape):
    zh: Text
    en: Text


class HallShape(Shape):
    name: Names
    timezone: Annotated[str, AfterValidator(_zone_name)] = "Asia/Shanghai"
    public_url: Annotated[str, AfterValidator(_public_url)] = ""
    always_open: bool = False
    helper_names: bool = False
    day_starts: Annotated[str, AfterValidator(lambda text: _time(text, DAY_MINUTES - 1))] = "00:00"


class AfterHoursShape(Shape):
    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    span: Annotated[Pair, AfterValidator(_one_span)]
    groups: Ids


class HoursShape(Shape):
    mon: Spans = ()
    tue: Spans = ()
    wed: Spans = ()
    thu: Spans = ()
    fri: Spans = ()
    sat: Spans = ()
    sun: Spans = ()
    doors_before_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    numbers_in_break: bool = True
    cut_off: bool = False
    holidays: Annotated[tuple[IsoDay, ...], ONCE] = ()
    workdays: dict[IsoDay, Spans] = {}
    after_hours: tuple[AfterHoursShape, ...] = ()

    def week(self) -> tuple[tuple[Pair, ...], ...]:
        """The seven days' spans as written, Monday first."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)


class GroupShape(Shape):
    id: Id
    letter: Annotated[str, like("[A-Z]", "one capital letter, A to Z")]
    name: Names
    minutes: Minutes = 8.0
    target_minutes: Minutes = 20.0
    quota: Annotated[int, Field(ge=0, le=99999)] | None = None
    first_number: TicketNo = 1
    last_number: TicketNo | None = None

    @field_validator("last_number")
    @classmethod
    def _after_first(cls, last: int | None, info: ValidationInfo) -> int | None:
        first = info.data.get("first_number")
        if last is not None and first is not None and last < first:
            raise refuse(f"a number from first_number ({first}) on")
        return last


class PlateShape(Shape):
    """What a window's own display says it does."""

    zh: Annotated[str, Field(min_length=1, max_length=24)]
    en: Annotated[str, Field(min_length=1, max_length=24)]


class WindowShape(Shape):
    number: WindowNo
    groups: Ids
    zone: Id
    at: Place | None = None
    domains: tuple[str, ...] = ()
    party: Literal["citizen", "enterprise"] | None = None
    plate: PlateShape | None = None


class MarkShape(Shape):
    """Something by which people find their way, on the map."""

    at: Place
    name: Names


class ZoneShape(Shape):
    id: Id
    name: Names


class CreditShape(Shape):
    start: Annotated[float, Field(ge=0, le=600)] = 0.0
    per_minute: Annotated[float, Field(gt=0, le=10)] = 1.0


class PriorityShape(Shape):
    ratio: tuple[Share, Share] | None = None
    most_minutes: Annotated[float, Field(gt=0, le=600)] = 60.0
    credits: dict[QueueClass, CreditShape] = {}


class TicketsShape(Shape):
    """Rules of the whole hall about numbers, missed calls and asking for a rating."""

    one_live_ticket: bool = True
    visit_order: tuple[str, ...] = ()
    ask_seconds: Annotated[float, Field(ge=5, le=600)] = 60.0
    recalls: Annotated[int, Field(ge=0, le=99)] = 5
    returns: Annotated[int, Field(ge=0, le=99)] = 2
    behind: Annotated[int, Field(ge=1, le=99)] = 3
    lates: Annotated[int, Field(ge=0, le=99)] = 2
    undo_seconds: Annotated[float, Field(ge=0, le=600)] = 15.0
    walk_seconds: dict[Need | Priority, Annotated[float, Field(ge=0, le=600)]] = {}


class CallsShape(Shape):
    """From which repetition on a call reaches further (0: never), and how long a slow one stays."""

    zone: Again = 2
    languages: Again = 2
    phone: Again = 2
    assistant: Again = 2
    slow_seconds: Annotated[float, Field(ge=4, le=30)] = 8.0


class WaitsShape(Shape):
    """When waits are told as ranges: a group measured `least` times in the last `days` days."""

    least: Annotated[int, Field(ge=20, le=400)] = 40
    days: Annotated[int, Field(ge=1, le=60)] = 10


class AlertsShape(Shape):
    """What managers are alerted of."""

    missing_minutes: Annotated[float, Field(gt=0, le=1440)] = 10.0


class AppointmentsShape(Shape):
    minutes: Annotated[int, Field(ge=5, le=240)] = 20
    capacity: Annotated[int, Field(ge=0, le=999)] = 6
    early_minutes: Annotated[float, Field(ge=0, le=240)] = 30.0
    late_minutes: Annotated[float, Field(ge=0, le=240)] = 15.0
    days_ahead: Annotated[int, Field(ge=0, le=90)] = 14
    groups: Annotated[tuple[str, ...], AfterValidator(_not_for_none)] | None = None


class ScreenShape(Shape):
    """The visible picture's size as it hangs, from which sizes in millimetres become pixels."""

    width_mm: Annotated[float, Field(ge=50, le=20000)]
    height_mm: Annotated[float, Field(ge=50, le=20000)]


class VoiceShape(Shape):
    on: bool = True
    one: Literal["yao", "yi"] = "yao"
    volume: Annotated[int, Field(ge=0, le=100)] = 80
    volumes: Levels = ()
    rate: Annotated[int, Field(ge=60, le=400)] = 190
    clips: str = ""
    quiet: Quiet = ()
    missed: bool = True
    said_within: Annotated[float, Field(ge=5, le=ANNOUNCED_WITHIN)] = ANNOUNCED_WITHIN

    def under(self, other: VoiceShape | None) -> Self:
        """This voice with the keys that another one names."""
        return self.model_copy(update=other.model_dump(exclude_unset=True)) if other else self


class KioskShape(Shape):
    id: Id
    zone: str | None = None
    screen: ScreenShape = ScreenShape(width_mm=398, height_mm=708)
    idle_seconds: Annotated[int, Field(ge=10, le=600)] = 60
    ask_id: bool = False


BoardPart = Literal["recent", "windows", "lines", "waits"]


class BoardShape(Shape):
    """`parts` are what stands beside the call; `pictures` is a folder of the board's own machine."""

    id: Id
    zone: str | None = None
    window: WindowNo | None = None
    screen: ScreenShape = ScreenShape(width_mm=1210, height_mm=680)
    distance_m: Annotated[float, Field(ge=0.5, le=50)] = 10.0
    parts: Annotated[tuple[BoardPart, ...], ONCE] = get_args(BoardPart)
    pictures: Annotated[str, Field(max_length=400)] = ""
    brightness: Annotated[Levels, AfterValidator(_lit)] = ()
    voice: VoiceShape | None = None


class EvaluatorShape(Shape):
    window: WindowNo
    screen: ScreenShape = ScreenShape(width_mm=217, height_mm=136)


class KeypadShape(Shape):
    """`keys` of evdev (`KEY_KPENTER`) and what each does at the counter."""

    window: WindowNo
    keys: dict[Annotated[str, AfterValidator(_key)], Press] | None = None


class SmsShape(Shape):
    """Texts to citizens. `fields`, `headers` and `accepted` are the gateway's own, by its manual."""

    provider: Literal["off", "simulated", "http"] = "off"
    ahead: Annotated[int, Field(ge=0, le=50)] = 3
    keep_hours: Annotated[float, Field(ge=0, le=24)] = 0.0
    url: Annotated[str, URL] = ""
    format: Literal["json", "form"] = "json"
    fields: dict[str, str] = {}
    headers: dict[str, str] = {}
    accepted: dict[str, str] = {}
    timeout_seconds: Annotated[float, Field(ge=0.1, le=30)] = 5.0
    attempts: Annotated[int, Field(ge=1, le=10)] = 3

    @field_validator("fields")
    @classmethod
    def _say_what_and_to_whom(cls, fields: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        values = " ".join(fields.values())
        if info.data.get("provider") == "http" and not ("{phone}" in values and "{text}" in values):
            raise refuse("fields of which one holds {phone} and one {text}")
        return fields


class CatalogueShape(Shape):
    folder: Annotated[str, Field(min_length=1)] | None = None


class FormsShape(Shape):
    """How long what citizens filled in is kept, in hours."""

    folder: Annotated[str, Field(min_length=1)] | None = None
    keep_hours: Annotated[float, Field(ge=0.1, le=168)] = 24.0
    after_hours: Annotated[float, Field(ge=0, le=168)] = 2.0
