"""Readers of resident ID cards: what every one of them tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from hardware.device import Detail, Health, Kind, Report


@dataclass(frozen=True, slots=True)
class Card:
    """What was read from a card. It is personal data: a log that prints a card shows none of it."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    ethnicity: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    valid_until: str = field(default="", repr=False)


class CardReader(Protocol):
    """Whoever builds a reader gives it `on_card(card)` and `on_lifted()`; both are called on the
    reader's own thread.
    """

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def health(self) -> Report: ...


class NoReader:
    """A machine without a reader, which is well."""

    def __init__(self, id: str = "card-reader") -> None:
        self._report = Report(id, Kind.CARD_READER, Health.OK, Detail.NONE)

    def start(self) -> None:
        """There is nothing to start."""

    def stop(self) -> None:
        """There is nothing to stop."""

    def health(self) -> Report:
        return self._report
