"""The visit as a pure machine: any events at all, and the promises that hold over them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk import events as e
from kiosk.events import Clear, Effect, Event, Paper, Print, Send
from kiosk.keyboard import Typing
from kiosk.session import begin, step
from kiosk.sorry import Way
from kiosk.visit import STAY_SECONDS, Help, Place, State, Visit, asks_to_stay, leaves_at
from queue_server.hall.model import Language, Need, Party, Priority
from queue_server.wire import Asks, Code, Says

NOW = "2026-11-24T09:42:00+08:00"
SECRET = "AbCdEfGhIjKlMnOpQrStUvWx"
ID_NUMBER = "11010519491231002X"


def snapshot(**kiosk: Any) -> dict[str, Any]:
    settings_ = {
        "id": "K01",
        "zone": "east",
        "public_url": "http://hall.example",
        "idle_seconds": 60,
        "ask_id": True,
        "trial": True,
        "screen": {"width_mm": 398, "height_mm": 708},
    }
    names = {"general": ("综合受理", "General"), "fees": ("缴费", "Fees")}
    return {
        "seq": 1,
        "epoch": "e",
        "now": NOW,
        "settings": {**settings_, **kiosk},
        "hall": {
            "name": {"zh": "大厅", "en": "Hall"},
            "day": "2026-11-24",
            "timezone": "Asia/Shanghai",
            "state": "open",
            "opens_at": None,
            "reason": "",
            "groups": [
                {"id": id, "name": {"zh": zh, "en": en}, "colour": "blue", "takes_numbers": True}
                for id, (zh, en) in names.items()
            ],
            "zones": [{"id": "east", "name": {"zh": "东区", "en": "East zone"}}],
            "visit_order": ["general", "fees"],
            "windows": [{"number": 1, "groups": ["general", "fees"], "zone": "east"}],
        },
        "queues": [{"group": "general", "waiting": 12, "wait": {"p50": 840}}],
        "slips": [],
    }


def service(id: str, group: str = "general", **more: Any) -> dict[str, Any]:
    told = {"themes": ["lost"], "party": None, "minutes": 10, "flags": [], "elsewhere": []}
    return {"id": id, "name": {"zh": f"办{id}", "en": id}, "group": group, **told, **more}


SERVICES = [
    service("card", party="citizen"),
    service("licence", party="enterprise", flags=["papers-missing"], minutes=20),
    service("pay", "fees", elsewhere=["online"], minutes=4),
    *(service(f"more-{at}") for at in range(6)),
]
THEME = {"id": "lost", "name": {"zh": "证件丢了", "en": "Lost my cards"}}


def answer(**way: str) -> dict[str, Any]:
    return {"name": {"zh": "这个", "en": "This"}, **way}


QUESTIONS = [
    {
        "id": "begin",
        "name": {"zh": "做什么？", "en": "What?"},
        "answers": [answer(question="more"), answer(group="fees"), answer(group="gone")],
    },
    {"id": "more", "name": {"zh": "哪一种？", "en": "Which?"}, "answers": [answer(theme="lost")]},
]


def paper(zh: str, **more: Any) -> dict[str, Any]:
    told = {"originals": 1, "copies": 0, "source": "own", "later": False, "note": None}
    return {"zh": zh, "en": zh, **told, **more}


GUIDE = {
    "guide": {
        "materials": [paper("照片"), paper("户口簿", copies=1, later=True), paper("申请表", source="hall")]
    }
}


def ticket(number: str = "A013") -> dict[str, Any]:
    return {
        "number": number,
        "group": "general",
        "services": [],
        "ahead": 12,
        "wait": {"p50": 840},
        "zones": ["east"],
        "issued_at": NOW,
        "follow_url": f"http://127.0.0.1/t/{SECRET}",
    }


def problem(code: str, state: str | None = None) -> dict[str, Any]:
    texts = {"zh": "不行。", "en": "No."}
    return {"ok": False, "problem": {"code": code, "state": state, "texts": texts}}


class Kiosk:
    """A session that is played by hand: it keeps all its effects."""

    def __init__(self, **kiosk: Any) -> None:
        self.state = begin("run")
        self.now = 1000.0
        self.effects: list[Effect] = []
        self.do(
            e.Line(True),
            e.Heard(Says.SNAPSHOT, snapshot(**kiosk)),
            e.CatalogueCame([THEME], SERVICES, QUESTIONS),
        )

    def do(self, *events: Event, after: float = 0.0) -> Kiosk:
        self.now += after
        for event in events:
            self.state, effects = step(self.state, event, self.now)
            self.effects.extend(effects)
        return self

    @property
    def visit(self) -> Visit:
        return self.state.visit

    def sent(self, name: Asks) -> list[Send]:
        return [one for one in self.effects if isinstance(one, Send) and one.name == name]

    def printed(self) -> list[Print]:
        return [one for one in self.effects if isinstance(one, Print)]

    def answer(self, ack: dict[str, Any]) -> Kiosk:
        assert self.visit.asking is not None
        return self.do(e.Answered(self.visit.asking.key, ack))


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
        e.GoOn(),
        e.PrintList(),
        e.ListEnded(Paper.PRINTED),
        e.CardLifted(),
        e.OpenHave(),
        e.ChooseTheme("lost"),
        e.ChooseTheme(""),
        e.ChooseItem("card"),
        e.TurnPage(1),
        e.TurnPage(-1),
        e.SetPriority(Priority.ELDERLY),
        e.ToggleNeed(Need.DEAF),
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
        e.SetPriority(Priority.PREGNANT),
        e.SetPriority(Priority.ELDERLY),
        e.ToggleNeed(Need.DEAF),
        e.ToggleNeed(Need.BLIND),
        e.ToggleNeed(Need.DEAF),
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


def test_who_scans_a_live_slip_may_have_it_printed_again() -> None:
    kiosk = Kiosk().do(e.Scanned(f"/t/{SECRET}"), e.Reprint())
    assert not kiosk.sent(Asks.SLIP)
    kiosk.answer(problem(Code.WRONG_STATE, "waiting")).do(e.Reprint(), e.Reprint())
    (asked,) = kiosk.sent(Asks.SLIP)
    assert asked.body == {"secret": SECRET}
    kiosk.answer({"ok": True, "ticket": {**ticket(), "slip": {"again": True}}})
    assert kiosk.visit.place is Place.TICKET
    assert [one.again for one in kiosk.printed()] == [True]
    kiosk.do(e.Leave())
    assert not kiosk.state.traces


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
    assert kiosk.do(e.Leave(), e.Answered(call.key, {"ok": True})).visit.help is Help.COMING
    assert kiosk.do(e.Tick(), after=61).visit.help is Help.NONE


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
