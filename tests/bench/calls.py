"""From a clerk's press to the call on the last board, with the whole fleet on the line."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import gevent

from queue_server.wire import API, Kind, Namespace, Role
from tests.bench.figures import Figures, milliseconds
from tests.bench.halls import MeasuredHall, a_hall
from tests.bench.lines import Body, HttpClient, SocketClient, body_of

WINDOWS = 38
KIOSKS, BOARDS = 12, 12
PRESSES = 300
PRESS_EVERY = 0.1
TAKE_EVERY = 0.05
SETTLE_SECONDS = 2.0
GROUPS = ("general", "issuing", "fees", "assistance", "complaints")

GOAL_MS, GOAL_FOLLOWED_MS, GOAL_MEMORY_MB = 30, 60, 300
FOLLOWERS = 2_000


@dataclass
class Ears:
    """When each board heard each ticket's call, and each counter and evaluator its window's news."""

    boards: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counters: dict[tuple[int, str], float] = field(default_factory=dict)
    evaluators: dict[tuple[int, str], float] = field(default_factory=dict)

    def board(self, name: str, text: str, now: float) -> None:
        if name == "call":
            self.boards[body_of(text)["ticket"]].append(now)

    def counter(self, name: str, text: str, now: float) -> None:
        if name == "window":
            window: Body = body_of(text)["window"]
            if window["ticket"]:
                self.counters.setdefault((window["number"], window["ticket"]["number"]), now)

    def evaluator(self, name: str, text: str, now: float) -> None:
        if name == "window":
            window: Body = body_of(text)["window"]
            if window["serving"]:
                self.evaluators.setdefault((window["number"], window["serving"]), now)


@dataclass(frozen=True)
class Press:
    at: float
    window: int
    ticket: str


def run() -> Figures:
    """Without followers; goal: p99 to the last board at most 30 ms."""
    with a_hall() as hall, ExitStack() as lines:
        figures = _measure(hall, lines)
    figures["goal"] = {"boards_p99_ms": GOAL_MS}
    figures["met"] = figures["boards"]["p99_ms"] <= GOAL_MS
    return figures


def run_followed() -> Figures:
    """The same while 2,000 phones follow; goal: p99 at most 60 ms, memory at most 300 MB."""
    with a_hall() as hall, ExitStack() as lines:
        heard = _follow(hall, lines)
        figures = _measure(hall, lines)
        figures["followers"], figures["phones_heard"] = FOLLOWERS, heard[0]
        figures["server_memory_mb"] = round(hall.most_memory())
    figures["goal"] = {"boards_p99_ms": GOAL_FOLLOWED_MS, "server_memory_mb": GOAL_MEMORY_MB}
    figures["met"] = (
        figures["boards"]["p99_ms"] <= GOAL_FOLLOWED_MS and figures["server_memory_mb"] <= GOAL_MEMORY_MB
    )
    return figures


def _measure(hall: MeasuredHall, lines: ExitStack) -> Figures:
    ears = Ears()
    counters = _fleet(hall, lines, ears)
    program = HttpClient(hall.port, hall.token(Kind.API, "taker", Role.CLERK))
    for number in range(PRESSES):
        _take(program, number)
    taking = gevent.spawn(_keep_taking, program)
    presses = _press(counters)
    taking.kill()
    gevent.sleep(SETTLE_SECONDS)
    return _figures(ears, presses)


def _fleet(hall: MeasuredHall, lines: ExitStack, ears: Ears) -> list[tuple[int, SocketClient]]:
    def connect(namespace: Namespace, auth: Body, *heard: object) -> SocketClient:
        return lines.enter_context(closing(SocketClient(hall.port, namespace, auth, *heard)))  # type: ignore[arg-type]

    for number in range(1, BOARDS + 1):
        connect(Namespace.BOARD, {"token": hall.token(Kind.BOARD, f"X{number}")}, ears.board)
    for number in range(1, KIOSKS + 1):
        connect(Namespace.KIOSK, {"token": hall.token(Kind.KIOSK, f"X{number}")})
    counters = []
    for number in range(1, WINDOWS + 1):
        connect(Namespace.EVALUATOR, {"token": hall.token(Kind.EVALUATOR, str(number))}, ears.evaluator)
        auth = {"token": hall.token(Kind.API, f"clerk{number}", Role.CLERK), "window": number}
        counter = connect(Namespace.COUNTER, auth, ears.counter)
        _sure(counter.call("open", {}))
        counters.append((number, counter))
    return counters


def _press(counters: list[tuple[int, SocketClient]]) -> list[Press]:
    """One press after another at the windows in turn; each finishes who is there and calls the next."""
    presses = []
    for number in range(PRESSES):
        window, counter = counters[number % WINDOWS]
        pressed = time.perf_counter()
        answer = _sure(counter.call("next", {"current": "finish"}))
        if answer["ticket"]:
            presses.append(Press(pressed, window, answer["ticket"]["number"]))
        gevent.sleep(max(0.0, pressed + PRESS_EVERY - time.perf_counter()))
    return presses


def _figures(ears: Ears, presses: list[Press]) -> Figures:
    for press in presses:
        if len(ears.boards[press.ticket]) != BOARDS:
            raise RuntimeError(f"{press.ticket} reached {len(ears.boards[press.ticket])} of {BOARDS} boards")
    return {
        "presses": len(presses),
        "boards": milliseconds([max(ears.boards[one.ticket]) - one.at for one in presses]),
        "counters": milliseconds([ears.counters[one.window, one.ticket] - one.at for one in presses]),
        "evaluators": milliseconds([ears.evaluators[one.window, one.ticket] - one.at for one in presses]),
    }


def _follow(hall: MeasuredHall, lines: ExitStack) -> list[int]:
    """Phones, each with a waiting ticket of its own; how many messages they heard."""
    heard = [0]

    def count(*_: object) -> None:
        heard[0] += 1

    program = HttpClient(hall.port, hall.token(Kind.API, "phones", Role.CLERK))
    for number in range(FOLLOWERS):
        secret = _take(program, number)["secret"]
        lines.enter_context(closing(SocketClient(hall.port, Namespace.TICKET, {"token": secret}, count)))
    return heard


def _keep_taking(program: HttpClient) -> None:
    for number in range(10 * PRESSES):
        _take(program, number)
        gevent.sleep(TAKE_EVERY)


def _take(program: HttpClient, number: int) -> Body:
    """Most come for general acceptance, as in a hall."""
    group = GROUPS[number % 10 - 5] if number % 10 > 5 else GROUPS[0]
    status, answer = program.ask("POST", f"{API}/tickets", {"group": group})
    if status != 201:
        raise RuntimeError(answer.decode())
    ticket: Body = json.loads(answer)
    return ticket


def _sure(answer: Body) -> Body:
    if not answer["ok"]:
        raise RuntimeError(str(answer["problem"]))
    return answer
