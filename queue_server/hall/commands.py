"""What people and programs ask of the hall: imperative, frozen, with all that is random in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from queue_server.hall.drafts import DraftState
from queue_server.hall.materials import Ticks
from queue_server.hall.model import (
    Clerk,
    GroupId,
    HallPlan,
    Instant,
    Language,
    Need,
    Outcome,
    Party,
    Priority,
    ServiceId,
    TicketId,
    WindowNumber,
    Words,
)
from queue_server.hall.slips import SlipState


class Power(StrEnum):
    """What an actor may do at windows: any, its own, or those it is bound to."""

    NONE = "none"
    CLERK = "clerk"
    KEYPAD = "keypad"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks; `name` goes into the record. A keypad or evaluator is bound to `window`."""

    name: str
    power: Power = Power.NONE
    clerk: Clerk | None = None
    window: WindowNumber | None = None


SYSTEM = Actor("system", Power.MANAGER)


class Closing(StrEnum):
    """What becomes of the current citizen when the next one is called."""

    FINISH = "finish"
    NO_SHOW = "no-show"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class TakeTicket:
    id: TicketId
    services: tuple[ServiceId, ...] = ()
    group: GroupId | None = None
    party: Party | None = None
    priority: Priority = Priority.NONE
    needs: tuple[Need, ...] = ()
    language: Language = Language.ZH
    id_hash: str = ""
    phone_hash: str = ""
    kiosk: str = ""
    agent: bool = False
    marks: tuple[str, ...] = ()
    phone: bytes = field(default=b"", repr=False)
    """Sealed; empty where no texts are sent."""
    drafts: tuple[str, ...] = ()
    """Forms that were filled in beforehand."""
    materials: Ticks | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """`phone`: the appointment's number for texts, sealed anew for the ticket."""

    code: str
    ticket: TicketId
    kiosk: str = ""
    language: Language = Language.ZH
    phone: bytes = field(default=b"", repr=False)
    priority: Priority = Priority.NONE
    needs: tuple[Need, ...] = ()
    drafts: tuple[str, ...] = ()
    materials: Ticks | None = None


@dataclass(frozen=True, slots=True)
class CallNext:
    window: WindowNumber
    current: Closing | None = None


@dataclass(frozen=True, slots=True)
class CallNamed:
    window: WindowNumber
    ticket: TicketId
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recall:
    """`search` asks an assistant to look for the ticket that it names; the config says from when on."""

    window: WindowNumber
    search: AskHelp | None = None


@dataclass(frozen=True, slots=True)
class Start:
    window: WindowNumber


@dataclass(frozen=True, slots=True)
class Finish:
    """`services` of None means all of the step's services are done."""

    window: WindowNumber
    services: tuple[ServiceId, ...] | None = None
    outcome: Outcome = Outcome.ACCEPTED
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NoShow:
    window: WindowNumber


@dataclass(frozen=True, slots=True)
class Park:
    window: WindowNumber
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unpark:
    window: WindowNumber
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class Transfer:
    window: WindowNumber
    group: GroupId | None = None
    to_window: WindowNumber | None = None
    note: str = ""
    ticket: TicketId | None = None


@dataclass(frozen=True, slots=True)
class UndoLast:
    window: WindowNumber


@dataclass(frozen=True, slots=True)
class Cancel:
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class Requeue:
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class LetOthersGo:
    """The citizen is late and lets others go first, keeping the time of arrival."""

    ticket: TicketId


@dataclass(frozen=True, slots=True)
class Correct:
    """Put right what was chosen wrongly; None leaves a thing as it is."""

    ticket: TicketId
    services: tuple[ServiceId, ...] | None = None
    group: GroupId | None = None
    priority: Priority | None = None
    needs: tuple[Need, ...] | None = None
    note: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TickMaterials:
    ticket: TicketId
    ticks: Ticks


@dataclass(frozen=True, slots=True)
class CheckPriority:
    """A claimed priority is `confirmed`, or removed for a reason."""

    ticket: TicketId
    confirmed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RenewSecret:
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """`clerk` is whom it opens for; None resumes for the clerk who holds it."""

    window: WindowNumber
    clerk: Clerk | None = None


@dataclass(frozen=True, slots=True)
class PauseWindow:
    window: WindowNumber
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CloseWindow:
    window: WindowNumber


@dataclass(frozen=True, slots=True)
class ReleaseWindow:
    window: WindowNumber


@dataclass(frozen=True, slots=True)
class HandOverWindow:
    """The window goes to a colleague (`to`), with whoever is at it."""

    window: WindowNumber
    to: Clerk


@dataclass(frozen=True, slots=True)
class SetWindow:
    """What a window does today; None leaves a thing as it is, an empty `plate` goes back to the plan's."""

    window: WindowNumber
    groups: tuple[GroupId, ...] | None = None
    plate: Words | None = None


@dataclass(frozen=True, slots=True)
class OpenHall:
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CloseHall:
    reason: str = ""
    cancel_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    id: str
    ticket: TicketId
    score: int
    service: ServiceId | None = None
    tags: tuple[str, ...] = ()
    comment: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class MakeAppointment:
    code: str
    services: tuple[ServiceId, ...]
    start: Instant
    end: Instant
    phone_hash: str = ""
    phone: bytes = field(default=b"", repr=False)
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelAppointment:
    code: str


@dataclass(frozen=True, slots=True)
class ForgetBookedPhone:
    """Erase the number for texts of an appointment that nobody will keep any more."""

    code: str


@dataclass(frozen=True, slots=True)
class PostNotice:
    id: str
    text: Words
    zones: tuple[str, ...] = ()
    until: Instant | None = None


@dataclass(frozen=True, slots=True)
class WithdrawNotice:
    id: str


@dataclass(frozen=True, slots=True)
class Announce:
    call: str
    board: str


@dataclass(frozen=True, slots=True)
class RaiseAlert:
    id: str
    kind: str
    subject: str
    text: Words


@dataclass(frozen=True, slots=True)
class ClearAlert:
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class AckAlert:
    id: str


@dataclass(frozen=True, slots=True)
class AskHelp:
    """`kind` and `asker` say who asks, `place` in words; `text` is what managers are alerted with."""

    id: str
    kind: str
    asker: str
    place: Words
    text: Words
    zone: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakeHelp:
    id: str


@dataclass(frozen=True, slots=True)
class HandOverHelp:
    """`to` is a colleague's username, empty for anybody; `alert` and `text` tell the managers."""

    id: str
    to: str
    note: str
    alert: str
    text: Words


@dataclass(frozen=True, slots=True)
class FinishHelp:
    id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderSlip:
    """A slip of a number that was given before. `own`: the kiosk itself asks, and prints at once."""

    id: str
    ticket: TicketId
    kiosk: str
    large: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class TakeSlip:
    """A kiosk claims an order before it prints."""

    id: str
    kiosk: str


@dataclass(frozen=True, slots=True)
class EndSlip:
    id: str
    kiosk: str
    state: SlipState


@dataclass(frozen=True, slots=True)
class NoteText:
    """The gateway took a text; `what` names it (`ahead/0`, `call/…`)."""

    ticket: TicketId
    what: str


@dataclass(frozen=True, slots=True)
class SetPhone:
    """Where a citizen wants texts from now on, sealed; empty: nowhere any more."""

    ticket: TicketId
    phone: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ForgetPhone:
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class ChangePlan:
    plan: HallPlan


@dataclass(frozen=True, slots=True)
class TurnDay:
    day: str


@dataclass(frozen=True, slots=True)
class BeginForm:
    """`of` is how many questions must be answered, as far as is known; `sealed` and `filled` are what its
    visit has answered already.
    """

    id: str
    form: str
    of: int
    ticket: TicketId | None = None
    filled: int = 0
    sealed: dict[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SaveForm:
    """`sealed` has the fields that were written, each by its name; an empty one is taken away.

    `filled`, `of` and `is_whole` say how the form then stands.
    """

    draft: str
    sealed: dict[str, bytes] = field(repr=False)
    filled: int
    of: int
    is_whole: bool
    consents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FinishForm:
    """It was whole at this `revision`."""

    draft: str
    state: DraftState
    revision: int


@dataclass(frozen=True, slots=True)
class EraseForms:
    drafts: tuple[str, ...]


Command = (
    TakeTicket
    | CheckIn
    | CallNext
    | CallNamed
    | Recall
    | Start
    | Finish
    | NoShow
    | Park
    | Unpark
    | Transfer
    | UndoLast
    | BeginForm
    | SaveForm
    | FinishForm
    | EraseForms
    | Cancel
    | Requeue
    | LetOthersGo
    | Correct
    | TickMaterials
    | CheckPriority
    | RenewSecret
    | OpenWindow
    | PauseWindow
    | CloseWindow
    | ReleaseWindow
    | HandOverWindow
    | SetWindow
    | OpenHall
    | CloseHall
    | Rate
    | MakeAppointment
    | CancelAppointment
    | ForgetBookedPhone
    | PostNotice
    | WithdrawNotice
    | Announce
    | RaiseAlert
    | ClearAlert
    | AckAlert
    | AskHelp
    | TakeHelp
    | HandOverHelp
    | FinishHelp
    | OrderSlip
    | TakeSlip
    | EndSlip
    | NoteText
    | SetPhone
    | ForgetPhone
    | ChangePlan
    | TurnDay
)
