"""How large a board's number must be, from how far it is read; pure.

Two rules are known and the stricter one counts: an angle of 0.7° for capitals (EN 301 549), and
ADA's table for signs that hang overhead, as all boards do but a window's own display.
"""

from __future__ import annotations

from collections.abc import Mapping

DISTANCE_PER_CAPITAL = 82
"""A capital's height times this is the distance from which it measures 0.7°."""

ADA_MM, ADA_METRES = 75.0, 6.4
ADA_MM_PER_METRE = 3.2 / 0.305
"""75 mm up to 6.4 m, then 3.2 mm more for each 305 mm."""

CAPITAL = 0.733
"""The share of a font's size that its capitals and digits are high (Noto Sans CJK)."""
LINE = 0.94
"""A row of digits needs so much of the font's size."""
MOST_TOGETHER = 3
NEARER = 0.4
"""Recent calls are for those who stand nearer: so much of the distance of a call."""
RECENT_FILLED = 0.8
"""The share of a recent call's row that its digits' line takes, the gap below it counted in."""
MOST_RECENT, LEAST_RECENT = 6, 2


def turned(screen: Mapping[str, float], *, upright: bool) -> tuple[float, float]:
    """A screen's width and height in mm as it hangs, whichever way round the config has them."""
    short, long = sorted((screen["width_mm"], screen["height_mm"]))
    return (short, long) if upright else (long, short)


def capital_mm(distance_m: float, *, overhead: bool = True) -> float:
    """How high a number's digits must be to be read from so many metres."""
    by_angle = distance_m * 1000 / DISTANCE_PER_CAPITAL
    further = max(0.0, distance_m - ADA_METRES)
    return max(by_angle, ADA_MM + further * ADA_MM_PER_METRE) if overhead else by_angle


def is_readable(capital: float, distance_m: float, *, overhead: bool = True) -> bool:
    """Whether digits of so many millimetres can be read from so many metres."""
    return capital >= capital_mm(distance_m, overhead=overhead)


def recent_rows(height_mm: float, distance_m: float) -> int:
    """How many recent calls fit over each other in this height and can be read from nearer by."""
    row = capital_mm(distance_m * NEARER, overhead=False) / CAPITAL * LINE / RECENT_FILLED
    return max(LEAST_RECENT, min(MOST_RECENT, int(height_mm / row)))


def calls_together(height_mm: float, distance_m: float) -> int:
    """How many calls fit over each other in a place of this height and can still be read."""
    row = capital_mm(distance_m) / CAPITAL * LINE
    return max(1, min(MOST_TOGETHER, int(height_mm / row)))
