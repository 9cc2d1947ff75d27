"""`hall.toml` with all its tables, and what the tables must agree on.

Checks run over whatever is valid in itself, so that one mistake does not hide another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from queue_server.settings import shape
from queue_server.settings.reader import TomlFile, nearest, shown
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


TABLES = tuple(one.name for one in fields(HallFile) if one.name != "file")


def check_hall(config: HallFile) -> None:
    """Everything that more than one key of `hall.toml` must agree on."""
    config.file.only(TABLES)
    _check_unique(config)
    _check_groups(config)
    _check_places(config)
    if config.sms and config.sms.provider == "http" and not (config.sms.url and config.sms.fields):
        config.file.wrong("sms", "a provider without url or fields", "both, as the gateway's manual has them")
    if config.hours:
        _check_hours(config, config.hours)


def check_domains(config: HallFile, domains: Collection[str]) -> None:
    """A window limited to a domain needs an item of that domain."""
    for place, window in config.windows:
        _check_known(config.file, f"{place}.domains", window.domains, domains)


def check_unique(file: TomlFile, key: str, tables: Iterable[tuple[str, Any]]) -> None:
    """No two tables with the same key; what repeats is a mistake."""
    seen: dict[Any, str] = {}
    for place, table in tables:
        value = getattr(table, key)
        if value in seen:
            file.wrong(f"{place}.{key}", shown(value), f"one that {seen[value]} does not have")
        seen.setdefault(value, place)


def _check_known(file: TomlFile, place: str, found: Iterable[Any], known: Collection[Any]) -> None:
    for number, name in enumerate(found):
        if name not in known:
            allowed = ", ".join(str(one) for one in sorted(known)) or "none: there are none"
            file.wrong(f"{place}[{number}]", shown(name), allowed, nearest(name, [str(one) for one in known]))


def _check_unique(config: HallFile) -> None:
    check_unique(config.file, "id", config.groups)
    check_unique(config.file, "letter", config.groups)
    check_unique(config.file, "number", config.windows)
    check_unique(config.file, "at", [(place, one) for place, one in config.windows if one.at])
    check_unique(config.file, "id", config.zones)
    check_unique(config.file, "id", config.kiosks)
    check_unique(config.file, "id", config.boards)
    check_unique(config.file, "window", config.evaluators)
    check_unique(config.file, "window", config.keypads)


def _check_groups(config: HallFile) -> None:
    file, known = config.file, config.file.named("groups", "id")
    for name in ("groups", "windows"):
        if not file.raw.get(name):
            file.wrong(name, "nothing", f"at least one [[{name}]]")
    for place, window in config.windows:
        _check_known(file, f"{place}.groups", window.groups, known)
    for number, late in enumerate(config.hours.after_hours if config.hours else ()):
        _check_known(file, f"hours.after_hours[{number}].groups", late.groups, known)
    if config.appointments:
        _check_known(file, "appointments.groups", config.appointments.groups or (), known)
    if config.tickets:
        _check_known(file, "tickets.visit_order", config.tickets.visit_order, known)
    _check_served(config)


def _check_served(config: HallFile) -> None:
    """A group that no window serves would wait for ever."""
    served = config.file.named("windows", "groups")
    for place, group in config.groups:
        if group.id not in served:
            config.file.wrong(place, "a group that no window serves", "one that a window names in its groups")


def _check_places(config: HallFile) -> None:
    """Terminals stand in a zone that exists, at a window that exists."""
    file = config.file
    zones = file.named("zones", "id") | file.named("windows", "zone")
    windows = file.named("windows", "number")
    at_zones = [(place, one.zone) for place, one in config.kiosks]
    at_zones += [(place, one.zone) for place, one in config.boards]
    for place, zone in at_zones:
        if zone is not None and zone not in zones:
            file.wrong(f"{place}.zone", shown(zone), ", ".join(sorted(zones)), nearest(zone, zones))
    at_windows = [(place, one.window) for place, one in config.boards]
    at_windows += [(place, one.window) for place, one in config.evaluators]
    at_windows += [(place, one.window) for place, one in config.keypads]
    for place, window in at_windows:
        if window is not None and window not in windows:
            file.wrong(f"{place}.window", shown(window), "the number of a window of this hall")


def _check_hours(config: HallFile, hours: shape.HoursShape) -> None:
    file, always_open = config.file, bool(config.hall and config.hall.always_open)
    days = {f"hours.{name}": pairs for name, pairs in zip(WEEKDAYS, hours.week(), strict=True)}
    days |= {f"hours.workdays.{day}": pairs for day, pairs in hours.workdays.items()}
    days |= {f"hours.after_hours[{at}].span": (late.span,) for at, late in enumerate(hours.after_hours)}
    if config.hall and not always_open and not any(days.values()):
        file.wrong("hours", "no hours on any day", "hours, or always_open = true in [hall]")
    if config.hall:
        turn = minutes_of(config.hall.day_starts)
        for place, pairs in days.items():
            _check_within_day(file, place, pairs, turn)
    for day in sorted(set(hours.holidays) & set(hours.workdays)):
        file.wrong(f"hours.workdays.{day}", "a holiday too", "a day that is not in hours.holidays")


def _check_within_day(file: TomlFile, place: str, pairs: tuple[shape.Pair, ...], turn: int) -> None:
    for start, end in pairs:
        if minutes_of(start) < turn or minutes_of(end) > turn + DAY_MINUTES:
            allowed = "hours within one business day, which begins at hall.day_starts"
            file.wrong(place, shown([start, end]), allowed)
