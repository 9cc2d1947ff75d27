"""Texts on citizens' phones: the gateway that takes them, and the courier that hands them over.

What is due is read from the settled day, so a text that could not be delivered is tried again as
long as it is still true. A gateway that is down costs the hall nothing: nobody waits for it.
No number is ever logged, recorded or put into an address.
"""

from __future__ import annotations

import json
import logging
import urllib.parse
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gevent.pool import Pool

from assets import texts
from queue_server.alerting import keep_alert
from queue_server.desk import Desk
from queue_server.hall import appointments
from queue_server.hall.commands import SYSTEM, ForgetBookedPhone, ForgetPhone, NoteText
from queue_server.hall.identity import mask_phone
from queue_server.hall.model import Instant, Seconds
from queue_server.hall.refusal import Refused
from queue_server.hall.text_rules import Due, due, over
from queue_server.outside.asking import NEVER, Breaker, Unanswered, filled, post
from queue_server.settings.shape import SmsShape
from queue_server.storage.store import StorageError, private

log = logging.getLogger(__name__)

AT_ONCE = 4
"""So many texts are on their way at a time."""

KEPT = 1000
"""So many texts a simulated gateway remembers."""

SIMULATED = "texts.log"
"""The file in HALL_DATA in which a simulated gateway's texts stand, their numbers masked."""

FILE_BYTES = 1_000_000

AGAIN_SECONDS = 5.0
"""After a failure a text waits so long; each further one doubles it."""

ALERT = ("sms-down", "sms")
"""Kind and subject of the alert while the gateway doesn't take texts."""


class Gateway(Protocol):
    def send(self, phone: str, text: str) -> None:
        """:raises Unanswered: when it was not taken."""


@dataclass
class SimulatedGateway:
    """Keeps what was sent; `fails` makes it refuse. People may read it in `file`, the last at its end."""

    sent: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=KEPT))
    fails: bool = False
    file: Path | None = None

    def send(self, phone: str, text: str) -> None:
        if self.fails:
            raise Unanswered("simulated")
        self.sent.append((phone, text))
        if self.file:
            self._write(self.file, f"{mask_phone(phone)}  {text}\n")

    @staticmethod
    def _write(file: Path, line: str) -> None:
        """A file that has grown large begins anew."""
        try:
            is_large = file.exists() and file.stat().st_size > FILE_BYTES
            with private(file).open("w" if is_large else "a", encoding="utf-8") as texts_file:
                texts_file.write(line)
        except OSError as trouble:
            log.warning("a simulated text can't be written down: %s", trouble.strerror)


class HttpGateway:
    """A provider's HTTP interface, as the config describes it: one POST a text."""

    def __init__(self, settings: SmsShape, token: str) -> None:
        self._settings, self._token = settings, token

    def send(self, phone: str, text: str) -> None:
        settings, values = self._settings, {"phone": phone, "text": text, "token": self._token}
        fields = filled(settings.fields, values)
        is_json = settings.format == "json"
        body = json.dumps(fields) if is_json else urllib.parse.urlencode(fields)
        kind = "application/json" if is_json else "application/x-www-form-urlencoded"
        headers = filled(settings.headers, {"token": self._token})
        self._must_accept(post(settings.url, body.encode(), kind, headers, Seconds(settings.timeout_seconds)))

    def _must_accept(self, answer: bytes) -> None:
        """Many gateways answer 200 and refuse inside."""
        if not self._settings.accepted:
            return
        try:
            said = json.loads(answer)
        except ValueError:
            said = None
        for name, value in self._settings.accepted.items():
            if not isinstance(said, dict) or str(said.get(name)) != value:
                raise Unanswered(f"its {name} is not {value}")


@dataclass(slots=True)
class _Tries:
    """A text that failed: how often, and when it may be tried again."""

    count: int = 0
    again_at: Instant = NEVER


class Courier:
    """`tick` comes once a second from a greenlet of its own; sending happens in others."""

    def __init__(self, desk: Desk, token: str, folder: Path) -> None:
        """`token` fills `{token}` in the config; in `folder` simulated texts are written down."""
        self._desk, self._token, self._file = desk, token, folder / SIMULATED
        self._settings: SmsShape | None = None
        self.gateway: Gateway = SimulatedGateway(file=self._file)
        self._breaker = Breaker()
        self._pool = Pool(AT_ONCE)
        self._under_way: set[tuple[str, str]] = set()
        self._tries: dict[tuple[str, str], _Tries] = {}

    def tick(self) -> None:
        """Send what is due, erase what has served its purpose, tell whether the gateway works."""
        self._follow_settings()
        self._forget()
        settings = self._desk.settings.sms
        day, now = self._desk.engine.settled(), self._desk.engine.now()
        wanted = list(due(day, settings.ahead, now)) if settings.provider != "off" else []
        keys = {_key(one) for one in wanted}
        self._tries = {key: tries for key, tries in self._tries.items() if key in keys}
        for one in wanted:
            if self._pool.free_count() and self._breaker.may_pass(now) and self._is_wanted(one, now):
                self._breaker.began()
                self._under_way.add(_key(one))
                self._pool.spawn(self._deliver, one)
        keep_alert(self._desk, *ALERT, texts.both("alert.sms-down") if self._breaker.is_open else None)

    def _follow_settings(self) -> None:
        """A reload may have changed the gateway."""
        settings = self._desk.settings.sms
        if settings == self._settings:
            return
        self._settings, self._breaker, self._tries = settings, Breaker(), {}
        http = settings.provider == "http"
        self.gateway = HttpGateway(settings, self._token) if http else SimulatedGateway(file=self._file)

    def _forget(self) -> None:
        """Numbers of visits and appointments that are over, or all where texts are sent no longer."""
        settings, day = self._desk.settings.sms, self._desk.engine.settled()
        now = self._desk.engine.now()
        if settings.provider == "off":
            gone = [one for one in day.tickets.values() if one.phone]
            booked = [one for one in day.appointments.values() if one.phone]
        else:
            gone = over(day, Seconds(settings.keep_hours * 3600), now)
            booked = appointments.over(day, now)
        for ticket in gone:
            self._desk.engine.do(ForgetPhone(ticket.id), SYSTEM)
        for one in booked:
            self._desk.engine.do(ForgetBookedPhone(one.code), SYSTEM)

    def _is_wanted(self, one: Due, now: Instant) -> bool:
        tries = self._tries.get(_key(one), _Tries())
        attempts = self._desk.settings.sms.attempts
        return _key(one) not in self._under_way and tries.count < attempts and now >= tries.again_at

    def _deliver(self, one: Due) -> None:
        """Hand one text over and note that it went; never raises."""
        try:
            phone = self._desk.texted_phone(one.ticket)
            self.gateway.send(phone, self._words(one))
            self._breaker.passed()
            self._desk.engine.do(NoteText(one.ticket.id, one.what), SYSTEM)
        except Unanswered as why:
            self._failed(one, str(why))
        except (StorageError, Refused, ValueError) as trouble:
            # The key does not fit, the ticket is gone or the disk is full: asking again is no cure.
            self._give_up(one)
            log.error("a text could not be dealt with: %s", type(trouble).__name__)
        finally:
            self._under_way.discard(_key(one))

    def _failed(self, one: Due, why: str) -> None:
        now = self._desk.engine.now()
        self._breaker.failed(now)
        tries = self._tries.setdefault(_key(one), _Tries())
        tries.again_at = Instant(now + AGAIN_SECONDS * 2**tries.count)
        tries.count += 1
        log.warning("the text gateway did not take a text: %s", why)

    def _give_up(self, one: Due) -> None:
        self._breaker.trying = False
        self._tries[_key(one)] = _Tries(count=self._desk.settings.sms.attempts)

    def _words(self, one: Due) -> str:
        plan, ticket = self._desk.settings.plan, one.ticket
        language = ticket.language.value
        values = {"hall": plan.name[language], "number": ticket.number}
        if one.ahead is not None:
            key = "sms.ahead" if one.ahead else "sms.next"
            return texts.say(key, language, **values, ahead=one.ahead)
        window = ticket.step.window
        zone = (
            self._desk.settings.zones[plan.windows[window].zone][language] if window in plan.windows else ""
        )
        key = "sms.called-again" if one.again else "sms.called"
        return texts.say(key, language, **values, window=window, zone=zone)


def _key(one: Due) -> tuple[str, str]:
    return one.ticket.id, one.what
