"""The evaluator's session, tried in every order of events that a counter may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk import rating_session as session
from kiosk.rating_session import Connecting, Counter, End, Ended, Faces, Rate, Session, Unplanned
from queue_server.hall.model import WindowState
from queue_server.wire import Body, Code, Says

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=8)))
"""What the server's clock says when the terminal's says zero."""


def at(seconds: float) -> str:
    return (NOON + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def ask(ticket: str, now: float, seconds: float = 60) -> Body:
    body = {"ticket": ticket, "number": f"A{ticket}", "services": [], "expires_at": at(now + seconds)}
    return {"seq": 1, "epoch": "e", "now": at(now), **body}


def no_ask(now: float) -> Body:
    return {"seq": 1, "epoch": "e", "now": at(now), "ask": None}


def window(**changes: Any) -> Body:
    clerk = {"name": "李静", "staff_no": "0105"}
    return {"number": 5, "state": "open", "serving": None, "clerk": clerk, **changes}


def snapshot(now: float, asked: Body | None = None, **changes: Any) -> Body:
    hall = {"name": {"zh": "大厅", "en": "Hall"}}
    return {"now": at(now), "hall": hall, "window": window(**changes), "ask": asked}


def asked(ticket: str = "012") -> Session:
    return session.heard(session.heard(Session(), Says.SNAPSHOT, snapshot(0), 0), Says.ASK, ask(ticket, 0), 0)


def refusal(code: Code) -> Body:
    return {"ok": False, "problem": {"code": code}}


def test_nothing_is_known_before_the_snapshot() -> None:
    assert Session().page(0) == Connecting()


def test_the_counter_is_shown_while_nothing_is_asked() -> None:
    seen = session.heard(Session(), Says.SNAPSHOT, snapshot(0, serving="A012"), 0).page(1)
    assert seen == Counter(5, WindowState.OPEN, "李静", "0105", "A012")


def test_a_window_without_a_clerk_names_nobody() -> None:
    seen = session.heard(Session(), Says.SNAPSHOT, snapshot(0, clerk=None, state="closed"), 0).page(1)
    assert seen == Counter(5, WindowState.CLOSED)


def test_a_window_taken_out_of_the_hall_has_a_page_until_it_is_back() -> None:
    gone = {**snapshot(1), "window": None}
    seen = session.heard(asked(), Says.SNAPSHOT, gone, 1)
    assert seen.page(1) == Unplanned()
    assert session.heard(seen, Says.SNAPSHOT, snapshot(2), 2).page(2) == Counter(
        5, WindowState.OPEN, "李静", "0105"
    )


def test_no_face_is_chosen_until_one_is_pressed() -> None:
    assert asked().page(1) == Faces("012", "A012", None)


def test_a_question_under_way_is_there_again_after_a_reconnect() -> None:
    back = session.heard(Session(), Says.SNAPSHOT, snapshot(50, ask("012", 0)), 50)
    assert back.page(50) == Faces("012", "A012")
    assert back.seconds_left(50) == 10


def test_the_time_left_is_the_servers_whatever_this_clock_says() -> None:
    late_clock = session.heard(Session(), Says.SNAPSHOT, snapshot(30, ask("012", 0)), 7000)
    assert late_clock.seconds_left(7000) == 30
    assert late_clock.seconds_left(7029.5) == 1


def test_a_double_touch_sends_one_rating() -> None:
    once, first = session.pressed(asked(), "012", 2, 5)
    twice, second = session.pressed(once, "012", 5, 5.1)
    assert first == Rate("012", "A012", 2)
    assert second is None
    assert twice.page(6) == Faces("012", "A012", 2)


def test_thanks_come_only_from_the_server_and_go_by_themselves() -> None:
    sent, rate = session.pressed(asked(), "012", 1, 5)
    assert rate
    thanked = session.answered(sent, rate, {"ok": True}, 6)
    assert thanked.page(6) == Ended(End.THANKS, "A012", 6 + session.THANKS_SECONDS)
    assert isinstance(thanked.page(6 + session.THANKS_SECONDS), Counter)


def test_a_bad_rating_is_thanked_for_like_any_other() -> None:
    ends = set()
    for score in range(1, 6):
        sent, rate = session.pressed(asked(), "012", score, 5)
        assert rate
        ends.add(session.answered(sent, rate, {"ok": True}, 6).page(6))
    assert len(ends) == 1


def test_a_visit_rated_elsewhere_says_so_and_asks_no_more() -> None:
    sent, rate = session.pressed(asked(), "012", 4, 5)
    assert rate
    told = session.answered(sent, rate, refusal(Code.RATED), 6)
    assert told.page(6) == Ended(End.RATED, "A012", 6 + session.SORRY_SECONDS)
    assert isinstance(told.page(20), Counter)


def test_a_rating_that_was_lost_may_be_pressed_again() -> None:
    sent, rate = session.pressed(asked(), "012", 4, 5)
    assert rate
    lost = session.answered(sent, rate, refusal(Code.NO_CONNECTION), 15)
    assert lost.page(15) == Ended(End.NOT_SAVED, "A012", 15 + session.SORRY_SECONDS)
    _, again = session.pressed(lost, "012", 4, 15 + session.SORRY_SECONDS)
    assert again == rate


def test_a_refused_rating_shows_the_way_on() -> None:
    sent, rate = session.pressed(asked(), "012", 4, 5)
    assert rate
    assert session.answered(sent, rate, refusal(Code.FORBIDDEN), 6).page(6) == Ended(
        End.NOT_HERE, "A012", 6 + session.SORRY_SECONDS
    )


def test_a_question_expires_with_a_word_and_no_rating() -> None:
    expired = session.ticked(asked(), 60)
    assert expired.page(60) == Ended(End.EXPIRED, "A012", 60 + session.SORRY_SECONDS)
    assert session.pressed(expired, "012", 5, 61)[1] is None


def test_the_servers_word_at_the_last_moment_is_the_same_expiry() -> None:
    told = session.heard(asked(), Says.ASK, no_ask(59), 59)
    assert told.page(59) == Ended(End.EXPIRED, "A012", 59 + session.SORRY_SECONDS)


def test_a_finish_taken_back_asks_no_more_and_says_nothing() -> None:
    assert isinstance(session.heard(asked(), Says.ASK, no_ask(8), 8).page(8), Counter)


def test_a_face_of_an_older_question_rates_nobody() -> None:
    other = session.heard(asked("012"), Says.ASK, ask("013", 20), 20)
    assert session.pressed(other, "012", 5, 30)[1] is None


def test_a_question_that_takes_anothers_place_waits_for_the_finger_to_leave() -> None:
    other = session.heard(asked("012"), Says.ASK, ask("013", 20), 20)
    assert session.pressed(other, "013", 5, 20.1)[1] is None
    assert session.pressed(other, "013", 5, 21)[1] == Rate("013", "A013", 5)


def test_an_answer_under_way_is_not_lost_to_the_next_question() -> None:
    sent, rate = session.pressed(asked("012"), "012", 3, 5)
    assert rate
    both = session.heard(sent, Says.ASK, ask("013", 6), 6)
    assert both.page(6) == Faces("012", "A012", 3)
    thanked = session.answered(both, rate, {"ok": True}, 7)
    assert isinstance(thanked.page(7), Ended)
    assert thanked.page(7 + session.THANKS_SECONDS) == Faces("013", "A013")


def test_a_short_break_says_nothing_a_longer_one_since_when() -> None:
    down = session.line(session.line(asked(), False, 100), False, 190)
    assert down.stale_since(100 + session.STALE_SECONDS - 0.1) is None
    assert down.stale_since(200) == "12:01"
    assert session.line(down, True, 201).stale_since(300) is None


class CounterMachine(RuleBasedStateMachine):
    """Questions, touches, answers, breaks and time in any order, against a plain record of them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.state = session.heard(Session(), Says.SNAPSHOT, snapshot(0), 0)
        self.question = 0
        self.under_way: Rate | None = None
        self.saved: list[str] = []

    @rule(quarters=st.integers(1, 160))
    def time_passes(self, quarters: int) -> None:
        self.now += quarters / 4
        self.state = session.ticked(self.state, self.now)

    @rule()
    def a_visit_ends(self) -> None:
        self.question += 1
        self.state = session.heard(self.state, Says.ASK, ask(str(self.question), self.now), self.now)

    @rule()
    def the_finish_is_taken_back(self) -> None:
        self.state = session.heard(self.state, Says.ASK, no_ask(self.now), self.now)

    @rule(up=st.booleans())
    def the_line_changes(self, up: bool) -> None:
        self.state = session.line(self.state, up, self.now)

    @rule(score=st.integers(1, 5))
    def a_face_is_touched(self, score: int) -> None:
        page = self.state.page(self.now)
        if not isinstance(page, Faces):
            return
        self.state, rate = session.pressed(self.state, page.ticket, score, self.now)
        if rate:
            assert self.under_way is None, "one rating at a time"
            assert (rate.ticket, rate.score) == (page.ticket, score), "as shown and as pressed"
            assert rate.ticket not in self.saved, "one rating a visit"
            self.under_way = rate

    @precondition(lambda self: self.under_way)
    @rule(answer=st.sampled_from([{"ok": True}, *(refusal(code) for code in Code)]))
    def the_server_answers(self, answer: Body) -> None:
        assert self.under_way
        rate, self.under_way = self.under_way, None
        self.state = session.answered(self.state, rate, answer, self.now)
        page = self.state.page(self.now)
        assert isinstance(page, Ended)
        assert (page.end is End.THANKS) == bool(answer["ok"]), "thanks for what is saved, and only that"
        if answer["ok"]:
            self.saved.append(rate.ticket)

    @invariant()
    def a_face_is_marked_exactly_while_an_answer_is_under_way(self) -> None:
        page = self.state.page(self.now)
        chosen = page.chosen if isinstance(page, Faces) else None
        assert chosen == (self.under_way.score if self.under_way else None)

    @invariant()
    def a_question_is_never_open_longer_than_asked(self) -> None:
        left = self.state.seconds_left(self.now)
        assert left is None or 0 < left <= 60

    @invariant()
    def an_idle_evaluator_becomes_ready_by_itself(self) -> None:
        later = replace(session.ticked(self.state, self.now + 61), sent=None)
        assert isinstance(later.page(self.now + 70), Counter)


TestCounter = CounterMachine.TestCase
TestCounter.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
