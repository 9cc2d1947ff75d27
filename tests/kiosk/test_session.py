"""The visit as a pure machine: any events at all, and the promises that hold over them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import texts
from kiosk import effects as do
from kiosk import events as e
from kiosk import guidance
from kiosk.effects import Clear, Send
from kiosk.events import Event, Mode, Paper
from kiosk.keyboard import Typing
from kiosk.session import step
from kiosk.sorry import Way
from kiosk.visit import SLOWER, STAY_SECONDS, Help, Place, State, Visit, asks_to_stay, leaves_at, page
from queue_server.hall.model import Language, Need, Party, Priority
from queue_server.wire import Asks, Code, Says
from tests.kiosk.played import GUIDE, ID_NUMBER, NOW, SECRET, THEME, Kiosk, problem, service, snapshot, ticket

# --- any events at all ------------------------------------------------------------------------------

touches = st.sampled_from(
    [
        e.Touched(),
        e.ChooseGroup("general"),
        e.ChooseGroup("gone"),
        e.OpenFind(),
        e.OpenFind(),
        e.Types(Typing("公", "ji")),
        e.MatchesCame("公ji", [{"kind": "service", "id": "card"}, {"kind": "theme", "id": "lost"}]),
        e.OpenThemes(),
        e.OpenThemes(Party.ENTERPRISE),
        e.OpenQuestions(),
        e.ChooseAnswer(0),
        e.ChooseAnswer(1),
        e.ChooseItem("licence"),
        e.ChooseItem("pay"),
        e.OpenBasket(),
        e.RemoveItem("card"),
        e.RemoveItem("licence"),
        e.OpenGuide(),
        e.GuideCame("card", GUIDE),
        e.GuideCame("licence", None),
        e.TickPaper("card", 0),
        e.TickAll(),
        e.OpenPromise("sole-trader"),
        e.GoOn(),
        e.PrintList(),
        e.ListEnded(Paper.PRINTED),
        e.CardLaid(),
        e.AllowCard(),
        e.CardLifted(),
        e.OpenHave(),
        e.ChooseTheme("lost"),
        e.ChooseTheme(""),
        e.ChooseItem("card"),
        e.TurnPage(1),
        e.TurnPage(-1),
        e.OpenPriority(),
        e.SetPriority(Priority.ELDERLY),
        e.OpenNeeds(),
        e.ToggleNeed(Need.DEAF),
        *(e.ToggleMode(mode) for mode in Mode),
        e.UseKeys(),
        e.Take(),
        e.Take(),
        e.OpenIdentify(),
        e.ForgetId(),
        e.OpenReturn(),
        e.OpenCheckIn(),
        e.Typed("7"),
        e.Erase(),
        e.Enter(),
        e.CardRead(ID_NUMBER),
        e.CardRead("1"),
        e.Scanned(f"http://hall/t/{SECRET}"),
        e.Scanned("AB12CD"),
        e.Scanned("?"),
        e.PrintAgain(),
        e.Reprint(),
        e.OpenTexts(),
        e.Speak(Language.EN),
        e.CallHelp(),
        e.AskAgain(),
        e.Back(),
        e.Leave(),
    ]
)
world = st.sampled_from(
    [
        e.Tick(),
        e.Line(False),
        e.Line(True),
        e.Crashed(),
        e.Heard(Says.SNAPSHOT, snapshot()),
        e.SlipEnded("A013", Paper.PRINTED),
        e.SlipEnded("A013", Paper.FAILED),
        *(e.Heard(Says.HELP, {"help": helps}) for helps in ([], [{"state": "taken"}])),
    ]
)
ALL_CODES = [*Code, "something-new"]
acks = st.one_of(
    st.just({"ok": True, "ticket": ticket()}),
    st.builds(problem, st.sampled_from(ALL_CODES), st.sampled_from([None, "waiting", "missed", "finished"])),
)
moves = st.lists(
    st.tuples(st.one_of(touches, touches, world, acks), st.floats(0, 30)), min_size=1, max_size=40
)


def play(kiosk: Kiosk, moves: list[tuple[Any, float]]) -> list[tuple[int, Send]]:
    """Play moves; a dict is the answer to what is awaited. What was sent, with the visit it was for."""
    sent: list[tuple[int, Send]] = []
    for move, seconds in moves:
        asking = kiosk.visit.asking
        event = move if isinstance(move, Event) else e.Answered(asking.key if asking else "none", move)
        before = len(kiosk.effects)
        kiosk.do(event, after=seconds)
        sent += [(kiosk.state.visits, one) for one in kiosk.effects[before:] if isinstance(one, Send)]
    return sent


@given(moves)
@settings(max_examples=300, deadline=None)
def test_silence_always_ends_at_home_with_no_trace(moves: list[tuple[Any, float]]) -> None:
    kiosk = Kiosk()
    play(kiosk, moves)
    for _ in range(4):  # an answer given up, then the visit, then what was left at home
        kiosk.do(e.Tick(), after=120)
    assert not kiosk.state.traces
    assert kiosk.visit == Visit(Language.ZH, touched_at=kiosk.visit.touched_at)


@given(moves)
@settings(max_examples=300, deadline=None)
def test_one_visit_never_asks_for_a_number_with_two_keys(moves: list[tuple[Any, float]]) -> None:
    takes = [(visit, one) for visit, one in play(Kiosk(), moves) if one.name == Asks.TAKE_TICKET]
    for visit, one in takes:
        assert {other.key for number, other in takes if number == visit} == {one.key}
        assert all(other.key != one.key for number, other in takes if number != visit)


@given(moves)
@settings(max_examples=300, deadline=None)
def test_a_number_is_printed_once_unless_someone_asks(moves: list[tuple[Any, float]]) -> None:
    kiosk = Kiosk()
    play(kiosk, moves)
    asked_again = sum(isinstance(move, e.PrintAgain) for move, _ in moves)
    given_numbers = sum(isinstance(move, dict) and move["ok"] for move, _ in moves)
    assert len(kiosk.printed()) <= given_numbers + asked_again


@given(moves)
@settings(max_examples=200, deadline=None)
def test_what_was_not_answered_is_asked_again_word_for_word(moves: list[tuple[Any, float]]) -> None:
    bodies: dict[str, dict[str, Any]] = {}
    kiosk = Kiosk()
    for move, seconds in moves:
        asking = kiosk.visit.asking
        play(kiosk, [(move, seconds)])
        if asking is None or (isinstance(move, dict) and kiosk.visit.asking != asking):
            bodies.clear()  # refused: decided anew
        for one in kiosk.effects:
            if isinstance(one, Send) and one.name != Asks.HELP:
                assert bodies.setdefault(one.key, one.body) == one.body
        kiosk.effects.clear()


# --- the main way ------------------------------------------------------------------------------------


def at_confirm(**kiosk: Any) -> Kiosk:
    return Kiosk(**kiosk).do(e.ChooseGroup("general"))


def taken() -> Kiosk:
    return at_confirm().do(e.Take()).answer({"ok": True, "ticket": ticket()})


def test_two_touches_take_a_number_and_print_it() -> None:
    kiosk = taken()
    assert kiosk.visit.place is Place.TICKET
    assert kiosk.visit.ticket and kiosk.visit.ticket.number == "A013"
    assert [one.ticket.number for one in kiosk.printed()] == ["A013"]
    assert kiosk.sent(Asks.TAKE_TICKET)[0].body == {"group": "general", "language": "zh"}


def test_a_double_tap_sends_once() -> None:
    assert len(at_confirm().do(e.Take(), e.Take()).sent(Asks.TAKE_TICKET)) == 1


def test_an_item_is_taken_by_its_own_name() -> None:
    kiosk = Kiosk().do(e.OpenFind(), e.OpenThemes(), e.ChooseTheme("lost"), e.ChooseItem("card"), e.Take())
    assert kiosk.sent(Asks.TAKE_TICKET)[0].body == {"services": ["card"], "language": "zh"}


def test_what_is_optional_is_sent_only_where_it_was_said() -> None:
    kiosk = at_confirm().do(
        e.Speak(Language.EN),
        e.OpenPriority(),
        e.SetPriority(Priority.PREGNANT),
        e.OpenPriority(),
        e.SetPriority(Priority.ELDERLY),
        e.OpenNeeds(),
        e.ToggleNeed(Need.DEAF),
        e.ToggleNeed(Need.BLIND),
        e.ToggleNeed(Need.DEAF),
        e.Back(),
        e.CardRead("11010519491231002x"),
        e.Take(),
    )
    assert kiosk.sent(Asks.TAKE_TICKET)[0].body == {
        "group": "general",
        "language": "en",
        "priority": "elderly",
        "needs": ["blind"],
        "id_number": ID_NUMBER,
    }


def test_an_id_number_is_asked_for_only_where_the_hall_wants_it() -> None:
    kiosk = at_confirm(ask_id=False).do(e.OpenIdentify(), e.CardRead(ID_NUMBER))
    assert kiosk.visit.place is Place.CONFIRM and not kiosk.visit.id_number


def test_a_typed_id_number_is_checked_in_plain_words() -> None:
    kiosk = at_confirm().do(e.OpenIdentify(), *map(e.Typed, ID_NUMBER[:-1]), e.Enter())
    assert kiosk.visit.hint == "id-length"
    assert kiosk.do(e.Typed("1"), e.Enter()).visit.hint == "id-wrong"
    assert kiosk.do(e.Erase(), e.Typed("X"), e.Enter()).visit.place is Place.CONFIRM
    assert kiosk.visit.id_number == ID_NUMBER and not kiosk.visit.typed
    assert kiosk.do(e.CardRead("110105299912310020")).visit.hint == "id-date"


def test_the_number_is_forgotten_once_it_has_served() -> None:
    kiosk = at_confirm().do(e.CardRead(ID_NUMBER), e.Take()).answer({"ok": True, "ticket": ticket()})
    assert not kiosk.visit.id_number and kiosk.visit.asking is None


# --- lost answers ------------------------------------------------------------------------------------


def test_after_a_lost_answer_the_same_key_is_asked_again() -> None:
    kiosk = at_confirm().do(e.Take()).answer(problem(Code.NO_CONNECTION))
    assert kiosk.visit.sorry and kiosk.visit.sorry.ways == (Way.AGAIN, Way.HOME)
    kiosk.do(e.Speak(Language.EN), e.Back(), e.AskAgain(), e.AskAgain())
    first, second = kiosk.sent(Asks.TAKE_TICKET)
    assert first == second
    assert kiosk.answer({"ok": True, "ticket": ticket()}).visit.place is Place.TICKET


def test_an_answer_that_never_comes_is_given_up_and_still_welcome() -> None:
    kiosk = at_confirm().do(e.Take()).do(e.Tick(), after=61)
    assert kiosk.visit.place is Place.SORRY
    assert kiosk.answer({"ok": True, "ticket": ticket()}).visit.place is Place.TICKET


def test_an_answer_for_somebody_who_left_shows_nobody_anything() -> None:
    kiosk = at_confirm().do(e.Take())
    key = kiosk.sent(Asks.TAKE_TICKET)[0].key
    kiosk.answer(problem(Code.NO_CONNECTION)).do(e.Leave(), e.Answered(key, {"ok": True, "ticket": ticket()}))
    assert kiosk.visit.place is Place.HOME and not kiosk.printed()


def test_nobody_leaves_while_a_number_may_be_coming() -> None:
    kiosk = at_confirm().do(e.Take(), e.Leave(), e.Back())
    assert kiosk.visit.place is Place.TAKING and leaves_at(kiosk.state) is None


# --- refusals ----------------------------------------------------------------------------------------


def test_every_refusal_is_one_sentence_with_a_way_on() -> None:
    asks = {
        Asks.TAKE_TICKET: [e.ChooseGroup("general"), e.Take()],
        Asks.REQUEUE: [e.Scanned(f"http://hall/t/{SECRET}")],
        Asks.CHECK_IN: [e.Scanned("AB12CD")],
    }
    for events in asks.values():
        for code in ALL_CODES:
            kiosk = Kiosk().do(*events).answer(problem(code))
            said = kiosk.visit.sorry
            assert kiosk.visit.place is Place.SORRY and said
            assert said.words["zh"] and said.words["en"] and Way.HOME in said.ways


def test_a_slip_that_was_not_missed_hears_where_it_stands() -> None:
    reasons = {"waiting": "slip-waiting", "called": "slip-called", "finished": "slip-over"}
    for state, reason in {**reasons, "missed": "returned-enough"}.items():
        kiosk = Kiosk().do(e.Scanned(f"/t/{SECRET}")).answer(problem(Code.WRONG_STATE, state))
        assert kiosk.visit.sorry and kiosk.visit.sorry.reason == reason


def test_a_mistyped_code_can_be_corrected() -> None:
    kiosk = (
        Kiosk()
        .do(e.OpenHave(), e.OpenCheckIn(), *map(e.Typed, "AB12"), e.Enter())
        .answer(problem(Code.NOT_FOUND))
    )
    assert kiosk.visit.sorry and Way.BACK in kiosk.visit.sorry.ways
    assert kiosk.do(e.Back()).visit.place is Place.CHECK_IN and kiosk.visit.typed == "AB12"


def test_a_refused_number_may_be_taken_elsewhere() -> None:
    kiosk = at_confirm().do(e.Take()).answer(problem(Code.QUOTA)).do(e.Leave())
    kiosk.do(e.ChooseGroup("fees"), e.Take())
    first, second = kiosk.sent(Asks.TAKE_TICKET)
    assert first.key != second.key


# --- slips, scans, help --------------------------------------------------------------------------------


def test_a_returning_citizen_keeps_the_slip() -> None:
    kiosk = Kiosk().do(e.Scanned(f"http://hall/t/{SECRET}\n"))
    assert kiosk.sent(Asks.REQUEUE)[0].body == {"secret": SECRET}
    kiosk.answer({"ok": True, "ticket": {**ticket(), "follow_url": None}})
    assert kiosk.visit.place is Place.TICKET and not kiosk.printed()


def test_paper_that_failed_is_printed_again_only_when_asked() -> None:
    kiosk = taken().do(e.SlipEnded("A013", Paper.FAILED), e.Tick())
    assert len(kiosk.printed()) == 1
    assert len(kiosk.do(e.PrintAgain(), e.PrintAgain()).printed()) == 2
    assert len(kiosk.do(e.SlipEnded("A013", Paper.PRINTED), e.PrintAgain()).printed()) == 2


def test_a_slip_that_may_be_out_already_is_marked_when_it_is_printed_again() -> None:
    failed = taken().do(e.SlipEnded("A013", Paper.FAILED), e.PrintAgain())
    assert [one.again for one in failed.printed()] == [False, False]
    doubtful = taken().do(e.SlipEnded("A013", Paper.DOUBTFUL), e.PrintAgain())
    doubtful.do(e.SlipEnded("A013", Paper.FAILED), e.PrintAgain())
    assert [one.again for one in doubtful.printed()] == [False, True, True]


def test_whoever_reads_large_text_gets_a_slip_in_large_text_a_second_one_too() -> None:
    kiosk = at_confirm().do(e.ToggleMode(Mode.LARGE), e.Take()).answer({"ok": True, "ticket": ticket()})
    kiosk.do(e.SlipEnded("A013", Paper.FAILED), e.PrintAgain())
    assert [one.large for one in kiosk.printed()] == [True, True]
    kiosk = Kiosk().do(e.ToggleMode(Mode.LARGE), e.Scanned(f"/t/{SECRET}"))
    kiosk.answer(problem(Code.WRONG_STATE, "waiting")).do(e.Reprint())
    assert kiosk.sent(Asks.SLIP)[0].body["large"]
    kiosk.answer({"ok": True, "ticket": {**ticket(), "slip": {"again": True}}})
    assert [one.large for one in kiosk.printed()] == [True]


def test_who_checks_in_may_say_the_same_first_as_for_a_number_and_need_not() -> None:
    code, told = "AB12CD", {"services": ["card"]}
    kiosk = Kiosk().do(e.OpenHave(), e.OpenCheckIn(), e.SayMore(), *(e.Typed(one) for one in code), e.Enter())
    assert kiosk.effects[-1] == do.FetchAppointment(code)
    kiosk.do(e.AppointmentCame("other", told))
    assert kiosk.visit.place is Place.CHECK_IN
    kiosk.do(e.AppointmentCame(code, told), e.OpenFind(), e.OpenIdentify())
    assert (kiosk.visit.place, kiosk.visit.items) == (Place.CONFIRM, ("card",))
    kiosk.do(
        e.OpenPriority(), e.SetPriority(Priority.ELDERLY), e.OpenNeeds(), e.ToggleNeed(Need.DEAF), e.Back()
    )
    (sent,) = kiosk.do(e.Take()).sent(Asks.CHECK_IN)
    assert sent.body == {"code": code, "language": "zh", "priority": "elderly", "needs": ["deaf"]}
    back = Kiosk().do(e.OpenHave(), e.OpenCheckIn(), e.SayMore(), *(e.Typed(one) for one in code), e.Enter())
    assert back.do(e.AppointmentCame(code, None)).visit.place is Place.TAKING, "checking in tells why"
    assert back.sent(Asks.CHECK_IN)
    plain = Kiosk().do(e.OpenHave(), e.OpenCheckIn(), *(e.Typed(one) for one in code), e.Enter())
    assert plain.sent(Asks.CHECK_IN)[0].body == {"code": code, "language": "zh"}


def test_who_has_a_number_takes_another_for_somebody_else_by_one_plain_choice() -> None:
    kiosk = at_confirm().do(e.CardRead(ID_NUMBER), e.Take()).answer(problem(Code.LIVE_TICKET, "waiting"))
    assert kiosk.visit.sorry and kiosk.visit.sorry.ways == (Way.HOME, Way.AGENT)
    kiosk.do(e.TakeForOther())
    first, second = kiosk.sent(Asks.TAKE_TICKET)
    assert second.body == {**first.body, "agent": True}
    assert kiosk.answer({"ok": True, "ticket": ticket()}).visit.place is Place.TICKET
    again = Kiosk().do(e.Scanned("AB12CD")).answer(problem(Code.LIVE_TICKET, "waiting"))
    assert again.visit.sorry and Way.AGENT not in again.visit.sorry.ways, "an appointment is its holder's"


def test_who_scans_a_live_slip_may_have_it_printed_again() -> None:
    kiosk = Kiosk().do(e.Scanned(f"/t/{SECRET}"), e.Reprint())
    assert not kiosk.sent(Asks.SLIP)
    kiosk.answer(problem(Code.WRONG_STATE, "waiting")).do(e.Reprint(), e.Reprint())
    (asked,) = kiosk.sent(Asks.SLIP)
    assert asked.body == {"secret": SECRET, "large": False}
    kiosk.answer({"ok": True, "ticket": {**ticket(), "slip": {"again": True}}})
    assert kiosk.visit.place is Place.TICKET
    assert [one.again for one in kiosk.printed()] == [True]
    kiosk.do(e.Leave())
    assert not kiosk.state.traces


# --- texts ------------------------------------------------------------------------------------------------


def test_a_number_may_be_texted_about_once() -> None:
    kiosk = taken().do(e.SlipEnded("A013", Paper.PRINTED), e.OpenTexts(), *map(e.Typed, "1380013"), e.Enter())
    assert kiosk.visit.hint == "phone" and not kiosk.sent(Asks.TEXTS)
    kiosk.do(*map(e.Typed, "80009"), e.Enter(), e.Enter())
    (asked,) = kiosk.sent(Asks.TEXTS)
    assert asked.body == {"secret": SECRET, "phone": "13800138000"}
    kiosk.answer({"ok": True, "ticket": ticket()}).do(e.OpenTexts())
    assert (kiosk.visit.place, kiosk.visit.is_texted, kiosk.visit.typed) == (Place.TICKET, True, "")
    assert len(kiosk.printed()) == 1
    assert not kiosk.do(e.Leave()).state.traces


def test_a_number_that_the_hall_refuses_can_be_corrected_and_the_ticket_stays() -> None:
    kiosk = taken().do(e.OpenTexts(), *map(e.Typed, "13800138000"), e.Enter())
    kiosk.answer(problem(Code.INVALID))
    assert kiosk.visit.sorry and kiosk.visit.sorry.reason == "no-texts"
    kiosk.do(e.Back())
    assert (kiosk.visit.place, kiosk.visit.typed) == (Place.TEXTS, "13800138000")
    kiosk.do(e.Back())
    assert kiosk.visit.place is Place.TICKET and kiosk.visit.ticket


def test_where_no_gateway_is_set_nobody_is_asked_for_a_phone() -> None:
    kiosk = Kiosk(texts=False).do(e.ChooseGroup("general"), e.Take()).answer({"ok": True, "ticket": ticket()})
    assert kiosk.do(e.OpenTexts()).visit.place is Place.TICKET


# --- slips that staff order ------------------------------------------------------------------------------


def ordered(id: str, state: str = "ordered") -> e.Heard:
    return e.Heard(Says.SLIP, {"slip": {"id": id, "state": state}})


def given(**how: Any) -> dict[str, Any]:
    slip = {"language": "en", "large": True, "again": True, **how}
    return {"ok": True, "ticket": {**ticket("A020"), "slip": slip}}


def test_an_order_is_claimed_then_printed_then_told() -> None:
    kiosk = Kiosk().do(ordered("s1"), ordered("s1"), e.Tick(), e.Tick())
    (claim,) = kiosk.sent(Asks.SLIP_TAKE)
    assert claim.body == {"id": "s1"}
    kiosk.do(ordered("s1", "taken"), e.Answered(claim.key, given()), e.Tick())
    (printed,) = kiosk.printed()
    assert (printed.ticket.number, printed.language, printed.large, printed.again) == (
        "A020",
        Language.EN,
        True,
        True,
    )
    kiosk.do(e.SlipEnded("A020", Paper.PRINTED, printed.order))
    assert kiosk.sent(Asks.SLIP_ENDED)[0].body == {"id": "s1", "result": "printed"}
    assert kiosk.visit.place is Place.HOME and not kiosk.state.traces


def test_a_claim_that_is_refused_prints_nothing() -> None:
    kiosk = Kiosk().do(ordered("s1"), e.Tick())
    kiosk.do(e.Answered(kiosk.sent(Asks.SLIP_TAKE)[0].key, problem(Code.WRONG_STATE, "dropped")), e.Tick())
    assert not kiosk.printed() and len(kiosk.sent(Asks.SLIP_TAKE)) == 1


def test_orders_wait_for_who_takes_a_number_and_for_each_other() -> None:
    kiosk = at_confirm().do(e.Take(), ordered("s1"), ordered("s2"), ordered("s3"), e.Tick())
    kiosk.answer({"ok": True, "ticket": ticket()}).do(e.Tick(), ordered("s2", "dropped"))
    assert not kiosk.sent(Asks.SLIP_TAKE)
    kiosk.do(e.Leave(), e.Tick(), e.Tick())
    assert [one.body["id"] for one in kiosk.sent(Asks.SLIP_TAKE)] == ["s1"]
    kiosk.do(e.Answered(kiosk.sent(Asks.SLIP_TAKE)[0].key, given()), e.Tick())
    assert [one.body["id"] for one in kiosk.sent(Asks.SLIP_TAKE)] == ["s1", "s3"]


def test_a_scan_after_a_number_begins_the_next_persons_visit() -> None:
    kiosk = taken().do(e.SlipEnded("A013", Paper.PRINTED), e.Scanned(f"/t/{SECRET}"))
    assert kiosk.visit.place is Place.TAKING and kiosk.visit.ticket is None
    assert any(isinstance(one, Clear) for one in kiosk.effects)


def test_a_scan_disturbs_nobody_who_is_choosing() -> None:
    assert at_confirm().do(e.Scanned(f"/t/{SECRET}")).visit.place is Place.CONFIRM


def test_help_is_called_once_and_its_answer_shown() -> None:
    kiosk = at_confirm().do(e.CallHelp(), e.CallHelp())
    (call,) = kiosk.sent(Asks.HELP)
    assert kiosk.do(e.Leave(), e.Answered(call.key, {"ok": True})).visit.help is Help.TOLD
    assert kiosk.do(e.Tick(), after=61).visit.help is Help.NONE


def helps(*states: str) -> e.Heard:
    """What a kiosk hears of its own call for help."""
    return e.Heard(Says.HELP, {"help": [{"state": state, "since": NOW} for state in states]})


def test_who_waits_for_help_reads_that_somebody_comes_until_they_came() -> None:
    kiosk = at_confirm().do(e.CallHelp())
    (call,) = kiosk.sent(Asks.HELP)
    kiosk.do(e.Answered(call.key, {"ok": True}), helps("taken"))
    kiosk.do(e.Tick(), after=120)
    assert kiosk.visit.help is Help.COMING
    assert kiosk.do(helps("asked")).visit.help is Help.TOLD, "handed over: it is asked for again"
    assert kiosk.do(helps("taken"), helps()).visit.help is Help.NONE


def test_who_waits_for_help_reads_and_hears_who_comes_where_the_hall_tells_names() -> None:
    kiosk = at_confirm().do(e.CallHelp())
    (call,) = kiosk.sent(Asks.HELP)
    kiosk.do(e.Answered(call.key, {"ok": True}), helps("taken"))
    assert guidance.sign(kiosk.state) == texts.say("kiosk.frame.help-coming", "zh")
    named = {"help": [{"state": "taken", "since": NOW, "by": {"name": "李静"}}]}
    kiosk.do(e.Heard(Says.HELP, named))
    assert guidance.sign(kiosk.state) == "李静 正在过来，请在这里等。"
    assert guidance.sign(kiosk.do(helps("asked")).state) == texts.say("kiosk.frame.help-told", "zh")


def test_anothers_call_for_help_is_not_told() -> None:
    assert at_confirm().do(helps("taken")).visit.help is Help.NONE


# --- modes -----------------------------------------------------------------------------------------------


def test_a_mode_is_kept_for_the_visit_and_no_longer() -> None:
    kiosk = at_confirm().do(e.ToggleMode(Mode.LARGE), e.ToggleMode(Mode.LOW), e.ToggleMode(Mode.LOW))
    assert kiosk.visit.modes == {Mode.LARGE}
    assert kiosk.do(e.Leave()).visit.modes == {Mode.LARGE}, "no number yet: still the same visit"
    kiosk.do(e.ChooseGroup("general"), e.Take()).answer({"ok": True, "ticket": ticket()})
    assert kiosk.do(e.SlipEnded("A013", Paper.PRINTED), e.Leave()).visit.modes == frozenset()


def test_keys_go_with_speech_and_end_with_it() -> None:
    kiosk = Kiosk().do(e.UseKeys())
    assert kiosk.visit.modes == {Mode.KEYS, Mode.VOICE}
    assert kiosk.do(e.ToggleMode(Mode.VOICE)).visit.modes == frozenset()


@pytest.mark.parametrize("mode", Mode)
def test_with_any_mode_everything_stays_longer(mode: Mode) -> None:
    begins = e.UseKeys() if mode is Mode.KEYS else e.ToggleMode(mode)
    kiosk = at_confirm().do(begins).do(e.Tick(), after=60 * SLOWER - 1)
    assert not asks_to_stay(kiosk.state, kiosk.now)
    kiosk.do(e.Tick(), after=2)
    assert asks_to_stay(kiosk.state, kiosk.now)
    end = leaves_at(kiosk.state)
    assert end is not None and end - kiosk.now > 2 * 20, "asked well before the visit ends"


def test_large_text_shows_fewer_on_a_page_and_the_same_ones_first() -> None:
    many = [service(f"item-{at}") for at in range(20)]
    kiosk = Kiosk().do(e.CatalogueCame([THEME], many), e.OpenFind(), e.OpenThemes(), e.ChooseTheme(""))
    assert [one.id for one in page(kiosk.do(e.TurnPage(1)).state) if one] == [
        f"item-{at}" for at in range(7, 14)
    ]
    shown = [one.id for one in page(kiosk.do(e.ToggleMode(Mode.LARGE)).state) if one]
    assert "item-7" in shown and len(shown) == 4


# --- time ----------------------------------------------------------------------------------------------


def test_the_visit_asks_before_it_ends_and_a_touch_keeps_it() -> None:
    kiosk = at_confirm().do(e.Tick(), after=59)
    assert not asks_to_stay(kiosk.state, kiosk.now)
    kiosk.do(e.Tick(), after=2)
    assert asks_to_stay(kiosk.state, kiosk.now)
    kiosk.do(e.Touched())
    assert not asks_to_stay(kiosk.state, kiosk.now) and kiosk.visit.place is Place.CONFIRM
    kiosk.do(e.Tick(), after=60 + STAY_SECONDS)
    assert kiosk.visit.place is Place.HOME and not kiosk.state.traces


def test_a_number_without_a_slip_stands_longer() -> None:
    printed = taken().do(e.SlipEnded("A013", Paper.PRINTED))
    failed = taken().do(e.SlipEnded("A013", Paper.FAILED))
    assert leaves_at(printed.state) is not None
    assert (leaves_at(failed.state) or 0) > (leaves_at(printed.state) or 0)


def test_a_language_left_behind_at_home_goes_too() -> None:
    kiosk = Kiosk().do(e.Speak(Language.EN)).do(e.Tick(), after=61)
    assert kiosk.visit.language is Language.ZH
    kiosk = at_confirm().do(e.Speak(Language.EN), e.Leave())
    assert kiosk.visit.language is Language.EN, "no number yet: still the same visit"
    assert not kiosk.do(e.Tick(), after=61).state.traces


def test_a_group_that_was_closed_meanwhile_is_said() -> None:
    kiosk = at_confirm()
    body = snapshot()
    body["hall"]["groups"] = body["hall"]["groups"][1:]
    assert kiosk.do(e.Heard(Says.SNAPSHOT, body)).visit.place is Place.SORRY


def test_an_item_whose_group_gives_no_numbers_is_said_before_anything_is_asked() -> None:
    said = snapshot()
    words = {"zh": "号已经取完", "en": "All taken"}
    for group in said["hall"]["groups"]:
        group.update(takes_numbers=False, refusal={"code": "quota", "text": words})
    kiosk = Kiosk().do(
        e.Heard(Says.SNAPSHOT, said),
        e.OpenFind(),
        e.OpenThemes(),
        e.ChooseTheme("lost"),
        e.ChooseItem("card"),
    )
    assert kiosk.visit.place is Place.SORRY and kiosk.visit.sorry and kiosk.visit.sorry.words == words
    assert kiosk.do(e.Back()).visit.place is Place.ITEMS
    assert not kiosk.sent(Asks.TAKE_TICKET)


def test_the_state_is_never_changed_in_place() -> None:
    state: State = at_confirm().state
    before = replace(state)
    step(state, e.Take(), 5.0)
    assert state == before
