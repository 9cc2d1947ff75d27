"""A slip that is asked for after the number was given: by whom, at which kiosk, what became of it.

A kiosk claims an order before it prints, so that paper comes out at most once for it; whoever
wants another slip orders again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from queue_server.hall.model import Instant, Seconds, TicketId

FRESH = Seconds(120.0)
"""A kiosk that hasn't claimed an order by then was away: whoever wanted the slip has left."""


class SlipState(StrEnum):
    """`doubtful`: the printer didn't say; `dropped`: another order took its place."""

    ORDERED = "ordered"
    TAKEN = "taken"
    PRINTED = "printed"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    DROPPED = "dropped"


ENDS = (SlipState.PRINTED, SlipState.FAILED, SlipState.DOUBTFUL)
"""What a kiosk may tell of a slip that it claimed."""

MAYBE_OUT = frozenset({SlipState.TAKEN, SlipState.PRINTED, SlipState.DOUBTFUL})


@dataclass(slots=True)
class SlipOrder:
    """`again`: a slip of this ticket may be out already, so this one is marked as a reprint."""

    id: str
    ticket: TicketId
    kiosk: str
    at: Instant
    again: bool = False
    large: bool = False
    state: SlipState = SlipState.ORDERED

    def is_open(self, now: Instant) -> bool:
        """Whether its kiosk may still claim it."""
        return self.state is SlipState.ORDERED and now - self.at <= FRESH
