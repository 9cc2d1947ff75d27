"""Who is next: the longest-waiting first, priorities that age, and nobody waits for ever."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall.dispatch import (
    Queues,
    Taker,
    Waiting,
    ahead,
    choose,
    credit,
    order,
    passed_over,
    place_behind,
)
from queue_server.hall.model import (
    Credit,
    Dispatch,
    GroupId,
    Instant,
    Party,
    QueueClass,
    Rule,
    TicketId,
    WindowNumber,
)
from tests.hall.days import FEES, GENERAL, PRIORITY_START, a_dispatch

ONE, TWO = WindowNumber(1), WindowNumber(2)
EVERYTHING = Taker(ONE, (GENERAL, FEES))
NOBODY_SENT: frozenset[tuple[WindowNumber, GroupId]] = frozenset()
HOUR = 3600
NONE, ELDERLY, APPOINTMENT = QueueClass.NONE, QueueClass.ELDERLY, QueueClass.APPOINTMENT


def waits(
    name: str, minute: float, kind: QueueClass = NONE, group: GroupId = GENERAL, number: int = 1
) -> Waiting:
    at = Instant(minute * 60)
    return Waiting(TicketId(name), group, kind, at, number, at, 5.0)


def queues_of(*tickets: Waiting) -> Queues:
    queues = Queues()
    for one in tickets:
        queues.add(one)
    return queues


@st.composite
def lines(draw: st.DrawFn) -> list[Waiting]:
    """Up to twenty tickets, many of them of the same instant and with the same number."""
    kinds, groups = st.sampled_from([NONE, ELDERLY, APPOINTMENT]), st.sampled_from([GENERAL, FEES])
    return [
        waits(f"t{at}", draw(st.integers(0, 30)), draw(kinds), draw(groups), draw(st.integers(1, 3)))
        for at in range(draw(st.integers(0, 20)))
    ]


DISPATCHES = st.sampled_from(
    [
        a_dispatch(),
        a_dispatch((2, 1)),
        a_dispatch((1, 3)),
        a_dispatch(elderly=Credit(0.0, 3.0), appointment=Credit(20.0, 0.5)),
    ]
)


@given(lines(), DISPATCHES, st.integers(0, 2))
def test_everybody_is_called_once_the_best_first(line: list[Waiting], dispatch: Dispatch, turn: int) -> None:
    queues, now = queues_of(*line), Instant(HOUR)
    called = list(order(queues, dispatch, EVERYTHING, NOBODY_SENT, now, turn))
    assert sorted(one.waiting.ticket for one in called) == sorted(one.ticket for one in line)
    assert choose(queues, dispatch, EVERYTHING, NOBODY_SENT, now, turn) == (called[0] if called else None)
    if dispatch.ratio is None:
        worth = [credit(dispatch, one.waiting.kind, one.waiting.queued_at, now) for one in called]
        assert worth == sorted(worth, reverse=True)
    for kind in QueueClass:
        places = [one.waiting.place for one in called if one.waiting.kind is kind]
        assert places == sorted(places)


@given(lines(), DISPATCHES)
def test_calling_one_by_one_is_the_same_as_the_order_foretold(
    line: list[Waiting], dispatch: Dispatch
) -> None:
    queues, now, turn = queues_of(*line), Instant(HOUR), 0
    foretold = list(order(queues, dispatch, EVERYTHING, NOBODY_SENT, now))
    for expected in foretold:
        choice = choose(queues, dispatch, EVERYTHING, NOBODY_SENT, now, turn)
        assert choice is not None and choice.waiting == expected.waiting
        turn = choice.turn
        queues.remove(choice.waiting.ticket)
    assert queues.tickets == {} and not list(queues.of_group(GENERAL))


@given(lines(), DISPATCHES)
def test_the_record_names_exactly_who_was_passed_over(line: list[Waiting], dispatch: Dispatch) -> None:
    queues = queues_of(*line)
    choice = choose(queues, dispatch, EVERYTHING, NOBODY_SENT, Instant(HOUR))
    if choice is None:
        return
    passed = passed_over(queues, EVERYTHING, NOBODY_SENT, choice.waiting)
    longer = {one.ticket for one in line if one.place < choice.waiting.place}
    assert {one.ticket for one in passed} == longer
    if choice.rule is Rule.LONGEST and dispatch == a_dispatch():
        assert not longer


@given(lines(), DISPATCHES)
def test_the_people_ahead_are_those_called_before(line: list[Waiting], dispatch: Dispatch) -> None:
    queues, now = queues_of(*line), Instant(HOUR)
    for one in line:
        called = list(order(queues, dispatch, Taker(None, (one.group,)), NOBODY_SENT, now))
        before = [choice.waiting.ticket for choice in called].index(one.ticket)
        worth = [credit(dispatch, choice.waiting.kind, choice.waiting.queued_at, now) for choice in called]
        ties = worth.count(credit(dispatch, one.kind, one.queued_at, now)) - 1
        slack = 0 if dispatch.ratio else ties
        assert abs(ahead(queues, dispatch, one, now) - before) <= slack


@given(lines(), st.integers(1, 4), DISPATCHES)
def test_who_is_put_back_comes_behind_so_many(line: list[Waiting], behind: int, dispatch: Dispatch) -> None:
    queues, now = queues_of(*line), Instant(HOUR)
    first = list(order(queues, dispatch, Taker(None, (GENERAL,)), NOBODY_SENT, now))[:behind]
    at = place_behind(queues, dispatch, GENERAL, behind, now)
    queues.add(replace(waits("back", 0, number=9), queued_at=at))
    called = list(order(queues, dispatch, Taker(None, (GENERAL,)), NOBODY_SENT, now))
    names = [choice.waiting.ticket for choice in called]
    before = set(names[: names.index(TicketId("back"))])
    let_go = [one.waiting for one in first if dispatch.ratio is None or one.waiting.kind is NONE]
    assert {one.ticket for one in let_go} <= before
    assert at <= now


# --- nobody starves -----------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([NONE, ELDERLY, APPOINTMENT]), max_size=60), st.integers(1, 5))
def test_while_all_age_alike_nobody_is_passed_by_who_came_much_later(
    arrivals: list[QueueClass], pace: int
) -> None:
    """One comes a minute, the window calls every `pace` minutes: in overload too.

    A priority is worth ten minutes at once and no more, so who came more than ten minutes later
    never goes first; from the number of those in between follows the longest possible wait.
    """
    dispatch = a_dispatch()
    queues, minute = Queues(), 0
    coming = [waits(f"t{at}", at, kind, number=at) for at, kind in enumerate(arrivals)]
    called = 0
    while called < len(coming):
        if minute < len(coming):
            queues.add(coming[minute])
        if minute % pace == 0 or minute >= len(coming):
            choice = choose(queues, dispatch, EVERYTHING, NOBODY_SENT, Instant(minute * 60))
            assert choice is not None or minute < len(coming)
            if choice is not None:
                queues.remove(choice.waiting.ticket)
                called += 1
                for left in queues.tickets.values():
                    assert choice.waiting.queued_at - left.queued_at <= PRIORITY_START * 60
        minute += 1


RATES = st.one_of(st.floats(0.1, 10), st.sampled_from([0.1, 1.0, 10.0]))
CREDITS = st.builds(Credit, st.floats(0, 600), RATES)
MOST = 4.0


@given(
    st.fixed_dictionaries(dict.fromkeys(QueueClass, CREDITS)),
    st.lists(st.sampled_from(list(QueueClass)), min_size=1, max_size=40),
    st.lists(st.sampled_from(list(QueueClass)), min_size=1, max_size=4),
    st.integers(2, 3),
)
def test_nobody_starves_whatever_the_credits_while_more_come_than_are_called(
    credits: dict[QueueClass, Credit], first: list[QueueClass], then: list[QueueClass], a_minute: int
) -> None:
    """Lasting overload: so many come every minute, of any classes in turn, and one is called.

    Whoever came more than twice `most` minutes later never goes first, so how long anybody waits is
    known the moment they come: no longer than all take who are there, or come in those minutes.
    """
    dispatch, queues = Dispatch(credits, None, MOST), Queues()
    calls_left: dict[TicketId, int] = {}
    number = 0
    for minute in range(60):
        more = [then[(minute + at) % len(then)] for at in range(a_minute)]
        for kind in more if minute else first:
            number += 1
            queues.add(waits(f"t{number}", minute, kind, number=number))
        for new in queues.tickets.keys() - calls_left.keys():
            calls_left[new] = len(queues.tickets) + int(2 * MOST) * a_minute
        choice = choose(queues, dispatch, EVERYTHING, NOBODY_SENT, Instant(minute * 60))
        assert choice is not None
        queues.remove(choice.waiting.ticket)
        for left in queues.tickets.values():
            assert choice.waiting.queued_at - left.queued_at <= 2 * MOST * 60 + 0.001
            calls_left[left.ticket] -= 1
            assert calls_left[left.ticket] > 0


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 20))
def test_nobody_starves_by_a_ratio_while_more_of_both_come_than_are_called(
    favoured: int, ordinary: int, ahead_of_it: int
) -> None:
    """Each kind has its calls of every round, whatever else comes."""
    dispatch = replace(a_dispatch(), ratio=(favoured, ordinary))
    for kind, share, others in ((NONE, ordinary, ELDERLY), (ELDERLY, favoured, NONE)):
        queues, turn = Queues(), 0
        for number in range(ahead_of_it + 1):
            queues.add(waits(f"t{number}", 0, kind, number=number))
        rounds = -(-(ahead_of_it + 1) // share)
        for minute in range(1, rounds * (favoured + ordinary) + 1):
            for at in range(2):
                queues.add(waits(f"n{minute}.{at}", minute, (others, kind)[at], number=minute))
            choice = choose(queues, dispatch, EVERYTHING, NOBODY_SENT, Instant(minute * 60), turn)
            assert choice is not None
            turn = choice.turn
            queues.remove(choice.waiting.ticket)
        assert TicketId(f"t{ahead_of_it}") not in queues.tickets


def test_a_class_that_ages_faster_is_bounded_in_a_hall_as_in_a_queue() -> None:
    """Two fast-ageing ones come each minute, for ever: without a bound the ordinary one is never called."""
    fast = {**a_dispatch().credits, ELDERLY: Credit(10.0, 10.0)}
    dispatch, queues = Dispatch(fast), queues_of(waits("ordinary", 0, number=0))
    for minute in range(500):
        for at in range(2):
            queues.add(waits(f"elderly{minute}.{at}", minute, ELDERLY, number=2 * minute + at + 1))
        choice = choose(queues, dispatch, EVERYTHING, NOBODY_SENT, Instant(minute * 60))
        assert choice is not None
        if choice.waiting.ticket == "ordinary":
            return
        queues.remove(choice.waiting.ticket)
    raise AssertionError("never called")


def test_an_ordinary_ticket_is_called_although_priorities_never_end() -> None:
    dispatch, queues = a_dispatch(), queues_of(waits("ordinary", 0, number=0))
    for minute in range(30):
        queues.add(waits(f"elderly{minute}", minute, ELDERLY, number=minute + 1))
        choice = choose(queues, dispatch, EVERYTHING, NOBODY_SENT, Instant(minute * 60))
        assert choice is not None
        if choice.waiting.ticket == "ordinary":
            assert minute == PRIORITY_START
            return
        queues.remove(choice.waiting.ticket)
    raise AssertionError("never called")


@given(st.lists(st.booleans(), min_size=3, max_size=12), st.integers(1, 3), st.integers(1, 3))
def test_a_ratio_gives_each_side_its_calls(favoured: list[bool], first: int, second: int) -> None:
    """While both wait, of every `first + second` calls `second` are ordinary, whatever comes."""
    dispatch, now, turn = a_dispatch((first, second)), Instant(HOUR), 0
    queues = queues_of(
        *(waits(f"n{at}", at, number=at) for at in range(30)),
        *(waits(f"e{at}", at, ELDERLY, number=at) for at in range(30)),
    )
    kinds = []
    for _ in range(2 * (first + second)):
        choice = choose(queues, dispatch, EVERYTHING, NOBODY_SENT, now, turn)
        assert choice is not None and choice.rule is Rule.RATIO
        turn = choice.turn
        kinds.append(choice.waiting.kind)
        queues.remove(choice.waiting.ticket)
    assert kinds == 2 * ([ELDERLY] * first + [NONE] * second)


# --- rules --------------------------------------------------------------------------------------------


def rule_of(*line: Waiting, taker: Taker = EVERYTHING, minute: int = 20) -> tuple[str, Rule]:
    staffed = frozenset({(ONE, GENERAL), (TWO, GENERAL)})
    choice = choose(queues_of(*line), a_dispatch(), taker, staffed, Instant(minute * 60))
    assert choice is not None
    return choice.waiting.ticket, choice.rule


def test_why_it_is_next() -> None:
    assert rule_of(waits("a", 0), waits("b", 1)) == ("a", Rule.LONGEST)
    assert rule_of(waits("a", 0), waits("b", 9, ELDERLY)) == ("b", Rule.PRIORITY)
    assert rule_of(waits("a", 0), waits("b", 11, ELDERLY)) == ("a", Rule.LONGEST)
    assert rule_of(waits("a", 5), waits("b", 0, ELDERLY)) == ("b", Rule.LONGEST)
    assert rule_of(waits("a", 5), waits("b", 20, APPOINTMENT), minute=20) == ("a", Rule.LONGEST)
    assert rule_of(waits("a", 5), waits("b", 10, APPOINTMENT), minute=20) == ("b", Rule.APPOINTMENT)
    assert rule_of(waits("a", 5), waits("b", 60, APPOINTMENT), minute=20) == ("a", Rule.LONGEST)
    assert rule_of(waits("b", 60, APPOINTMENT), minute=20) == ("b", Rule.LONGEST)


def test_who_is_sent_to_a_window_is_left_to_it() -> None:
    sent = replace(waits("sent", 0), only_window=TWO)
    assert rule_of(sent, waits("a", 1)) == ("a", Rule.LONGEST)
    assert rule_of(sent, waits("a", 1), taker=Taker(TWO, (GENERAL,))) == ("sent", Rule.SENT)
    assert rule_of(replace(sent, only_window=WindowNumber(9)), waits("a", 1)) == ("sent", Rule.LONGEST)


def test_limited_windows_serve_their_domains_and_party() -> None:
    market = Taker(ONE, (GENERAL,), domains=frozenset({"market"}))
    permit = replace(waits("permit", 3), domains=frozenset({"market"}))
    mixed = replace(waits("mixed", 1), domains=frozenset({"market", "social"}))
    assert rule_of(waits("plain", 0), mixed, permit, taker=market)[0] == "permit"
    firms = Taker(ONE, (GENERAL,), party=Party.ENTERPRISE)
    citizen = replace(waits("citizen", 0), party=Party.CITIZEN)
    assert rule_of(citizen, waits("anybody", 1), taker=firms)[0] == "anybody"
    sent = replace(waits("sent", 0), only_window=ONE)
    assert rule_of(sent, permit, taker=market) == ("sent", Rule.SENT)


def test_tickets_of_one_instant_and_number_are_told_apart() -> None:
    """A012 and C012 of one transaction, both in one line after a transfer."""
    queues = queues_of(waits("x", 0, number=12), waits("y", 0, number=12))
    queues.remove(TicketId("y"))
    assert [one.ticket for one in queues.of_group(GENERAL)] == ["x"]
    queues.remove(TicketId("x"))
    assert queues.count(GENERAL) == 0
