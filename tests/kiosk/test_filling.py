"""What the kiosk decides while a form is filled in."""

from __future__ import annotations

import pytest

from kiosk import effects as do
from kiosk import events as e
from kiosk import told
from kiosk.keyboard import Typing
from kiosk.visit import SHORT_PAGE, Place, Stage, answers, asks_to_stay, pages, part
from queue_server.self_fill.drafts import form_body
from queue_server.wire import Asks
from tests.kiosk.filled import (
    CARD,
    DRAFT_SECRET,
    LICENCE,
    OFFICES,
    at_question,
    draft,
    forms,
    listed,
    opened,
    regions,
    saved,
    told_by_office,
)
from tests.kiosk.played import GUIDE, ID_NUMBER, SECRET, Kiosk, problem, ticket

WRONG = {"zh": "手机号不对", "en": "Not right"}


def chosen() -> Kiosk:
    """An item, before its number is taken."""
    return Kiosk().do(e.OpenFind(), e.OpenThemes(), e.ChooseTheme("lost"), e.ChooseItem("licence"))


def test_a_card_that_is_laid_on_before_consent_fills_in_nothing() -> None:
    kiosk = opened(chosen())
    assert kiosk.visit.place is Place.FORM_CARD
    kiosk.do(CARD)
    assert not kiosk.sent(Asks.FORM_SAVE)
    kiosk.do(e.Consent(), CARD)
    (sent,) = kiosk.sent(Asks.FORM_SAVE)
    assert sent.body["consents"] == ["card"] and sent.body["secret"] == DRAFT_SECRET
    assert sent.body["values"] == {
        "operator_name": "张三丰",
        "operator_sex": "female",
        "operator_ethnicity": "汉",
        "operator_id": ID_NUMBER,
        "home_address": "聊城市东昌府区某路 1 号",
    }
    assert set(sent.body["sources"].values()) == {"card"}
    (filling,) = kiosk.visit.fillings
    assert (kiosk.visit.place, filling.question.name) == (Place.FORM, "operator_phone")


@pytest.mark.parametrize("form", ["city-pass", "social-insurance", "sole-trader"])
def test_no_more_is_read_of_a_card_than_its_consent_names(form: str) -> None:
    kiosk = opened(chosen(), form).do(e.CardLaid())
    assert not [one for one in kiosk.effects if isinstance(one, do.ReadCard)], "nobody has agreed yet"
    filling = kiosk.visit.fillings[0]
    says = told.card_why(kiosk.state, filling)
    fields = filling.form.of_source("card")
    assert fields and all(one.label["zh"] in says for one in fields)
    assert ("民族" in says) == ("card.ethnicity" in [one.source for one in fields])
    kiosk.do(e.Consent(), e.CardLaid())
    (read,) = [one for one in kiosk.effects if isinstance(one, do.ReadCard)]
    from_number = {"card.number", "card.sex", "card.birth"}
    parts = {"number" if one.source in from_number else one.source.removeprefix("card.") for one in fields}
    assert read.parts == parts


def test_what_is_corrected_is_the_citizens_own() -> None:
    kiosk = opened(chosen()).do(e.Consent(), CARD)
    saved(kiosk).do(*[e.LastQuestion()] * 4)
    (filling,) = kiosk.visit.fillings
    assert filling.question.name == "operator_name" and kiosk.visit.typing.text == "张三丰"
    kiosk.do(e.Writes(Typing("张三")), e.NextQuestion())
    assert kiosk.sent(Asks.FORM_SAVE)[-1].body["values"] == {"operator_name": "张三"}
    saved(kiosk)
    (filling,) = kiosk.visit.fillings
    assert "operator_name" not in filling.sources


def test_an_answer_that_does_not_fit_keeps_the_question_and_the_answer() -> None:
    kiosk = at_question(chosen(), "operator_phone")
    kiosk.do(e.Writes(Typing("12345")), e.NextQuestion())
    saved(kiosk, problems={"operator_phone": WRONG})
    (filling,) = kiosk.visit.fillings
    assert filling.question.name == "operator_phone" and kiosk.visit.typing.text == "12345"
    kiosk.do(e.NextQuestion())
    (filling,) = kiosk.visit.fillings
    assert filling.question.name == "operator_phone", "pressed again it is as wrong as before"
    kiosk.do(e.Writes(Typing("13812345678")))
    (filling,) = kiosk.visit.fillings
    assert not filling.problems
    saved(kiosk.do(e.NextQuestion()))
    (filling,) = kiosk.visit.fillings
    assert filling.question.name == "home_address"


def test_without_a_line_what_was_typed_still_stands() -> None:
    kiosk = at_question(chosen(), "operator_phone")
    kiosk.do(e.Writes(Typing("13812345678")), e.NextQuestion())
    kiosk.do(e.Answered(kiosk.sent(Asks.FORM_SAVE)[-1].key, problem("no-connection")))
    (filling,) = kiosk.visit.fillings
    assert filling.is_lost and kiosk.visit.typing.text == "13812345678"
    kiosk.do(e.NextQuestion())
    assert len({one.key for one in kiosk.sent(Asks.FORM_SAVE)}) == 2
    saved(kiosk)
    (filling,) = kiosk.visit.fillings
    assert not filling.is_lost and filling.question.name == "home_address"


def test_an_answer_leads_to_other_questions() -> None:
    kiosk = at_question(chosen(), "by_agent")
    saved(kiosk.do(e.ChooseValue("yes")))
    (filling,) = kiosk.visit.fillings
    assert filling.question.name == "agent_name"
    kiosk.do(e.LastQuestion())
    saved(kiosk.do(e.ChooseValue("no")))
    (filling,) = kiosk.visit.fillings
    assert filling.question.name == "is_true"


def test_a_town_is_chosen_through_its_district() -> None:
    kiosk = at_question(chosen(), "premises_region")
    kiosk.do(e.ChooseDistrict("东昌府区"))
    (filling,) = kiosk.visit.fillings
    assert filling.district == "东昌府区"
    saved(kiosk.do(e.ChooseValue("聊城市/东昌府区/柳园街道")))
    (filling,) = kiosk.visit.fillings
    assert filling.question.name == "premises_address" and not filling.district


def test_a_day_is_sent_as_the_schema_has_it() -> None:
    kiosk = saved(at_question(chosen(), "start_date", "power-of-attorney"))
    kiosk.do(e.Writes(Typing("20261201")), e.NextQuestion())
    assert kiosk.sent(Asks.FORM_SAVE)[-1].body["values"] == {"start_date": "2026-12-01"}


def test_what_is_missing_is_filled_in_before_it_is_finished_and_goes_with_the_number() -> None:
    kiosk = at_question(chosen(), "is_true")
    saved(kiosk.do(e.ChooseValue(True)), missing=["operator_phone"], filled=12)
    assert kiosk.visit.place is Place.FORM_END
    kiosk.do(e.FillGap())
    (filling,) = kiosk.visit.fillings
    assert (kiosk.visit.place, filling.question.name) == (Place.FORM, "operator_phone")
    kiosk.do(*[e.NextQuestion()] * 20)
    kiosk.do(e.FinishForm())
    saved(kiosk, state="ready", filled=13)
    assert kiosk.visit.place is Place.FORM_DONE
    kiosk.do(e.GoOn())
    assert kiosk.visit.place is Place.CONFIRM
    kiosk.do(e.Take())
    assert kiosk.sent(Asks.TAKE_TICKET)[0].body["drafts"] == [DRAFT_SECRET]


def test_a_form_that_the_phone_began_opens_where_it_stood() -> None:
    kiosk = Kiosk().do(e.Scanned(f"http://hall.example/form/{DRAFT_SECRET}"))
    assert [one.secret for one in kiosk.effects if isinstance(one, do.FetchDraft)] == [DRAFT_SECRET]
    written = {"operator_name": {"value": "张三丰", "source": "card", "veiled": "张**"}}
    told = draft("sole-trader", values=written, missing=["operator_sex"])
    kiosk.do(e.DraftCame(DRAFT_SECRET, told, form_body(forms()["sole-trader"]), regions()))
    (filling,) = kiosk.visit.fillings
    assert (kiosk.visit.place, filling.question.name) == (Place.FORM, "operator_sex")
    assert filling.values == {"operator_name": "张三丰"} and filling.sources == {"operator_name": "card"}


def test_a_form_that_is_gone_is_said_so() -> None:
    kiosk = Kiosk().do(e.Scanned(f"http://hall.example/form/{DRAFT_SECRET}"))
    kiosk.do(e.DraftCame(DRAFT_SECRET, None, None, None))
    assert kiosk.visit.place is Place.SORRY


def test_nothing_of_a_form_is_left_when_the_visit_ends() -> None:
    kiosk = opened(chosen()).do(e.Consent(), CARD)
    kiosk.do(e.Leave())
    assert not kiosk.visit.fillings and not kiosk.state.traces


def test_no_state_shows_what_was_written_when_it_is_printed() -> None:
    kiosk = opened(chosen()).do(e.Consent(), CARD)
    assert ID_NUMBER not in repr(kiosk.state) and "张三丰" not in repr(kiosk.visit.fillings)
    assert DRAFT_SECRET not in repr(kiosk.visit.fillings)


def test_forms_that_do_not_come_keep_nobody_from_a_number() -> None:
    kiosk = chosen().do(e.OpenForms())
    kiosk.do(e.FormsCame(kiosk.visit.items, None))
    assert kiosk.visit.forms_failed
    kiosk.do(e.GoOn(), e.Take()).answer({"ok": True, "ticket": ticket()})
    assert kiosk.visit.place is Place.TICKET
    assert "drafts" not in kiosk.sent(Asks.TAKE_TICKET)[0].body


def test_towns_stand_on_pages_and_the_way_back_leads_to_the_districts_first() -> None:
    kiosk = at_question(chosen(), "premises_region").do(e.ChooseDistrict("莘县"))
    named = [one.name["zh"] for one in answers(kiosk.state)]
    shown = []
    for _ in range(pages(kiosk.state)):
        on_page = named[part(kiosk.state)]
        assert 0 < len(on_page) <= SHORT_PAGE
        shown += on_page
        kiosk.do(e.TurnPage(1))
    assert shown == named and len(named) > SHORT_PAGE
    kiosk.do(e.LastQuestion())
    (filling,) = kiosk.visit.fillings
    assert (filling.question.name, filling.district, kiosk.visit.page) == ("premises_region", "", 0)


def at_licence(form: str = "food-business") -> Kiosk:
    """Whether the licence may fill in a form, after the card has not."""
    kiosk = Kiosk(bridges=OFFICES).do(e.OpenFind(), e.OpenThemes(), e.ChooseTheme("lost"))
    return opened(kiosk.do(e.ChooseItem("licence")), form).do(e.ByHand())


def asked_offices(kiosk: Kiosk) -> list[do.AskBridge]:
    return [one for one in kiosk.effects if isinstance(one, do.AskBridge)]


def test_no_office_is_asked_before_consent() -> None:
    kiosk = at_licence().do(e.Scanned("licence-1"))
    assert kiosk.visit.hint == "agree-first" and not asked_offices(kiosk)
    kiosk.do(e.Consent(), e.Scanned("licence-1"))
    (asked,) = asked_offices(kiosk)
    assert (asked.kind, asked.subject, asked.purpose) == ("licence", "licence-1", "food-business")


def test_what_an_office_knows_stands_in_the_form_with_where_it_came_from() -> None:
    kiosk = told_by_office(at_licence().do(e.Consent(), e.Scanned("licence-1")), LICENCE)
    (sent,) = kiosk.sent(Asks.FORM_SAVE)
    assert sent.body["consents"] == ["licence"] and set(sent.body["sources"].values()) == {"licence"}
    assert sent.body["values"]["credit_code"] == LICENCE["licence.code"]
    saved(kiosk).do(e.LookOver())
    (filling,) = kiosk.visit.fillings
    assert (kiosk.visit.place, filling.question.name) == (Place.FORM, "business_name")
    assert kiosk.visit.typing.text == LICENCE["licence.name"]
    kiosk.do(e.Writes(Typing("老城面馆")), e.NextQuestion())
    (filling,) = kiosk.visit.fillings
    assert "business_name" not in filling.sources and filling.sources["credit_code"] == "licence"


def test_an_office_that_knows_nothing_leaves_the_form_to_its_citizen() -> None:
    kiosk = told_by_office(at_licence().do(e.Consent(), e.Scanned("licence-9")))
    assert kiosk.visit.bridging and kiosk.visit.bridging.stage is Stage.NOTHING
    kiosk.do(e.Consent(), e.Scanned("licence-1"))
    assert [one.subject for one in asked_offices(kiosk)] == ["licence-9", "licence-1"]
    kiosk.do(e.BridgeAnswered(asked_offices(kiosk)[1].key, None), e.ByHand())
    (filling,) = kiosk.visit.fillings
    assert (kiosk.visit.place, filling.question.name) == (Place.FORM, "business_name")


def test_who_does_not_wait_for_an_office_is_not_disturbed_by_its_answer() -> None:
    kiosk = at_licence().do(e.Consent(), e.Scanned("licence-1"))
    (asked,) = asked_offices(kiosk)
    kiosk.do(e.ByHand(), e.BridgeAnswered(asked.key, {"facts": LICENCE, "text": {}}))
    (filling,) = kiosk.visit.fillings
    assert kiosk.visit.place is Place.FORM and not filling.values and not kiosk.sent(Asks.FORM_SAVE)


def test_a_projects_code_is_typed_and_asked_for_as_it_is_written() -> None:
    kiosk = at_licence("missing-papers").do(e.ByHand(), e.Consent())
    assert kiosk.visit.place is Place.FORM_CODE
    kiosk.do(*(e.Typed(sign) for sign in "26113715000401"), e.Enter())
    assert kiosk.visit.hint == "project-length"
    kiosk.do(*(e.Typed(sign) for sign in "1000017"), e.Enter())
    (asked,) = asked_offices(kiosk)
    assert asked.subject == "2611-371500-04-01-100001" and kiosk.visit.place is Place.FORM_BRIDGE
    told_by_office(kiosk, {"project.name": "湖畔精密零件车间"}).do(e.ByHand())
    (filling,) = kiosk.visit.fillings
    assert filling.values == {"project_name": "湖畔精密零件车间", "matter": "办licence"}


def test_a_promise_to_bring_what_is_missing_is_filled_in_with_it() -> None:
    kiosk = chosen().do(e.OpenGuide(), e.GuideCame("licence", GUIDE), e.TickPaper("licence", 0), e.GoOn())
    assert kiosk.visit.place is Place.BRING
    assert [one.items for one in kiosk.effects if isinstance(one, do.FetchForms)] == [("licence",)]
    kiosk.do(e.OpenPromise("missing-papers"))
    assert kiosk.visit.place is Place.BRING, "the hall has not said that there is one"
    kiosk.do(e.FormsCame(("licence",), listed("food-business", "missing-papers")))
    (promise,) = [one for one in kiosk.visit.offers if one.is_promise]
    kiosk.do(e.OpenPromise(promise.id))
    kiosk.do(e.Answered(kiosk.visit.form_key, {"ok": True, "draft": draft(promise.id)}))
    kiosk.do(e.FormCame(promise.id, form_body(forms()[promise.id]), regions()))
    (sent,) = kiosk.sent(Asks.FORM_SAVE)
    assert sent.body == {"secret": DRAFT_SECRET, "values": {"matter": "办licence", "missing": "户口簿"}}
    saved(kiosk).do(e.ByHand())
    (filling,) = kiosk.visit.fillings
    assert filling.sources == {"matter": "visit", "missing": "visit"} and kiosk.visit.place is Place.FORM
    while filling.question.name != "missing":
        (filling,) = kiosk.do(e.NextQuestion()).visit.fillings
    saved(kiosk.do(e.Writes(Typing("照片")), e.NextQuestion()))
    assert kiosk.sent(Asks.FORM_SAVE)[-1].body["values"] == {"missing": "照片"}
    assert "missing" not in kiosk.visit.fillings[0].sources, "what is corrected is the citizen's own"


def test_an_office_that_is_not_connected_is_not_offered() -> None:
    kiosk = opened(chosen(), "food-business").do(e.ByHand())
    assert kiosk.visit.place is Place.FORM


def test_what_was_not_saved_goes_with_the_next_answer() -> None:
    kiosk = opened(chosen()).do(e.Consent(), CARD)
    kiosk.do(e.Answered(kiosk.sent(Asks.FORM_SAVE)[-1].key, problem("no-connection")))
    kiosk.do(e.Writes(Typing("13812345678")), e.NextQuestion())
    body = kiosk.sent(Asks.FORM_SAVE)[-1].body
    assert body["values"].keys() >= {"operator_id", "operator_phone"} and body["consents"] == ["card"]
    assert "operator_phone" not in body["sources"] and body["sources"]["operator_id"] == "card"
    saved(kiosk).do(e.Writes(Typing("聊城市")), e.NextQuestion())
    assert kiosk.sent(Asks.FORM_SAVE)[-1].body["values"] == {"home_address": "聊城市"}


def test_what_others_may_not_see_is_hidden_once_it_was_left() -> None:
    kiosk = at_question(chosen(), "operator_phone")
    kiosk.do(e.Writes(Typing("13812345678")))
    assert not kiosk.visit.fillings[0].is_veiled
    saved(kiosk.do(e.NextQuestion())).do(e.LastQuestion())
    (filling,) = kiosk.visit.fillings
    assert filling.question.name == "operator_phone" and filling.is_veiled
    kiosk.do(e.Writes(Typing("1381234567")))
    assert not kiosk.visit.fillings[0].is_veiled


def test_who_is_asked_whether_they_are_there_may_take_the_form_along_on_the_phone() -> None:
    kiosk = at_question(chosen(), "operator_phone").do(e.Writes(Typing("13812345678")))
    kiosk.do(e.Tick(), after=61)
    assert asks_to_stay(kiosk.state, kiosk.now)
    kiosk.do(e.ToPhone())
    assert kiosk.visit.place is Place.FORM_PHONE and not asks_to_stay(kiosk.state, kiosk.now)
    assert kiosk.sent(Asks.FORM_SAVE)[-1].body["values"] == {"operator_phone": "13812345678"}
    kiosk.do(e.Tick(), after=200)
    assert kiosk.visit.place is Place.HOME and not kiosk.state.traces


def scanned_slip() -> Kiosk:
    kiosk = Kiosk().do(e.Scanned(f"http://hall.example/t/{SECRET}"))
    return kiosk.answer(problem("wrong-state", "waiting")).do(e.OpenSlipForms())


def test_a_slip_leads_to_the_forms_of_its_number() -> None:
    kiosk = scanned_slip()
    begun = {**listed("sole-trader")[0], "form": "sole-trader", "draft": DRAFT_SECRET[:12]}
    told = [{**begun, "secret": DRAFT_SECRET, "filled": 3, "of": 13}, {**begun, "form": "x", "draft": None}]
    kiosk.do(e.SlipFormsCame(SECRET, told), e.ChooseForm("sole-trader"))
    assert [one.id for one in kiosk.visit.offers] == ["sole-trader"]
    assert [one.secret for one in kiosk.effects if isinstance(one, do.FetchDraft)] == [DRAFT_SECRET]
    kiosk.do(e.GoOn())
    assert kiosk.visit.place is Place.HOME and not kiosk.state.traces


def test_a_slip_whose_number_has_no_form_says_so() -> None:
    kiosk = scanned_slip().do(e.SlipFormsCame(SECRET, []))
    assert kiosk.visit.sorry and kiosk.visit.sorry.reason == "no-forms"
