"""What the server has told of the hall, as a kiosk needs it: groups and their waits, items, tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from queue_server.hall.model import HallState, Language, Words
from queue_server.wire import Body, Says

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Wait:
    """How a group's queue stands. `seconds` is None where the wait can't be told."""

    ahead: int
    seconds: float | None

    @property
    def minutes(self) -> int | None:
        """As people are told it; 0 is "no wait"."""
        if self.seconds is None:
            return None
        if self.ahead == 0 and self.seconds < MINUTE:
            return 0
        return max(1, round(self.seconds / MINUTE))


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
    """A handling item of the catalogue."""

    id: str
    name: Words
    group: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    id: str
    name: Words


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

    @classmethod
    def of(cls, body: Body) -> Ticket:
        return cls(
            number=body["number"],
            group=body["group"],
            services=tuple(body["services"]),
            wait=Wait(body["ahead"] or 0, _seconds(body["wait"])),
            zones=tuple(body["zones"]),
            issued_at=datetime.fromisoformat(body["issued_at"]),
            follow_url=body.get("follow_url") or "",
        )


@dataclass(frozen=True, slots=True)
class Kiosk:
    """What the config says of this kiosk."""

    id: str = ""
    idle_seconds: float = 60.0
    ask_id: bool = False
    trial: bool = False
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
    zones: dict[str, Words] = field(default_factory=dict)
    waits: dict[str, Wait] = field(default_factory=dict)
    themes: tuple[Theme, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def takes_numbers(self) -> bool:
        return any(group.takes_numbers for group in self.groups)

    def group(self, id: str) -> Group | None:
        return next((group for group in self.groups if group.id == id), None)

    def item(self, id: str) -> Item | None:
        return next((item for item in self.items if item.id == id), None)

    def wait(self, group: str) -> Wait:
        return self.waits.get(group, Wait(0, None))

    def items_of(self, theme: str) -> tuple[Item, ...]:
        """A theme's items; all that there are where `theme` is empty."""
        return tuple(item for item in self.items if theme in ("", *item.themes))

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
        floor = replace(floor, waits={one["group"]: _wait(one) for one in body["queues"]})
    return floor


def with_catalogue(floor: Floor, themes: Iterable[Body], services: Iterable[Body]) -> Floor:
    """The floor with the items that may be chosen, as `GET /themes` and `GET /services` list them."""
    return replace(
        floor,
        themes=tuple(Theme(one["id"], one["name"]) for one in themes),
        items=tuple(Item(one["id"], one["name"], one["group"], tuple(one["themes"])) for one in services),
    )


def _kiosk(settings: Body) -> Kiosk:
    screen = settings["screen"]
    return Kiosk(
        id=settings["id"],
        idle_seconds=float(settings["idle_seconds"]),
        ask_id=bool(settings["ask_id"]),
        trial=bool(settings["trial"]),
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


def _wait(queue: Body) -> Wait:
    return Wait(queue["waiting"], _seconds(queue["wait"]))


def _seconds(wait: Body | None) -> float | None:
    return float(wait["p50"]) if wait else None
