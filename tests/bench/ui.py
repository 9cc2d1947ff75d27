"""The kiosk in a real window under Xvfb: its cold start, and from a touch to the next screen."""

from __future__ import annotations

import time

from assets.texts import say
from queue_server.wire import Kind
from tests import stage
from tests.bench.figures import Figures, milliseconds
from tests.bench.halls import MeasuredHall, a_hall

SIZE = (1080, 1920)
STARTS = 3
ROUNDS = 5
HASTY_ROUNDS = 10
READING_SECONDS = 0.9
"""Nobody touches a screen before having read of it what to touch."""
GOAL_START_SECONDS, GOAL_TOUCH_MS = 2.0, 100

HOME, FIND = say("kiosk.home.title"), say("kiosk.home.find")
TYPE, BACK = say("kiosk.find.title"), say("kiosk.key.back")
LEAVE = say("kiosk.key.home")

WALKS: tuple[tuple[tuple[str, str, str], ...], ...] = (
    (
        ("find", FIND, TYPE),
        ("themes", say("kiosk.find.themes"), say("kiosk.themes.title")),
        ("themes-next", say("kiosk.key.next"), "证件丢了"),
        ("items", "证件丢了", "居民身份证补领"),
        ("confirm", "居民身份证补领", say("kiosk.confirm.take")),
        ("priority", say("kiosk.priority.ask"), say("kiosk.priority.title")),
        ("confirm", say("kiosk.situations.done"), say("kiosk.confirm.take")),
        ("needs", say("kiosk.needs.ask"), say("kiosk.needs.title")),
        ("confirm", say("kiosk.situations.done"), say("kiosk.confirm.take")),
        ("home", LEAVE, HOME),
    ),
    (
        ("find", FIND, TYPE),
        ("question", say("kiosk.find.unsure"), say("kiosk.question.person")),
        ("home", LEAVE, HOME),
    ),
    (
        ("have", say("kiosk.home.have"), say("kiosk.have.title")),
        ("check-in", say("kiosk.have.check-in"), say("kiosk.check-in.title")),
        ("have", BACK, say("kiosk.have.title")),
        ("return", say("kiosk.have.return"), say("kiosk.return.title")),
        ("home", LEAVE, HOME),
    ),
)
"""Ways through the kiosk: each step with the screen that it leads to, what is touched, what then stands."""


def run() -> Figures:
    """Goal: the first touchable frame within 2 s, each next screen within 100 ms (p99)."""
    with a_hall() as hall:
        starts = [_cold_start(hall) for _ in range(STARTS)]
        with _kiosk(hall) as kiosk:
            screens = _walked(kiosk)
            hasty = [
                _touch(kiosk, *step) for _ in range(HASTY_ROUNDS) for step in ((FIND, TYPE), (BACK, HOME))
            ]
    told = {screen: milliseconds(latencies) for screen, latencies in screens.items()}
    every = milliseconds([one for latencies in screens.values() for one in latencies])
    return {
        "start_s": starts,
        "worst_start_s": max(starts),
        "screens": told,
        "touch": every,
        "worst_screen": max(told, key=lambda screen: float(told[screen]["p99_ms"])),
        "hasty": milliseconds(hasty),
        "goal": {"worst_start_s": GOAL_START_SECONDS, "touch_p99_ms": GOAL_TOUCH_MS},
        "met": max(starts) <= GOAL_START_SECONDS and every["p99_ms"] <= GOAL_TOUCH_MS,
    }


def _kiosk(hall: MeasuredHall) -> stage.Program:
    arguments = ("--server", hall.hall.url, "--kiosk", "K01")
    return stage.start("kiosk", *arguments, size=SIZE, env={"HALL_TOKEN": hall.token(Kind.KIOSK, "K01")})


def _cold_start(hall: MeasuredHall) -> float:
    """From the process's start to a home screen that can be touched."""
    with _kiosk(hall) as kiosk:
        began = time.perf_counter()
        kiosk.wait_for(HOME)
        return round(time.perf_counter() - began, 2)


def _walked(kiosk: stage.Program) -> dict[str, list[float]]:
    """Every way, by somebody who reads each screen before touching it."""
    kiosk.wait_for(FIND)
    latencies: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for walk in WALKS:
            for screen, button, comes in walk:
                time.sleep(READING_SECONDS)
                latencies.setdefault(screen, []).append(_touch(kiosk, button, comes))
    return latencies


def _touch(kiosk: stage.Program, button: str, comes: str) -> float:
    """Seconds from the finger on `button` to the frame that shows what `comes`."""
    place = kiosk.find(button).box.centre
    touched = time.perf_counter()
    kiosk.touch_at(*place)
    kiosk.wait_for(comes)
    return time.perf_counter() - touched
