"""A permit at the kiosk: asked for with the finished form, shown with its code, printed once."""

from __future__ import annotations

from typing import Any

from kiosk import effects as do
from kiosk import events as e
from kiosk import slip
from kiosk.events import Paper
from kiosk.visit import Place
from queue_server.hall.model import Language
from queue_server.wire import Asks
from tests.kiosk.every_screen import visit
from tests.kiosk.played import Kiosk, problem

GRANTED = {
    "name": {"zh": "市区临时通行证", "en": "Temporary city pass"},
    "number": "TX2026-00001",
    "holder": "鲁P12345",
    "holder_name": {"zh": "车牌号", "en": "Plate"},
    "begins": "2026-11-24",
    "ends": "2026-11-25",
    "verify_url": "http://hall.example/verify#k1.AAAA",
}


def at_done() -> Kiosk:
    return visit("permit-ask", Language.ZH, frozenset())


def asked() -> Kiosk:
    one = at_done().do(e.AskPermit())
    (sent,) = one.sent(Asks.PERMIT)
    assert set(sent.body) == {"kind", "secret"} and one.visit.place is Place.TAKING
    return one


def prints(one: Kiosk) -> list[do.PrintPermit]:
    return [effect for effect in one.effects if isinstance(effect, do.PrintPermit)]


def test_it_is_granted_shown_and_printed_once() -> None:
    one = asked().answer({"ok": True, "permit": GRANTED})
    assert one.visit.place is Place.PERMIT and len(prints(one)) == 1
    one.do(e.PermitEnded(Paper.PRINTED))
    assert one.visit.permit_paper is Paper.PRINTED
    assert one.do(e.Leave()).visit.place is Place.HOME and not one.state.traces


def test_why_not_is_told_and_the_number_is_one_touch_away() -> None:
    refused: dict[str, Any] = {
        "name": GRANTED["name"],
        "reasons": [{"field": "", "text": {"zh": "不", "en": "no"}}],
    }
    one = asked().answer({"ok": True, "permit": refused})
    assert one.visit.permit and one.visit.permit.reasons and not prints(one)
    assert one.do(e.GoOn()).visit.place is Place.CONFIRM


def test_a_hall_that_does_not_answer_is_a_sorry_with_a_way_on() -> None:
    one = asked().answer(problem("storage"))
    assert one.visit.place is Place.SORRY
    assert one.do(e.AskAgain()).sent(Asks.PERMIT)[1].key == one.sent(Asks.PERMIT)[0].key


def test_other_forms_lead_to_none() -> None:
    one = visit("form-done", Language.ZH, frozenset())
    assert one.do(e.AskPermit()).visit.place is Place.FORM_DONE and not one.sent(Asks.PERMIT)


def test_its_slip_can_be_drawn() -> None:
    one = asked().answer({"ok": True, "permit": GRANTED})
    assert one.visit.permit
    for language in Language:
        drawn = slip.permit(one.visit.permit, one.state.floor, language)
        assert drawn.width == 576 and drawn.height < 900
