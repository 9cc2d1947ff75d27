"""The order of calls, as properties: each is announced once, in order, and shown long enough."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from assets import theme
from display_board.announcer import USUAL_STAY, Announcer, Call, Turn
from queue_server.hall.model import ANNOUNCED_WITHIN, CallKind, Instant, Seconds

START = 1_700_000_000.0


SLOW = Seconds(8.0)


def call(
    number: int,
    *,
    kind: CallKind = CallKind.CALL,
    flash: bool = False,
    at: float = START,
    stay: Seconds = USUAL_STAY,
) -> Call:
    return Call(f"c{number}", f"A{number:03d}", number % 38 + 1, kind, Instant(at), flash=flash, stay=stay)


def at(seconds: float) -> Seconds:
    return Seconds(seconds)


def step(board: Announcer, moment: float, *, voice: bool = True) -> Turn | None:
    """A board's clock begins at `START` of the server's."""
    return board.step(at(moment), Instant(START + moment), voice)


class BoardThroughADay(RuleBasedStateMachine):
    """A board that hears calls, loses its line, catches up, speaks now and then, as time passes.

    The server's side is `sent`: all calls in their order, of which a snapshot holds the last ten, and what
    this board has not announced of the last minute's.
    """

    @initialize(together=st.integers(1, 3))
    def begin(self, together: int) -> None:
        self.now, self.up, self.voice, self.speaking = 0.0, True, True, False
        self.sent: list[Call] = []
        self.announced: list[str] = []
        self.spoken: list[str] = []
        self.owed: set[str] = set()
        self.turns: list[tuple[Turn, float]] = []
        self.board = Announcer(together)
        self._catch_up()

    def _catch_up(self) -> None:
        server_now = Instant(START + self.now)
        young = [one for one in self.sent if server_now - one.at < ANNOUNCED_WITHIN]
        self.owed.update(one.id for one in young)
        earlier = [one for one in self.sent[:-10] if one in young and one.id not in self.announced]
        calls = [(one, one.id in self.announced) for one in (*earlier, *self.sent[-10:])]
        self.board.caught_up(calls, "e1", server_now, at(self.now))

    @rule(
        kind=st.sampled_from(CallKind),
        flash=st.booleans(),
        stay=st.sampled_from([USUAL_STAY, SLOW]),
        burst=st.integers(1, 5),
    )
    def the_hall_calls(self, kind: CallKind, flash: bool, stay: Seconds, burst: int) -> None:
        for _ in range(burst):
            one = call(len(self.sent), kind=kind, flash=flash, at=START + self.now, stay=stay)
            self.sent.append(one)
            if self.up:
                self.owed.add(one.id)
                self.board.heard(one)

    @rule()
    def the_line_breaks(self) -> None:
        self.up = False

    @rule()
    def the_line_is_back(self) -> None:
        self.up = True
        self._catch_up()

    @rule(voice=st.booleans())
    def quiet_hours_begin_or_end(self, voice: bool) -> None:
        self.voice = voice

    @rule(seconds=st.sampled_from([0.1, 1.0, 3.9, 4.0, 30.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self._step()

    @rule()
    def the_voice_ends(self) -> None:
        if self.speaking and self.board.current:
            self.board.said()
            self.speaking = False
            self.announced += [one.id for one in self.board.current.calls]
            self._step()

    def _step(self) -> None:
        turn = step(self.board, self.now, voice=self.voice)
        if turn is None:
            return
        assert not self.speaking, "one voice at a time"
        self.turns.append((turn, self.now))
        ids = [one.id for one in turn.calls]
        self.announced += [one.id for one in turn.passed]
        if turn.aloud:
            assert self.voice
            assert all(START + self.now - one.at < ANNOUNCED_WITHIN for one in turn.calls), (
                "nothing old is said"
            )
            self.speaking, self.spoken = True, self.spoken + ids
        else:
            self.announced += ids

    @invariant()
    def each_is_announced_once_and_in_order(self) -> None:
        numbers = [int(id.removeprefix("c")) for id in self.announced]
        assert numbers == sorted(set(numbers))
        assert len(self.spoken) == len(set(self.spoken))

    @invariant()
    def each_turn_is_shown_long_enough(self) -> None:
        for (turn, began), (_, next_began) in zip(self.turns, self.turns[1:], strict=False):
            assert next_began - began >= max(one.stay for one in turn.calls) >= theme.CALL_SHOWN_SECONDS

    def teardown(self) -> None:
        """Given time, whatever the board has heard of is announced."""
        for _ in range(len(self.sent) + 1):
            self.the_voice_ends()
            self.time_passes(SLOW)
        self.the_voice_ends()
        assert set(self.announced) == self.owed


TestBoardThroughADay = BoardThroughADay.TestCase
TestBoardThroughADay.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_a_first_call_has_its_turn_at_once() -> None:
    board = Announcer()
    board.heard(call(1))
    assert step(board, 0) == Turn((call(1),), True, at(0))


def test_a_newer_call_waits_until_the_one_before_was_shown_and_said() -> None:
    board = Announcer()
    board.heard(call(1))
    step(board, 0)
    board.heard(call(2))
    assert step(board, 10) is None
    board.said()
    assert step(board, 10) == Turn((call(2),), True, at(10))
    board.said()
    board.heard(call(3))
    assert step(board, 13.9) is None
    assert step(board, 14) is not None


def test_those_that_wait_are_called_in_one_breath() -> None:
    board = Announcer(together=2)
    for number in range(5):
        board.heard(call(number))
    breaths = []
    for moment in range(0, 40, 4):
        if turn := step(board, moment, voice=False):
            breaths.append([one.ticket for one in turn.calls])
    assert breaths == [["A000", "A001"], ["A002", "A003"], ["A004"]]


def test_recalls_and_flashes_and_the_same_window_go_alone() -> None:
    board = Announcer(together=3)
    again = call(3, kind=CallKind.RECALL)
    for one in (call(1), again, call(4), call(5, flash=True), call(6), call(6 + 38)):
        board.heard(one)
    turns = [step(board, moment, voice=False) for moment in range(0, 24, 4)]
    assert [[c.ticket for c in turn.calls] for turn in turns if turn] == [
        ["A001"],
        ["A003"],
        ["A004"],
        ["A005"],
        ["A006"],
        ["A044"],
    ]


def test_a_snapshot_at_the_start_shows_the_last_call_without_a_word() -> None:
    board = Announcer()
    board.caught_up([(call(n), True) for n in range(10)], "e", Instant(START), at(0))
    assert board.current and board.current.calls == (call(9),) and not board.current.aloud
    assert [one.ticket for one in board.recent(5)] == ["A008", "A007", "A006", "A005", "A004"]
    assert step(board, 100) is None


@given(st.floats(0, 600), st.booleans())
def test_after_a_break_a_call_is_said_only_while_it_is_young(age: float, announced: bool) -> None:
    board = Announcer()
    board.caught_up([(call(1), announced)], "e", Instant(START + age), at(0))
    turn = step(board, 0)
    assert bool(turn) == (not announced and START + age - START < ANNOUNCED_WITHIN)
    assert board.current and board.current.calls == (call(1),)


@given(st.integers(1, 40), st.sampled_from([5.0, 20.0, 60.0]), st.integers(1, 3))
def test_a_rush_is_said_while_it_is_young_and_what_is_old_makes_way(
    rush: int, within: float, together: int
) -> None:
    board = Announcer(together, Seconds(within))
    for number in range(rush):
        board.heard(call(number))
    held: list[Turn] = []
    for moment in range(0, 9 * rush, 9):
        if turn := step(board, moment):
            held.append(turn)
        board.said()
    seen = [one.id for turn in held for one in (*turn.passed, *turn.calls)]
    assert seen == [f"c{number}" for number in range(rush)]
    assert all(turn.aloud == (turn.since < within) for turn in held)
    assert sum(not turn.aloud for turn in held) <= 1, "one silent turn holds what is old and still alone"


def test_a_restored_backup_may_use_old_names_for_new_calls() -> None:
    board = Announcer()
    board.caught_up([(call(1), True)], "before", Instant(START), at(0))
    board.caught_up([(call(1), False)], "after", Instant(START), at(10))
    assert step(board, 10)


def test_a_ticket_stands_once_among_the_recent() -> None:
    board = Announcer()
    for moment, one in enumerate((call(1), call(2), Call("r", "A001", 2, CallKind.RECALL, Instant(START)))):
        board.heard(one)
        step(board, moment * 4, voice=False)
    assert [one.ticket for one in board.recent(5)] == ["A002"]


def test_a_new_day_clears_the_screen_but_not_what_waits() -> None:
    board = Announcer()
    board.heard(call(1))
    step(board, 0, voice=False)
    board.heard(call(2))
    board.forget()
    assert board.current is None and board.recent(5) == []
    turn = step(board, 1, voice=False)
    assert turn and turn.calls == (call(2),)


def test_a_board_with_other_windows_keeps_their_calls_alone_and_cuts_none_short() -> None:
    board = Announcer(together=1)
    for number in (1, 2, 3):
        board.heard(call(number))
    for second in (0, 10):
        step(board, second, voice=False)
    mine = call(1).id
    board.keep_only({mine}, at(11))
    assert board.current and board.current.calls == (call(2),), "it has its turn"
    assert board.recent(5) == [call(1)] and not board.is_behind()
    board.keep_only({mine}, at(20))
    assert board.current is None and board.recent(5) == [call(1)]


def test_it_remembers_no_more_than_it_needs() -> None:
    board = Announcer()
    for number in range(5000):
        board.heard(call(number, at=START + number * 4))
        step(board, number * 4, voice=False)
    assert len(board._known) <= 1000 and len(board.recent(1000)) <= 40
