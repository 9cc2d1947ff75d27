"""What the server has told of the hall, as a kiosk needs it: groups and their waits, items, tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from queue_server.hall.model import HallState, Language, Need, Party, Words
from queue_server.hall.ranges import minutes_told
from queue_server.wire import Body, Says


@dataclass(frozen=True, slots=True)
class Wait:
    """How a group's queue stands. `seconds` is None where no wait can be told, `ends` where no range can,
    `windows` (that serve it now) where that isn't known.
    """

    ahead: int
    seconds: float | None
    ends: tuple[float, float] | None = None
    windows: int | None = None

    @property
    def minutes(self) -> tuple[int, int] | None:
        """From and to, as people are told it; (0, 0) is "no wait"."""
        if self.seconds is None:
            return None
        low, high = self.ends or (None, None)
        return minutes_told(low, self.seconds, high, self.ahead)

    @property
    def is_none(self) -> bool:
        return self.minutes == (0, 0)

    @property
    def is_unserved(self) -> bool:
        """Whether no window serves it now, and nobody can tell when one will."""
        return self.windows == 0 and self.seconds is None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a group gives no numbers now: the server's sentence, and the code that names its title."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class Group:
    """A queue that citizens choose. `zones` are where its windows stand, the commonest first."""

    id: str
    name: Words
    colour: str
    takes_numbers: bool
    zones: tuple[str, ...]
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A handling item of the catalogue; `elsewhere` is where it needs no waiting, `party` None for all."""

    id: str
    name: Words
    group: str
    themes: tuple[str, ...]
    party: Party | None = None
    minutes: float = 0.0
    flags: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    """What must be filled in for it."""

    @classmethod
    def of(cls, body: Body) -> Item:
        return cls(
            id=body["id"],
            name=body["name"],
            group=body["group"],
            themes=tuple(body["themes"]),
            party=Party(body["party"]) if body["party"] else None,
            minutes=float(body["minutes"]),
            flags=tuple(body["flags"]),
            elsewhere=tuple(body["elsewhere"]),
            forms=tuple(body["forms"]),
        )

    def is_for(self, party: Party | None) -> bool:
        return None in (party, self.party) or party is self.party


@dataclass(frozen=True, slots=True)
class Theme:
    id: str
    name: Words


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be said to a question, and what it leads to: a question, theme or group (`kind`)."""

    name: Words
    kind: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    name: Words
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A ticket's appointment, by the hall's clock. `counts`: `later`, `now`, or `no-more`."""

    start: str
    end: str
    counts: str

    @classmethod
    def of(cls, body: Body) -> Slot:
        start, end = (f"{datetime.fromisoformat(body[one]):%H:%M}" for one in ("start", "end"))
        return cls(start, end, body["counts"])


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a visit: one group's windows, and what is done there."""

    group: str
    services: tuple[str, ...]

    @classmethod
    def of(cls, body: Body) -> Step:
        return cls(body["group"], tuple(body["services"]))


OVER = frozenset({"finished", "cancelled", "expired"})


@dataclass(frozen=True, slots=True)
class Ticket:
    """A number that was given. `follow_url` is "" where the answer brought none."""

    number: str
    group: str
    services: tuple[str, ...]
    wait: Wait
    zones: tuple[str, ...]
    issued_at: datetime
    follow_url: str
    slot: Slot | None = None
    needs: frozenset[Need] = frozenset()
    steps: tuple[Step, ...] = ()
    """What is still to be done, in the order of the visit."""

    @classmethod
    def of(cls, body: Body) -> Ticket:
        return cls(
            number=body["number"],
            group=body["group"],
            services=tuple(body["services"]),
            wait=_wait(body["ahead"] or 0, body["wait"]),
            zones=tuple(body["zones"]),
            issued_at=datetime.fromisoformat(body["issued_at"]),
            follow_url=body.get("follow_url") or "",
            slot=Slot.of(body["slot"]) if body.get("slot") else None,
            needs=frozenset(Need(one) for one in body["needs"]),
            steps=tuple(Step.of(one) for one in body["steps"] if one["state"] not in OVER),
        )

    @property
    def is_for_deaf(self) -> bool:
        """Whether its holder sees a call and doesn't hear it."""
        return Need.DEAF in self.needs


@dataclass(frozen=True, slots=True)
class Permit:
    """What a finished form led to; where there are `reasons` there is no permit."""

    name: Words
    number: str
    holder: str
    holder_name: Words
    begins: str
    ends: str
    url: str
    reasons: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Kiosk:
    """What the config says of this kiosk. `public_url` is what phones reach; "" where it says nothing."""

    id: str = ""
    public_url: str = ""
    idle_seconds: float = 60.0
    ask_id: bool = False
    permits: frozenset[str] = frozenset()
    """Forms that lead to a permit at once."""
    result_group: str = ""
    """The group before which is asked whether a result is ready; "" where nobody can tell."""
    bridges: dict[str, Words] = field(default_factory=dict)
    """Offices that fill in forms (`licence`, `project`), by what they are called; those connected."""
    trial: bool = False
    texts: bool = False
    catalogue: str = ""
    """The version that the hall has now."""
    width_mm: float = 398.0
    height_mm: float = 708.0


@dataclass(frozen=True, slots=True)
class Floor:
    """The hall as last heard; `known` is False until the first snapshot.

    `server_ahead` is the server's time (Unix seconds) less this machine's monotonic one.
    """

    kiosk: Kiosk = Kiosk()
    known: bool = False
    line_up: bool = False
    server_ahead: float = 0.0
    name: Words = field(default_factory=dict)
    day: str = ""
    timezone: str = "UTC"
    state: HallState = HallState.CLOSED
    opens_at: datetime | None = None
    reason: str = ""
    groups: tuple[Group, ...] = ()
    visit_order: tuple[str, ...] = ()
    """Groups in the order in which a visit through several goes."""
    zones: dict[str, Words] = field(default_factory=dict)
    waits: dict[str, Wait] = field(default_factory=dict)
    themes: tuple[Theme, ...] = ()
    items: tuple[Item, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def takes_numbers(self) -> bool:
        return any(group.takes_numbers for group in self.groups)

    def group(self, id: str) -> Group | None:
        return next((group for group in self.groups if group.id == id), None)

    def item(self, id: str) -> Item | None:
        return next((item for item in self.items if item.id == id), None)

    def wait(self, group: str) -> Wait:
        return self.waits.get(group, Wait(0, None))

    def theme(self, id: str) -> Theme | None:
        return next((theme for theme in self.themes if theme.id == id), None)

    def question(self, id: str) -> Question | None:
        return next((question for question in self.questions if question.id == id), None)

    def items_of(self, theme: str, party: Party | None = None) -> tuple[Item, ...]:
        """A theme's items for a party; all that there are where `theme` is empty."""
        return tuple(item for item in self.items if theme in ("", *item.themes) and item.is_for(party))

    def themes_of(self, party: Party | None) -> tuple[Theme, ...]:
        """Themes with an item for this party alone, and those that are anybody's."""
        if party is None:
            return self.themes
        parties: dict[str, set[Party | None]] = {}
        for item in self.items:
            for theme in item.themes:
                parties.setdefault(theme, set()).add(item.party)
        return tuple(
            one for one in self.themes if party in parties.get(one.id, ()) or parties.get(one.id) == {None}
        )

    def item_names(self, ids: Iterable[str], language: Language) -> list[str]:
        """Those of items that are known."""
        return [item.name[language] for id in ids if (item := self.item(id))]

    def zone_names(self, zones: Iterable[str], language: Language) -> list[str]:
        return [self.zones.get(zone, {}).get(language, zone) for zone in zones]

    def time(self, now: float) -> datetime:
        """The hall's wall clock at a monotonic instant of this machine."""
        return datetime.fromtimestamp(self.server_ahead + now, ZoneInfo(self.timezone))

    def days_until_open(self, now: float) -> int:
        """0 when it opens later today; counted in the hall's own calendar."""
        if self.opens_at is None:
            return 0
        opens = self.opens_at.astimezone(ZoneInfo(self.timezone)).date()
        return (opens - self.time(now).date()) // timedelta(days=1)


def heard(floor: Floor, name: str, body: Body, now: float) -> Floor:
    """The floor after a message of the server; what a kiosk needn't know changes nothing."""
    if "now" in body:
        floor = replace(floor, server_ahead=datetime.fromisoformat(body["now"]).timestamp() - now)
    if name == Says.SNAPSHOT:
        floor = replace(floor, known=True, kiosk=_kiosk(body["settings"]))
    if name in (Says.SNAPSHOT, Says.HALL):
        floor = _with_hall(floor, body["hall"])
    if name in (Says.SNAPSHOT, Says.QUEUES):
        waits = {
            one["group"]: replace(_wait(one["waiting"], one["wait"]), windows=one["open_windows"])
            for one in body["queues"]
        }
        floor = replace(floor, waits=waits)
    return floor


def with_catalogue(
    floor: Floor, themes: Iterable[Body], services: Iterable[Body], questions: Iterable[Body]
) -> Floor:
    """The floor with what may be chosen, as `GET /themes`, `/services` and `/questions` list it."""
    return replace(
        floor,
        themes=tuple(Theme(one["id"], one["name"]) for one in themes),
        items=tuple(Item.of(one) for one in services),
        questions=tuple(_question(one) for one in questions),
    )


def _question(body: Body) -> Question:
    return Question(body["id"], body["name"], tuple(_answer(one) for one in body["answers"]))


def _answer(body: Body) -> Answer:
    kind = next(one for one in ("question", "theme", "group") if one in body)
    return Answer(body["name"], kind, body[kind])


def _kiosk(settings: Body) -> Kiosk:
    screen = settings["screen"]
    return Kiosk(
        id=settings["id"],
        public_url=settings["public_url"],
        idle_seconds=float(settings["idle_seconds"]),
        ask_id=bool(settings["ask_id"]),
        permits=frozenset(settings["permits"]),
        result_group=settings["result_group"],
        bridges=settings["bridges"],
        trial=bool(settings["trial"]),
        texts=bool(settings["texts"]),
        catalogue=settings["catalogue"],
        width_mm=float(screen["width_mm"]),
        height_mm=float(screen["height_mm"]),
    )


def _with_hall(floor: Floor, hall: Body) -> Floor:
    opens = hall["opens_at"]
    return replace(
        floor,
        name=hall["name"],
        day=hall["day"],
        timezone=hall["timezone"],
        state=HallState(hall["state"]),
        opens_at=datetime.fromisoformat(opens) if opens else None,
        reason=hall["reason"],
        groups=tuple(_group(one, hall["windows"]) for one in hall["groups"]),
        visit_order=tuple(hall["visit_order"]),
        zones={zone["id"]: zone["name"] for zone in hall["zones"]},
    )


def _group(group: Body, windows: Iterable[Body]) -> Group:
    zones = Counter(window["zone"] for window in windows if group["id"] in window["groups"])
    return Group(
        id=group["id"],
        name=group["name"],
        colour=group["colour"],
        takes_numbers=group["takes_numbers"],
        zones=tuple(sorted(zones, key=lambda zone: (-zones[zone], zone))),
        refusal=_refusal(group.get("refusal")),
    )


def _refusal(said: Body | None) -> Refusal | None:
    return Refusal(said["code"], said["text"]) if said else None


def _wait(ahead: int, told: Body | None) -> Wait:
    if told is None:
        return Wait(ahead, None)
    low, high = told.get("p10"), told.get("p90")
    return Wait(ahead, float(told["p50"]), None if low is None or high is None else (low, high))
