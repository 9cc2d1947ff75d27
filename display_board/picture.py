"""What a board shows besides its calls: the hall's truth as last heard, in words; pure.

`now` is a clock of this machine that never goes back; the hall's own time comes with each message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest
from textwrap import wrap
from typing import Any, Final

from assets.texts import both, say
from display_board.missed import Missed
from queue_server.hall.model import HallState, Instant, Seconds, WindowState, Words
from queue_server.hall.ranges import figure, minutes_told
from queue_server.wire import Body, Says

STALE_AFTER: Final = Seconds(2.0)
"""A server that restarts is back by then; nothing is said about shorter breaks."""
MISSED_SHOWN: Final = 8
"""So many missed numbers stand in a line, the last ones."""
NOTICE_SECONDS: Final = Seconds(10.0)
"""Several notices take turns of this length, and so do pictures."""
PICTURE_AFTER: Final = Seconds(20.0)
"""The last call keeps the large place so long before pictures have it."""
LATIN_PER_HANZI: Final = 3
"""So many letters are about as wide as one Hanzi, in the smaller type of the second language."""

DEFAULT_SETTINGS: Final[Body] = {
    "id": "",
    "zone": None,
    "window": None,
    "screen": {"width_mm": 1210, "height_mm": 680},
    "distance_m": 10,
    "parts": ["recent", "windows", "lines", "waits"],
    "pictures": "",
    "brightness": [],
    "prepare": {},
    "voice": {
        **{"on": False, "one": "yao", "volume": 80, "volumes": [], "rate": 190, "clips": ""},
        **{"quiet": [], "missed": False, "said_within": 60.0},
    },
    "trial": False,
}
"""A board's settings until the server has told them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A window as the board shows it: with a ticket's number when it is busy, else with its state.

    `dim`: it does not serve now, and recedes.
    """

    number: int
    text: str
    busy: bool
    dim: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """A group's queue: its letter and colour, and what is said of it."""

    letter: str
    colour: str
    name: Words
    people: Words
    time: Words


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text across the board; a notice stands out from what is said every day."""

    text: Words
    is_notice: bool


@dataclass
class Picture:
    """Filled by `heard` and `connected`; the rest reads it. A new config counts once it is taken on."""

    settings: Body = field(default_factory=lambda: DEFAULT_SETTINGS)
    coming: Body | None = None
    hall: Body | None = None
    queues: list[Body] = field(default_factory=list)
    notices: list[Body] = field(default_factory=list)
    windows: dict[int, Body] = field(default_factory=dict)
    missed: list[Missed] = field(default_factory=list)
    _server_time: tuple[datetime, Seconds] | None = None
    _lost_at: Seconds | None = None

    def heard(self, name: str, body: Body, now: Seconds) -> None:
        """Take in a message of the server."""
        if "now" in body:
            self._server_time = datetime.fromisoformat(body["now"]), now
        if name == Says.SNAPSHOT:
            self.coming = {**DEFAULT_SETTINGS, **body.get("settings", {})}
            self.notices = body.get("notices", [])
            self._lost_at = None
        if name in (Says.SNAPSHOT, Says.HALL):
            self.hall = body["hall"]
            self.windows = {window["number"]: window for window in body["hall"]["windows"]}
        if name in (Says.SNAPSHOT, Says.QUEUES):
            self.queues = body["queues"]
        if name in (Says.SNAPSHOT, Says.MISSED):
            self.missed = [Missed.of(one) for one in body.get("missed", ())]
        if name == Says.WINDOW:
            self.windows[body["window"]["number"]] = body["window"]
        if name == Says.NOTICE:
            self.notices = body["notice"]

    def take_on(self) -> bool:
        """Let the config count that came last; whether one did."""
        if self.coming is None:
            return False
        self.settings, self.coming = self.coming, None
        return True

    @property
    def is_moving(self) -> bool:
        """Whether the config that came last gives this board other windows."""
        return self.coming is not None and any(
            self.coming[name] != self.settings[name] for name in ("zone", "window")
        )

    def connected(self, up: bool, now: Seconds) -> None:
        """The connection came or went. It is up to date again only with the next snapshot."""
        if not up and self._lost_at is None:
            self._lost_at = now

    # --- time ---

    def time(self, now: Seconds) -> datetime | None:
        """The hall's time; None until the server has told it."""
        if self._server_time is None:
            return None
        told, heard_at = self._server_time
        return told + timedelta(seconds=now - heard_at)

    def instant(self, now: Seconds) -> Instant:
        """The hall's time as an instant; 0 until the server has told it."""
        time = self.time(now)
        return Instant(time.timestamp() if time else 0.0)

    def clock(self, now: Seconds) -> str:
        time = self.time(now)
        return f"{time:%H:%M}" if time else ""

    def stale(self, now: Seconds) -> Words | None:
        """That the line is cut, and how old the picture is; None while all is well."""
        if self._lost_at is None or self.hall is None or now - self._lost_at < STALE_AFTER:
            return None
        age = int(now - self._lost_at)
        unit, count = ("minutes", age // 60) if age >= 60 else ("seconds", age)
        return {
            language: say(
                "board.stale",
                language,
                clock=self.clock(self._lost_at),
                age=say(f"board.age.{unit}", language, count=count),
            )
            for language in ("zh", "en")
        }

    def quiet(self, now: Seconds) -> bool:
        """Whether the config wants silence at this time of the hall's day."""
        time = self.clock(now)
        return any(_within(time, start, end) for start, end in self.settings["voice"]["quiet"])

    def may_speak(self, now: Seconds) -> bool:
        return bool(self.settings["voice"]["on"]) and not self.quiet(now)

    def volume(self, now: Seconds) -> int:
        """How loud the voice is at this time of the hall's day, in percent."""
        voice = self.settings["voice"]
        return self._level(voice["volumes"], voice["volume"], now)

    def brightness(self, now: Seconds) -> int:
        """How bright the screen is at this time of the hall's day, in percent."""
        return self._level(self.settings["brightness"], 100, now)

    def _level(self, levels: Sequence[tuple[str, str, int]], usual: int, now: Seconds) -> int:
        time = self.clock(now)
        return next((percent for start, end, percent in levels if _within(time, start, end)), usual)

    # --- the hall ---

    @property
    def zone(self) -> str | None:
        zone: str | None = self.settings["zone"]
        return zone

    @property
    def own_window(self) -> Body | None:
        """The window whose display this board is."""
        return self.windows.get(self.settings["window"])

    @property
    def is_windows_own(self) -> bool:
        return self.settings["window"] is not None

    @property
    def trial(self) -> bool:
        return bool(self.settings["trial"])

    def title(self) -> Words | None:
        """The hall's name, with the zone's where the board serves one."""
        if self.hall is None:
            return None
        names = [self.hall["name"]]
        names += [zone["name"] for zone in self.hall.get("zones", ()) if zone["id"] == self.zone]
        return {language: " · ".join(name[language] for name in names) for language in ("zh", "en")}

    def cells(self) -> list[Cell]:
        """The board's windows, as each stands."""
        return [self._cell(window) for window in self._own_windows()]

    def waits(self) -> list[Wait]:
        """The queues of the groups that the board's windows serve, in the config's order."""
        if self.hall is None:
            return []
        served = {group for window in self._own_windows() for group in window["groups"]}
        groups = {group["id"]: group for group in self.hall["groups"]}
        return [
            _wait(groups[queue["group"]], queue, open=self.hall["state"] == HallState.OPEN)
            for queue in self.queues
            if queue["group"] in served & groups.keys()
        ]

    def line(self, now: Seconds, columns: int) -> Line | None:
        """The line that has its turn: of the notices in force for this board's zone, else of what to
        bring; every other one tells which numbers were missed, if any were.

        One longer than `columns` Hanzi takes several turns.
        """
        at = self.instant(now)
        notices = [notice["text"] for notice in self.notices if self._concerns(notice, at)]
        missed = self._missed_line()
        texts = [line for text in notices or self._prepare(columns) for line in (text, *missed)] or missed
        pages = [page for text in texts for page in _pages(text, columns)]
        return Line(pages[turns(now) % len(pages)], bool(notices)) if pages else None

    def _missed_line(self) -> list[Words]:
        """Not on a window's own display: who was missed goes to a kiosk, not to the window."""
        if not self.missed or self.is_windows_own:
            return []
        numbers = [one.ticket for one in self.missed[-MISSED_SHOWN:]]
        return [both("board.line.missed", numbers={"zh": "、".join(numbers), "en": ", ".join(numbers)})]

    def _prepare(self, columns: int) -> list[Words]:
        """What people of each group at this board's windows should have with them, where it is known."""
        if self.hall is None or self.hall["state"] == HallState.CLOSED:
            return []
        served = {group for window in self._own_windows() for group in window["groups"]}
        key = "board.line.prepare-own" if self.is_windows_own and len(served) == 1 else "board.line.prepare"
        return [
            line
            for group in self.hall["groups"]
            if group["id"] in served
            for line in _papers(key, group["name"], self.settings["prepare"].get(group["id"], ()), columns)
        ]

    def rest(self, now: Seconds) -> Words:
        """What stands in the large place when there is no call to show."""
        if self.hall is None:
            return both("board.connecting")
        state, opens = self.hall["state"], self.hall.get("opens_at")
        if state == HallState.OPEN:
            return both("board.rest.open")
        if not opens:
            return both(f"board.rest.{state}-open-end")
        return _opening(state, datetime.fromisoformat(opens), self.time(now))

    def resting(self) -> bool:
        """Whether the hall is closed and nobody is at a window any more: then old calls go."""
        if self.hall is None:
            return True
        busy = any(window["serving"] for window in self._own_windows())
        return self.hall["state"] != HallState.OPEN and not busy

    def own_groups(self) -> Words:
        """What this board's own window does: as its plate says, else the names of its groups."""
        window, hall = self.own_window, self.hall
        if not window or not hall:
            return {"zh": "", "en": ""}
        if plate := window.get("plate"):
            return {"zh": plate["zh"], "en": plate["en"]}
        names = [group["name"] for group in hall["groups"] if group["id"] in window["groups"]]
        return {"zh": "、".join(one["zh"] for one in names), "en": ", ".join(one["en"] for one in names)}

    def own_colour(self) -> str:
        """The name of the colour of this board's own window: that of its first group."""
        window, groups = self.own_window, self.hall["groups"] if self.hall else []
        colours = {group["id"]: str(group["colour"]) for group in groups}
        return colours.get(window["groups"][0], "blue") if window and window["groups"] else "blue"

    def own_ticket(self) -> str:
        """The number at this board's own window, or nothing."""
        window = self.own_window
        return str(window["serving"] or "") if window else ""

    def own_state(self, now: Seconds) -> Words:
        """What this board's own window says while nobody is at it."""
        if self.hall is None or self.hall["state"] != HallState.OPEN:
            return self.rest(now)
        window = self.own_window
        return both(f"board.own.{window['state'] if window else WindowState.CLOSED}")

    def _own_windows(self) -> Sequence[Body]:
        return [
            window
            for number, window in sorted(self.windows.items())
            if self.zone in (None, window["zone"]) and self.settings["window"] in (None, number)
        ]

    def _cell(self, window: Body) -> Cell:
        if window["serving"]:
            return Cell(window["number"], window["serving"], busy=True, dim=False)
        is_open = window["state"] == WindowState.OPEN
        return Cell(window["number"], say(f"board.cell.{window['state']}"), busy=False, dim=not is_open)

    def _concerns(self, notice: Body, at: Instant) -> bool:
        until = notice.get("until")
        if until and datetime.fromisoformat(until).timestamp() <= at:
            return False
        return not notice["zones"] or self.zone is None or self.zone in notice["zones"]


def _pages(text: Words, columns: int) -> list[Words]:
    """A text in parts that fit a line; the shorter language waits on its last part for the longer."""
    whole = " ".join(text["zh"].split())
    broken = re.findall(rf".{{1,{columns - 1}}}[，。；：！？、]|.{{1,{columns}}}", whole)
    zh = [whole] if len(whole) <= columns else broken
    en = wrap(text["en"], columns * LATIN_PER_HANZI)
    pages: list[Words] = []
    for zh_part, en_part in zip_longest(zh, en):
        last = pages[-1] if pages else {"zh": "", "en": ""}
        pages.append({"zh": zh_part or last["zh"], "en": en_part or last["en"]})
    return pages


def turns(now: Seconds) -> int:
    """Counts the turns of lines and pictures."""
    return int(now / NOTICE_SECONDS)


def _papers(key: str, group: Words, papers: Sequence[Words], columns: int) -> list[Words]:
    """As many lines as these papers need; each says whose they are, and cuts none in two."""
    lines: list[Words] = []
    rest = list(papers)
    while rest:
        count = 1
        while count < len(rest) and _fits(_listed(key, group, rest[: count + 1]), columns):
            count += 1
        lines.append(_listed(key, group, rest[:count]))
        rest = rest[count:]
    return lines


def _listed(key: str, group: Words, papers: Sequence[Words]) -> Words:
    listed = {"zh": "、".join(one["zh"] for one in papers), "en": ", ".join(one["en"] for one in papers)}
    return both(key, group=group, papers=listed)


def _fits(text: Words, columns: int) -> bool:
    return len(text["zh"]) <= columns and len(text["en"]) <= columns * LATIN_PER_HANZI


def _within(time: str, start: str, end: str) -> bool:
    """Whether "12:10" lies in a span, which may run past midnight."""
    return start <= time < end if start < end else time >= start or time < end


def _wait(group: Body, queue: Body, *, open: bool) -> Wait:
    """While the hall is closed no time is told."""
    return Wait(
        group["letter"],
        group["colour"],
        group["name"],
        both("board.wait.people", count=queue["waiting"]) if queue["waiting"] else both("board.wait.nobody"),
        _wait_time(queue) if open else {"zh": "", "en": ""},
    )


def _wait_time(queue: Body) -> Words:
    wait: dict[str, Any] | None = queue["wait"]
    if not queue["open_windows"]:
        return both("board.wait.no-window")
    if not wait or wait["p50"] is None:
        return {"zh": "", "en": ""}
    minutes = minutes_told(wait["p10"], wait["p50"], wait["p90"], queue["waiting"])
    if minutes == (0, 0):
        return both("board.wait.none")
    return both("board.wait.about", minutes=figure(minutes))


def _opening(state: str, opens: datetime, now: datetime | None) -> Words:
    """When service begins again: only a time for today, with the date for another day."""
    time = f"{opens:%H:%M}"
    if now and opens.date() == now.date():
        return both(f"board.rest.{state}-today", time=time)
    return {
        "zh": say(f"board.rest.{state}-later", "zh", day=f"{opens.month} 月 {opens.day} 日", time=time),
        "en": say(f"board.rest.{state}-later", "en", day=f"{opens.day} {opens:%B}", time=time),
    }
