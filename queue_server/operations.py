"""What can be asked of the hall: for each thing its body, who may, the command and the answer.

HTTP and sockets are two doors to this one table: `api.py` maps paths to operations, `sockets.py`
maps messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assets import texts
from queue_server import accounts, answers, bodies
from queue_server.accounts import Caller
from queue_server.answers import Params
from queue_server.bodies import Shape, instant, read, wrong
from queue_server.engine import Render
from queue_server.hall import commands as c
from queue_server.hall.commands import Closing, Command
from queue_server.hall.day import Day
from queue_server.hall.events import Event
from queue_server.hall.help_requests import SEARCH
from queue_server.hall.materials import Ticks
from queue_server.hall.model import (
    Clerk,
    GroupId,
    Instant,
    ServiceId,
    TicketId,
    WindowNumber,
    Words,
)
from queue_server.hall.slips import SlipState
from queue_server.present import Presenter
from queue_server.problems import Cure, Problem
from queue_server.self_fill import draft_operations
from queue_server.storage.store import Answer
from queue_server.wire import Body, Code, Kind

if TYPE_CHECKING:
    from queue_server.desk import Desk

Command_ = Callable[["Desk", Caller, Params, Any], Command]
Show = Callable[["Desk", Params, Presenter, list[Event]], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """`result` names what the answer shows; an ack puts it under that name."""

    name: str
    result: str
    shape: type[Shape]
    allowed: Callable[[Caller], bool]
    command: Command_
    show: Show
    summary: str

    def read(self, body: Body) -> Any:
        """:raises Problem: `invalid`, naming the field."""
        return read(self.shape, body)

    def render(self, desk: Desk, params: Params) -> Render:
        """How the engine shows the day right after the events."""

        def shown(day: Day, events: list[Event]) -> Answer:
            show = Presenter(day, desk.settings.zones, desk.settings.trial)
            return self.show(desk, params, show, events)

        return shown


# --- who may --------------------------------------------------------------------------------------


def _anyone(caller: Caller) -> bool:
    return True


def _issuers(caller: Caller) -> bool:
    return caller.is_staff or caller.kind is Kind.KIOSK


def _staff(caller: Caller) -> bool:
    return caller.is_staff


def _holder_or_staff(caller: Caller) -> bool:
    return caller.is_staff or caller.ticket is not None


def _managers(caller: Caller) -> bool:
    return caller.is_manager


def _at_windows(caller: Caller) -> bool:
    return caller.role in accounts.AT_WINDOWS or caller.kind is Kind.KEYPAD


def _raters(caller: Caller) -> bool:
    """Never staff: nobody may rate for the citizen."""
    return caller.kind is Kind.EVALUATOR or caller.ticket is not None


def _boards(caller: Caller) -> bool:
    return caller.kind is Kind.BOARD


def _kiosks(caller: Caller) -> bool:
    return caller.kind is Kind.KIOSK


def _helpless(caller: Caller) -> bool:
    return caller.is_staff or caller.kind is not None or caller.ticket is not None


# --- the table ------------------------------------------------------------------------------------

OPERATIONS: dict[str, Operation] = {}


def _operation(
    result: str,
    shape: type[Shape],
    allowed: Callable[[Caller], bool],
    show: Show,
) -> Callable[[Command_], Command_]:
    """Enter a command's maker into the table under its own name."""

    def enter(make: Command_) -> Command_:
        name = make.__name__
        OPERATIONS[name] = Operation(name, result, shape, allowed, make, show, (make.__doc__ or "").strip())
        return make

    return enter


def _param(params: Params, name: str) -> str:
    """What a path always has; a message may lack it.

    :raises Problem: `invalid`, naming it.
    """
    if not params.get(name):
        raise wrong(name, Cure("missing"))
    return params[name]


def _number(params: Params) -> WindowNumber:
    number = _param(params, "n")
    if not (number.isascii() and number.isdecimal() and len(number) < 6):
        raise wrong("n", Cure("window"))
    return WindowNumber(int(number))


def _ticket(desk: Desk, caller: Caller, params: Params) -> TicketId:
    """The path's ticket; a holder has only its own, and what is over stays as it is."""
    ticket = desk.ticket_id(_param(params, "id"))
    if not caller.is_staff and caller.kind is not Kind.EVALUATOR and caller.ticket != ticket:
        raise Problem(Code.FORBIDDEN, "not-your-ticket")
    _must_be_today(desk, ticket)
    return ticket


def _must_be_today(desk: Desk, ticket: TicketId) -> None:
    """:raises Problem: `wrong-state` for a ticket of an earlier day."""
    if ticket not in desk.engine.day.tickets and (past := desk.past_ticket(ticket)):
        raise Problem(Code.WRONG_STATE, "day-over", state=past[1].state)


def _services(services: Iterable[str] | None) -> tuple[ServiceId, ...]:
    return tuple(ServiceId(service) for service in services or ())


def _ticks(materials: dict[str, dict[str, bool]]) -> Ticks:
    return {ServiceId(service): said for service, said in materials.items()}


def _group(group: str | None) -> GroupId | None:
    return GroupId(group) if group is not None else None


# --- tickets ---


@_operation("ticket", bodies.TakeTicket, _issuers, answers.new_ticket)
def take_ticket(desk: Desk, caller: Caller, params: Params, body: bodies.TakeTicket) -> Command:
    """Take a number for services or a group."""
    id = desk.new_ticket_id()
    return c.TakeTicket(
        id,
        services=_services(body.services),
        group=_group(body.group),
        party=body.party,
        priority=body.priority,
        needs=tuple(dict.fromkeys(body.needs)),
        language=body.language,
        id_hash=desk.person(body.id_number),
        phone_hash=desk.phone(body.phone),
        kiosk=caller.id if caller.kind is Kind.KIOSK else body.kiosk,
        agent=body.agent,
        marks=desk.marks(body.phone, body.initials),
        phone=desk.sealed_phone(body.phone, id),
        drafts=desk.drafts_of(body.drafts),
        materials=None if body.materials is None else _ticks(body.materials),
    )


@_operation("ticket", bodies.Nothing, _holder_or_staff, answers.ticket)
def cancel(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Give up a number."""
    return c.Cancel(_ticket(desk, caller, params))


@_operation("ticket", bodies.Nothing, _holder_or_staff, answers.ticket)
def requeue(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Come back after a missed call."""
    return c.Requeue(_ticket(desk, caller, params))


@_operation("ticket", bodies.SetPhone, _holder_or_staff, answers.ticket)
def send_texts(desk: Desk, caller: Caller, params: Params, body: bodies.SetPhone) -> Command:
    """Have texts sent to a phone when few are ahead and when the number is called, or no more."""
    ticket = _ticket(desk, caller, params)
    return c.SetPhone(ticket, desk.texted_at(body.phone, ticket))


@_operation("ticket", bodies.Nothing, _holder_or_staff, answers.same_ticket)
def late(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Let others go first, keeping the time of arrival; with nobody behind nothing changes or is counted."""
    return c.LetOthersGo(_ticket(desk, caller, params))


@_operation("ticket", bodies.CorrectTicket, _staff, answers.ticket)
def ticket_set(desk: Desk, caller: Caller, params: Params, body: bodies.CorrectTicket) -> Command:
    """Put right what was chosen wrongly, or who goes first; the time of waiting is kept."""
    if body.services is not None and body.group is not None:
        raise Problem(Code.INVALID, "services-or-group", field="services")
    return c.Correct(
        _ticket(desk, caller, params),
        services=None if body.services is None else _services(body.services),
        group=_group(body.group),
        priority=body.priority,
        needs=None if body.needs is None else tuple(dict.fromkeys(body.needs)),
        note=body.note,
        reason=body.reason,
    )


@_operation("ticket", bodies.TickMaterials, _holder_or_staff, answers.same_ticket)
def materials(desk: Desk, caller: Caller, params: Params, body: bodies.TickMaterials) -> Command:
    """Say which papers are there; the clerk sees it before calling."""
    return c.TickMaterials(_ticket(desk, caller, params), _ticks(body.materials))


@_operation("ticket", bodies.CheckPriority, _staff, answers.ticket)
def priority_check(desk: Desk, caller: Caller, params: Params, body: bodies.CheckPriority) -> Command:
    """Confirm a claimed priority, or remove it: the ticket then stands where its arrival puts it."""
    return c.CheckPriority(_ticket(desk, caller, params), body.confirmed, body.reason)


@_operation("ticket", bodies.Nothing, _staff, answers.secret)
def reprint(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """A new secret for a lost slip; the old one stops working."""
    return c.RenewSecret(_ticket(desk, caller, params))


@_operation("ticket", bodies.Rate, _raters, answers.ticket)
def rate(desk: Desk, caller: Caller, params: Params, body: bodies.Rate) -> Command:
    """Rate a visit, or one of its services; once."""
    channel = caller.kind.value if caller.kind else "phone"
    return c.Rate(
        desk.new_id(),
        _ticket(desk, caller, params),
        body.score,
        service=ServiceId(body.service) if body.service is not None else None,
        tags=tuple(body.tags),
        comment=body.comment,
        channel=channel,
    )


# --- slips ---


@_operation("slip", bodies.OrderSlip, _staff, answers.last_slip)
def slip_order(desk: Desk, caller: Caller, params: Params, body: bodies.OrderSlip) -> Command:
    """Have a number's slip printed at a kiosk; marked as a reprint where one may be out already."""
    terminal = desk.terminals.get((Kind.KIOSK, body.kiosk))
    if terminal is None or not terminal.connections:
        raise Problem(Code.INVALID, "kiosk-away", field="kiosk", kiosk=body.kiosk)
    return c.OrderSlip(desk.new_id(), _ticket(desk, caller, params), body.kiosk, body.large)


@_operation("ticket", bodies.PrintAgain, _kiosks, answers.own_slip)
def slip_again(desk: Desk, caller: Caller, params: Params, body: bodies.PrintAgain) -> Command:
    """Print the slip of the number that was scanned; the kiosk does it at once."""
    return c.OrderSlip(desk.new_id(), _ticket(desk, caller, params), caller.id, body.large, own=True)


@_operation("ticket", bodies.Nothing, _kiosks, answers.slip_to_print)
def slip_take(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Claim a slip that was ordered, before it is printed: nobody gets it twice."""
    return c.TakeSlip(_param(params, "id"), caller.id)


@_operation("slip", bodies.EndSlip, _kiosks, answers.slip)
def slip_ended(desk: Desk, caller: Caller, params: Params, body: bodies.EndSlip) -> Command:
    """What became of a slip that was claimed."""
    return c.EndSlip(_param(params, "id"), caller.id, SlipState(body.result))


# --- windows ---


@_operation("window", bodies.OpenWindow, _at_windows, answers.window)
def window_open(desk: Desk, caller: Caller, params: Params, body: bodies.OpenWindow) -> Command:
    """Open a window, or leave its pause; a clerk claims it, a manager may open it for one."""
    clerk = None
    if body.clerk is not None:
        if not caller.is_manager and body.clerk != (caller.account and caller.account.username):
            raise Problem(Code.FORBIDDEN, "managers-only", field="clerk")
        clerk = _clerk(desk, "clerk", body.clerk)
    return c.OpenWindow(_number(params), clerk)


def _clerk(desk: Desk, field: str, username: str) -> Clerk:
    """Somebody who may sit at windows.

    :raises Problem: `invalid`, for others.
    """
    account = accounts.account_of(desk.people, username)
    if account is None:
        raise Problem(Code.INVALID, "no-such-account", field=field, username=username)
    if account.role not in accounts.AT_WINDOWS:
        raise Problem(Code.INVALID, "not-at-windows", field=field, username=username)
    return account.clerk


@_operation("window", bodies.WithReason, _at_windows, answers.window)
def window_pause(desk: Desk, caller: Caller, params: Params, body: bodies.WithReason) -> Command:
    """Pause a window; its clerk and citizen stay."""
    return c.PauseWindow(_number(params), body.reason)


@_operation("window", bodies.Nothing, _at_windows, answers.window)
def window_close(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Close a window, after the current citizen."""
    return c.CloseWindow(_number(params))


@_operation("window", bodies.Nothing, _managers, answers.window)
def window_release(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Free a window whose clerk has gone, at once."""
    return c.ReleaseWindow(_number(params))


@_operation("window", bodies.SetWindow, _managers, answers.window)
def window_set(desk: Desk, caller: Caller, params: Params, body: bodies.SetWindow) -> Command:
    """Change today which groups a window serves, or what its display says it does."""
    if body.groups is None and body.plate is None:
        raise wrong("groups", Cure("missing"))
    groups = None if body.groups is None else tuple(GroupId(one) for one in dict.fromkeys(body.groups))
    plate: Words | None = None
    if body.plate is not None:
        zh = body.plate.zh.strip()
        plate = {"zh": zh, "en": body.plate.en.strip() or zh} if zh else {}
    return c.SetWindow(_number(params), groups, plate)


@_operation("window", bodies.HandOverWindow, _at_windows, answers.window)
def window_hand_over(desk: Desk, caller: Caller, params: Params, body: bodies.HandOverWindow) -> Command:
    """Hand a window over to a colleague, with the citizen at it: nothing is lost."""
    return c.HandOverWindow(_number(params), _clerk(desk, "to", body.to))


@_operation("ticket", bodies.Next, _at_windows, answers.called)
def next(desk: Desk, caller: Caller, params: Params, body: bodies.Next) -> Command:
    """Call the next one; `current` says what becomes of whoever is at the window."""
    return c.CallNext(_number(params), Closing(body.current) if body.current else None)


@_operation("ticket", bodies.Nothing, _at_windows, answers.ticket)
def recall(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Call the same one again; the more often, the further the call reaches."""
    number = _number(params)
    return c.Recall(number, _search(desk, number))


def _search(desk: Desk, number: WindowNumber) -> c.AskHelp | None:
    """What an assistant would be told who looks for the one called to a window."""
    day = desk.engine.day
    window = day.windows.get(number)
    if window is None or window.ticket is None:
        return None
    ticket = day.tickets[window.ticket].number
    place = texts.both("alert.place.search", number=ticket, window=number)
    return c.AskHelp(
        desk.new_id(),
        SEARCH,
        ticket,
        place,
        texts.both("alert.search", number=ticket, window=number),
        desk.zone(Kind.KEYPAD, str(number)),
    )


@_operation("ticket", bodies.Nothing, _at_windows, answers.ticket)
def start(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """The citizen is here: the service starts."""
    return c.Start(_number(params))


@_operation("ticket", bodies.Finish, _at_windows, answers.ticket)
def finish(desk: Desk, caller: Caller, params: Params, body: bodies.Finish) -> Command:
    """The service is done; the ticket goes on to its next step, or is finished."""
    done = None if body.services is None else _services(body.services)
    return c.Finish(_number(params), done, body.outcome, body.reason)


@_operation("ticket", bodies.Nothing, _at_windows, answers.ticket)
def no_show(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Nobody came."""
    return c.NoShow(_number(params))


@_operation("ticket", bodies.WithReason, _at_windows, answers.ticket)
def park(desk: Desk, caller: Caller, params: Params, body: bodies.WithReason) -> Command:
    """Set the citizen aside for a while (a copy, a signature)."""
    return c.Park(_number(params), body.reason)


@_operation("ticket", bodies.OneTicket, _at_windows, answers.ticket)
def unpark(desk: Desk, caller: Caller, params: Params, body: bodies.OneTicket) -> Command:
    """Go on with somebody who was parked."""
    return c.Unpark(_number(params), desk.ticket_id(body.ticket))


@_operation("ticket", bodies.Transfer, _at_windows, answers.transferred)
def transfer(desk: Desk, caller: Caller, params: Params, body: bodies.Transfer) -> Command:
    """Send the citizen to a group or a window; the time of waiting is kept."""
    return c.Transfer(
        _number(params),
        group=_group(body.group),
        to_window=WindowNumber(body.window) if body.window is not None else None,
        note=body.note,
        ticket=desk.ticket_id(body.ticket) if body.ticket is not None else None,
    )


@_operation("ticket", bodies.CallNamed, _at_windows, answers.ticket)
def call(desk: Desk, caller: Caller, params: Params, body: bodies.CallNamed) -> Command:
    """Call somebody by name, with the reason."""
    return c.CallNamed(_number(params), desk.ticket_id(body.ticket), body.reason)


@_operation("ticket", bodies.Nothing, _at_windows, answers.ticket)
def undo(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Take back the window's last finish, miss, park or transfer, within seconds."""
    return c.UndoLast(_number(params))


# --- the hall ---


@_operation("hall", bodies.WithReason, _managers, answers.hall)
def hall_open(desk: Desk, caller: Caller, params: Params, body: bodies.WithReason) -> Command:
    """Open the hall against its hours, for today."""
    return c.OpenHall(body.reason)


@_operation("hall", bodies.CloseHall, _managers, answers.hall)
def hall_close(desk: Desk, caller: Caller, params: Params, body: bodies.CloseHall) -> Command:
    """Close the hall early: no new numbers; those who wait are served, or sent home."""
    return c.CloseHall(body.reason, body.cancel_waiting)


@_operation("notice", bodies.Notice, _managers, answers.notice)
def notice_add(desk: Desk, caller: Caller, params: Params, body: bodies.Notice) -> Command:
    """Put a notice on the boards."""
    for zone in body.zones:
        if zone not in desk.settings.zones:
            raise wrong("zones", Cure("zone", {"allowed": ", ".join(desk.settings.zones)}))
    until = Instant(instant(body.until, "until")) if body.until else None
    if until is not None and until <= desk.engine.now():
        raise wrong("until", Cure("future"))
    words = {"zh": body.text.zh, "en": body.text.en or body.text.zh}
    return c.PostNotice(desk.new_id(), words, tuple(body.zones), until)


@_operation("notice", bodies.Nothing, _managers, answers.nothing)
def notice_remove(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Take a notice down."""
    return c.WithdrawNotice(_param(params, "id"))


@_operation("alert", bodies.Nothing, _managers, answers.alert)
def alert_ack(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """A manager has seen an alert."""
    return c.AckAlert(_param(params, "id"))


@_operation("alert", bodies.WithReason, _helpless, answers.alert)
def help(desk: Desk, caller: Caller, params: Params, body: bodies.WithReason) -> Command:
    """Ask for somebody to come."""
    kind, id = _where(desk, caller, params)
    place = desk.place(kind, id)
    zone = desk.zone(kind, id)
    return c.AskHelp(desk.new_id(), kind, id, place, _help_words(place, body.reason), zone, body.reason)


def _help_words(place: Words, reason: str) -> Words:
    """What managers read of a call for help."""
    return texts.both("alert.help", place=place, reason=reason or texts.both("alert.help.no-reason"))


@_operation("help", bodies.Nothing, _staff, answers.help)
def help_take(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Go to somebody who asked for help."""
    return c.TakeHelp(params["id"])


@_operation("help", bodies.WithNote, _staff, answers.help)
def help_done(desk: Desk, caller: Caller, params: Params, body: bodies.WithNote) -> Command:
    """Somebody was helped."""
    return c.FinishHelp(params["id"], body.note)


@_operation("help", bodies.HandOver, _staff, answers.help)
def help_hand_over(desk: Desk, caller: Caller, params: Params, body: bodies.HandOver) -> Command:
    """Ask a colleague, or anybody, to go instead."""
    if body.to is not None and accounts.account_of(desk.people, body.to) is None:
        raise Problem(Code.INVALID, "no-such-account", field="to", username=body.to)
    request = desk.engine.day.helps.get(params["id"])
    words = _help_words(request.place, body.note or request.reason) if request else {}
    return c.HandOverHelp(params["id"], body.to or "", body.note, desk.new_id(), words)


def _where(desk: Desk, caller: Caller, params: Params) -> tuple[str, str]:
    """Whence the cry for help: a window, a ticket's phone, a terminal."""
    if "n" in params:
        return "window", str(_number(params))
    if caller.ticket is not None:
        _must_be_today(desk, caller.ticket)
        return "ticket", desk.engine.day.tickets[caller.ticket].number
    return (caller.kind or Kind.API).value, caller.id or caller.name


@_operation("call", bodies.Announced, _boards, answers.nothing)
def announced(desk: Desk, caller: Caller, params: Params, body: bodies.Announced) -> Command:
    """A board has said a call, or shown it where it has no voice."""
    return c.Announce(body.call, caller.id)


# --- appointments ---


@_operation("appointment", bodies.Book, _staff, answers.appointment)
def book(desk: Desk, caller: Caller, params: Params, body: bodies.Book) -> Command:
    """Make an appointment in a free slot."""
    code = desk.new_code()
    return c.MakeAppointment(
        code,
        _services(body.services),
        Instant(instant(body.slot_start, "slot_start")),
        Instant(instant(body.slot_end, "slot_end")),
        desk.phone(body.phone),
        desk.sealed_phone(body.phone, code),
        desk.marks(body.phone),
    )


@_operation("appointment", bodies.Nothing, _anyone, answers.appointment)
def appointment_cancel(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> Command:
    """Cancel an appointment."""
    return c.CancelAppointment(_param(params, "code").upper())


@_operation("ticket", bodies.CheckIn, _anyone, answers.new_ticket)
def check_in(desk: Desk, caller: Caller, params: Params, body: bodies.CheckIn) -> Command:
    """Turn an appointment into a ticket."""
    kiosk = caller.id if caller.kind is Kind.KIOSK else ""
    code, ticket = _param(params, "code").upper(), desk.new_ticket_id()
    return c.CheckIn(
        code,
        ticket,
        kiosk,
        body.language,
        desk.booked_phone(code, ticket),
        priority=body.priority,
        needs=tuple(dict.fromkeys(body.needs)),
        drafts=desk.drafts_of(body.drafts),
        materials=None if body.materials is None else _ticks(body.materials),
    )


# --- forms that citizens fill in ---

for _result, _shape, _allowed, _show, _make in draft_operations.ENTRIES:
    _operation(_result, _shape, _allowed, _show)(_make)
