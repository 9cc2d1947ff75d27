"""The kiosk by key pad and ear alone: keys through a real window, words from the log of what was said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assets import texts
from kiosk import guidance
from queue_server.hall.model import Language
from tests import stage
from tests.kiosk.conftest import Floor, served, with_printer

FURTHEST = 70
"""So many controls has no screen."""


@dataclass
class Listener:
    """Somebody with headphones and a key pad, who sees nothing: every answer is what was heard."""

    kiosk: stage.Program
    log: Path
    floor: Floor

    def heard(self) -> list[str]:
        return heard(self.log)

    def press(self, key: str) -> str:
        """Press a key and listen: the next words."""
        before = len(self.heard())
        self.kiosk.press(key)
        return self.kiosk.wait(lambda _seen: self.heard()[before:], f"{key} says nothing")[-1]

    def go_to(self, words: str) -> None:
        """Go on until this is heard."""
        for _ in range(FURTHEST):
            if self.press("Down").startswith(words):
                return
        raise AssertionError(f"{words!r} is not among what can be chosen: {self.heard()}")

    def choose(self, words: str) -> str:
        """Go on until this is heard, and open it: what is said then."""
        self.go_to(words)
        return self.press("Return")

    def wait_for(self, words: str) -> str:
        """Until something with these words was said."""
        found = f"{words!r} was not said"
        return self.kiosk.wait(lambda _seen: [one for one in self.heard() if words in one], found)[-1]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    folder = tmp_path_factory.mktemp("aloud")
    hall, printer = with_printer(folder)
    with hall.config.with_name("hardware.toml").open("a", encoding="utf-8") as hardware:
        hardware.write(f'\n[speech]\ndevice = "file:{folder / "heard"}"\n')
    floor = served(hall, printer)
    with floor.kiosk() as kiosk:
        yield Listener(kiosk, folder / "heard", floor)
    printer.stop()
    hall.stop()


@pytest.fixture
def listener(standing: Listener) -> Iterator[Listener]:
    """In front of a kiosk at home that is silent; afterwards it is so again."""
    standing.log.write_text("", "utf-8")
    standing.floor.issued_before = set()
    standing.floor.issued_before = standing.floor.numbers()
    yield standing
    standing.kiosk.press("Home")
    standing.kiosk.wait_for(said("home.title"))
    standing.press("F1")
    standing.go_to(said("mode.spoken.voice"))
    standing.kiosk.press("Return")
    standing.kiosk.wait_gone(standing.heard()[-1])


def heard(log: Path) -> list[str]:
    """All that was said so far, each sentence as one."""
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    return [json.loads(line)["what"] for line in lines]


def said(key: str, **values: object) -> str:
    return guidance.plain(texts.say(f"kiosk.{key}", "zh", **values))


def test_the_first_key_says_where_one_is_and_what_the_keys_do(listener: Listener) -> None:
    home = said("home.title") + texts.say("spoken.choices", "zh", count=7) + "。"
    assert listener.press("Down") == texts.say("spoken.keys") + home
    first, second = listener.press("Down"), listener.press("Down")
    assert first != second
    assert listener.press("Up") == first
    assert listener.press("F1") == home + first
    assert listener.press("Escape") == texts.say("spoken.no-way-back") + "。"


def test_a_number_is_taken_by_ear(listener: Listener) -> None:
    listener.press("Down")
    assert "等候地点：东区" in listener.choose("综合受理")
    listener.choose(said("confirm.take"))
    listener.wait_for(said("ticket.printed"))
    told = listener.wait_for("您的号是")
    (number,) = listener.floor.numbers()
    assert f"您的号是 {guidance.spelled(number, Language.ZH)}。" in told
    assert "东区" in told


def test_an_item_is_found_by_ear(listener: Listener) -> None:
    listener.press("Down")
    assert said("find.title") in listener.choose(said("home.find"))
    assert said("themes.title") in listener.choose(said("find.themes"))
    assert "第 2 页" in listener.choose(said("key.next"))
    assert "证件丢了" in listener.choose("证件丢了")
    assert "居民身份证补领" in listener.choose("居民身份证补领")
    assert said("needs.title") in listener.choose(said("needs.ask"))
    assert "看不清，已选" in listener.choose(said("need.blind"))
    listener.choose(said("situations.done"))
    listener.choose(said("confirm.take"))
    listener.wait_for(said("ticket.printed"))
    (number,) = listener.floor.numbers()
    (ticket,) = listener.floor.hall.get(f"/tickets?number={number}", listener.floor.api).json["tickets"]
    assert (ticket["services"], ticket["needs"]) == (["id-card-replacement"], ["blind"])


def test_a_missed_call_is_put_right_by_ear_and_scanner(listener: Listener) -> None:
    ticket = listener.floor.take()
    listener.floor.miss(ticket)
    listener.press("Down")
    assert said("have.title") in listener.choose(said("home.have"))
    assert said("return.scan") in listener.choose(said("have.return"))
    listener.kiosk.type(ticket["follow_url"])
    assert guidance.spelled(ticket["number"], Language.ZH) in listener.wait_for(said("ticket.kept"))


def test_an_assistant_is_called_by_one_key(listener: Listener) -> None:
    listener.press("Down")
    listener.press("F2")
    listener.wait_for(said("frame.help-told"))


def test_whoever_reads_another_language_hears_it(listener: Listener) -> None:
    listener.press("Down")
    assert "What would you like to do?" in listener.choose("English")
    listener.go_to("General acceptance, ")
    listener.choose("中文")
