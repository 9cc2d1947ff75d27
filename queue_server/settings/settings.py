"""The hall as configured: `hall.toml` and its catalogue, checked as a whole.

`load` gives everything or nothing: a hall never starts half right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from queue_server.catalogue.catalogue import Catalogue
from queue_server.catalogue.files import Forms, read_catalogue
from queue_server.hall.model import (
    AfterHours,
    AppointmentRules,
    Credit,
    Dispatch,
    Group,
    GroupId,
    HallPlan,
    Hours,
    MissedRules,
    Party,
    QueueClass,
    WaitRules,
    WindowNumber,
    WindowPlan,
    Words,
)
from queue_server.hall.reach import CallRules
from queue_server.self_fill.form_files import SHIPPED_FORMS, form_names, read_forms
from queue_server.self_fill.forms import Form
from queue_server.self_fill.permits import SHIPPED as SHIPPED_PERMITS
from queue_server.self_fill.permits import PermitShape, read_permits
from queue_server.settings.bridges import Outside, read_outside
from queue_server.settings.checks import HallFile, check_hall, check_limits, read_hall
from queue_server.settings.reader import ConfigErrors, Mistake, TomlFile, shown
from queue_server.settings.shape import (
    WEEKDAYS,
    AlertsShape,
    AppointmentsShape,
    BoardShape,
    CatalogueShape,
    EvaluatorShape,
    FormsShape,
    GroupShape,
    HallShape,
    HoursShape,
    KeypadShape,
    KioskShape,
    PriorityShape,
    SmsShape,
    VoiceShape,
    WindowShape,
    minutes_of,
    spans_of,
)
from queue_server.wire import Body, Kind

__all__ = ["ConfigErrors", "Mistake", "Settings", "load"]

S = TypeVar("S")

SHIPPED_CATALOGUE = Path(__file__).parents[2] / "config" / "catalogue"

PRIORITY_START = 10.0
"""Minutes of waiting that a priority is worth where the config says nothing; it ages like others."""


@dataclass(frozen=True)
class Settings:
    """The whole config. `plan` is what the rules know; the rest is for terminals and pages."""

    plan: HallPlan
    catalogue: Catalogue
    permits: dict[str, PermitShape]
    forms: dict[str, Form]
    keep_forms: FormsShape
    outside: Outside
    public_url: str
    zones: dict[str, Words]
    places: dict[WindowNumber, tuple[int, int]]
    """Where windows stand on the map's grid; empty where the hall has no map."""
    marks: tuple[tuple[tuple[int, int], Words], ...]
    kiosks: dict[str, KioskShape]
    boards: dict[str, BoardShape]
    voice: VoiceShape
    sms: SmsShape
    alerts: AlertsShape
    evaluators: dict[WindowNumber, EvaluatorShape]
    keypads: dict[WindowNumber, KeypadShape]

    @property
    def trial(self) -> bool:
        """A hall that is open at any hour is being tried out, and says so."""
        return self.plan.hours.always_open

    def terminal(self, kind: Kind, id: str, window: int | None = None) -> Body:
        """A terminal's own settings for its snapshot; an id that the config lacks gets defaults.

        A keypad's, evaluator's and counter's id is the window's number. `window` is what a board
        without a config says of itself.
        """
        if kind is Kind.KIOSK:
            return self._kiosk(self.kiosks.get(id) or KioskShape(id=id))
        if kind is Kind.BOARD:
            return self._board(self.boards.get(id) or BoardShape(id=id, window=window))
        return self._counter(int(id) if id.isdecimal() else None)

    def _kiosk(self, kiosk: KioskShape) -> Body:
        result = self.outside.of_kind("result")
        return {
            **kiosk.model_dump(),
            "trial": self.trial,
            "texts": self.sms.provider != "off",
            "catalogue": self.catalogue.version,
            "result_group": result.group if result else "",
            "bridges": self.outside.filling,
            "permits": sorted(self.permits.keys() & self.forms.keys()),
        }

    def _board(self, board: BoardShape) -> Body:
        # A window's own display stays silent unless told: the zone's voice says its calls already.
        voice = self.voice.model_copy(update={"on": self.voice.on and board.window is None})
        return {
            **board.model_dump(exclude={"voice"}),
            "voice": voice.under(board.voice).model_dump(mode="json"),
            "prepare": self.catalogue.papers,
            "trial": self.trial,
        }

    def _counter(self, number: int | None) -> Body:
        window = None if number is None else WindowNumber(number)
        keypad = self.keypads.get(window) if window else None
        evaluator = self.evaluators.get(window) if window else None
        return {
            "window": window,
            "keys": keypad.keys if keypad else None,
            "screen": (evaluator or EvaluatorShape(window=1)).screen.model_dump(),
            "trial": self.trial,
        }


PRACTICE_SAID_WITHIN = 20.0
"""In a hall for practice time may fly: calls older than this (seconds) are shown only."""


def for_practice(hall: Settings) -> Settings:
    """The same hall with what it may have switched off: texts that go nowhere, and a voice that keeps up."""
    sms, voice = hall.sms, hall.voice
    if sms.provider == "off":
        sms = sms.model_copy(update={"provider": "simulated"})
    within = min(voice.said_within, PRACTICE_SAID_WITHIN)
    return replace(hall, sms=sms, voice=voice.model_copy(update={"said_within": within}))


def load(path: Path, items: Path | None = None, bridges: Path | None = None) -> Settings:
    """The hall that a config file describes, with the catalogue of its own or of another folder.

    `bridges` is the file of the systems outside; without it the one beside the config file.

    :raises ConfigErrors: with every mistake of the file and its catalogue, together.
    """
    mistakes: list[Mistake] = []
    file = TomlFile(path, mistakes)
    if mistakes:
        raise ConfigErrors(mistakes)
    config = read_hall(file)
    check_hall(file)
    groups = {GroupId(one.id): _group(one) for _, one in config.groups}
    forms_folder = _folder(config, "forms", SHIPPED_FORMS)
    forms = read_forms(forms_folder, mistakes)
    offered = {name: forms[name].offered if name in forms else () for name in form_names(forms_folder)}
    catalogue = _read_catalogue(config, items, groups, offered, mistakes)
    own = path.parent / "permits"
    permits = read_permits(own if own.is_dir() else SHIPPED_PERMITS, mistakes)
    outside = read_outside(bridges or path.with_name("bridges.toml"), mistakes)
    if mistakes:
        raise ConfigErrors(mistakes)
    return _settings(config, groups, catalogue, forms, permits, outside)


def _read_catalogue(
    config: HallFile,
    items: Path | None,
    groups: dict[GroupId, Group],
    forms: Forms,
    mistakes: list[Mistake],
) -> Catalogue:
    folder = items or _folder(config, "catalogue", SHIPPED_CATALOGUE)
    before = len(mistakes)
    catalogue = read_catalogue(folder, groups, forms, mistakes)
    is_sure = len(mistakes) == before and all(group.is_whole for group in config.file.known["groups"])
    check_limits(config.file, catalogue.services.values(), catalogue.departments, is_sure)
    return catalogue


def _folder(config: HallFile, name: str, shipped: Path) -> Path:
    """What the config's table of this name says, else the folder beside the config, else the shipped."""
    own = config.file.path.parent / name
    table: CatalogueShape | FormsShape | None = getattr(config, name)
    if table and table.folder is not None:
        folder = config.file.path.parent / table.folder
        if not folder.is_dir():
            config.file.wrong(f"{name}.folder", shown(str(folder)), "a folder that exists")
        return folder
    return own if own.is_dir() else shipped


def catalogue_folder(path: Path) -> Path:
    """Where the items of a config file are.

    :raises ConfigErrors: when the file names a folder that does not exist, or is no TOML.
    """
    mistakes: list[Mistake] = []
    folder = _folder(read_hall(TomlFile(path, mistakes)), "catalogue", SHIPPED_CATALOGUE)
    if mistakes:
        raise ConfigErrors(mistakes)
    return folder


def _settings(
    config: HallFile,
    groups: dict[GroupId, Group],
    catalogue: Catalogue,
    forms: dict[str, Form],
    permits: dict[str, PermitShape],
    outside: Outside,
) -> Settings:
    return Settings(
        plan=_plan(config, groups, catalogue),
        catalogue=catalogue,
        forms=forms,
        keep_forms=_sure(config.forms),
        permits=permits,
        outside=outside,
        public_url=_sure(config.hall).public_url.rstrip("/"),
        zones=_zones(config),
        places={WindowNumber(one.number): one.at for _, one in config.windows if one.at is not None},
        marks=tuple((one.at, one.name.model_dump()) for _, one in config.marks),
        kiosks={one.id: one for _, one in config.kiosks},
        boards={one.id: one for _, one in config.boards},
        voice=_sure(config.voice),
        sms=_sure(config.sms),
        alerts=_sure(config.alerts),
        evaluators={WindowNumber(one.window): one for _, one in config.evaluators},
        keypads={WindowNumber(one.window): one for _, one in config.keypads},
    )


def _sure(table: S | None) -> S:
    """Tables are None only where a mistake was noted, and then nothing is built."""
    assert table is not None
    return table


def _plan(config: HallFile, groups: dict[GroupId, Group], catalogue: Catalogue) -> HallPlan:
    hall, tickets = _sure(config.hall), _sure(config.tickets)
    return HallPlan(
        name=hall.name.model_dump(),
        hours=_hours(hall, _sure(config.hours)),
        groups=groups,
        windows={WindowNumber(one.number): _window(one) for _, one in config.windows},
        services=catalogue.services,
        dispatch=_dispatch(_sure(config.priority)),
        missed=MissedRules(
            tickets.recalls,
            tickets.returns,
            tickets.behind,
            tickets.lates,
            tickets.undo_seconds,
            dict(tickets.walk_seconds),
        ),
        calls=CallRules(**_sure(config.calls).model_dump()),
        appointments=_appointments(_sure(config.appointments), groups),
        waits=WaitRules(**_sure(config.waits).model_dump()),
        visit_order=tuple(GroupId(group) for group in tickets.visit_order),
        one_live_ticket=tickets.one_live_ticket,
        ask_seconds=tickets.ask_seconds,
        helper_names=hall.helper_names,
    )


def _group(one: GroupShape) -> Group:
    return Group(
        id=GroupId(one.id),
        letter=one.letter,
        name=one.name.model_dump(),
        minutes=one.minutes,
        quota=one.quota,
        first_number=one.first_number,
        last_number=one.last_number,
        target_minutes=one.target_minutes,
    )


def _window(one: WindowShape) -> WindowPlan:
    return WindowPlan(
        number=WindowNumber(one.number),
        groups=tuple(GroupId(group) for group in one.groups),
        zone=one.zone,
        domains=frozenset(one.domains),
        party=Party(one.party) if one.party else None,
        plate=one.plate.model_dump() if one.plate else None,
    )


def _hours(hall: HallShape, hours: HoursShape) -> Hours:
    return Hours(
        timezone=hall.timezone,
        week=tuple(spans_of(pairs) for pairs in hours.week()),
        always_open=hall.always_open,
        holidays=frozenset(hours.holidays),
        workdays={day: spans_of(pairs) for day, pairs in hours.workdays.items()},
        after_hours=tuple(
            AfterHours(
                WEEKDAYS.index(late.day),
                spans_of((late.span,))[0],
                tuple(GroupId(group) for group in late.groups),
            )
            for late in hours.after_hours
        ),
        doors_before_minutes=hours.doors_before_minutes,
        numbers_in_break=hours.numbers_in_break,
        cut_off=hours.cut_off,
        day_starts=minutes_of(hall.day_starts),
    )


def _dispatch(priority: PriorityShape) -> Dispatch:
    credits = {kind: Credit(0.0 if kind is QueueClass.NONE else PRIORITY_START, 1.0) for kind in QueueClass}
    credits |= {kind: Credit(one.start, one.per_minute) for kind, one in priority.credits.items()}
    return Dispatch(credits, priority.ratio, priority.most_minutes)


def _appointments(rules: AppointmentsShape, groups: dict[GroupId, Group]) -> AppointmentRules:
    """Every group takes appointments where the config names none."""
    named = groups if rules.groups is None else [GroupId(group) for group in rules.groups]
    return AppointmentRules(
        rules.minutes,
        rules.capacity,
        rules.early_minutes,
        rules.late_minutes,
        rules.days_ahead,
        tuple(named),
    )


def _zones(config: HallFile) -> dict[str, Words]:
    """Declared zones by name, then those that only windows name: called by their id."""
    declared = {zone.id: zone.name.model_dump() for _, zone in config.zones}
    others = {window.zone: {"zh": window.zone, "en": window.zone} for _, window in config.windows}
    return {**declared, **{zone: name for zone, name in others.items() if zone not in declared}}
