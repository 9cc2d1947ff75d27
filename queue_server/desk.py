"""The hall's front desk: everything that a request needs, in one place.

It knows who asks, holds the engine and the settings, and lets an operation be carried out.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, TypeVar, cast

import gevent
from gevent.lock import BoundedSemaphore
from gevent.threadpool import ThreadPool

from assets import texts
from queue_server import accounts
from queue_server.accounts import Caller, Failures
from queue_server.answers import Params
from queue_server.bodies import wrong
from queue_server.catalogue.catalogue import Catalogue
from queue_server.catalogue.searcher import Searcher
from queue_server.engine import ClockBehind, Engine, KeyReused, Request
from queue_server.environment import Environment
from queue_server.hall import identity
from queue_server.hall.changes import Changes
from queue_server.hall.commands import SYSTEM, ReleaseWindow
from queue_server.hall.day import Day
from queue_server.hall.model import ENDED, Clerk, Ticket, TicketId, TicketNumber, WindowNumber
from queue_server.hall.refusal import Refused
from queue_server.operations import Operation
from queue_server.outside.bridges import Bridges
from queue_server.outside.repeats import Repeats
from queue_server.present import Presenter
from queue_server.problems import Cure, Problem
from queue_server.self_fill import drafts
from queue_server.self_fill.pdf import Press
from queue_server.self_fill.permit_office import PermitOffice
from queue_server.self_fill.signed import Signer
from queue_server.settings import settings
from queue_server.settings.reader import ConfigErrors
from queue_server.storage.store import Answer, StorageError, Store, open_database, ticket_on_disk
from queue_server.wire import Body, Code, Kind

log = logging.getLogger(__name__)
T = TypeVar("T")

TICKET_ID_BYTES = 9
"""Nine random bytes are twelve signs; a secret begins with them."""
TICKET_ID_SIGNS = 12

SECRET_DAYS = 7
"""For so many days after its own a ticket's secret still shows how the visit ended."""

PAST_KEPT = 2000
"""So many tickets of earlier days are kept at hand; phones that still show theirs ask every second."""

PHONE_END = 4
"""So many last digits of a phone number find a ticket again."""

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
"""An appointment's code: no sign looks like another, 40 bits."""

REQUESTS_A_SECOND = 300.0
BURST = 600.0
"""A token that is not an api's may send so many requests at once, then so many a second."""


TOKEN_SECONDS = 1.0
"""A token is looked up again after this, so one that another program revokes ends that soon."""
MOST_TOKENS = 1000


class Guarded(Protocol):
    """Whatever only some may ask for."""

    @property
    def allowed(self) -> Callable[[Caller], bool]: ...


@dataclass(slots=True)
class Terminal:
    """A terminal that is or was connected: what it last said of its devices, and since when it is gone."""

    kind: Kind
    id: str
    connections: int = 0
    gone_at: float | None = None
    devices: list[Body] = field(default_factory=list)
    has_told: bool = False
    """Whether it has said anything of its devices since the server started."""


class Desk:
    """Built once by the server's `__main__`; its methods run on the hub."""

    def __init__(
        self,
        environment: Environment,
        clock: Callable[[], float],
        address: str,
    ) -> None:
        """`address` is the URL at which the server listens.

        :raises ConfigErrors: with every mistake of the config.
        :raises ValueError: when the file of a key holds something else.
        """
        self._environment, self._address = environment, address
        self.settings, self.signer = self._read()
        self.searcher = Searcher(self.settings.catalogue)
        self.settings.catalogue.search_with(self.searcher)
        self.practice = environment.practice
        self.keyring = environment.keyring()
        self.permits = PermitOffice(self.keyring)
        self.press = Press()
        self.repeats = Repeats(clock)
        self.bridges = Bridges(clock, self.settings.outside)
        self.listeners: list[Callable[[Changes], None]] = []
        self.engine = Engine(Store(environment.database), self.settings.plan, clock, self._changed)
        self._people = open_database(environment.database)
        self._slow = ThreadPool(2)
        self.failures = Failures()
        self.checking = BoundedSemaphore(1)
        """Held while a password is checked and its failure counted."""
        self._limits: dict[str, tuple[float, float]] = {}
        self._tokens: dict[str, tuple[Caller | None, float]] = {}
        self.terminals: dict[tuple[Kind, str], Terminal] = {}
        self._past: dict[TicketId, tuple[str, Ticket]] = {}

    def _changed(self, changes: Changes) -> None:
        for listener in self.listeners:
            listener(changes)

    # --- who asks ---

    def caller(self, token: str, address: str) -> Caller:
        """Who sends this token; without one it is anyone.

        :raises Problem: `unauthorized` when it is not, or no longer, good for anything.
        """
        if not token:
            return accounts.anyone(address)
        found = self._known(token)
        if found is None:
            raise Problem(Code.UNAUTHORIZED)
        return found

    def _known(self, token: str) -> Caller | None:
        """Whose it is. A ticket's or form's secret may by chance begin as other tokens do."""
        found = None
        if token.startswith(accounts.SESSION_PREFIX):
            found = accounts.caller_of_session(self._people, token, self.engine.now())
        elif token.startswith(accounts.TOKEN_PREFIX):
            found = self._terminal(token)
        return found or self.filler(token) or self.holder(token)

    def _terminal(self, token: str) -> Caller | None:
        """Who has a terminal's or program's token."""
        now = time.monotonic()
        caller, until = self._tokens.get(token, (None, 0.0))
        if now >= until:
            caller = accounts.caller_of_token(self._people, token)
            if len(self._tokens) >= MOST_TOKENS:
                self._tokens.clear()
            self._tokens[token] = caller, now + TOKEN_SECONDS
        return caller

    def holder(self, secret: str) -> Caller | None:
        """Whoever has a ticket's secret; None when it opens nothing, or does no more."""
        id = TicketId(secret[:TICKET_ID_SIGNS])
        ticket = self.engine.day.tickets.get(id)
        if ticket is None and (past := self.past_ticket(id)):
            day, ticket = past
            if (date.fromisoformat(self.engine.day.date) - date.fromisoformat(day)).days > SECRET_DAYS:
                return None
        if ticket is None or not secrets.compare_digest(
            self.keyring.ticket_secret(ticket.id, ticket.secret_version).encode(), secret.encode()
        ):
            return None
        return Caller(f"ticket:{ticket.id}", ticket=ticket.id)

    def filler(self, secret: str) -> Caller | None:
        """Whoever has the secret of a form that is being filled in; None when there is none such."""
        id = secret[:TICKET_ID_SIGNS]
        if id not in self.engine.day.drafts or not secrets.compare_digest(
            self.keyring.draft_secret(id).encode(), secret.encode()
        ):
            return None
        return Caller(f"draft:{id}", draft=id)

    def is_operator(self, token: str) -> bool:
        """Whether somebody on this machine asks who can read the hall's key."""
        return secrets.compare_digest(token.encode(), self.keyring.operator_token().encode())

    def limit(self, caller: Caller) -> None:
        """Count a request.

        :raises Problem: `too-many` when a caller, api tokens apart, sends them too fast.
        """
        if caller.kind is Kind.API:
            return
        # Not the hall's clock: when that is put back, nobody must wait until it has caught up.
        now = time.monotonic()
        level, at = self._limits.pop(caller.name, (BURST, now))
        level = min(BURST, level + (now - at) * REQUESTS_A_SECOND) - 1
        self._limits[caller.name] = (max(0.0, level), now)
        if len(self._limits) > Failures.MOST:
            del self._limits[next(iter(self._limits))]
        if level < 0:
            raise Problem(Code.TOO_MANY, retry_after=1, seconds=1)

    # --- reading ---

    @property
    def people(self) -> sqlite3.Connection:
        """For reading accounts; whatever changes them goes through the engine."""
        return self._people

    def settled(self) -> tuple[Presenter, Day]:
        """The day as it is on disk, and how to show it. Don't yield between the two."""
        day = self.engine.settled()
        return Presenter(day, self.settings.zones, self.settings.trial), day

    def past_ticket(self, id: TicketId) -> tuple[str, Ticket] | None:
        """A ticket of an earlier day as it ended, after its day; None where there is none."""
        if id not in self._past:
            # While a day turns, the disk may not say yet how its tickets ended.
            today = self.engine.settled()
            found = ticket_on_disk(self._people, id) if id not in today.tickets else None
            if found is None:
                return None
            if len(self._past) >= PAST_KEPT:
                del self._past[next(iter(self._past))]
            self._past[id] = found
        return self._past[id]

    def ticket_body(self, ticket: Ticket, caller: Caller | None = None, day: str = "") -> Body:
        """A ticket of the settled day, or as it ended on an earlier `day`; its holder sees the secret too."""
        show = Presenter(self.engine.day, self.settings.zones, self.settings.trial)
        body = show.ticket(ticket, self.engine.forecast, self.engine.now(), day)
        if caller and caller.ticket == ticket.id:
            body |= self.secret(ticket.id, ticket.secret_version)
            sends = self.settings.sms.provider != "off" and ticket.state not in ENDED
            body["texts"] = bool(ticket.phone) if sends else None
        return body

    @property
    def public_url(self) -> str:
        """What phones reach: as the config says, else the address at which the server listens."""
        return self.settings.public_url or self._address

    def secret(self, ticket: str, version: int) -> Body:
        """`secret` and `follow_url`, for whom the contract allows them."""
        secret = self.keyring.ticket_secret(ticket, version)
        return {"secret": secret, "follow_url": f"{self.public_url}/t/{secret}"}

    def verify_url(self, mark: str) -> str:
        """Where a phone checks a mark. It stands behind the #, which browsers keep to themselves."""
        return f"{self.public_url}/verify#{mark}"

    def ticket_id(self, text: str) -> TicketId:
        """A request's `ticket`: an id, or a number of today."""
        day = self.engine.day
        return day.numbers.get(text.upper(), TicketId(text))  # type: ignore[call-overload, no-any-return]

    # --- carrying out ---

    def enter(self, operation: Operation, caller: Caller, params: Params, body: Body, key: str) -> Request:
        """Read a request's body and hand its command to the engine, without yielding.

        :raises Problem: when it is not allowed or not understood.
        """
        self.may(operation, caller)
        command = operation.command(self, caller, params, operation.read(body))
        request = Request(
            command,
            caller.actor(),
            operation.render(self, params),
            caller=caller.name,
            key=key,
            fingerprint=self.fingerprint(operation.name, params, body) if key else "",
        )
        request.result = self.engine.enter(request)
        return request

    def fingerprint(self, name: str, params: Params, body: Body) -> str:
        """What must be the same for an idempotency key to mean the same request.

        It is stored, and who has read the database must not find what was sent (an ID number, a password)
        by trying all there are: so it is made with the hall's key.
        """
        return self.keyring.mark(json.dumps([name, params, body], sort_keys=True, ensure_ascii=False))

    def answer(self, operation: Operation, request: Request) -> Answer:
        """Wait until the command is on disk.

        :raises Problem: when it was refused or could not be kept.
        """
        try:
            return cast(Answer, request.result.get())
        except Refused as refusal:
            raise Problem.of(refusal) from None
        except KeyReused:
            raise Problem(Code.KEY_REUSED) from None
        except StorageError:
            raise Problem(Code.STORAGE, retry_after=5) from None
        except ClockBehind as behind:
            raise Problem(Code.NOT_READY, "clock-behind", day=str(behind)) from None

    def shown(self, answer: Answer, caller: Caller) -> Body | None:
        """The body of an answer, with the secret where this answer made one, or for its holder."""
        if answer.body is None:
            return None
        if drafts.may_have_secret(caller, self.engine.day.drafts.get(answer.body.get("draft", ""))):
            return answer.body | drafts.secret_body(self, answer.body["draft"])
        if not answer.ticket:
            return answer.body
        if answer.secret_version:
            return answer.body | self.secret(answer.ticket, answer.secret_version)
        if caller.ticket == answer.ticket:
            version = self.engine.day.tickets[TicketId(answer.ticket)].secret_version
            return answer.body | self.secret(answer.ticket, version)
        return answer.body

    def may(self, operation: Guarded, caller: Caller) -> None:
        """:raises Problem: `unauthorized` or `forbidden`."""
        if operation.allowed(caller):
            return
        known = caller.is_staff or caller.kind is not None or caller.ticket is not None
        raise Problem(Code.FORBIDDEN if known else Code.UNAUTHORIZED)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """A change of accounts, in the engine's writer thread.

        :raises Problem: `storage` when it could not be kept.
        """
        try:
            return self.engine.write(work)
        except StorageError:
            raise Problem(Code.STORAGE, retry_after=5) from None

    def write_answered(
        self, work: Callable[[sqlite3.Connection], Answer], caller: Caller, key: str, said: str
    ) -> Answer:
        """`write`, with its answer kept under an idempotency key; `said` is the fingerprint.

        :raises Problem: `key-reused`, or `storage` when it could not be kept.
        """
        try:
            return self.engine.write_answered(work, caller=caller.name, key=key, fingerprint=said)
        except KeyReused:
            raise Problem(Code.KEY_REUSED) from None
        except StorageError:
            raise Problem(Code.STORAGE, retry_after=5) from None

    def slowly(self, work: Callable[..., T], *args: Any) -> T:
        """Run something that takes long (password hashing) off the hub."""
        return cast(T, self._slow.spawn(work, *args).get())

    def _read(self) -> tuple[settings.Settings, Signer]:
        """Config and signing keys as they are now."""
        files = self._environment
        hall, signer = settings.load(files.config, bridges=files.bridges), Signer.at(files.signing_keys)
        return settings.for_practice(hall) if files.practice else hall, signer

    def reload(self) -> None:
        """Read the config again and apply it to the running hall, all or nothing.

        :raises Problem: with every mistake, or what stands against it today.
        """
        try:
            new, signer = self._read()
        except (ConfigErrors, OSError, ValueError) as errors:
            raise Problem(Code.INVALID, "bad-config", mistakes=str(errors)) from None
        try:
            self.engine.change_plan(new.plan)
        except Refused as refusal:
            raise Problem.of(refusal) from None
        except ClockBehind as behind:
            raise Problem(Code.NOT_READY, "clock-behind", day=str(behind)) from None
        self.settings = new
        self._search_in(new.catalogue)
        self.signer = signer
        self.bridges.outside = new.outside
        self._changed(Changes(plan=True, hall=True))

    def _search_in(self, catalogue: Catalogue) -> None:
        old, self.searcher = self.searcher, Searcher(catalogue)
        catalogue.search_with(self.searcher)
        gevent.spawn(old.worker.retire)
        gevent.spawn(self.searcher.prepare)

    def free_windows(self) -> None:
        """Release the windows of those who may sit at none any more, as a manager would.

        A role can be taken away and a program's token revoked in the middle of a visit; whoever is
        served waits in hand at the counter (parked), whoever was called goes back to their place.

        :raises StorageError: when it could not be kept; the windows are then still claimed.
        """
        for window in list(self.engine.settled().windows.values()):
            if window.clerk is None or self._may_sit(window.clerk):
                continue
            try:
                self.engine.do(ReleaseWindow(window.number), SYSTEM)
            except Refused:
                continue  # Somebody else released or closed it meanwhile.
            log.warning("window %s was released: its clerk may not sit there any more", window.number)

    def _may_sit(self, clerk: Clerk) -> bool:
        account = accounts.account_of(self._people, clerk.username)
        return account is not None and account.role in accounts.AT_WINDOWS

    # --- what several operations need ---

    def person(self, id_number: str) -> str:
        """A checked ID number as the keyed hash that the day keeps; empty for none.

        :raises Problem: when the number can't be right.
        """
        number = identity.normal_id(id_number)
        if number and not identity.is_resident_id(number, date.fromisoformat(self.engine.day.date)):
            raise wrong("id_number", Cure("id-number"))
        return self.keyring.person(number)

    def phone(self, phone: str) -> str:
        """A checked phone number as a keyed hash; empty for none.

        :raises Problem: when the number can't be right.
        """
        number = identity.normal_phone(phone)
        if number and not identity.is_phone(number):
            raise wrong("phone", Cure("phone"))
        return self.keyring.person(number)

    def marks(self, phone: str = "", initials: str = "", phone_end: str = "") -> tuple[str, ...]:
        """What finds a ticket by a little of its citizen, as keyed hashes: nothing can be read back."""
        end = identity.normal_phone(phone)[-PHONE_END:] or phone_end
        said = [f"phone-end/{end}"] if end else []
        said += [f"initials/{initials.lower()}"] if initials else []
        return tuple(self.keyring.mark(one) for one in said)

    def sealed_phone(self, phone: str, of: str) -> bytes:
        """A phone number to which texts will go, sealed for a ticket's id or an appointment's code; empty
        where none are sent: then none is kept.
        """
        number = identity.normal_phone(phone)
        if not number or self.settings.sms.provider == "off":
            return b""
        return self.keyring.seal(number.encode(), _of_phone(of))

    def booked_phone(self, code: str, ticket: TicketId) -> bytes:
        """An appointment's number for texts, sealed anew for the ticket that it becomes; empty for none."""
        booked = self.engine.settled().appointments.get(code)
        if not booked or not booked.phone:
            return b""
        try:
            return self.sealed_phone(self.keyring.unseal(booked.phone, _of_phone(code)).decode(), ticket)
        except ValueError:
            # Another key sealed it: the number goes untold, the ticket doesn't.
            log.error("an appointment's number for texts can't be read")
            return b""

    def texted_at(self, phone: str, ticket: TicketId) -> bytes:
        """A checked phone number to which a citizen wants texts, sealed; empty for none.

        :raises Problem: when the number can't be right, or the hall sends no texts.
        """
        self.phone(phone)
        sealed = self.sealed_phone(phone, ticket)
        if phone.strip() and not sealed:
            raise Problem(Code.INVALID, "no-texts", field="phone")
        return sealed

    def texted_phone(self, ticket: Ticket) -> str:
        """The number to which a ticket's texts go.

        :raises ValueError: when this hall's key did not seal it.
        """
        return self.keyring.unseal(ticket.phone, _of_phone(ticket.id)).decode()

    def place(self, kind: str, id: str) -> dict[str, str]:
        """Where something is, in words."""
        return texts.both(f"alert.place.{kind}", id=id)

    def zone(self, kind: str, id: str) -> str:
        """The zone where something is, as far as is known; empty where it isn't."""
        plan, day = self.settings.plan.windows, self.engine.day
        if kind == "ticket":
            ticket = day.tickets[day.numbers[TicketNumber(id)]]
            if window := day.window_of(ticket):
                return plan[window.number].zone
            return next(iter(Presenter(day, self.settings.zones, self.settings.trial).zones_of(ticket)), "")
        if kind in (Kind.KIOSK, Kind.BOARD):
            terminal = (self.settings.kiosks if kind == Kind.KIOSK else self.settings.boards).get(id)
            return (terminal.zone if terminal else None) or ""
        number = WindowNumber(int(id)) if id.isdecimal() else None
        return plan[number].zone if number in plan else ""

    def new_ticket_id(self) -> TicketId:
        return TicketId(secrets.token_urlsafe(TICKET_ID_BYTES))

    def new_draft_id(self) -> str:
        return secrets.token_urlsafe(TICKET_ID_BYTES)

    def drafts_of(self, secrets_: Iterable[str]) -> tuple[str, ...]:
        """The forms that these secrets open.

        :raises Problem: when one opens none.
        """
        fillers = [self.filler(one) for one in secrets_]
        if not all(fillers):
            raise Problem(Code.INVALID, "no-such-draft", field="drafts")
        return tuple(one.draft for one in fillers if one)

    def new_code(self) -> str:
        return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))

    def new_id(self) -> str:
        return secrets.token_urlsafe(TICKET_ID_BYTES)


def _of_phone(of: str) -> bytes:
    """What a sealed number belongs to."""
    return f"phone/{of}".encode()
