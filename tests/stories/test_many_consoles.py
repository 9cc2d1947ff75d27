"""Thirty-eight clerks press at the same moment, again and again: each number is called by one of them."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass

from tests.conftest import Hall
from tests.wire.line import Line

WINDOWS = 38
TICKETS = 500
ROUNDS = 2 * TICKETS
"""At least one ticket is called in a round, or nobody waits; more rounds are a fault."""
PATIENCE = 30.0

Press = Callable[[], str | None]
"""A clerk's press: the number that it called, or None where nobody waited."""


@dataclass(frozen=True)
class Faults:
    """What a race may do wrong."""

    twice: set[str]
    never: set[str]
    invented: set[str]


def faults(issued: list[str], called: list[str]) -> Faults:
    """Compares the numbers that were given out with those that were called."""
    times = Counter(called)
    twice = {number for number, count in times.items() if count > 1}
    return Faults(twice, set(issued) - set(times), set(times) - set(issued))


def race(presses: list[Press]) -> list[str]:
    """All press at once, round after round, until a whole round called nobody; the numbers called."""
    start = threading.Barrier(len(presses), timeout=PATIENCE)
    rounds: list[list[str]] = [[] for _ in range(ROUNDS)]

    def clerk(press: Press) -> None:
        try:
            for called in rounds:
                start.wait()
                number = press()
                if number is not None:
                    called.append(number)
                start.wait()
                if not called:
                    return
        except BaseException:
            start.abort()
            raise
        raise AssertionError(f"somebody is still called after {ROUNDS} rounds")

    with ThreadPoolExecutor(len(presses)) as clerks:
        for done in [clerks.submit(clerk, press) for press in presses]:
            done.result()
    return [number for called in rounds for number in called]


def serve_general_everywhere(hall: Hall) -> None:
    """Every window serves general acceptance beside what it serves."""
    before, *windows = hall.config.read_text("utf-8").split("[[windows]]")
    assert len(windows) == WINDOWS
    others = re.compile(r"(?m)^groups = \[(?!.*\"general\")")
    widened = [others.sub('groups = ["general", ', window) for window in windows]
    hall.config.write_text("[[windows]]".join([before, *widened]), "utf-8")


def take_numbers(hall: Hall, token: str) -> list[str]:
    issued = []
    for _ in range(TICKETS):
        taken = hall.post("/tickets", {"group": "general"}, token)
        assert taken.status == 201, taken.json
        issued.append(str(taken.json["number"]))
    return issued


def console(hall: Hall, window: int) -> Line:
    """A console at its window, which it has opened."""
    line = Line(hall, "/counter", hall.token("api", f"clerk{window}", "clerk"), window=window)
    line.wait_for("snapshot")
    assert line.ask("open")["ok"]
    return line


def press_of(line: Line) -> Press:
    def press() -> str | None:
        answer = line.ask("next", {"current": "finish"})
        assert answer["ok"], answer
        return answer["ticket"]["number"] if answer["ticket"] else None

    return press


def test_38_consoles_pressing_at_once_call_500_tickets_once_each(still_hall: Hall) -> None:
    serve_general_everywhere(still_hall)
    still_hall.start()
    admin = still_hall.token("api", "app", "admin")
    issued = take_numbers(still_hall, admin)
    with ExitStack() as lines:
        consoles = [
            lines.enter_context(closing(console(still_hall, number))) for number in range(1, WINDOWS + 1)
        ]
        called = race([press_of(line) for line in consoles])
    assert len(called) == TICKETS
    assert faults(issued, called) == Faults(set(), set(), set())
    assert still_hall.get("/tickets?state=waiting", admin).json["total"] == 0
    assert still_hall.get("/tickets?state=finished", admin).json["total"] == TICKETS


class HastyDispatcher:
    """What the hall must not be: looks who is next, and only then takes them off the list.

    All of a round have looked before the first takes, as an unlucky moment would have it.
    """

    def __init__(self, waiting: list[str], clerks: int) -> None:
        self._waiting = waiting
        self._looked = threading.Barrier(clerks, timeout=PATIENCE)

    def press(self) -> str | None:
        number = self._waiting[0] if self._waiting else None
        self._looked.wait()
        if number in self._waiting:
            self._waiting.remove(number)
        return number


def test_the_same_race_finds_a_dispatcher_that_looks_before_it_takes() -> None:
    issued = [f"A{number:03}" for number in range(1, 21)]
    hasty = HastyDispatcher(list(issued), WINDOWS)
    called = race([hasty.press] * WINDOWS)
    assert faults(issued, called).twice


def test_a_number_lost_or_invented_is_found_too() -> None:
    assert faults(["A001", "A002"], ["A001", "A003"]) == Faults(set(), {"A002"}, {"A003"})
