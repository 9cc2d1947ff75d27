"""Simulated citizens and clerks on the floor of a real hall, through its HTTP and its board's line.

One thread acts: it takes what is due from an agenda and asks the server over one connection. The
board's line only wakes it. Lengths of the simulated day are divided by the demo's speed.
"""

from __future__ import annotations

import heapq
import http.client
import json
import logging
import queue
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import count
from random import Random
from urllib.parse import quote, urlsplit

from assets import texts, theme
from queue_server.client import HallClient
from queue_server.demo.answers import answers
from queue_server.demo.crowd import IS_THERE, Citizen, Crowd, Turn, arrivals_an_hour, staff_names
from queue_server.hall.model import GroupId, Outcome, Seconds
from queue_server.wire import API, Asks, Body, Namespace, Says

log = logging.getLogger(__name__)

OPENING_CROWD = 20
"""So many stand at the door when the demo begins."""
MOST_WAITING = 80
"""Nobody comes in while so many wait: whoever plays a slow clerk does not fill the disk."""
MOST_GUESTS = 2000
"""So many of the last visits are remembered."""
SPEED_OF_BOARDS = 60.0
"""Up to this speed calls are as far apart as a board shows each; faster, nobody reads along."""
LOOK_SECONDS = 0.5
"""So long at most until it is seen that the demo is to stop."""
PATIENCE_SECONDS = 15.0
RETRY_SECONDS = 0.25
TICKS_AFTER_SECONDS = 20.0
"""Of the simulated day, from the number to the papers that are ticked."""
WRITES_AFTER_SECONDS = 60.0
"""Of the simulated day, from the number to the form that is filled in."""
BOARD = "demo"
"""The board of the demo's own, whose line brings the news; it makes every call an announced one."""


class HallGone(Exception):
    """The server has not answered for `PATIENCE_SECONDS`."""


class Hall:
    """The hall's HTTP, over one connection, for one thread."""

    def __init__(self, url: str, token: str, stopping: threading.Event) -> None:
        self.url, self._token, self._stopping = url, token, stopping
        self._line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_SECONDS)

    def get(self, path: str) -> Body:
        """:raises LookupError: when the server refuses."""
        status, body = self.ask("GET", path)
        if status != 200:
            raise LookupError(f"GET {path}: {status} {body}")
        return body

    def post(self, path: str, body: Body | None = None, token: str = "") -> Body | None:
        """The answer, `{}` where it is empty; None when the server refuses, which is part of a day."""
        status, answer = self.ask("POST", path, body or {}, token)
        if status >= 400:
            log.debug("POST %s: %s", path, answer)
            return None
        return answer

    def ask(self, method: str, path: str, body: Body | None = None, token: str = "") -> tuple[int, Body]:
        """Status and body; asks again with the same key while the server starts again.

        :raises HallGone: when it doesn't come back in time.
        """
        headers = {
            "Authorization": f"Bearer {token or self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_urlsafe(12),
        }
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._line.request(method, API + path, None if body is None else json.dumps(body), headers)
                answer = self._line.getresponse()
                content = answer.read()
                return answer.status, json.loads(content) if content else {}
            except (OSError, http.client.HTTPException) as trouble:
                self._line.close()
                if time.monotonic() > give_up_at or self._stopping.wait(RETRY_SECONDS):
                    raise HallGone(str(trouble)) from trouble

    def close(self) -> None:
        self._line.close()


@dataclass(frozen=True, slots=True)
class Guest:
    """A citizen with a ticket in hand. Without a `secret` somebody real took it at a kiosk."""

    ticket: str
    secret: str
    citizen: Citizen


class Floor:
    """Who is where, and what is due when.

    `windows` gives the groups of each window at which a simulated clerk sits, in the order in which
    they open; `sit_down` opens one for a clerk of a name. `evaluators` gives a token of each window's
    evaluator.
    """

    def __init__(
        self,
        hall: Hall,
        board_token: str,
        evaluators: dict[int, str],
        windows: dict[int, list[GroupId]],
        sit_down: Callable[[int, str], None],
        crowd: Crowd,
        speed: float,
    ) -> None:
        self._hall, self._crowd, self._speed = hall, crowd, speed
        self._evaluators, self._windows, self._sit_down = evaluators, windows, sit_down
        self._gap = theme.CALL_SHOWN_SECONDS * min(1.0, SPEED_OF_BOARDS / speed)
        self._an_hour = arrivals_an_hour(len(windows), crowd.items, Seconds(self._gap * speed))
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._news: queue.SimpleQueue[list[Body]] = queue.SimpleQueue()
        self._guests: dict[str, Guest] = {}
        self._idle: dict[int, None] = {}
        self._back: defaultdict[int, list[Guest]] = defaultdict(list)
        self._waiting = 0
        self._next_call_at = 0.0
        self._board = HallClient(hall.url, board_token, Namespace.BOARD, on_message=self._hear)

    # --- the clockwork ---

    def run(self, stopping: threading.Event) -> None:
        """Live until `stopping` is set.

        :raises HallGone: when the server has gone for good.
        """
        self._board.start()
        for _ in range(OPENING_CROWD):
            self._arrive()
        self._later(0, self._next_arrives)
        for turn, (window, name) in enumerate(zip(self._windows, staff_names(), strict=False)):
            self._later(turn * self._gap * self._speed, partial(self._open, window, name))
        try:
            while not stopping.is_set():
                self._do_what_is_due(stopping)
                self._await_news()
        finally:
            self._board.stop()

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something after so many simulated seconds."""
        self._at(time.monotonic() + seconds / self._speed, act)

    def _at(self, moment: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order), act))

    def _do_what_is_due(self, stopping: threading.Event) -> None:
        now = time.monotonic()
        while self._agenda and self._agenda[0][0] <= now and not stopping.is_set():
            _, _, act = heapq.heappop(self._agenda)
            act()

    def _await_news(self) -> None:
        """Sleep until something is due, or the board hears of the queues."""
        due_in = self._agenda[0][0] - time.monotonic() if self._agenda else LOOK_SECONDS
        try:
            queues = self._news.get(timeout=min(max(0.0, due_in), LOOK_SECONDS))
        except queue.Empty:
            return
        self._waiting = sum(one["waiting"] for one in queues)
        self._rouse(queues)

    def _hear(self, name: str, body: Body) -> None:
        """On the board's thread: pass on what waits, and say that a call was shown."""
        if name == Says.CALL:
            self._board.send(Asks.ANNOUNCED, {"call": body["call"]})
        if Says.QUEUES in body:
            self._news.put(body[Says.QUEUES])

    def _rouse(self, queues: Iterable[Body]) -> None:
        """As many idle clerks call as people wait for them."""
        for one in queues:
            free = [n for n in self._idle if one["group"] in self._windows[n]]
            for window in free[: one["waiting"]]:
                del self._idle[window]
                self._call(window)

    # --- citizens ---

    def _next_arrives(self) -> None:
        if self._waiting < MOST_WAITING:
            self._arrive()
        self._later(self._crowd.next_arrival(self._an_hour), self._next_arrives)

    def _arrive(self) -> None:
        citizen = self._crowd.citizen()
        ticket = self._keep_appointment(citizen) if citizen.appointment else self._take_number(citizen)
        if ticket is None:
            return
        guest = Guest(ticket["id"], ticket["secret"], citizen)
        self._remember(guest)
        if citizen.ticks is not None and ticket["materials"]:
            self._later(TICKS_AFTER_SECONDS, partial(self._tick, guest, ticket["materials"], citizen.ticks))
        if citizen.writes is not None:
            self._later(WRITES_AFTER_SECONDS, partial(self._fill_in, guest, citizen.writes))
        for wants, does in ((citizen.gives_up, "cancel"), (citizen.lets_others_go, "late")):
            if wants:
                self._later(citizen.decides_after, partial(self._as_holder, guest, does))

    def _take_number(self, citizen: Citizen) -> Body | None:
        wishes = {
            "services": citizen.services,
            "party": citizen.party,
            "priority": citizen.priority,
            "needs": citizen.needs,
            "language": citizen.language,
            **({"phone": citizen.phone} if citizen.phone else {}),
            **({"materials": {}} if citizen.ticks is not None else {}),
        }
        return self._hall.post("/tickets", wishes)

    def _keep_appointment(self, citizen: Citizen) -> Body | None:
        """Book the next slot and check in at once; too early for that, the citizen never comes."""
        services = list(citizen.services)
        slots = self._hall.get(f"/appointments/slots?services={quote(','.join(services))}&limit=1")["slots"]
        if not slots:
            return None
        slot = {name: slots[0][name] for name in ("slot_start", "slot_end")}
        booked = self._hall.post("/appointments", {"services": services, **slot})
        if booked is None:
            return None
        return self._hall.post(f"/appointments/{booked['code']}/check-in", {"language": citizen.language})

    def _tick(self, guest: Guest, papers: dict[str, dict[str, bool]], seed: int) -> None:
        """On the phone: which papers are there; one that several items want is so for all of them."""
        random = Random(seed)
        there = {id: random.random() < IS_THERE for id in sorted({id for of in papers.values() for id in of})}
        materials = {item: {id: there[id] for id in of} for item, of in papers.items()}
        self._hall.post(f"/tickets/{guest.ticket}/materials", {"materials": materials}, guest.secret)

    def _fill_in(self, guest: Guest, seed: int) -> None:
        """On the phone: the form that the matter needs, else the first that is offered with it."""
        status, listed = self._hall.ask("GET", f"/tickets/{guest.ticket}/forms", token=guest.secret)
        if status != 200 or not listed["forms"]:
            return
        id = listed["forms"][0]["form"]
        form, regions = self._hall.get(f"/forms/{id}"), self._hall.get("/regions")
        draft = self._hall.post("/drafts", {"form": id}, guest.secret)
        if draft is None:
            return
        today = date.fromisoformat(self._hall.get("/hall")["day"])
        written = answers(form, regions, today, Random(seed))
        if not guest.citizen.finishes:
            written.popitem()
        path = f"/drafts/{draft['draft']}"
        self._hall.ask("PATCH", path, {"values": written}, guest.secret)
        if guest.citizen.finishes:
            self._hall.post(f"{path}/ready", token=guest.secret)

    def _as_holder(self, guest: Guest, does: str) -> None:
        self._hall.post(f"/tickets/{guest.ticket}/{does}", token=guest.secret)

    def _remember(self, guest: Guest) -> None:
        self._guests[guest.ticket] = guest
        if len(self._guests) > MOST_GUESTS:
            del self._guests[next(iter(self._guests))]

    # --- clerks ---

    def _open(self, window: int, name: str) -> None:
        self._sit_down(window, name)
        self._call(window)

    def _at_window(self, window: int, does: str, body: Body | None = None) -> Body | None:
        return self._hall.post(f"/windows/{window}/{does}", body)

    def _call(self, window: int, leaving: Guest | None = None) -> None:
        """Call the next once boards and voice are free; until then `leaving` keeps its seat.

        Someone who is back goes before, without a call.
        """
        now = time.monotonic()
        if self._back[window] and leaving is None:
            self._welcome_back(window, self._back[window].pop(0))
            return
        if now < self._next_call_at:
            # An empty window goes before one that still has somebody: no clerk sits idle before a queue.
            again = self._next_call_at + (self._gap / 20 if leaving else 0)
            self._at(again, partial(self._call, window, leaving))
            return
        ticket = self._at_window(window, "next", {"current": "finish"})
        if leaving:
            self._let_rate(window, leaving)
        if not ticket:
            self._idle[window] = None
            return
        self._next_call_at = now + self._gap
        guest = self._guests.get(ticket["id"]) or Guest(ticket["id"], "", self._crowd.citizen())
        if guest.secret and not guest.citizen.shows_up:
            self._later(30, partial(self._call_again, window, guest))
        else:
            self._later(guest.citizen.walks, partial(self._serve, window, guest))

    def _call_again(self, window: int, guest: Guest) -> None:
        if time.monotonic() >= self._next_call_at:
            self._next_call_at = time.monotonic() + self._gap
            self._at_window(window, "recall")
        self._later(30, partial(self._give_up_on, window, guest))

    def _give_up_on(self, window: int, guest: Guest) -> None:
        self._at_window(window, "no-show")
        if guest.citizen.comes_back:
            self._remember(replace(guest, citizen=replace(guest.citizen, shows_up=True)))
            self._later(guest.citizen.decides_after, partial(self._as_holder, guest, "requeue"))
        self._call(window)

    def _serve(self, window: int, guest: Guest) -> None:
        self._at_window(window, "start")
        turns = {Turn.PARKED: self._set_aside, Turn.TRANSFERRED: self._send_on}
        ends = turns.get(guest.citizen.turn, self._end_visit)
        self._later(guest.citizen.takes, partial(ends, window, guest))

    def _set_aside(self, window: int, guest: Guest) -> None:
        if self._at_window(window, "park", {"reason": texts.say("demo.park")}):
            self._later(guest.citizen.away, partial(self._come_back, window, self._on_the_way(guest)))
        self._call(window)

    def _come_back(self, window: int, guest: Guest) -> None:
        self._back[window].append(guest)
        if window in self._idle:
            del self._idle[window]
            self._call(window)

    def _welcome_back(self, window: int, guest: Guest) -> None:
        """Without a call: the citizen stands there already."""
        self._at_window(window, "unpark", {"ticket": guest.ticket})
        self._later(guest.citizen.takes / 2, partial(self._end_visit, window, guest))

    def _send_on(self, window: int, guest: Guest) -> None:
        self._on_the_way(guest)
        body = {"group": guest.citizen.transfer_to, "note": texts.say("demo.transfer")}
        self._at_window(window, "transfer", body)
        self._call(window)

    def _on_the_way(self, guest: Guest) -> Guest:
        """The same guest, whose visit goes straight on from here."""
        guest = replace(guest, citizen=replace(guest.citizen, turn=Turn.STRAIGHT))
        self._remember(guest)
        return guest

    def _end_visit(self, window: int, guest: Guest) -> None:
        """One press finishes and calls the next, but for another outcome or before a break."""
        pause = self._crowd.break_length()
        if guest.citizen.outcome is Outcome.ACCEPTED and not pause and not self._back[window]:
            self._call(window, leaving=guest)
            return
        self._finish(window, guest)
        if pause and self._at_window(window, "pause", {"reason": texts.say("demo.pause")}):
            self._later(pause, partial(self._end_break, window))
        else:
            self._call(window)

    def _finish(self, window: int, guest: Guest) -> None:
        body: Body = {"outcome": guest.citizen.outcome}
        if guest.citizen.outcome is Outcome.NOT_POSSIBLE:
            body["reason"] = texts.say("demo.not-possible")
        self._at_window(window, "finish", body)
        self._let_rate(window, guest)

    def _let_rate(self, window: int, guest: Guest) -> None:
        if guest.secret and guest.citizen.score:
            self._later(guest.citizen.thinks, partial(self._rate, window, guest))

    def _end_break(self, window: int) -> None:
        self._at_window(window, "open")
        self._call(window)

    def _rate(self, window: int, guest: Guest) -> None:
        """At the window's evaluator or on the phone; a visit that goes on is rated where it is asked."""
        token = self._evaluators[window] if guest.citizen.at_evaluator else guest.secret
        self._hall.post(f"/tickets/{guest.ticket}/rating", {"score": guest.citizen.score}, token)
