"""One citizen's visit through every program of the hall, each of them real and on its own screen."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from assets import texts
from kiosk import slip
from queue_server.keyring import Keyring
from tests import stage
from tests.conftest import Hall, until
from tests.kiosk.test_slip import code_in
from tests.web.conftest import OpenPage

WINDOW = 5
PASSWORD = "a-clerk-of-tests"
NUMBER = re.compile(r"[A-E]\d{3}")


@dataclass
class Floor:
    """A hall with its kiosk, board and evaluator on, and 李静 to work at window 5."""

    hall: Hall
    manager: str
    folder: Path
    kiosk: stage.Program
    board: stage.Program
    evaluator: stage.Program

    def ticket(self, number: str) -> Any:
        (found,) = self.hall.get(f"/tickets?number={number}", self.manager).json["tickets"]
        return found

    def slips(self) -> list[Path]:
        return sorted((self.folder / "kiosk" / "slips").glob("slip-*.png"))

    def spoken(self) -> list[str]:
        log = self.folder / "spoken"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        return [json.loads(line)["what"] for line in lines]

    def follow_url(self, ticket: Any) -> str:
        """The address that the holder got with the number: the server tells it to nobody else."""
        keyring = Keyring.at(self.hall.data / "hall.key")
        return f"{self.hall.url}/t/{keyring.ticket_secret(ticket['id'], 1)}"

    def ratings(self) -> list[tuple[str, int]]:
        """What the server's disk keeps: number and score."""
        rated = "SELECT number, score FROM ratings JOIN tickets ON tickets.id = ratings.ticket"
        with closing(sqlite3.connect(self.hall.data / "hall.db")) as db:
            return list(db.execute(rated))


@pytest.fixture
def floor(hall: Hall, tmp_path: Path) -> Iterator[Floor]:
    clerk = {"username": "lijing", "name": "李静", "password": PASSWORD, "role": "clerk", "staff_no": "0105"}
    made = hall.post("/accounts", {**clerk, "must_change": False}, hall.token("api", "app", "admin"))
    assert made.status == 200, made.json
    manager = hall.token("api", "zhao", "manager")
    with ExitStack() as screens:
        kiosk, board, evaluator = (
            screens.enter_context(start(hall, tmp_path)) for start in (_kiosk, _board, _evaluator)
        )
        kiosk.wait_for("综合受理")
        evaluator.wait_for(f"{WINDOW} 号窗口")
        yield Floor(hall, manager, tmp_path, kiosk, board, evaluator)


def _kiosk(hall: Hall, folder: Path) -> stage.Program:
    """With the simulated printer that a kiosk has where no hardware file says otherwise."""
    return _terminal(hall, folder, "kiosk", "kiosk", "K01", (1080, 1920), "--kiosk", "K01")


def _board(hall: Hall, folder: Path) -> stage.Program:
    options = ("--board", "B01", "--sound", f"file:{folder / 'spoken'}")
    return _terminal(hall, folder, "display_board", "board", "B01", (1280, 720), *options)


def _evaluator(hall: Hall, folder: Path) -> stage.Program:
    id = str(WINDOW)
    return _terminal(hall, folder, "kiosk.evaluator", "evaluator", id, (1280, 800), "--window", id)


def _terminal(
    hall: Hall, folder: Path, module: str, kind: str, id: str, size: tuple[int, int], *options: str
) -> stage.Program:
    env = {
        "HALL_TOKEN": hall.token(kind, id),
        "HALL_CONFIG": str(hall.config),
        "HALL_DATA": str(folder / kind),
    }
    screen = ("--size", f"{size[0]}x{size[1]}")
    return stage.start(module, "--server", hall.url, *options, *screen, size=size, env=env)


def take_at_the_kiosk(kiosk: stage.Program) -> str:
    """Two touches; the number on the screen once the slip is out."""
    kiosk.touch("综合受理")
    kiosk.touch("取 号")
    kiosk.wait_for(texts.say("kiosk.ticket.printed", "zh"))
    number = next(text for text in kiosk.texts() if NUMBER.fullmatch(text))
    kiosk.touch("完成")
    return number


def open_console(hall: Hall, open_page: OpenPage) -> Page:
    """The clerk logs in and opens the window."""
    page = open_page(f"{hall.url}/login?next=/counter?window={WINDOW}")
    page.fill("#username", "lijing")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter*")
    press(page, " ")
    expect(page.locator("#state")).to_contain_text("开放")
    return page


def press(page: Page, key: str) -> None:
    """Press a key once the console is ready for it."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.locator("#main-label")).not_to_be_empty()
    page.keyboard.press(key)


def test_a_visit_from_the_kiosk_to_the_rating(floor: Floor, open_page: OpenPage) -> None:
    hall, evaluator = floor.hall, floor.evaluator
    number = take_at_the_kiosk(floor.kiosk)
    ticket = floor.ticket(number)
    assert (ticket["state"], ticket["group"]) == ("waiting", "general")
    (paper,) = floor.slips()
    follow_url = floor.follow_url(ticket)
    with Image.open(paper) as picture:
        assert code_in(picture, slip.code(follow_url))

    phone = open_page(follow_url, viewport={"width": 390, "height": 844})
    expect(phone.locator("[data-fact=number]")).to_have_text(number)
    expect(phone.locator("body")).to_have_attribute("data-state", "waiting")
    console = open_console(hall, open_page)
    expect(console.locator("#main-whom")).to_contain_text(f"下一位 {number}")
    press(console, " ")
    expect(console.locator("#number")).to_have_text(number)

    floor.board.wait_for(number)
    until(lambda: floor.spoken() == [f"{number}-{WINDOW}"])
    expect(phone.locator("body")).to_have_attribute("data-state", "called")
    expect(phone.locator("[data-fact=window]")).to_have_text(f"{WINDOW} 号窗口")
    evaluator.wait_for(number)
    assert floor.ticket(number)["window"] == WINDOW

    press(console, "s")
    expect(phone.locator("body")).to_have_attribute("data-state", "serving")
    press(console, " ")
    expect(console.locator("#message")).to_have_text(f"{number} 办完了。")
    evaluator.wait_for(f"{number}，请评价这次服务")
    evaluator.touch("非常满意")
    evaluator.wait_for("谢谢您的评价")
    expect(phone.locator("body")).to_have_attribute("data-state", "rated")
    assert floor.ratings() == [(number, 5)]
    done = floor.ticket(number)
    assert (done["state"], done["rated"]) == ("finished", True)
