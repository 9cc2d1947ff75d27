"""A board's program through a long row of calls, in a window of its own; only its clock is not real.

    from tests.board_soak import soak
    report = soak(2000)

Each frame is a second and a half of the board's time. What the large place shows is read from its
widgets, frame by frame. Run as a program it is the child that does so: `python -m tests.board_soak CALLS`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.stage import Screen

ROOT = Path(__file__).parents[1]
SIZE = (1280, 720)
FRAME_SECONDS, CALL_EVERY = 1.5, 3.0
WINDOWS = 38
RECALL_EVERY, FLASH_EVERY = 13, 50
WARM = 0.3
"""After this share of the calls all caches are as full as they get."""
AGAIN = "again "
PATIENCE = 900.0
BEGIN = datetime(2026, 11, 24, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Soak:
    """`sent` and `shown` are calls in their order; `blank` counts frames in which the large place
    showed nothing after the first call; memory in MB, once warm and at the end.
    """

    sent: list[str]
    shown: list[str]
    blank: int
    frames: int
    warm_mb: float
    end_mb: float


def soak(calls: int) -> Soak:
    """Run a board through so many calls; minutes for thousands."""
    screen = Screen(*SIZE)
    try:
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            env = {
                **os.environ,
                "DISPLAY": screen.name,
                "KIVY_HOME": folder,
                "KIVY_METRICS_DENSITY": "1",
                "SDL_VIDEODRIVER": "x11",
                "HALL_LOG": "ERROR",
            }
            command = [sys.executable, "-m", "tests.board_soak", str(calls)]
            done = subprocess.run(
                command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
    finally:
        screen.close()
    assert done.returncode == 0, done.stderr
    return Soak(**json.loads(done.stdout.splitlines()[-1]))


def messages(calls: int) -> Iterator[tuple[float, str, dict[str, Any]]]:
    """When in the board's time, and what the server says: a snapshot, then calls and their windows."""
    windows = [_window(number, None) for number in range(1, WINDOWS + 1)]
    group = {"id": "general", "letter": "A", "name": {"zh": "综合受理", "en": "General"}, "colour": "blue"}
    hall = {"name": {"zh": "大厅", "en": "Hall"}, "day": "2026-11-24", "state": "open", "opens_at": None}
    hall |= {"groups": [group], "zones": [], "windows": windows}
    yield 0.0, "snapshot", {"now": _at(0), "epoch": "e", "hall": hall, "queues": [], "calls": []}
    number = 0
    for count in range(calls):
        moment = (count + 1) * CALL_EVERY
        again = bool(count) and count % RECALL_EVERY == 0
        number += not again
        ticket, window = f"A{number % 1000:03d}", number % WINDOWS + 1
        yield moment, "window", {"now": _at(moment), "window": _window(window, ticket)}
        call = {"call": f"c{count}", "ticket": ticket, "window": window, "at": _at(moment)}
        call |= {"kind": "recall" if again else "call", "speak": ["zh"], "flash": count % FLASH_EVERY == 49}
        yield moment, "call", {"now": _at(moment), **call}


def _window(number: int, serving: str | None) -> dict[str, Any]:
    return {"number": number, "state": "open", "serving": serving, "zone": "east", "groups": ["general"]}


def _at(moment: float) -> str:
    return (BEGIN + timedelta(seconds=moment)).isoformat()


def main(calls: int) -> None:
    from assets import screen

    screen.window(*SIZE)
    from kivy.clock import Clock

    from display_board.app import BoardApp
    from display_board.clips import Clips
    from display_board.voice import Voice
    from hardware.sound import Sound
    from queue_server.hall.model import Seconds

    now, frames, blank, warm = 0.0, 0, 0, 0.0
    coming = list(reversed(list(messages(calls))))
    shown: list[tuple[str, ...]] = []
    voice = Voice(Sound("none"), Clips(Path(os.environ["KIVY_HOME"])))
    # Nobody listens there: the board is told what it hears by this program.
    app = BoardApp(
        "http://127.0.0.1:9", "none", "B01", voice, ROOT, audible=False, window=None, clock=lambda: now
    )

    def frame(_seconds: float) -> None:
        nonlocal now, frames, blank, warm
        seen = tuple(numbers(app._board.large_place)) if app._board else ()
        if seen:
            shown.append(seen)
        elif shown:
            blank += 1
        frames, now = frames + 1, now + FRAME_SECONDS
        while coming and coming[-1][0] <= now:
            _, name, body = coming.pop()
            app.hear(name, body)
        if not warm and len(coming) < 2 * calls * (1 - WARM):
            warm = memory_mb()
        if not coming and app._announcer.is_at_rest(Seconds(now), Seconds(0.0)):
            app.stop()
        app.step()

    Clock.schedule_interval(frame, 0)
    app.run()
    said = (body for _, name, body in messages(calls) if name == "call")
    sent = [f"{AGAIN if body['kind'] == 'recall' else ''}{body['ticket']}" for body in said]
    turns = [ticket for turn, _ in groupby(shown) for ticket in turn]
    print(json.dumps(vars(Soak(sent, turns, blank, frames, warm, memory_mb()))))


def numbers(panel: Any) -> Iterator[str]:
    """The numbers that stand in the large place, from the top, as they are called."""
    again = AGAIN if any(type(child).__name__ == "Again" for child in panel.children) else ""
    for child in reversed(panel.children):
        if getattr(child, "number", ""):
            yield again + child.number


def memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
