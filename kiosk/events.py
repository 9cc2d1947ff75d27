"""What can happen to a kiosk's visit.

An event whose class is a `Touch` comes from the person in front: each puts off the time-out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.keyboard import Typing
from queue_server.hall.model import Language, Need, Party, Priority
from queue_server.wire import Body


class Event:
    """Something happened."""


class Touch(Event):
    """The person did something."""


class Paper(StrEnum):
    """Where a slip stands. `DOUBTFUL`: the printer didn't say, and it may lie in the tray; `KEPT`: the
    citizen has one from before.
    """

    NONE = "none"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    KEPT = "kept"


class Mode(StrEnum):
    """How a visit may be made easier, beside the language. `VOICE` reads the screen and what is touched;
    `KEYS` is operation by a key pad, which `VOICE` goes with.
    """

    LARGE = "large"
    CONTRAST = "contrast"
    LOW = "low"
    VOICE = "voice"
    SLOW = "slow"
    KEYS = "keys"


# --- from the world --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick(Event):
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Line(Event):
    """The line to the server came or went."""

    up: bool


@dataclass(frozen=True, slots=True)
class Heard(Event):
    """A message of the server."""

    name: str
    body: Body


@dataclass(frozen=True, slots=True)
class CatalogueCame(Event):
    """Themes, items and questions as the hall lists them, of this version."""

    themes: Sequence[Body]
    services: Sequence[Body]
    questions: Sequence[Body] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class MatchesCame(Event):
    """What `GET /matches` found for a query; None where no answer came."""

    query: str
    matches: Sequence[Body] | None


@dataclass(frozen=True, slots=True)
class AppointmentCame(Event):
    """An appointment as `GET /appointments/{code}` has it; None where no answer came, or none is there."""

    code: str
    body: Body | None


@dataclass(frozen=True, slots=True)
class GuideCame(Event):
    """An item as `GET /services/{id}` has it; None where no answer came."""

    item: str
    body: Body | None


@dataclass(frozen=True, slots=True)
class FormsCame(Event):
    """The forms that go with these items, as `GET /forms` lists them; None where no answer came."""

    items: tuple[str, ...]
    forms: Sequence[Body] | None


@dataclass(frozen=True, slots=True)
class SlipFormsCame(Event):
    """The forms of a number, as `GET /tickets/{id}/forms` tells its holder; None where no answer came."""

    secret: str = field(repr=False)
    forms: Sequence[Body] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormCame(Event):
    """A form's definition and the regions; None where no answer came."""

    form: str
    body: Body | None
    regions: Body | None


@dataclass(frozen=True, slots=True)
class DraftCame(Event):
    """A form that a phone had begun: what was written, and what it asks; None where no answer came."""

    secret: str = field(repr=False)
    draft: Body | None = field(repr=False)
    form: Body | None
    regions: Body | None


@dataclass(frozen=True, slots=True)
class BridgeAnswered(Event):
    """What another office knows, as `POST /bridges/{kind}/ask` tells it; None where no answer came."""

    key: str
    body: Body | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """The ack to what was sent with `key`."""

    key: str
    ack: Body


@dataclass(frozen=True, slots=True)
class SlipBegan(Event):
    """The slip of a number is about to go to the printer: from now on somebody may hold it."""

    number: str


@dataclass(frozen=True, slots=True)
class SlipEnded(Event):
    """What became of the slip of a number; `order` names it where staff had asked for it."""

    number: str
    paper: Paper
    order: str = ""


@dataclass(frozen=True, slots=True)
class ListEnded(Event):
    """What became of the list of what to bring."""

    paper: Paper


@dataclass(frozen=True, slots=True)
class PermitEnded(Event):
    """What became of a permit's slip."""

    paper: Paper


@dataclass(frozen=True, slots=True)
class CardLaid(Touch):
    """A card was laid on the reader. Nothing of it is known yet."""


@dataclass(frozen=True, slots=True)
class CardLifted(Event):
    """No card is on the reader any more."""


@dataclass(frozen=True, slots=True)
class BrokeOff(Event):
    """The program is on again, and was ended while somebody's number was on its way to them."""


@dataclass(frozen=True, slots=True)
class Crashed(Event):
    """The program has failed in the middle of a visit, and goes on without it."""


# --- from the person -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Touched(Touch):
    """A touch on nothing in particular: somebody is there."""


@dataclass(frozen=True, slots=True)
class ChooseGroup(Touch):
    group: str


@dataclass(frozen=True, slots=True)
class OpenFind(Touch):
    """To search, themes and questions; also for one more item."""


@dataclass(frozen=True, slots=True)
class Types(Touch):
    """The search's field holds this now."""

    typing: Typing


@dataclass(frozen=True, slots=True)
class OpenThemes(Touch):
    """`party` is None for everybody's."""

    party: Party | None = None


@dataclass(frozen=True, slots=True)
class OpenQuestions(Touch):
    """I don't know what to choose."""


@dataclass(frozen=True, slots=True)
class ChooseAnswer(Touch):
    """The answer at this place to the question that stands."""

    at: int


@dataclass(frozen=True, slots=True)
class OpenPriority(Touch):
    pass


@dataclass(frozen=True, slots=True)
class OpenNeeds(Touch):
    pass


@dataclass(frozen=True, slots=True)
class ChooseTheme(Touch):
    """`theme` is empty for all items."""

    theme: str


@dataclass(frozen=True, slots=True)
class ChooseItem(Touch):
    item: str


@dataclass(frozen=True, slots=True)
class TurnPage(Touch):
    by: int


@dataclass(frozen=True, slots=True)
class OpenBasket(Touch):
    pass


@dataclass(frozen=True, slots=True)
class RemoveItem(Touch):
    item: str


@dataclass(frozen=True, slots=True)
class GoOn(Touch):
    """The basket, or the checklist, is as it should be."""


@dataclass(frozen=True, slots=True)
class OpenGuide(Touch):
    """What must I bring?"""


@dataclass(frozen=True, slots=True)
class TickPaper(Touch):
    """Tick a paper, or take the tick back."""

    item: str
    at: int


@dataclass(frozen=True, slots=True)
class TickAll(Touch):
    """I have all papers of this page."""


@dataclass(frozen=True, slots=True)
class PrintList(Touch):
    """Print what to bring."""


@dataclass(frozen=True, slots=True)
class OpenPromise(Touch):
    """Promise to bring what is missing: that form is filled in now."""

    form: str


@dataclass(frozen=True, slots=True)
class OpenForms(Touch):
    """Fill in what the matter needs while there is time."""


@dataclass(frozen=True, slots=True)
class OpenSlipForms(Touch):
    """Go on with the forms of the number whose slip was scanned."""


@dataclass(frozen=True, slots=True)
class ChooseForm(Touch):
    form: str


@dataclass(frozen=True, slots=True)
class Consent(Touch):
    """The ID card, or what another office knows, may fill in the form; said again, it may be tried again."""


@dataclass(frozen=True, slots=True)
class ByHand(Touch):
    """On without the card, or without (more of) what another office knows."""


@dataclass(frozen=True, slots=True)
class LookOver(Touch):
    """To the first answer that another office gave."""


@dataclass(frozen=True, slots=True)
class Writes(Touch):
    """The question's field holds this now."""

    typing: Typing = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChooseValue(Touch):
    """An answer that is listed."""

    value: str | bool


@dataclass(frozen=True, slots=True)
class ChooseDistrict(Touch):
    """The district whose towns are to be listed; "" for all districts again."""

    district: str


@dataclass(frozen=True, slots=True)
class NextQuestion(Touch):
    pass


@dataclass(frozen=True, slots=True)
class LastQuestion(Touch):
    """To the question before."""


@dataclass(frozen=True, slots=True)
class FillGap(Touch):
    """To what is still missing."""


@dataclass(frozen=True, slots=True)
class FinishForm(Touch):
    pass


@dataclass(frozen=True, slots=True)
class ToPhone(Touch):
    """Go on with the phone."""


@dataclass(frozen=True, slots=True)
class SetPriority(Touch):
    """Claim a priority; the one that is set already is taken back."""

    priority: Priority


@dataclass(frozen=True, slots=True)
class ToggleNeed(Touch):
    need: Need


@dataclass(frozen=True, slots=True)
class Take(Touch):
    pass


@dataclass(frozen=True, slots=True)
class TakeForOther(Touch):
    """I have a number of my own; this one is for somebody whom I act for."""


@dataclass(frozen=True, slots=True)
class OpenIdentify(Touch):
    pass


@dataclass(frozen=True, slots=True)
class ForgetId(Touch):
    pass


@dataclass(frozen=True, slots=True)
class OpenHave(Touch):
    """I have an appointment, or a number."""


@dataclass(frozen=True, slots=True)
class OpenReturn(Touch):
    pass


@dataclass(frozen=True, slots=True)
class OpenCheckIn(Touch):
    pass


@dataclass(frozen=True, slots=True)
class SayMore(Touch):
    """Before I check in I want help, to go first, or to fill in a form; or not, after all."""


@dataclass(frozen=True, slots=True)
class OpenTexts(Touch):
    """Have texts sent to a phone."""


@dataclass(frozen=True, slots=True)
class Typed(Touch):
    sign: str


@dataclass(frozen=True, slots=True)
class Erase(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Enter(Touch):
    """What was typed is complete."""


@dataclass(frozen=True, slots=True)
class AskPermit(Touch):
    """The finished form leads to a permit: I want it now."""


@dataclass(frozen=True, slots=True)
class AllowCard(Touch):
    """The card that lies on the reader may be read: what for was said."""


@dataclass(frozen=True, slots=True)
class CardRead(Touch):
    """What stands on the card, after `ReadCard`; what was not asked for is ""."""

    number: str = field(repr=False)
    name: str = field(default="", repr=False)
    ethnicity: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    valid_until: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Scanned(Touch):
    """A line of the scanner: a slip's address or an appointment's code."""

    line: str


@dataclass(frozen=True, slots=True)
class PrintAgain(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Reprint(Touch):
    """Print the slip of the number that was scanned once more."""


@dataclass(frozen=True, slots=True)
class Speak(Touch):
    """Choose a language for this visit."""

    language: Language


@dataclass(frozen=True, slots=True)
class ToggleMode(Touch):
    """A mode for this visit, or without it again."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class UseKeys(Touch):
    """Somebody begins to press the key pad's keys."""


@dataclass(frozen=True, slots=True)
class CallHelp(Touch):
    pass


@dataclass(frozen=True, slots=True)
class AskAgain(Touch):
    """Send again, with the same key, what had no answer."""


@dataclass(frozen=True, slots=True)
class Back(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Leave(Touch):
    """Go home; the visit is over."""
