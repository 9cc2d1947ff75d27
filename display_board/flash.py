"""How a call catches the eye of somebody who can't hear, and harms nobody's; pure.

More than three flashes a second can bring on a fit (WCAG 2.3.1): these are two a second.
"""

from __future__ import annotations

from typing import Final

from queue_server.hall.model import Seconds

PULSE_SECONDS: Final = Seconds(0.5)
PULSES: Final = 3
REST_SECONDS: Final = Seconds(1.0)
"""Between two rounds of pulses the panel stands still, so that it can be read."""

Beat = tuple[bool, Seconds]
"""Whether the panel is on its way to its bright colour, and for how long; else to its usual one."""


def beats(rounds: int) -> list[Beat]:
    """Some rounds of pulses; after the last the panel stands still."""
    pulse: list[Beat] = [(True, Seconds(PULSE_SECONDS / 2)), (False, Seconds(PULSE_SECONDS / 2))]
    return [*([*(pulse * PULSES), (False, REST_SECONDS)] * rounds)][:-1]
