"""Visits without sense, whose answers come late, come badly or never: the kiosk always has something to say.

Each seed is one kiosk to which a thousand things happen; what it asks for is answered as a hall would,
sometimes long after the visit has gone elsewhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from kiosk import effects as do
from kiosk import events as e
from kiosk import guidance
from kiosk.effects import Effect
from kiosk.events import Event, Mode, Paper
from kiosk.keyboard import Typing
from kiosk.visit import Place, answers, filling_of, page
from queue_server.hall.model import Language, Need, Party, Priority, State
from queue_server.self_fill.drafts import form_body
from queue_server.wire import Asks, Code, Says
from tests.kiosk.filled import CARD, DRAFT_SECRET, LICENCE, OFFICES, draft, forms, listed, regions
from tests.kiosk.played import GUIDE, SECRET, SERVICES, Kiosk, problem, snapshot, ticket

SEEDS, DEEDS = 40, 1000
FORMS = ("promise-letter", "food-business", "missing-papers")
SETTINGS = {"permits": ["promise-letter"], "result_group": "fees", "bridges": OFFICES}
PLAIN: tuple[Event, ...] = (
    e.Touched(), e.OpenFind(), e.Types(Typing("公", "ji")), e.OpenThemes(), e.OpenThemes(Party.ENTERPRISE),
    e.OpenQuestions(), e.ChooseTheme("lost"), e.ChooseTheme(""), e.TurnPage(1), e.TurnPage(-1),
    e.OpenPriority(), e.SetPriority(Priority.ELDERLY), e.OpenNeeds(), e.ToggleNeed(Need.DEAF), e.Take(),
    e.OpenIdentify(), e.ForgetId(), e.OpenHave(), e.OpenReturn(), e.OpenCheckIn(), e.Typed("7"), e.Erase(),
    e.Enter(), CARD, e.CardRead("1"), e.PrintAgain(), e.Reprint(), e.OpenTexts(), e.SayMore(), e.CallHelp(),
    e.AskAgain(), e.Back(), e.Back(), e.Leave(), e.GoOn(), e.OpenBasket(),
    e.OpenGuide(), e.TickAll(), e.PrintList(),
    e.CardLaid(), e.AllowCard(), e.CardLifted(), e.OpenForms(), e.OpenSlipForms(), e.Consent(), e.ByHand(),
    e.LookOver(), e.NextQuestion(), e.LastQuestion(), e.FillGap(), e.FinishForm(), e.ToPhone(), e.AskPermit(),
    e.TakeForOther(),    e.UseKeys(), e.Crashed(), e.BrokeOff(), e.Tick(), e.Line(False), e.Line(True),
    e.Writes(Typing("13800000000")), e.ChooseValue(True), e.PermitEnded(Paper.FAILED),
    e.ListEnded(Paper.PRINTED), e.SlipEnded("A013", Paper.PRINTED), e.SlipBegan("A013"),
    *(e.ToggleMode(mode) for mode in Mode), *(e.Speak(one) for one in Language),
    *(e.ChooseForm(one) for one in FORMS), *(e.ChooseGroup(one) for one in ("general", "fees", "gone")),
    *(e.ChooseItem(one["id"]) for one in SERVICES), *(e.RemoveItem(one["id"]) for one in SERVICES),
    *(e.ChooseAnswer(at) for at in range(3)), e.TickPaper("card", 0),
    e.Heard(Says.SNAPSHOT, snapshot(**SETTINGS)), e.Heard(Says.HELP, {"help": [{"state": "taken"}]}),
    e.Scanned(f"http://hall/t/{SECRET}"), e.Scanned(f"http://hall/form/{DRAFT_SECRET}"),
    e.Scanned("AB12CD"), e.Scanned("?"),
)  # fmt: skip

STANDS_BY = {
    Place.TAKING: "asking", Place.SORRY: "sorry", Place.TICKET: "ticket", Place.READY: "found",
    Place.PERMIT: "permit", Place.FORM_BRIDGE: "bridging", Place.FORM_CODE: "bridging",
}  # fmt: skip
OF_A_FORM = frozenset(one for one in Place if one.startswith("form")) - {Place.FORMS}


class World:
    """A hall that answers, when it likes, and at times with a refusal or not at all."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._owed: list[Event] = []

    def asked(self, effects: list[Effect]) -> None:
        self._owed += [answer for one in effects for answer in self._answers(one)]

    def answer(self) -> Event | None:
        """One of those that are owed, whatever the visit does by now."""
        if not self._owed:
            return None
        return self._owed.pop(self._chance.randrange(len(self._owed)))

    def _answers(self, effect: Effect) -> list[Event]:
        lost = self._chance.random() < 0.15
        match effect:
            case do.Send(name, body, key):
                return [e.Answered(key, self._ack(name, body))]
            case do.FetchForms(items):
                return [e.FormsCame(items, None if lost else listed(*FORMS))]
            case do.FetchForm(form):
                return [e.FormCame(form, None if lost else form_body(forms()[form]), regions())]
            case do.FetchSlipForms(secret):
                begun = [
                    {**one, "form": one["id"], "draft": "d", "secret": DRAFT_SECRET, "filled": 1, "of": 3}
                    for one in listed(*FORMS)
                ]
                return [e.SlipFormsCame(secret, None if lost else self._chance.choice((begun, [])))]
            case do.FetchDraft(secret):
                form = self._chance.choice(FORMS)
                told = {**draft(form), "values": {}, "missing": ["name"]}
                return [e.DraftCame(secret, None if lost else told, form_body(forms()[form]), regions())]
            case do.FetchAppointment(code):
                return [e.AppointmentCame(code, None if lost else {"services": ["card", "gone"]})]
            case do.FetchGuide(item):
                return [e.GuideCame(item, None if lost else GUIDE)]
            case do.Search(query):
                return [e.MatchesCame(query, None if lost else [{"kind": "service", "id": "card"}])]
            case do.AskBridge(kind=kind, key=key):
                facts = LICENCE if kind == "licence" else {}
                told = {"state": "found", "facts": facts, "text": OFFICES[kind]}
                return [e.BridgeAnswered(key, None if lost else told)]
        return []

    def _ack(self, name: Asks, body: dict[str, Any]) -> dict[str, Any]:
        if self._chance.random() < 0.5:
            return problem(self._chance.choice(list(Code)), self._chance.choice([None, *State]))
        if name in (Asks.FORM_BEGIN, Asks.FORM_SAVE, Asks.FORM_READY):
            state = "ready" if name is Asks.FORM_READY else "open"
            return {"ok": True, "draft": draft(body.get("form", FORMS[0]), state=state)}
        if name is Asks.PERMIT:
            return {"ok": True, "permit": {"name": {}, "reasons": [{"text": {"zh": "不行", "en": "No"}}]}}
        if name is Asks.RESULT:
            return {"ok": True, "result": {"state": "ready", "text": {"zh": "好了", "en": "Ready"}}}
        return {"ok": True, "ticket": {**ticket(), "slip": {"again": True, "large": False, "language": "zh"}}}


def chosen(kiosk: Kiosk, chance: random.Random) -> Event:
    """A touch that makes sense where the visit stands, as often as one that doesn't."""
    shown = [
        *(e.ChooseItem(one.id) for one in page(kiosk.state) if one and one.id != "lost"),
        *(
            e.ChooseDistrict(one.district) if one.value is None else e.ChooseValue(one.value)
            for one in answers(kiosk.state)
        ),
    ]
    return chance.choice(shown) if shown and chance.random() < 0.5 else chance.choice(PLAIN)


def stands(kiosk: Kiosk) -> bool:
    """Whether there is what the screen tells of."""
    name = STANDS_BY.get(kiosk.visit.place, "place")
    if kiosk.visit.place in OF_A_FORM and filling_of(kiosk.state, kiosk.visit.form) is None:
        return False
    return getattr(kiosk.visit, name) is not None


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_in_whatever_order_there_is_a_screen_and_a_sentence(seed: int) -> None:
    chance = random.Random(seed)
    kiosk, world = Kiosk(**SETTINGS), World(chance)
    does: list[Callable[[], Event | None]] = [world.answer, lambda: chosen(kiosk, chance)]
    for _ in range(DEEDS):
        event = chance.choice(does)()
        if event is None:
            continue
        before = len(kiosk.effects)
        kiosk.do(event, after=chance.choice((0.0, 0.0, 0.3, 5.0, 25.0)))
        world.asked(kiosk.effects[before:])
        done = [one.event for one in kiosk.steps[-8:]]
        assert stands(kiosk), done
        assert guidance.screen(kiosk.state, kiosk.now), done
