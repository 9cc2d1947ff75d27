"""Collecting a result: asked first, with consent, and told before a number is taken."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk import effects as do
from kiosk import events as e
from kiosk.visit import Place
from queue_server.wire import Asks
from tests.kiosk.played import ID_NUMBER, Kiosk, problem

WORDS = {"zh": "可以领取了。", "en": "It is ready."}

NUMBER_ALONE = do.ReadCard(frozenset({"number"}))


def kiosk(group: str = "fees") -> Kiosk:
    one = Kiosk(result_group="fees")
    one.do(e.ChooseGroup(group))
    return one


def said(state: str, *results: dict[str, Any]) -> dict[str, Any]:
    return {"ok": True, "result": {"state": state, "text": WORDS, "results": list(results)}}


def type_in(one: Kiosk, text: str) -> Kiosk:
    one.do(*(e.Typed(sign) for sign in text), e.Enter())
    return one


def test_it_is_asked_before_this_groups_number_alone() -> None:
    assert kiosk().visit.place is Place.RESULT
    assert kiosk("general").visit.place is Place.CONFIRM
    assert Kiosk().do(e.ChooseGroup("fees")).visit.place is Place.CONFIRM


def test_nobody_must_ask() -> None:
    assert kiosk().do(e.Enter()).visit.place is Place.CONFIRM
    assert not kiosk().do(e.Enter()).sent(Asks.RESULT)


def test_a_receipt_number_is_asked_about_with_consent() -> None:
    one = type_in(kiosk(), "R1001")
    (sent,) = one.sent(Asks.RESULT)
    assert sent.body == {"receipt": "R1001", "consent": True}
    assert one.visit.place is Place.TAKING
    one.answer(said("ready", {"item": "护照", "ready": True}))
    assert one.visit.place is Place.READY and one.visit.found
    assert one.visit.found.results == (("护照", True, ""),)
    assert one.visit.asking is None, "nothing of the number is kept"
    assert one.do(e.GoOn()).visit.place is Place.CONFIRM
    assert one.do(e.Take()).sent(Asks.TAKE_TICKET)


def test_a_card_is_read_when_its_owner_agrees() -> None:
    one = kiosk().do(e.CardLaid())
    assert one.visit.place is Place.RESULT and NUMBER_ALONE not in one.effects
    one.do(e.AllowCard())
    assert NUMBER_ALONE in one.effects
    one.do(e.CardRead(ID_NUMBER, "张三"))
    (sent,) = one.sent(Asks.RESULT)
    assert sent.body == {"id_number": ID_NUMBER, "consent": True}
    one.answer(said("not-ready", {"item": "护照", "ready": False, "expected": "2026-12-08"}))
    assert one.visit.place is Place.READY
    assert not one.visit.id_number
    assert one.do(e.Leave()).visit.place is Place.HOME


def test_a_number_that_is_too_short_is_not_asked_about() -> None:
    one = type_in(kiosk(), "R1")
    assert one.visit.place is Place.RESULT and one.visit.hint == "receipt-length"


@pytest.mark.parametrize("ack", [problem("no-connection"), problem("invalid"), said("unavailable")])
def test_who_cannot_be_told_may_queue_all_the_same(ack: dict[str, Any]) -> None:
    one = type_in(kiosk(), "R1001").answer(ack)
    assert one.visit.place is Place.READY and one.visit.found and one.visit.found.state == "unavailable"
    assert one.visit.found.words["zh"]
    assert one.do(e.GoOn()).visit.place is Place.CONFIRM


def test_another_receipt_is_another_question() -> None:
    one = type_in(kiosk(), "R1001").answer(said("missing"))
    one.do(e.Back())
    assert one.visit.place is Place.RESULT
    one.now += 5
    type_in(one, "R1002")
    first, second = one.sent(Asks.RESULT)
    assert first.key != second.key
