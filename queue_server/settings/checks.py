"""`hall.toml` with all its tables, and what the tables must agree on.

Checks run over whatever is valid in itself, in tables with other mistakes too: so one mistake hides no other.
What a mistake leaves unknown is held against nobody: so one mistake is told once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from assets.recordings import recorded
from queue_server.hall.model import Party, Service
from queue_server.settings import shape
from queue_server.settings.reader import Known, Names, TomlFile, names, nearest, shown
from queue_server.settings.shape import DAY_MINUTES, WEEKDAYS, minutes_of

T = TypeVar("T")
Placed = list[tuple[str, T]]
"""Tables with their places in the file, as mistakes name them."""


@dataclass(frozen=True)
class HallFile:
    """The tables of `hall.toml` that are valid in themselves; None where one is not."""

    file: TomlFile
    hall: shape.HallShape | None
    hours: shape.HoursShape | None
    tickets: shape.TicketsShape | None
    priority: shape.PriorityShape | None
    appointments: shape.AppointmentsShape | None
    calls: shape.CallsShape | None
    waits: shape.WaitsShape | None
    alerts: shape.AlertsShape | None
    voice: shape.VoiceShape | None
    sms: shape.SmsShape | None
    catalogue: shape.CatalogueShape | None
    forms: shape.FormsShape | None
    groups: Placed[shape.GroupShape]
    windows: Placed[shape.WindowShape]
    zones: Placed[shape.ZoneShape]
    marks: Placed[shape.MarkShape]
    kiosks: Placed[shape.KioskShape]
    boards: Placed[shape.BoardShape]
    evaluators: Placed[shape.EvaluatorShape]
    keypads: Placed[shape.KeypadShape]


def read_hall(file: TomlFile) -> HallFile:
    """The file's tables, each checked alone."""
    return HallFile(
        file,
        hall=file.table("hall", shape.HallShape),
        hours=file.table("hours", shape.HoursShape),
        tickets=file.table("tickets", shape.TicketsShape),
        priority=file.table("priority", shape.PriorityShape),
        appointments=file.table("appointments", shape.AppointmentsShape),
        calls=file.table("calls", shape.CallsShape),
        waits=file.table("waits", shape.WaitsShape),
        alerts=file.table("alerts", shape.AlertsShape),
        voice=file.table("voice", shape.VoiceShape),
        sms=file.table("sms", shape.SmsShape),
        catalogue=file.table("catalogue", shape.CatalogueShape),
        forms=file.table("forms", shape.FormsShape),
        groups=file.tables("groups", shape.GroupShape),
        windows=file.tables("windows", shape.WindowShape),
        zones=file.tables("zones", shape.ZoneShape),
        marks=file.tables("marks", shape.MarkShape),
        kiosks=file.tables("kiosks", shape.KioskShape),
        boards=file.tables("boards", shape.BoardShape),
        evaluators=file.tables("evaluators", shape.EvaluatorShape),
        keypads=file.tables("keypads", shape.KeypadShape),
    )


WHOM = {Party.CITIZEN: "citizens", Party.ENTERPRISE: "enterprises"}

TABLES = tuple(one.name for one in fields(HallFile) if one.name != "file")


def check_hall(file: TomlFile) -> None:
    """Everything that more than one key of `hall.toml` must agree on."""
    file.only(TABLES)
    _check_unique(file)
    _check_groups(file)
    _check_places(file)
    _check_numbers(file)
    _check_voices(file)
    _check_sms(file)
    _check_hours(file)


def _check_unique(file: TomlFile) -> None:
    """No two tables with the same key; what repeats is a mistake."""
    for name, key in (
        ("groups", "id"), ("groups", "letter"), ("windows", "number"), ("windows", "at"), ("zones", "id"),
        ("kiosks", "id"), ("boards", "id"), ("evaluators", "window"), ("keypads", "window"),
    ):  # fmt: skip
        _check_key(file, name, key)


def _check_key(file: TomlFile, name: str, key: str) -> None:
    seen: dict[Any, str] = {}
    for table in file.known[name]:
        value = table.get(key)
        mark = tuple(value) if isinstance(value, list) else value
        if value is None or (isinstance(mark, tuple) and None in mark):
            continue
        if mark in seen:
            file.wrong(f"{table.place}.{key}", shown(value), f"one that {seen[mark]} does not have")
        seen.setdefault(mark, table.place)


def _check_known(file: TomlFile, place: str, found: Iterable[Any] | None, known: Names) -> None:
    """A list's entries are there to be named, and named once."""
    seen = set()
    for at, name in enumerate(found or ()):
        if name in seen:
            file.wrong(f"{place}[{at}]", f"{shown(name)} again", "each of them once")
        elif name is not None:
            _must_be_known(file, f"{place}[{at}]", name, known)
            seen.add(name)


def _must_be_known(file: TomlFile, place: str, name: Any, known: Names) -> None:
    if known.lack(name):
        allowed = ", ".join(str(one) for one in sorted(known.sure)) or "none: there are none"
        file.wrong(place, shown(name), allowed, nearest(name, [str(one) for one in known.sure]))


def _check_groups(file: TomlFile) -> None:
    known = names((file.known["groups"], "id"))
    for name in ("groups", "windows"):
        if not file.raw.get(name):
            file.wrong(name, "nothing", f"at least one [[{name}]]")
    for window in file.known["windows"]:
        _check_known(file, f"{window.place}.groups", window.get("groups"), known)
    for at, late in _after_hours(file):
        _check_known(file, f"hours.after_hours[{at}].groups", late.get("groups"), known)
    for name, key in (("appointments", "groups"), ("tickets", "visit_order")):
        for table in file.known[name]:
            _check_known(file, f"{name}.{key}", table.get(key), known)
    _check_served(file)


def _after_hours(file: TomlFile) -> Iterator[tuple[int, dict[str, Any]]]:
    for hours in file.known["hours"]:
        for at, late in enumerate(hours.get("after_hours") or ()):
            if late is not None:
                yield at, late


def _check_served(file: TomlFile) -> None:
    """A group that no window serves would wait for ever."""
    served, slips = names((file.known["windows"], "groups")), _slips(file)
    for group in file.known["groups"]:
        id = group.get("id")
        if id is not None and served.lack(id) and not nearest(id, slips):
            file.wrong(group.place, "a group that no window serves", "one that a window names in its groups")


def _slips(file: TomlFile) -> set[str]:
    """Names in windows' groups that no group has: each may have been meant for any that is like it."""
    known = names((file.known["groups"], "id")).sure
    return {name for name in names((file.known["windows"], "groups")).sure if name not in known}


def _check_places(file: TomlFile) -> None:
    """Terminals stand in a zone that exists, or at a window that exists."""
    zones = names((file.known["zones"], "id"), (file.known["windows"], "zone"))
    windows = names((file.known["windows"], "number"))
    for table in (*file.known["kiosks"], *file.known["boards"]):
        if table.get("zone") is not None:
            _must_be_known(file, f"{table.place}.zone", table.get("zone"), zones)
    for table in (*file.known["boards"], *file.known["evaluators"], *file.known["keypads"]):
        window = table.get("window")
        if window is not None and windows.lack(window):
            file.wrong(f"{table.place}.window", shown(window), "the number of a window of this hall")
    for board in file.known["boards"]:
        if board.get("zone") is not None and board.get("window") is not None:
            file.wrong(board.place, "both zone and window", "one of them, or neither for the whole hall")


def _check_numbers(file: TomlFile) -> None:
    """As many numbers as the quota allows must be there to be given."""
    for group in file.known["groups"]:
        quota, first, last = group.get("quota"), group.get("first_number"), group.get("last_number")
        if None not in (quota, first, last) and last >= first and quota > last - first + 1:
            allowed = (
                f"at most {last - first + 1}, for numbers go from first_number {first} to last_number {last}"
            )
            file.wrong(f"{group.place}.quota", shown(quota), allowed)


def _check_voices(file: TomlFile) -> None:
    voices = recorded()
    found = [("voice.clips", table.get("clips")) for table in file.known["voice"]]
    found += [
        (f"{board.place}.voice.clips", (board.get("voice") or {}).get("clips"))
        for board in file.known["boards"]
    ]
    for place, name in found:
        if name and name not in voices:
            allowed = f'a folder of assets/voices ({", ".join(voices)}), or "" for the synthetic voice alone'
            file.wrong(place, shown(name), allowed, nearest(name, voices))


def _check_sms(file: TomlFile) -> None:
    for sms in file.known["sms"]:
        if sms.get("provider") == "http" and (sms.get("url") == "" or sms.get("fields") == {}):
            file.wrong("sms", "a provider without url or fields", "both, as the gateway's manual has them")


def _check_hours(file: TomlFile) -> None:
    (hall,), (hours,) = file.known["hall"], file.known["hours"]
    days = {f"hours.{name}": hours.get(name) for name in WEEKDAYS}
    workdays = hours.get("workdays")
    days |= {f"hours.workdays.{day}": pairs for day, pairs in (workdays or {}).items()}
    for at, late in _after_hours(file):
        days[f"hours.after_hours[{at}].span"] = [late["span"]] if "span" in late else None
    if hall.get("always_open") is False and hours.is_whole and not any(days.values()):
        file.wrong("hours", "no hours on any day", "hours, or always_open = true in [hall]")
    if hall.get("day_starts") is not None:
        turn = minutes_of(hall.get("day_starts"))
        for place, pairs in days.items():
            _check_within_day(file, place, pairs or (), turn)
    for day in sorted(set(hours.get("holidays") or ()) & set(workdays or ())):
        file.wrong(f"hours.workdays.{day}", "a holiday too", "a day that is not in hours.holidays")


def _check_within_day(file: TomlFile, place: str, pairs: Iterable[shape.Pair | None], turn: int) -> None:
    for pair in pairs:
        if pair is None or None in pair:
            continue
        start, end = pair
        if minutes_of(start) < turn or minutes_of(end) > turn + DAY_MINUTES:
            allowed = "hours within one business day, which begins at hall.day_starts"
            file.wrong(place, shown([start, end]), allowed)


# --- windows and the catalogue ----------------------------------------------------------------------


def check_limits(
    file: TomlFile, services: Collection[Service], others: Collection[str], is_sure: bool
) -> None:
    """Windows are limited to domains that there are, and leave nobody waiting for ever.

    `services` are the items that could be read; all of the hall's where it `is_sure`. Else `others` are more
    domains that they may have.
    """
    domains = {one.domain for one in services} - {""} | set(() if is_sure else others)
    for window in file.known["windows"]:
        _check_known(file, f"{window.place}.domains", window.get("domains"), Names(domains))
    if any(None in (window.get("groups") or (None,)) for window in file.known["windows"]):
        return
    slips = _slips(file)
    for group in file.known["groups"]:
        if group.get("id") is None or nearest(group.get("id"), slips):
            continue
        parties = {one.party for one in services if one.group == group.get("id")}
        _check_limited(file, group, parties or ({None} if is_sure else set()))


def _check_limited(file: TomlFile, group: Known, parties: Collection[Party | None]) -> None:
    """A number that was taken for the group alone has no domain; one without a party may go anywhere."""
    serving = [window for window in file.known["windows"] if group.get("id") in window.get("groups")]
    if not serving or not all({"domains", "party"} <= window.sure.keys() for window in serving):
        return
    everybodys = [window for window in serving if not window.get("domains")]
    if not everybodys:
        found = "only windows that are limited to domains"
        file.wrong(group.place, found, "a window of this group without domains, for numbers without an item")
        return
    for party in Party if None in parties else sorted(party for party in parties if party):
        if not any(window.get("party") in (None, party) for window in everybodys):
            allowed = f'one of this group without party, or with party = "{party}"'
            file.wrong(group.place, f"no window without domains for {WHOM[party]}", allowed)
