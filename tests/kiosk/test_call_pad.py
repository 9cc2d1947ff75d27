"""The key pad at a counter, whole: mocked keys, the unchanged program, the real server."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from evdev import ecodes

from queue_server.client import HallClient
from queue_server.wire import Namespace, Says
from tests.conftest import ROOT, Hall, free_port, lay_out, until
from tests.hardware.umockdev import InputBench

READY = "this pad calls for window"
ENTER, PLUS, MINUS = "KEY_KPENTER", "KEY_KPPLUS", "KEY_KPMINUS"
ZERO, DOT, SLASH = "KEY_KP0", "KEY_KPDOT", "KEY_KPSLASH"

DONE_SECONDS, REFUSED_SECONDS = 0.15, 0.4


def program(sounds: Path, url: str, token: str, window: int) -> InputBench:
    """The key pad's program; what it sounds is noted in the file `sounds`."""
    settings = sounds.with_name("hardware.toml")
    settings.write_text(f'[sound]\ndevice = "file:{sounds}"\n')
    return InputBench(
        *(sys.executable, "-m", "kiosk.call_pad", "--language", "en", "--hardware", str(settings)),
        *("--server", url, "--token", token, "--window", f"{window}"),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def lengths(sounds: Path) -> list[float]:
    """How long each sound was, in order: done is shorter than refused."""
    if not sounds.exists():
        return []
    return [json.loads(line)["seconds"] for line in sounds.read_text().splitlines()]


class Counter:
    """A window with a clerk, its key pad, and what the pad's loudspeaker sounded."""

    def __init__(self, hall: Hall, folder: Path, window: int = 5, group: str = "general") -> None:
        self.hall, self._window, self._group = hall, window, group
        self.clerk = hall.token("api", f"clerk-{window}", role="clerk")
        self._sounds = folder / "sounds"
        self.pad = program(self._sounds, hall.url, hall.token("keypad", f"{window}"), window)

    def open(self) -> None:
        assert self.hall.post(f"/windows/{self._window}/open", token=self.clerk).status == 200

    def ticket(self) -> str:
        made = self.hall.post("/tickets", {"group": self._group}, token=self.clerk)
        assert made.status == 201
        return str(made.json["number"])

    def window(self) -> dict[str, Any]:
        answer = self.hall.get(f"/windows/{self._window}", token=self.clerk)
        assert answer.status == 200
        return dict(answer.json)

    def serving(self) -> str | None:
        ticket = self.window()["ticket"]
        return str(ticket["number"]) if ticket else None

    def states(self) -> dict[str, str]:
        found = self.hall.get(f"/tickets?group={self._group}", token=self.clerk).json["tickets"]
        return {ticket["number"]: ticket["state"] for ticket in found}

    def sounds(self) -> list[float]:
        return lengths(self._sounds)

    def plug(self) -> None:
        self.pad.plug(5, "Number Pad", lamp=True)
        self.pad.wait("The key pad is ready")
        self.pad.wait(READY)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A running hall for several tests, each with a window and a group of its own."""
    hall = lay_out(tmp_path_factory.mktemp("pads") / "hall")
    hall.start()
    yield hall
    hall.stop()


def test_one_key_for_each_step_of_a_visit(shared: Hall, tmp_path: Path) -> None:
    counter = Counter(shared, tmp_path, 5, "general")
    first, second, third = (counter.ticket() for _ in range(3))
    counter.open()
    with counter.pad as pad:
        counter.plug()
        for key, said in (
            (ENTER, f"{first} is called."),
            (PLUS, f"{first} is called again."),
            (MINUS, f"{first} is marked missed."),
            (ENTER, f"{second} is called."),
            (ZERO, f"{second} is finished."),
            (DOT, "The window is paused"),
            (SLASH, "The window is open"),
        ):
            pad.press(5, key)
            pad.wait(said)
            until(lambda: counter.sounds()[-1:] == [DONE_SECONDS])
        assert counter.states() == {first: "missed", second: "finished", third: "waiting"}
        assert counter.window()["state"] == "open"
        pad.end()


def test_a_double_press_calls_one_person(shared: Hall, tmp_path: Path) -> None:
    counter = Counter(shared, tmp_path, 27, "issuing")
    first, second = counter.ticket(), counter.ticket()
    counter.open()
    with counter.pad as pad:
        counter.plug()
        pad.press(5, ENTER, ENTER, ENTER)
        pad.wait(f"{first} is called.")
        pad.press(5, PLUS)
        pad.wait(f"{first} is called again.")
        assert counter.states() == {first: "called", second: "waiting"}
        pad.end()


def test_done_and_refused_differ_for_ear_and_eye(shared: Hall, tmp_path: Path) -> None:
    counter = Counter(shared, tmp_path, 31, "fees")
    with counter.pad as pad:
        counter.plug()
        pad.press(5, ENTER)
        pad.wait("Not done: The window is not open.")
        until(lambda: counter.sounds() == [REFUSED_SECONDS])
        flash = [[ecodes.EV_LED, ecodes.LED_NUML, lit] for lit in (1, 0)]
        until(lambda: pad.written(5) == flash * 2)
        counter.open()
        pad.press(5, PLUS)
        pad.wait("Not done: Nobody is at this window.")
        pad.end()


def test_nobody_waiting_is_said(shared: Hall, tmp_path: Path) -> None:
    counter = Counter(shared, tmp_path, 34, "assistance")
    only = counter.ticket()
    counter.open()
    with counter.pad as pad:
        counter.plug()
        pad.press(5, ENTER)
        pad.wait(f"{only} is called.")
        pad.press(5, ZERO)
        pad.wait(f"{only} is finished.")
        until(lambda: counter.sounds() == [DONE_SECONDS] * 2)
        pad.unplug(5)
        pad.wait("Check its cable")
        pad.plug(6, "Number Pad", beeper=True)
        until(lambda: pad.count("The key pad is ready") == 2)
        pad.press(6, ENTER)
        pad.wait("Nobody is waiting.")
        low, silence = [ecodes.EV_SND, ecodes.SND_TONE, 330], [ecodes.EV_SND, ecodes.SND_TONE, 0]
        until(lambda: [event for event in pad.written(6) if event[0]] == [low, silence] * 2)
        assert counter.sounds() == [DONE_SECONDS] * 2, "a pad that can beep does so itself"
        assert counter.states() == {only: "finished"}
        pad.end()


def test_a_press_without_a_line_is_refused_and_never_made_up_for(hall: Hall, tmp_path: Path) -> None:
    counter = Counter(hall, tmp_path)
    first = counter.ticket()
    counter.open()
    with counter.pad as pad:
        counter.plug()
        counter.hall.kill()
        pad.wait("The line is down.")
        pad.press(5, ENTER)
        pad.wait("Not done: the line is down.")
        until(lambda: counter.sounds() == [REFUSED_SECONDS])
        so_far = len(pad.lines)
        counter.hall.start()
        pad.wait(READY, after=so_far)
        pad.press(5, PLUS)
        pad.wait("Not done: Nobody is at this window.", after=so_far)
        assert counter.states() == {first: "waiting"}
        pad.press(5, ENTER)
        pad.wait(f"{first} is called.", after=so_far)
        pad.end()


def test_before_there_is_a_line_a_press_is_refused_aloud(tmp_path: Path) -> None:
    sounds = tmp_path / "sounds"
    with program(sounds, f"http://127.0.0.1:{free_port()}", "no-token", 5) as pad:
        pad.plug(5, "Number Pad")
        pad.wait("No line yet.")
        pad.wait("The key pad is ready")
        pad.press(5, ENTER)
        pad.wait("Not done: the line is down.")
        until(lambda: lengths(sounds) == [REFUSED_SECONDS])
        pad.end()


def test_the_halls_own_keys_hold_for_its_window(still_hall: Hall, tmp_path: Path) -> None:
    with still_hall.config.open("a", encoding="utf-8") as config:
        config.write('\n[[keypads]]\nwindow = 5\nkeys = { KEY_KP9 = "next" }\n')
    still_hall.start()
    counter = Counter(still_hall, tmp_path)
    first = counter.ticket()
    counter.open()
    with counter.pad as pad:
        counter.plug()
        pad.press(5, ENTER, "KEY_KP9")
        pad.wait(f"{first} is called.")
        assert pad.count("Not done") == 0
        pad.end()


def test_a_window_taken_out_of_the_hall_is_said_until_it_is_back(shared: Hall, tmp_path: Path) -> None:
    shipped, planned = shared.config.read_text("utf-8"), "[[windows]]\nnumber = 38\n"
    counter = Counter(shared, tmp_path, 38, "complaints")
    with counter.pad as pad:
        counter.plug()
        shared.config.write_text(shipped.replace(planned, planned.replace("38", "39")), "utf-8")
        assert shared.command("reload").returncode == 0
        pad.wait("Window 38 is not in the hall's plan.")
        so_far = len(pad.lines)
        pad.press(5, ENTER)
        pad.wait("Window 38 is not in the hall's plan.", after=so_far)
        shared.config.write_text(shipped, "utf-8")
        assert shared.command("reload").returncode == 0
        pad.wait("this pad calls for window 38", after=so_far)
        pad.end()


def test_the_manager_hears_of_a_pad_that_is_not_there(shared: Hall, tmp_path: Path) -> None:
    counter = Counter(shared, tmp_path, 37, "complaints")
    alerts: list[Any] = []

    def hear(name: str, body: dict[str, Any]) -> None:
        alerts.extend(
            body["alerts"] if name == Says.SNAPSHOT else [body["alert"]] if name == Says.ALERT else []
        )

    token = counter.hall.token("api", "boss", role="manager")
    manager = HallClient(counter.hall.url, token, Namespace.MANAGER, on_message=hear)
    manager.start()
    with counter.pad as pad:
        pad.wait("Check its cable")
        alert = until(lambda: next((one for one in alerts if one["kind"] == "device"), None), 30)
        assert alert["text"]["en"].startswith("The key pad of window 37: not found.")
        pad.end()
    manager.stop()
