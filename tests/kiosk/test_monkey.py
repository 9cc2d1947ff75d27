"""Touches and keys without sense: whatever is done to it, the kiosk goes on, and nothing of it is left."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image

from tests import stage
from tests.kiosk.conftest import GENERAL, NUMBER, PORTRAIT, TAKE, Floor, said

SEED, DEEDS = 20261124, 160
MODES = ("large", "contrast", "low", "voice", "slow")
KEYS = ("Down", "Up", "Return", "Escape", "Home", "Tab", "F1", "F2", "BackSpace", "7", "x")
SCANNED = ("12345", "A001", "http://hall.example/t/AAAAAAAAAAAAAAAAAAAAAAAA", "';--")
FOOT = (0, PORTRAIT[1] - 160, *PORTRAIT)
"""Where the keys of the modes stand; the time and the waits don't, which change by themselves."""


class Monkey:
    """Does one thing after the other, and knows what it did. The kiosk draws a frame in between."""

    def __init__(self, kiosk: stage.Program, codes: tuple[str, ...], seed: int) -> None:
        self._kiosk, self._codes, self._chance = kiosk, codes, random.Random(seed)
        self.did: list[str] = []

    def act(self) -> None:
        seen = [one for one in self._kiosk.look() if not one.disabled]
        chance = self._chance.random()
        if chance < 0.05:
            self._press(self._chance.choice(KEYS))
        elif chance < 0.07:
            self._scan(self._chance.choice(SCANNED))
        elif chance < 0.1:
            self._scan(self._chance.choice(self._codes))
        elif chance < 0.16:
            self._touch(stage.best(seen, self._mode(seen)))
        elif chance < 0.7:
            self._touch(self._chance.choice(seen))
        else:
            self._touch(None)

    def _mode(self, seen: list[stage.Seen]) -> str:
        language = "zh" if stage.best(seen, said("key.language")) else "en"
        return said(f"mode.{self._chance.choice(MODES)}", language)

    def _touch(self, seen: stage.Seen | None) -> None:
        """A text, which is a key or isn't, or else any place."""
        width, height = PORTRAIT
        at = seen.box.centre if seen else (self._chance.randrange(width), self._chance.randrange(height))
        self.did.append(f"touched {seen.text if seen else ''} {at}")
        self._kiosk.touch_at(*at, times=self._chance.choice((1, 1, 1, 2)))

    def _press(self, key: str) -> None:
        self.did.append(f"pressed {key}")
        self._kiosk.press(key)

    def _scan(self, line: str) -> None:
        self.did.append(f"scanned {line}")
        self._kiosk.type(line)


def test_a_monkey_finds_no_way_out_of_the_kiosk_and_leaves_nothing(
    floor: Floor, kiosk: stage.Program, tmp_path: Path
) -> None:
    before = foot(kiosk, tmp_path)
    monkey = Monkey(kiosk, codes(floor), SEED)
    try:
        for _ in range(DEEDS):
            monkey.act()
        go_home(kiosk)
        # Its modes are still on; they go with the visit, which a number ends.
        take_a_number(kiosk)
        kiosk.wait(lambda _seen: foot(kiosk, tmp_path) == before, "a mode is on, or a language kept")
        left = kiosk.texts()
        assert said("home.title") in left
        assert not [text for text in left if NUMBER.search(text) or any(line in text for line in SCANNED)]
        assert not [word for word in ("Traceback", "CRITICAL") if word in kiosk.log()], kiosk.log()
    except AssertionError as trouble:
        trouble.add_note("\n".join(monkey.did))
        raise


def codes(floor: Floor) -> tuple[str, ...]:
    """What people may hold to the scanner: slips, of which one was missed, forms, an appointment."""
    waiting, missed = floor.take(), floor.take("fees")
    floor.miss(missed)
    slips = (waiting["follow_url"], missed["follow_url"])
    return (*slips, floor.draft("city-pass"), floor.draft("promise-letter"), floor.book(["id-card-renewal"]))


def foot(kiosk: stage.Program, folder: Path) -> bytes:
    """The lowest keys, as pixels."""
    kiosk.shot(folder / "shot.png")
    with Image.open(folder / "shot.png") as shot:
        return shot.convert("RGB").crop(FOOT).tobytes()


def go_home(kiosk: stage.Program) -> None:
    """By the key that stands on every screen but home, once what is being asked for is answered."""
    chinese, home = said("key.language", "en"), said("key.home")
    # The clock stands on every screen; two looks at it are two frames, in which the last touch is done.
    kiosk.find(":")
    if stage.best(kiosk.look(), chinese):
        kiosk.touch(chinese)
    kiosk.wait(lambda seen: stage.best(seen, said("home.title")) or stage.best(seen, home), "no way home")
    if stage.best(kiosk.look(), home):
        kiosk.touch(home)
    kiosk.wait_for(said("home.title"))


def take_a_number(kiosk: stage.Program) -> None:
    kiosk.touch(GENERAL["zh"])
    kiosk.touch(TAKE)
    kiosk.wait_for(said("ticket.printed"))
    kiosk.touch("完成")
    kiosk.wait_for(said("home.title"))
