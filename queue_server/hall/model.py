"""What stands on the floor: tickets, windows, groups, and the day that holds them.

Everything here is plain data. Times are `Instant`s (seconds since the Unix epoch, UTC),
lengths of time are `Seconds`. Nothing in `queue_server.hall` reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from queue_server.hall.reach import CallRules, Reach

Instant = NewType("Instant", float)
Seconds = NewType("Seconds", float)
TicketId = NewType("TicketId", str)
TicketNumber = NewType("TicketNumber", str)
GroupId = NewType("GroupId", str)
ServiceId = NewType("ServiceId", str)
WindowNumber = NewType("WindowNumber", int)

Words = dict[str, str]
"""A text in the hall's languages: `{"zh": …, "en": …}`."""


class State(StrEnum):
    """Where a ticket, or one step of its visit, stands. `PENDING` is a step not reached yet."""

    PENDING = "pending"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    PARKED = "parked"
    MISSED = "missed"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


AT_A_WINDOW = frozenset({State.CALLED, State.SERVING})
ENDED = frozenset({State.FINISHED, State.CANCELLED, State.EXPIRED})
LIVE = frozenset(State) - ENDED - {State.PENDING}


class Action(StrEnum):
    """What can be done to a ticket; the rows of the contract's table."""

    NEXT = "next"
    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no-show"
    REQUEUE = "requeue"
    PARK = "park"
    UNPARK = "unpark"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    LATE = "late"
    UNDO = "undo"
    RELEASE = "release"
    END_DAY = "end-day"


W, C, S, P, M = State.WAITING, State.CALLED, State.SERVING, State.PARKED, State.MISSED
F, X, E = State.FINISHED, State.CANCELLED, State.EXPIRED

TRANSITIONS: dict[Action, dict[State, frozenset[State]]] = {
    Action.NEXT: {W: frozenset({C})},
    Action.CALL: {W: frozenset({C}), M: frozenset({C}), P: frozenset({C})},
    Action.RECALL: {C: frozenset({C})},
    Action.START: {C: frozenset({S})},
    Action.FINISH: {C: frozenset({F, W}), S: frozenset({F, W})},
    Action.NO_SHOW: {C: frozenset({M})},
    Action.REQUEUE: {M: frozenset({W})},
    Action.PARK: {C: frozenset({P}), S: frozenset({P})},
    Action.UNPARK: {P: frozenset({S})},
    Action.TRANSFER: {C: frozenset({W}), S: frozenset({W}), P: frozenset({W})},
    Action.CANCEL: {W: frozenset({X}), C: frozenset({X}), M: frozenset({X}), P: frozenset({X})},
    Action.LATE: {W: frozenset({W})},
    # From waiting: a transfer, or a finish that led to the visit's next step.
    Action.UNDO: {
        F: frozenset({C, S}),
        M: frozenset({C}),
        P: frozenset({C, S}),
        W: frozenset({C, S, P}),
    },
    Action.RELEASE: {C: frozenset({W}), S: frozenset({P})},
    Action.END_DAY: {
        W: frozenset({E}),
        C: frozenset({E}),
        P: frozenset({E}),
        M: frozenset({E}),
        S: frozenset({F}),
    },
}
"""Every move a ticket can make. What is not here cannot happen."""

del W, C, S, P, M, F, X, E


class WindowState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    PAUSED = "paused"
    CLOSING = "closing"


class HallState(StrEnum):
    OPEN = "open"
    BREAK = "break"
    CLOSED = "closed"


class Priority(StrEnum):
    NONE = "none"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    MILITARY = "military"
    INFANT = "infant"


class Need(StrEnum):
    DEAF = "deaf"
    BLIND = "blind"
    WHEELCHAIR = "wheelchair"
    INTERPRETER = "interpreter"
    SLOW = "slow"
    """Walks slowly: it takes longer from the call to the window."""


class Party(StrEnum):
    CITIZEN = "citizen"
    ENTERPRISE = "enterprise"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    PAPERS_MISSING = "papers-missing"
    ADVICE = "advice"
    NOT_POSSIBLE = "not-possible"


class Rule(StrEnum):
    """Why a ticket was the next one; clerks read it, the record keeps it."""

    LONGEST = "longest-waiting"
    PRIORITY = "priority"
    APPOINTMENT = "appointment"
    SENT = "sent-to-window"
    RATIO = "ratio"
    NAMED = "named"


class QueueClass(StrEnum):
    """The class a waiting ticket queues in: its priority, or an appointment."""

    NONE = "none"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    MILITARY = "military"
    INFANT = "infant"
    APPOINTMENT = "appointment"


class CallKind(StrEnum):
    CALL = "call"
    RECALL = "recall"


class Override(StrEnum):
    """A manager's word against the hours, for this day only."""

    NONE = ""
    OPEN = "open"
    CLOSED = "closed"


# --- the plan: what the config says -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """A queue with a letter of its own. `quota` and `last_number` are None where unlimited."""

    id: GroupId
    letter: str
    name: Words
    minutes: float = 8.0
    quota: int | None = None
    first_number: int = 1
    last_number: int | None = None
    target_minutes: float = 20.0


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """A window as configured. Empty `domains` and a `party` of None mean no limit."""

    number: WindowNumber
    groups: tuple[GroupId, ...]
    zone: str
    domains: frozenset[str] = frozenset()
    party: Party | None = None
    plate: Words | None = None
    """What the window's own display says it does; None where its groups say it."""


Has = dict[ServiceId, tuple[str, ...]]
"""Which papers are there, by item; one is named by its id in that item's guide."""


@dataclass(frozen=True, slots=True)
class Material:
    """A paper that citizens bring for an item. `later`: it may follow where the item allows that.

    `party`: of those who may come for the item only these need it.
    """

    id: str
    name: Words
    later: bool = False
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A handling item (办理项). `minutes` is its usual length at the window."""

    id: ServiceId
    name: Words
    group: GroupId
    minutes: float
    party: Party | None = None
    domain: str = ""
    themes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Where it can be done without waiting: `online`, `self-service`."""
    forms: tuple[str, ...] = ()
    """What must be filled in for it."""
    offered: tuple[str, ...] = ()
    """What may be filled in with it: a power of attorney, a promise."""
    materials: tuple[Material, ...] = ()
    """The papers to bring for it."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What a class is worth: `start` at once (minutes of waiting), then `per_minute` waited."""

    start: float
    per_minute: float


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How the next ticket is chosen. `ratio` is None, or (priority calls, ordinary calls).

    `most`: so many minutes of waiting at most a class is ahead by its credit, however it ages.
    """

    credits: dict[QueueClass, Credit]
    ratio: tuple[int, int] | None = None
    most: float = 60.0


@dataclass(frozen=True, slots=True)
class MissedRules:
    """`recalls` allowed, `returns` after a miss, each behind `behind` tickets; `late` likewise.

    `walk` says who walks slowly: seconds from the first call in which nobody may say that a citizen
    with this need, or of this class, hasn't come; of several the longest counts.
    """

    recalls: int = 5
    returns: int = 2
    behind: int = 3
    lates: int = 2
    undo_seconds: float = 15.0
    walk: dict[Need | Priority, float] = field(default_factory=dict)

    def walk_seconds(self, ticket: Ticket) -> Seconds:
        """How long its citizen may need to the window at least; 0 for those who walk as others do."""
        circumstances: tuple[Need | Priority, ...] = (*ticket.needs, ticket.priority)
        return Seconds(max(self.walk.get(one, 0.0) for one in circumstances))


@dataclass(frozen=True, slots=True)
class WaitRules:
    """Waits are told as ranges for a group that was measured `least` times, in the last `days` days."""

    least: int = 40
    days: int = 10


@dataclass(frozen=True, slots=True)
class AppointmentRules:
    """Slots of `minutes`, `capacity` each per group; check-in opens early and closes late."""

    minutes: int = 20
    capacity: int = 6
    early_minutes: float = 30.0
    late_minutes: float = 15.0
    days_ahead: int = 14
    groups: tuple[GroupId, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Local minutes of a day, from `start` to `end` (600 is 10:00; over 1440 is past midnight)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AfterHours:
    """Service outside the hours for some groups: on weekday `weekday` (0 is Monday)."""

    weekday: int
    span: Span
    groups: tuple[GroupId, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """When the hall works, in its own time zone; `week` has seven entries, Monday first."""

    timezone: str
    week: tuple[tuple[Span, ...], ...]
    always_open: bool = False
    holidays: frozenset[str] = frozenset()
    workdays: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    after_hours: tuple[AfterHours, ...] = ()
    doors_before_minutes: int = 0
    numbers_in_break: bool = True
    cut_off: bool = False
    day_starts: int = 0


@dataclass(frozen=True, slots=True)
class HallPlan:
    """The hall as the config has it: what the rules need to know, and nothing else."""

    name: Words
    hours: Hours
    groups: dict[GroupId, Group]
    windows: dict[WindowNumber, WindowPlan]
    services: dict[ServiceId, Service]
    dispatch: Dispatch
    missed: MissedRules = MissedRules()
    calls: CallRules = field(default_factory=CallRules)
    appointments: AppointmentRules = AppointmentRules()
    waits: WaitRules = WaitRules()
    visit_order: tuple[GroupId, ...] = ()
    one_live_ticket: bool = True
    ask_seconds: float = 60.0
    helper_names: bool = False
    """Whether who asked for help is told the name of who is on the way."""

    def visit_position(self, group: GroupId) -> int:
        """Where a group comes in a visit through several: as `visit_order` says, then as listed."""
        order = [*self.visit_order, *self.groups]
        return order.index(group)


# --- the day: what happened so far --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who sits at a window."""

    username: str
    name: str = ""
    staff_no: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one service of a step. One that was not done has no outcome."""

    service: ServiceId
    done: bool
    outcome: Outcome | None
    reason: str = ""


@dataclass(slots=True)
class Step:
    """One group's part of a visit.

    `arrived_at` is when its waiting began, `queued_at` orders the queue (a return or a "late"
    moves it, a transfer never does), `since` is when `state` began.
    """

    id: str
    group: GroupId
    services: tuple[ServiceId, ...]
    state: State
    arrived_at: Instant
    queued_at: Instant
    since: Instant
    window: WindowNumber | None = None
    clerk: str = ""
    called_at: Instant | None = None
    started_at: Instant | None = None
    finished_at: Instant | None = None
    only_window: WindowNumber | None = None
    recalls: int = 0
    results: tuple[Result, ...] = ()

    @property
    def done(self) -> tuple[ServiceId, ...]:
        """Its services, without those that were not done when it was finished."""
        undone = {result.service for result in self.results if not result.done}
        return tuple(service for service in self.services if service not in undone)


@dataclass(slots=True)
class Ticket:
    """A citizen's number for one visit, which may lead through several groups (`steps`)."""

    id: TicketId
    number: TicketNumber
    issued_at: Instant
    steps: list[Step]
    current: int = 0
    priority: Priority = Priority.NONE
    needs: tuple[Need, ...] = ()
    party: Party | None = None
    language: Language = Language.ZH
    note: str = ""
    slot: tuple[Instant, Instant] | None = None
    id_hash: str = ""
    phone_hash: str = ""
    agent: bool = False
    kiosk: str = ""
    missed: int = 0
    lates: int = 0
    secret_version: int = 1
    rated: tuple[str, ...] = ()
    phone: bytes = field(default=b"", repr=False)
    """Sealed, and only where texts are sent; kept in a row of its own, which goes with the visit."""
    texted: tuple[str, ...] = ()
    """What its citizen was told by text, so that nothing is told twice."""
    priority_checked: str = ""
    """Who confirmed the priority; empty while it is only claimed."""
    marks: tuple[str, ...] = ()
    """Keyed hashes of what a citizen without a slip can say: a phone's end, a name's initials."""
    materials: Has | None = None
    """The papers that are there; None while nobody has said."""

    @property
    def order(self) -> int:
        """The figures of the number: who came first of two that came at the same instant."""
        return int(self.number[1:])

    @property
    def step(self) -> Step:
        return self.steps[self.current]

    @property
    def state(self) -> State:
        return self.step.state

    @property
    def queue_class(self) -> QueueClass:
        """A ticket that was stepped back queues as an ordinary one: ageing faster would undo it."""
        if self.missed or self.lates:
            return QueueClass.NONE
        return QueueClass.APPOINTMENT if self.slot else QueueClass(self.priority.value)


@dataclass(frozen=True, slots=True)
class Undo:
    """What a window's last press can be taken back to.

    `before` is how the pressed step (at `step` of the visit) and the one behind it stood, `led` the
    state that the press led to, `note` the ticket's note.
    """

    ticket: TicketId
    step: int
    at: Instant
    led: State
    before: tuple[Step, ...]
    note: str

    @property
    def was(self) -> State:
        return self.before[0].state


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for a rating at a window's evaluator, until `expires_at`."""

    ticket: TicketId
    step: int
    expires_at: Instant


@dataclass(slots=True)
class Window:
    """A window today. `ticket` is the one called to it or served at it."""

    number: WindowNumber
    groups: tuple[GroupId, ...]
    state: WindowState = WindowState.CLOSED
    since: Instant = Instant(0.0)
    pause_reason: str = ""
    clerk: Clerk | None = None
    ticket: TicketId | None = None
    undo: Undo | None = None
    ask: Ask | None = None
    turn: int = 0
    """How many calls of the present round of a ratio were made."""
    plate: Words | None = None
    """A manager's word for the window's display, for this day; None: as planned."""
    undone_at: Instant | None = None
    """When a press was last taken back: what stands as before is another moment all the same."""


ANNOUNCED_WITHIN = Seconds(60.0)
"""A call that a board hasn't announced is announced, after a break in the line too, while it is younger."""


@dataclass(slots=True)
class Call:
    """One call of a ticket to a window. `announced` holds the boards that said or showed it.

    `queued_at` is the ticket's place in line, `minutes` its usual time, `windows` how many served
    its group: what the call cost those who went on waiting. `reach` are its further ways, `slow`
    that its citizen needs longer to come.
    """

    id: str
    ticket: TicketId
    number: TicketNumber
    group: GroupId
    window: WindowNumber
    kind: CallKind
    at: Instant
    language: Language
    flash: bool
    rule: Rule
    queued_at: Instant
    minutes: float
    windows: int
    announced: set[str] = field(default_factory=set)
    reach: tuple[Reach, ...] = ()
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """One citizen's word on one service (`service` empty: on the whole ticket)."""

    id: str
    ticket: TicketId
    service: str
    score: int
    tags: tuple[str, ...]
    comment: str
    channel: str
    at: Instant
    window: WindowNumber | None
    clerk: str


@dataclass(slots=True)
class Appointment:
    """A promised slot. `ticket` is set once its holder has checked in.

    `phone`: a number for texts, sealed; it goes on to the ticket, or goes when the promise is over.
    `marks` become the ticket's, too.
    """

    code: str
    services: tuple[ServiceId, ...]
    group: GroupId
    start: Instant
    end: Instant
    phone_hash: str
    made_at: Instant
    ticket: TicketId | None = None
    cancelled: bool = False
    phone: bytes = field(default=b"", repr=False)
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A text on the boards of `zones` (empty: all) until an instant."""

    id: str
    text: Words
    zones: tuple[str, ...]
    until: Instant | None
    at: Instant


@dataclass(slots=True)
class Alert:
    """Something that needs a manager's hand; one of a kind and subject stands at a time."""

    id: str
    kind: str
    subject: str
    text: Words
    since: Instant
    acked_by: str = ""
    cleared_at: Instant | None = None
