"""What a batch of events touched in the day: for the disk, for the screens, for the statistics."""

from __future__ import annotations

from dataclasses import dataclass, field

from queue_server.hall.model import GroupId, Instant, Rating, State, TicketId, WindowNumber


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a ticket's day in one state, kept so that every statistic can be told truly."""

    ticket: TicketId
    step: int
    group: GroupId
    state: State
    window: WindowNumber | None
    clerk: str
    start: Instant
    end: Instant


@dataclass(slots=True)
class Changes:
    """What a batch of events touched: what must be written, published and told."""

    tickets: dict[TicketId, None] = field(default_factory=dict)
    windows: dict[WindowNumber, None] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)
    appointments: dict[str, None] = field(default_factory=dict)
    alerts: dict[str, None] = field(default_factory=dict)
    helps: dict[str, None] = field(default_factory=dict)
    slips: dict[str, None] = field(default_factory=dict)
    phones: dict[TicketId, None] = field(default_factory=dict)
    drafts: dict[str, None] = field(default_factory=dict)
    draft_fields: dict[tuple[str, str], None] = field(default_factory=dict)
    """Fields of forms that were written or taken away: `(draft, field)`."""
    ratings: list[Rating] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)
    withdrawn: list[tuple[TicketId, Instant, Instant]] = field(default_factory=list)
    """What a press that was taken back had ended, `(ticket, start, end)`: what began and ended since then."""
    notices: bool = False
    hall: bool = False
    plan: bool = False
    turned: bool = False
    corrected: list[TicketId] = field(default_factory=list)
    new_calls: list[str] = field(default_factory=list)

    def withdraw(self, ticket: TicketId, start: Instant, end: Instant) -> None:
        """Take back what was told of a ticket's stretches from `start` on that ended at `end` or later."""
        self.intervals = [
            one for one in self.intervals if one.ticket != ticket or one.start < start or one.end < end
        ]
        self.withdrawn.append((ticket, start, end))
