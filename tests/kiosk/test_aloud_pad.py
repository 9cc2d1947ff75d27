"""The kiosk by a real key pad and ear: an errand by the device's events alone, no key goes through X."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk import guidance
from queue_server.hall.model import Language
from tests import stage
from tests.conftest import ROOT, until
from tests.hardware.umockdev import InputBench
from tests.kiosk.conftest import PORTRAIT, Floor, served, with_printer
from tests.kiosk.test_aloud import FURTHEST, heard, said

NODE = 5
PAD = ["KEY_UP", "KEY_DOWN", "KEY_LEFT", "KEY_RIGHT", "KEY_ENTER", "KEY_ESC", "KEY_F1"]


@dataclass
class Blind:
    """Somebody at the kiosk's pad with its headphones on."""

    bench: InputBench
    log: Path
    floor: Floor

    def press(self, key: str) -> str:
        """Press a key and listen: the next words."""
        before = len(heard(self.log))
        self.bench.press(NODE, key)
        return str(until(lambda: heard(self.log)[before:])[-1])

    def choose(self, words: str) -> str:
        """Go on until this is heard, and open it: what is said then."""
        for _ in range(FURTHEST):
            if self.press("KEY_DOWN").startswith(words):
                return self.press("KEY_ENTER")
        raise AssertionError(f"{words!r} is not among what can be chosen: {heard(self.log)}")

    def wait_for(self, words: str) -> str:
        return str(until(lambda: [one for one in heard(self.log) if words in one], 20)[-1])


@pytest.fixture
def blind(tmp_path: Path) -> Iterator[Blind]:
    hall, printer = with_printer(tmp_path)
    with hall.config.with_name("hardware.toml").open("a", encoding="utf-8") as hardware:
        hardware.write(
            f'\n[guide_pad]\nname = "AudioNav"\n\n[speech]\ndevice = "file:{tmp_path / "heard"}"\n'
        )
    floor = served(hall, printer)
    screen = stage.Screen(*PORTRAIT)
    env = {
        **{
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DISPLAY": screen.name,
            "KIVY_HOME": str(tmp_path / "kivy"),
        },
        **{"KIVY_METRICS_DENSITY": "1", "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy"},
        **{"HALL_TOKEN": hall.token("kiosk", "K01"), "HALL_DATA": str(hall.data)},
        "HALL_CONFIG": str(hall.config),
    }
    command = (sys.executable, "-m", "kiosk", "--server", hall.url, "--kiosk", "K01")
    size = ("--size", f"{PORTRAIT[0]}x{PORTRAIT[1]}", "--language", "zh")
    with InputBench(*command, *size, env=env) as bench:
        bench.plug(NODE, "Storm AudioNav", PAD)
        yield Blind(bench, tmp_path / "heard", floor)
    screen.close()
    printer.stop()
    hall.stop()


def test_a_number_is_taken_by_the_pads_own_events(blind: Blind) -> None:
    blind.bench.wait("AudioNav")
    blind.press("KEY_DOWN")
    blind.wait_for(said("home.title"))
    assert said("find.title") in blind.choose(said("home.find"))
    assert said("home.title") in blind.press("KEY_ESC")
    assert "等候地点：东区" in blind.choose("综合受理")
    blind.choose(said("confirm.take"))
    blind.wait_for(said("ticket.printed"))
    (number,) = blind.floor.numbers()
    assert f"您的号是 {guidance.spelled(number, Language.ZH)}。" in blind.wait_for("您的号是")
    assert guidance.spelled(number, Language.ZH) in blind.press("KEY_F1"), "what was said is said again"
