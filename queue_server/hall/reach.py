"""How far a call reaches: a repeated one goes further, before its citizen counts as missed.

Who didn't come may sit out of sight, speak another language, have gone to the door, or not hear. The
config says from which repetition on the call takes which further way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """A further way of a call."""

    ZONE = "zone"
    """Every board of the window's zone, the displays of other windows too."""
    LANGUAGES = "languages"
    """Chinese and English, whatever the ticket's language."""
    PHONE = "phone"
    """One more text; the ticket's page rings at each call anyhow."""
    ASSISTANT = "assistant"
    """An assistant is asked to look for the citizen."""


@dataclass(frozen=True, slots=True)
class CallRules:
    """From which repetition on a call takes a way (0: never), and `slow_seconds`: so long the call
    of somebody who walks slowly keeps its place on a board at least.
    """

    zone: int = 2
    languages: int = 2
    phone: int = 2
    assistant: int = 2
    slow_seconds: float = 8.0


def reach(rules: CallRules, recalls: int) -> tuple[Reach, ...]:
    """The ways that a call takes when it was repeated `recalls` times."""
    starts = {
        Reach.ZONE: rules.zone,
        Reach.LANGUAGES: rules.languages,
        Reach.PHONE: rules.phone,
        Reach.ASSISTANT: rules.assistant,
    }
    return tuple(way for way, start in starts.items() if 0 < start <= recalls)
