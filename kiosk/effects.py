"""What a kiosk's visit wants done in the world."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.floor import Permit, Ticket
from kiosk.guide import Guide, PaperId
from queue_server.hall.model import Language
from queue_server.wire import Asks, Body


class Effect:
    """Something to be done in the world."""


@dataclass(frozen=True, slots=True)
class Send(Effect):
    """Send a message; its ack comes back as `Answered` with the same key."""

    name: Asks
    body: Body
    key: str


@dataclass(frozen=True, slots=True)
class Print(Effect):
    """Print the slip once; what became of it comes back as `SlipEnded`."""

    ticket: Ticket
    language: Language
    large: bool = False
    again: bool = False
    order: str = ""


@dataclass(frozen=True, slots=True)
class Search(Effect):
    """Ask what fits; it comes back as `MatchesCame`."""

    query: str


@dataclass(frozen=True, slots=True)
class FetchCatalogue(Effect):
    """Ask for themes, items and questions; they come back as `CatalogueCame` with the same version."""

    version: str


@dataclass(frozen=True, slots=True)
class FetchAppointment(Effect):
    """Ask what an appointment is for; it comes back as `AppointmentCame`."""

    code: str


@dataclass(frozen=True, slots=True)
class FetchGuide(Effect):
    """Ask for an item's guide; it comes back as `GuideCame`."""

    item: str


@dataclass(frozen=True, slots=True)
class FetchForms(Effect):
    """Ask for the forms of these items; they come back as `FormsCame`."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FetchSlipForms(Effect):
    """Ask for the forms of a number by its slip's secret; they come back as `SlipFormsCame`."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FetchForm(Effect):
    """Ask what a form asks; it comes back as `FormCame`."""

    form: str


@dataclass(frozen=True, slots=True)
class FetchDraft(Effect):
    """Ask for a form that a phone had begun; it comes back as `DraftCame`."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskBridge(Effect):
    """Ask another office, with consent; it comes back as `BridgeAnswered` with the same key."""

    kind: str
    subject: str = field(repr=False)
    purpose: str
    key: str


@dataclass(frozen=True, slots=True)
class ReadCard(Effect):
    """Read these parts of the card that lies there; they come back as `CardRead`."""

    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class PrintPermit(Effect):
    """Print a permit; what became of it comes back as `PermitEnded`."""

    permit: Permit = field(repr=False)
    language: Language


@dataclass(frozen=True, slots=True)
class PrintNeeds(Effect):
    """Print what is still to be brought; what became of it comes back as `ListEnded`."""

    guides: tuple[Guide, ...]
    ticked: frozenset[PaperId]
    language: Language


@dataclass(frozen=True, slots=True)
class Clear(Effect):
    """The visit is over: let go of all that belongs to it."""
