"""What happened: past tense, frozen. `state.apply` makes them true, the record keeps them.

When, who and because of which request stand beside an event in the record, not in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from queue_server.hall.drafts import Draft, DraftState
from queue_server.hall.help_requests import HelpRequest, HelpState
from queue_server.hall.model import (
    Alert,
    Appointment,
    Ask,
    Clerk,
    GroupId,
    HallPlan,
    Has,
    Instant,
    Need,
    Notice,
    Override,
    Priority,
    Rating,
    Result,
    Rule,
    State,
    Step,
    Ticket,
    TicketId,
    WindowNumber,
    Words,
)
from queue_server.hall.slips import SlipOrder, SlipState


@dataclass(frozen=True, slots=True)
class TicketTaken:
    ticket: Ticket
    appointment: str = ""


@dataclass(frozen=True, slots=True)
class TicketCalled:
    """`passed` are the tickets in line for longer; `turn` is where the window's ratio stands."""

    ticket: TicketId
    window: WindowNumber
    clerk: str
    call: str
    rule: Rule
    passed: tuple[TicketId, ...] = ()
    reason: str = ""
    turn: int = 0


@dataclass(frozen=True, slots=True)
class TicketRecalled:
    ticket: TicketId
    window: WindowNumber
    call: str


@dataclass(frozen=True, slots=True)
class ServiceStarted:
    ticket: TicketId
    window: WindowNumber


@dataclass(frozen=True, slots=True)
class StepFinished:
    """The step is done; the ticket goes on to its next step, or is finished."""

    ticket: TicketId
    window: WindowNumber
    was: State
    results: tuple[Result, ...]
    ask: Ask


@dataclass(frozen=True, slots=True)
class TicketMissed:
    ticket: TicketId
    window: WindowNumber


@dataclass(frozen=True, slots=True)
class TicketRequeued:
    ticket: TicketId
    queued_at: Instant


@dataclass(frozen=True, slots=True)
class TicketDeferred:
    ticket: TicketId
    queued_at: Instant


@dataclass(frozen=True, slots=True)
class TicketParked:
    ticket: TicketId
    window: WindowNumber
    was: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TicketUnparked:
    ticket: TicketId
    window: WindowNumber
    clerk: str


@dataclass(frozen=True, slots=True)
class TicketTransferred:
    ticket: TicketId
    window: WindowNumber
    group: GroupId
    to_window: WindowNumber | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TicketReturned:
    """Called, but its window was released: it waits again, where it stood."""

    ticket: TicketId


@dataclass(frozen=True, slots=True)
class PressUndone:
    ticket: TicketId
    window: WindowNumber
    step: int
    was: State


@dataclass(frozen=True, slots=True)
class TicketCancelled:
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class TicketEnded:
    """The day's end: what was being served counts as finished, the rest has expired."""

    ticket: TicketId
    state: State


@dataclass(frozen=True, slots=True)
class TicketCorrected:
    """`steps` replaces the steps from the current one on."""

    ticket: TicketId
    steps: tuple[Step, ...] | None = None
    priority: Priority | None = None
    needs: tuple[Need, ...] | None = None
    note: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MaterialsTicked:
    """`has` is all that is there from now on."""

    ticket: TicketId
    has: Has


@dataclass(frozen=True, slots=True)
class PriorityConfirmed:
    ticket: TicketId
    by: str


@dataclass(frozen=True, slots=True)
class PriorityRemoved:
    ticket: TicketId
    claimed: Priority
    reason: str


@dataclass(frozen=True, slots=True)
class SecretRenewed:
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class WindowOpened:
    window: WindowNumber
    clerk: Clerk | None


@dataclass(frozen=True, slots=True)
class WindowPaused:
    window: WindowNumber
    reason: str


@dataclass(frozen=True, slots=True)
class WindowClosing:
    window: WindowNumber


@dataclass(frozen=True, slots=True)
class WindowClosed:
    window: WindowNumber
    released: bool = False


@dataclass(frozen=True, slots=True)
class GroupsSet:
    window: WindowNumber
    groups: tuple[GroupId, ...]


@dataclass(frozen=True, slots=True)
class PlateSet:
    """`plate` is None where the plan's counts again."""

    window: WindowNumber
    plate: Words | None


@dataclass(frozen=True, slots=True)
class WindowHandedOver:
    """`ticket` is whoever was at the window and stays."""

    window: WindowNumber
    clerk: Clerk
    ticket: TicketId | None


@dataclass(frozen=True, slots=True)
class HallSet:
    """A manager's word against the hours."""

    override: Override
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceRated:
    rating: Rating
    slot: str


@dataclass(frozen=True, slots=True)
class AppointmentMade:
    appointment: Appointment


@dataclass(frozen=True, slots=True)
class AppointmentCancelled:
    code: str


@dataclass(frozen=True, slots=True)
class BookedPhoneForgotten:
    code: str


@dataclass(frozen=True, slots=True)
class NoticePosted:
    notice: Notice


@dataclass(frozen=True, slots=True)
class NoticeWithdrawn:
    id: str


@dataclass(frozen=True, slots=True)
class CallAnnounced:
    call: str
    board: str


@dataclass(frozen=True, slots=True)
class AlertRaised:
    alert: Alert


@dataclass(frozen=True, slots=True)
class AlertCleared:
    id: str


@dataclass(frozen=True, slots=True)
class AlertAcked:
    id: str
    by: str


@dataclass(frozen=True, slots=True)
class HelpAsked:
    request: HelpRequest


@dataclass(frozen=True, slots=True)
class HelpAskedAgain:
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class HelpTaken:
    id: str
    taker: Clerk


@dataclass(frozen=True, slots=True)
class HelpHandedOver:
    id: str
    wanted: str
    note: str


@dataclass(frozen=True, slots=True)
class HelpEnded:
    """`taker` is who had not taken it before; None leaves it as it is."""

    id: str
    state: HelpState
    taker: Clerk | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SlipOrdered:
    ticket: TicketId
    order: SlipOrder


@dataclass(frozen=True, slots=True)
class SlipTaken:
    ticket: TicketId
    id: str


@dataclass(frozen=True, slots=True)
class SlipEnded:
    ticket: TicketId
    id: str
    state: SlipState


@dataclass(frozen=True, slots=True)
class CitizenTexted:
    ticket: TicketId
    what: str


@dataclass(frozen=True, slots=True)
class PhoneSet:
    ticket: TicketId
    phone: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PhoneForgotten:
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class FormBegun:
    draft: Draft


@dataclass(frozen=True, slots=True)
class FormFound:
    """A ticket's form was asked for again: it is there, and nothing changes."""

    draft: str


@dataclass(frozen=True, slots=True)
class FormConsented:
    """The citizen allows these sources to fill a form in."""

    draft: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormSaved:
    """Some fields were written; an empty one in `sealed` is taken away. The record has their names only."""

    draft: str
    fields: tuple[str, ...]
    filled: int
    of: int
    state: DraftState
    sealed: dict[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormFinished:
    draft: str
    state: DraftState
    clerk: str


@dataclass(frozen=True, slots=True)
class FormAttached:
    draft: str
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class FormErased:
    draft: str


@dataclass(frozen=True, slots=True)
class PlanChanged:
    plan: HallPlan


@dataclass(frozen=True, slots=True)
class DayTurned:
    day: str


Event = (
    TicketTaken
    | TicketCalled
    | TicketRecalled
    | ServiceStarted
    | StepFinished
    | TicketMissed
    | TicketRequeued
    | TicketDeferred
    | TicketParked
    | TicketUnparked
    | TicketTransferred
    | TicketReturned
    | PressUndone
    | TicketCancelled
    | TicketEnded
    | TicketCorrected
    | MaterialsTicked
    | PriorityConfirmed
    | PriorityRemoved
    | SecretRenewed
    | WindowOpened
    | WindowPaused
    | WindowClosing
    | WindowClosed
    | GroupsSet
    | PlateSet
    | WindowHandedOver
    | HallSet
    | ServiceRated
    | AppointmentMade
    | AppointmentCancelled
    | BookedPhoneForgotten
    | NoticePosted
    | NoticeWithdrawn
    | CallAnnounced
    | AlertRaised
    | AlertCleared
    | AlertAcked
    | HelpAsked
    | HelpAskedAgain
    | HelpTaken
    | HelpHandedOver
    | HelpEnded
    | SlipOrdered
    | SlipTaken
    | SlipEnded
    | CitizenTexted
    | PhoneSet
    | PhoneForgotten
    | FormBegun
    | FormFound
    | FormConsented
    | FormSaved
    | FormFinished
    | FormAttached
    | FormErased
    | PlanChanged
    | DayTurned
)
