"""From a kiosk's save of an answer to its ack, with 38 kiosks filling in forms at once."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing

import gevent

from queue_server.wire import API, Asks, Kind, Namespace, Role
from tests.bench.figures import Figures, milliseconds
from tests.bench.halls import MeasuredHall, a_hall
from tests.bench.lines import Body, HttpClient, SocketClient

KIOSKS = 38
ROUNDS = 20
EVERY_SECONDS = 1.0
"""A quick citizen leaves a question so often; kiosks begin one after the other, as people do."""
FORM = "sole-trader"
ANSWERS: list[Body] = [
    {"operator_name": "张三丰"},
    {"operator_id": "11010519491231002X"},
    {"operator_phone": "13812345678"},
    {"home_address": "聊城市东昌府区某路 1 号"},
    {"premises_region": "聊城市/东昌府区/柳园街道"},
    {"scope": "小餐饮、预包装食品销售"},
    {"capital": "3"},
    {"by_agent": "no"},
]

GOAL_MS = 50


def run() -> Figures:
    """Goal: p99 of a save at most 50 ms."""
    with a_hall() as hall, ExitStack() as lines:
        _let_it_settle(hall)
        kiosks = [_kiosk(hall, lines, number) for number in range(1, KIOSKS + 1)]
        filling = [
            gevent.spawn_later(at * EVERY_SECONDS / KIOSKS, _fill, *one) for at, one in enumerate(kiosks)
        ]
        gevent.joinall(filling, raise_error=True)
        burst = _all_at_once(kiosks)
    took = [seconds for one in filling for seconds in one.value]
    figures: Figures = {
        "kiosks": KIOSKS,
        "saves": len(took),
        "save": milliseconds(took),
        "all_at_once": milliseconds(burst),
        "goal": {"save_p99_ms": GOAL_MS},
    }
    figures["met"] = figures["save"]["p99_ms"] <= GOAL_MS
    return figures


def _let_it_settle(hall: MeasuredHall) -> None:
    """A hall that has just started prepares its search; days later nobody waits for that."""
    program = HttpClient(hall.port, hall.token(Kind.API, "settle", Role.CLERK))
    status, answer = program.ask("GET", f"{API}/matches?q=gjj", None)
    if status != 200:
        raise RuntimeError(answer.decode())


def _kiosk(hall: MeasuredHall, lines: ExitStack, number: int) -> tuple[SocketClient, str]:
    """A kiosk's line, and the secret of the form that is begun at it."""
    auth = {"token": hall.token(Kind.KIOSK, f"X{number}")}
    line = lines.enter_context(closing(SocketClient(hall.port, Namespace.KIOSK, auth)))
    begun = line.call(Asks.FORM_BEGIN, {"form": FORM})
    if not begun["ok"]:
        raise RuntimeError(str(begun["problem"]))
    return line, begun["draft"]["secret"]


def _fill(line: SocketClient, secret: str) -> list[float]:
    took = []
    for number in range(ROUNDS):
        took.append(_save(line, secret, number))
        gevent.sleep(max(0.0, EVERY_SECONDS - took[-1]))
    return took


def _all_at_once(kiosks: list[tuple[SocketClient, str]]) -> list[float]:
    """The worst moment: every kiosk saves in the same instant."""
    saves = [gevent.spawn(_save, line, secret, 0) for line, secret in kiosks]
    gevent.joinall(saves, raise_error=True)
    return [one.value for one in saves]


def _save(line: SocketClient, secret: str, number: int) -> float:
    """Seconds until one answer is on disk and acknowledged."""
    body = {"secret": secret, "values": ANSWERS[number % len(ANSWERS)], "key": f"{secret}.{number}"}
    began = time.perf_counter()
    answer = line.call(Asks.FORM_SAVE, body)
    if not answer["ok"]:
        raise RuntimeError(str(answer["problem"]))
    return time.perf_counter() - began
