"""Several items in one visit: which windows in which order, how long there, and what needs no wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.floor import Floor, Item

MOST_ITEMS = 6
"""So many items go with one number."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the visit: one group's windows, and what is done there."""

    group: str
    items: tuple[Item, ...]

    @property
    def minutes(self) -> int:
        """How long it usually takes at the window."""
        return max(1, round(sum(item.minutes for item in self.items)))


def legs(floor: Floor, items: Iterable[str]) -> tuple[Leg, ...]:
    """The visit's parts in the order in which the hall leads through them; unknown items are left out."""
    known = [item for id in items if (item := floor.item(id))]
    groups = sorted(dict.fromkeys(item.group for item in known), key=lambda group: _position(floor, group))
    return tuple(Leg(group, tuple(one for one in known if one.group == group)) for group in groups)


def _position(floor: Floor, group: str) -> int:
    order = floor.visit_order
    return order.index(group) if group in order else len(order)


def first_group(floor: Floor, items: Iterable[str]) -> str:
    """Where a visit with these items begins; "" where none is known."""
    found = legs(floor, items)
    return found[0].group if found else ""
