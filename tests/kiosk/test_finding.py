"""Before the number: every way in leads to a number or a person, a basket keeps its order, papers count."""

from __future__ import annotations

import pytest

from kiosk import basket, guide
from kiosk import effects as do
from kiosk import events as e
from kiosk.events import Paper
from kiosk.guide import Guide, needed
from kiosk.keyboard import Typing
from kiosk.visit import GUIDE_PAGE, Help, Match, Place, found, guides, page_at, pages
from queue_server.hall.materials import Verdict
from queue_server.hall.model import Party
from queue_server.wire import Asks, Code
from tests.kiosk.played import GUIDE, Kiosk, paper, problem, ticket

FOUND = [
    {"kind": "service", "id": "card"},
    {"kind": "service", "id": "unheard-of"},
    {"kind": "theme", "id": "lost"},
]


def searched(typing: Typing) -> Kiosk:
    return Kiosk().do(e.OpenFind(), e.Types(typing))


def with_items(*items: str) -> Kiosk:
    """A visit in which these were chosen, one after the other."""
    kiosk = Kiosk()
    for item in items:
        kiosk.do(e.OpenFind(), e.OpenThemes(), e.ChooseTheme("lost"), e.ChooseItem(item))
    return kiosk


def searches(kiosk: Kiosk) -> list[str]:
    return [one.query for one in kiosk.effects if isinstance(one, do.Search)]


def body(kiosk: Kiosk) -> dict[str, object]:
    return dict(kiosk.sent(Asks.TAKE_TICKET)[0].body)


# --- searching -------------------------------------------------------------------------------------


def test_every_sign_searches_and_letters_count_as_they_stand() -> None:
    kiosk = searched(Typing(letters="g")).do(e.Types(Typing(letters="gj")), e.Types(Typing("公积")))
    assert searches(kiosk) == ["g", "gj", "公积"]


def test_what_is_found_leads_to_the_number() -> None:
    kiosk = searched(Typing(letters="sfz")).do(e.MatchesCame("sfz", FOUND))
    assert kiosk.visit.matches[0] == Match("service", "card")
    assert [one.id for one in found(kiosk.state)] == ["card", "lost"]
    assert body(kiosk.do(e.ChooseItem("card"), e.Take()))["services"] == ["card"]


def test_an_answer_to_what_is_no_longer_typed_is_dropped() -> None:
    kiosk = searched(Typing(letters="sf")).do(e.Types(Typing(letters="sfz")), e.MatchesCame("sf", FOUND))
    assert kiosk.visit.matches == ()


def test_finds_that_are_about_to_move_are_not_chosen() -> None:
    kiosk = searched(Typing(letters="sf")).do(e.MatchesCame("sf", FOUND), e.Types(Typing(letters="sfz")))
    assert kiosk.do(e.ChooseItem("card"), e.ChooseTheme("lost")).visit.place is Place.FIND
    assert kiosk.do(e.MatchesCame("sfz", FOUND), e.ChooseItem("card")).visit.place is Place.CONFIRM


def test_without_an_answer_the_other_ways_remain() -> None:
    kiosk = searched(Typing(letters="sfz")).do(e.MatchesCame("sfz", None))
    assert kiosk.visit.is_lost
    assert kiosk.do(e.OpenThemes()).visit.place is Place.THEMES


def test_more_finds_are_a_page_away_and_a_new_search_begins_at_the_first() -> None:
    many = [{"kind": "service", "id": f"more-{at}"} for at in range(6)]
    kiosk = searched(Typing(letters="m")).do(e.MatchesCame("m", many), e.TurnPage(1), e.TurnPage(1))
    assert (pages(kiosk.state), kiosk.visit.page) == (2, 1)
    assert kiosk.do(e.Types(Typing(letters="mo")), e.MatchesCame("mo", many)).visit.page == 0


def test_nothing_is_searched_for_nothing() -> None:
    assert searches(searched(Typing("  "))) == []


# --- the ways in -----------------------------------------------------------------------------------


def test_a_party_sees_its_own_items_and_the_number_knows_it() -> None:
    kiosk = Kiosk().do(e.OpenFind(), e.OpenThemes(Party.ENTERPRISE), e.ChooseTheme(""))
    items = {item.id for item in kiosk.state.floor.items_of("", Party.ENTERPRISE)}
    assert "licence" in items and "card" not in items and "pay" in items
    assert body(kiosk.do(e.ChooseItem("licence"), e.Take()))["party"] == "enterprise"


def test_questions_lead_to_a_theme_a_group_or_a_person() -> None:
    asked = [e.OpenFind(), e.OpenQuestions()]
    by_theme = Kiosk().do(*asked, e.ChooseAnswer(0), e.ChooseAnswer(0))
    assert by_theme.visit.place is Place.ITEMS and by_theme.visit.theme == "lost"
    by_group = Kiosk().do(*asked, e.ChooseAnswer(1), e.Take())
    assert body(by_group) == {"group": "fees", "language": "zh"}
    by_person = Kiosk().do(*asked, e.CallHelp())
    assert by_person.visit.help is Help.ASKED


def test_an_answer_that_leads_nowhere_stays() -> None:
    assert (
        Kiosk().do(e.OpenFind(), e.OpenQuestions(), e.ChooseAnswer(2), e.ChooseAnswer(9)).visit.question
        == "begin"
    )


def test_going_back_shows_the_page_and_the_question_before() -> None:
    kiosk = Kiosk().do(e.OpenFind(), e.OpenQuestions(), e.ChooseAnswer(0), e.Back())
    assert kiosk.visit.question == "begin"
    kiosk = Kiosk().do(
        e.OpenFind(), e.OpenThemes(), e.ChooseTheme(""), e.TurnPage(1), e.ChooseItem("more-5"), e.Back()
    )
    assert (kiosk.visit.page, kiosk.visit.items) == (1, ())


def test_what_one_has_from_before_is_behind_one_touch() -> None:
    assert Kiosk().do(e.OpenHave(), e.OpenReturn()).visit.place is Place.RETURN
    assert Kiosk().do(e.OpenHave(), e.OpenCheckIn()).visit.place is Place.CHECK_IN
    assert Kiosk().do(e.OpenHave(), e.CallHelp()).visit.help is Help.ASKED


# --- the basket ------------------------------------------------------------------------------------


def test_several_items_go_with_one_number_in_the_order_of_the_hall() -> None:
    kiosk = with_items("pay", "card", "licence")
    assert kiosk.visit.place is Place.BASKET
    legs = basket.legs(kiosk.state.floor, kiosk.visit.items)
    assert [(leg.group, leg.minutes) for leg in legs] == [("general", 30), ("fees", 4)]
    assert kiosk.visit.group == "general"
    assert body(kiosk.do(e.GoOn(), e.Take()))["services"] == ["pay", "card", "licence"]


def test_what_was_taken_out_does_not_come_back() -> None:
    kiosk = with_items("pay", "card", "licence").do(e.RemoveItem("card"))
    assert kiosk.visit.items == ("pay", "licence")
    assert kiosk.do(e.Back()).visit.items == ("pay",)


def test_going_back_takes_the_last_choice_back() -> None:
    assert with_items("pay", "card").do(e.Back()).visit.items == ("pay",)


def test_the_last_one_out_leads_home() -> None:
    kiosk = with_items("card", "pay").do(e.RemoveItem("card"), e.RemoveItem("pay"))
    assert kiosk.visit.place is Place.HOME and not kiosk.visit.trail and not kiosk.visit.group


def test_an_item_is_there_once_and_six_are_the_most() -> None:
    assert with_items("card", "pay", "card").visit.items == ("card", "pay")
    six = with_items("card", "pay", *(f"more-{at}" for at in range(4)))
    assert len(six.visit.items) == basket.MOST_ITEMS
    assert six.do(e.OpenFind()).visit.place is Place.BASKET


def test_the_basket_is_changed_and_left_without_walking_in_circles() -> None:
    kiosk = with_items("card", "pay").do(e.GoOn())
    long = len(kiosk.visit.trail)
    for _ in range(5):
        kiosk.do(e.OpenBasket(), e.GoOn())
    assert kiosk.visit.place is Place.CONFIRM and len(kiosk.visit.trail) == long


# --- what to bring ---------------------------------------------------------------------------------


def checklist(item: str) -> Kiosk:
    return with_items(item).do(e.OpenGuide(), e.GuideCame(item, GUIDE))


def test_the_guide_is_fetched_once() -> None:
    kiosk = with_items("card").do(e.OpenGuide())
    assert [one.item for one in kiosk.effects if isinstance(one, do.FetchGuide)] == ["card"]
    kiosk.do(e.GuideCame("card", GUIDE), e.Back(), e.OpenGuide())
    assert len([one for one in kiosk.effects if isinstance(one, do.FetchGuide)]) == 1
    assert len(guides(kiosk.state)) == 1


@pytest.mark.parametrize(
    ("party", "papers"), [(None, ["卡"]), (Party.CITIZEN, ["卡"]), (Party.ENTERPRISE, ["执照"])]
)
def test_the_list_has_what_who_is_here_needs(party: Party | None, papers: list[str]) -> None:
    """An item for everybody asks a business for other papers; each keeps its place in the guide."""
    told = {"materials": [paper("执照", party="enterprise"), paper("卡", party="citizen")]}
    listed = needed([Guide.of("card", told, party)])
    assert [one.material.name["zh"] for one in listed] == papers
    assert [one.papers for one in listed] == [(("card", 0 if papers == ["执照"] else 1),)]


def test_a_guide_that_does_not_come_stops_nobody() -> None:
    kiosk = with_items("card").do(e.OpenGuide(), e.GuideCame("card", None))
    assert kiosk.visit.guide_failed
    assert kiosk.do(e.GoOn()).visit.place is Place.CONFIRM


def test_all_ticked_leads_on_to_the_number() -> None:
    kiosk = checklist("card").do(e.TickAll(), e.GoOn())
    assert kiosk.visit.place is Place.CONFIRM
    assert kiosk.visit.ticked == {("card", 0), ("card", 1)}
    assert checklist("card").do(e.TickAll(), e.TickAll()).visit.ticked == set()


@pytest.mark.parametrize(
    ("item", "ticked", "verdict"),
    [
        ("card", (), Verdict.COME_BACK),
        ("card", (0,), Verdict.COME_BACK),
        ("licence", (0,), Verdict.LATER),
        ("licence", (1,), Verdict.COME_BACK),
        ("licence", (0, 1), Verdict.COMPLETE),
    ],
)
def test_what_is_missing_decides(item: str, ticked: tuple[int, ...], verdict: Verdict) -> None:
    kiosk = checklist(item).do(*(e.TickPaper(item, at) for at in ticked))
    assert guide.verdict(kiosk.state.floor, guides(kiosk.state), kiosk.visit.ticked) is verdict
    expected = Place.CONFIRM if verdict is Verdict.COMPLETE else Place.BRING
    assert kiosk.do(e.GoOn()).visit.place is expected


def test_what_is_missing_is_printed_once_and_again_when_it_failed() -> None:
    kiosk = checklist("card").do(e.TickPaper("card", 0), e.GoOn(), e.PrintList(), e.PrintList())
    wanted = [one for one in kiosk.effects if isinstance(one, do.PrintNeeds)]
    assert len(wanted) == 1 and wanted[0].ticked == {("card", 0)}
    kiosk.do(e.ListEnded(Paper.FAILED), e.PrintList())
    assert len([one for one in kiosk.effects if isinstance(one, do.PrintNeeds)]) == 2


def test_nobody_is_refused_a_number_for_what_is_missing() -> None:
    assert body(checklist("card").do(e.GoOn(), e.GoOn(), e.Take()))["services"] == ["card"]


def test_what_is_ticked_goes_with_the_number_and_is_left_unsaid_where_nobody_was_asked() -> None:
    told = {"照片": True, "户口簿": False}
    assert body(checklist("card").do(e.TickPaper("card", 0), e.GoOn(), e.GoOn(), e.Take()))["materials"] == {
        "card": told
    }
    assert body(checklist("card").do(e.GoOn(), e.GoOn(), e.Take()))["materials"] == {
        "card": dict.fromkeys(told, False)
    }
    assert "materials" not in body(checklist("card").do(e.Back(), e.Take()))
    without = with_items("card").do(e.OpenGuide(), e.GuideCame("card", None), e.GoOn(), e.Take())
    assert "materials" not in body(without)


def test_papers_that_the_hall_no_longer_knows_cost_nobody_the_number() -> None:
    kiosk = checklist("card").do(e.TickAll(), e.GoOn(), e.Take())
    first = kiosk.sent(Asks.TAKE_TICKET)[0]
    refused = problem(Code.INVALID)
    refused["problem"]["field"] = "materials.card.照片"
    kiosk.answer(refused)
    assert kiosk.visit.place is Place.TAKING
    again = kiosk.sent(Asks.TAKE_TICKET)[1]
    assert (again.key, again.body) == (
        first.key,
        {name: value for name, value in first.body.items() if name != "materials"},
    )
    assert (kiosk.visit.ticked, kiosk.visit.guides) == (set(), ())
    assert kiosk.answer({"ok": True, "ticket": ticket()}).visit.place is Place.TICKET
    kiosk = with_items("card").do(e.Take())
    refused["problem"]["field"] = "services"
    assert kiosk.answer(refused).visit.place is Place.SORRY


def test_a_paper_that_several_items_want_is_ticked_once() -> None:
    kiosk = with_items("card", "pay").do(e.OpenGuide(), e.GuideCame("pay", GUIDE), e.GuideCame("card", GUIDE))
    assert [one.item for one in guides(kiosk.state)] == ["card", "pay"]
    photo, register, _form = guide.needed(guides(kiosk.state))
    assert (photo.papers, register.material.copies) == ((("card", 0), ("pay", 0)), 2)
    assert kiosk.do(e.TickPaper("pay", 0)).visit.ticked == {("card", 0), ("pay", 0)}
    assert guide.missing(guides(kiosk.state), kiosk.visit.ticked) == [register]


def test_a_long_list_is_turned_page_by_page_before_it_is_judged() -> None:
    long = {"guide": {"materials": [paper(f"材料{at}") for at in range(GUIDE_PAGE + 1)]}}
    kiosk = with_items("card").do(e.OpenGuide(), e.GuideCame("card", long))
    assert pages(kiosk.state) == 2
    assert kiosk.do(e.TickAll(), e.GoOn()).visit.page == 1
    assert kiosk.do(e.TickAll(), e.GoOn()).visit.place is Place.CONFIRM


def test_the_phones_address_names_items_and_what_is_missing() -> None:
    kiosk = checklist("card").do(e.TickPaper("card", 0))
    address = guide.address("http://hall", guides(kiosk.state), kiosk.visit.ticked)
    assert address == "http://hall/items/card?missing=card.1"


# --- the card --------------------------------------------------------------------------------------


def test_a_card_shows_a_masked_name_and_leaves_no_more() -> None:
    kiosk = with_items("card").do(e.CardRead("11010519491231002X", "张三丰"))
    assert kiosk.visit.card_name == "张**" and "三" not in repr(kiosk.state)
    assert kiosk.visit.card_initials == "zsf"

    assert not kiosk.do(e.ForgetId()).visit.card_name


def test_a_card_is_read_only_after_it_was_said_what_for() -> None:
    kiosk = with_items("card").do(e.CardLaid())
    assert kiosk.visit.place is Place.IDENTIFY and not kiosk.visit.id_number
    assert not [one for one in kiosk.effects if isinstance(one, do.ReadCard)]
    kiosk.do(e.AllowCard())
    assert len([one for one in kiosk.effects if isinstance(one, do.ReadCard)]) == 1
    kiosk.do(e.CardRead("11010519491231002X", "张三"))
    assert kiosk.visit.place is Place.CONFIRM and kiosk.visit.card_name == "张*"


def test_a_card_that_was_lifted_is_not_read() -> None:
    kiosk = with_items("card").do(e.CardLaid(), e.CardLifted(), e.AllowCard())
    assert not [one for one in kiosk.effects if isinstance(one, do.ReadCard)]


def test_a_card_that_lies_outlives_the_visit_but_nothing_of_it_does() -> None:
    kiosk = with_items("card").do(e.CardLaid(), e.Leave())
    assert kiosk.state.card_lies and not kiosk.state.traces


def test_a_card_is_not_read_where_its_use_was_not_said() -> None:
    kiosk = Kiosk().do(e.CardRead("11010519491231002X", "张三"))
    assert not kiosk.visit.id_number and not kiosk.state.traces


def test_a_full_basket_stands_on_two_pages_and_on_one_once_it_has_shrunk() -> None:
    items = [f"more-{at}" for at in range(basket.MOST_ITEMS)]
    kiosk = Kiosk()
    for item in items:
        kiosk.do(e.OpenFind(), e.OpenThemes(), e.ChooseTheme(""), e.ChooseItem(item))
    kiosk.do(e.TurnPage(1))
    assert (pages(kiosk.state), page_at(kiosk.state)) == (2, 1)
    kiosk.do(*(e.RemoveItem(item) for item in items[-2:]))
    assert (pages(kiosk.state), page_at(kiosk.state)) == (1, 0)
