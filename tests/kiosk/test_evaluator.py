"""The evaluator in a real window, touched through X, at a counter of a real server."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import stage
from tests.conftest import Hall, lay_out

SIZE = (1280, 800)
FACES = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")


@dataclass
class Counter:
    """Window 5 with 李静 at it, its evaluator, and the program that plays everybody else."""

    hall: Hall
    screen: stage.Program
    api: str
    rated_before: int = 0

    def do(self, does: str, body: Any = None) -> Any:
        answer = self.hall.post(f"/windows/5/{does}", body, self.api)
        assert answer.status in (200, 204), answer
        return answer.json

    def serve(self) -> Any:
        """Somebody comes, is called and served; the finished ticket with its secret."""
        taken = self.hall.post("/tickets", {"group": "general"}, self.api).json
        assert self.do("next")["number"] == taken["number"]
        self.screen.wait_for(taken["number"])
        self.do("start")
        self.do("finish")
        return taken

    def ratings(self) -> list[tuple[str, int]]:
        """This test's ratings on the server's disk: number and score."""
        ratings = "SELECT number, score FROM ratings JOIN tickets ON tickets.id = ratings.ticket ORDER BY at"
        with closing(sqlite3.connect(self.hall.data / "hall.db")) as db:
            return list(db.execute(ratings))[self.rated_before :]


def evaluator(hall: Hall) -> stage.Program:
    token = hall.token("evaluator", "5")
    program = ["kiosk.evaluator", "--server", hall.url, "--window", 5]
    return stage.start(*program, size=SIZE, env={"HALL_TOKEN": token})


def staffed(hall: Hall) -> str:
    """A token of a program that may do all, with window 5 opened for a clerk."""
    api = hall.token("api", "test", "admin")
    clerk = {
        "username": "li",
        "password": "li-jing-0105",
        "role": "clerk",
        "name": "李静",
        "staff_no": "0105",
    }
    assert hall.post("/accounts", clerk, api).status in (200, 201)
    assert hall.post("/windows/5/open", {"clerk": "li"}, api).status == 200
    return api


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """One counter for all tests of this module: each leaves it idle."""
    hall = lay_out(tmp_path_factory.mktemp("evaluator") / "hall")
    hall.start()
    api = staffed(hall)
    with evaluator(hall) as screen:
        yield Counter(hall, screen, api)
    hall.stop()


@pytest.fixture
def counter(standing: Counter) -> Counter:
    standing.do("open", {"clerk": "li"})
    standing.screen.wait_for("正在服务")
    standing.screen.wait_for("5 号窗口")
    standing.rated_before = 0
    standing.rated_before = len(standing.ratings())
    return standing


def test_idle_it_says_whose_window_it_is_and_how_it_stands(counter: Counter) -> None:
    screen = counter.screen
    screen.wait_for("李静")
    screen.wait_for("工号 0105")
    screen.wait_for("正在服务")
    counter.do("pause", {"reason": "喝水"})
    screen.wait_for("暂停服务")
    assert "喝水" not in "".join(screen.texts())
    counter.do("close")
    screen.wait_for("窗口已关闭")
    screen.wait_gone("李静")


def test_after_a_visit_five_equal_faces_with_words_in_two_languages(counter: Counter) -> None:
    ticket = counter.serve()
    counter.screen.find(f"{ticket['number']}，请评价这次服务")
    boxes = [counter.screen.find(words).box for words in FACES]
    assert len({(box.top, box.width, box.height) for box in boxes}) == 1
    gaps = {round(right.left - left.left) for left, right in pairwise(boxes)}
    assert max(gaps) - min(gaps) <= 1
    for english in ("Very satisfied", "Satisfied", "Fair", "Dissatisfied", "Very dissatisfied"):
        counter.screen.find(english)
    counter.screen.find("不评价不会被当作好评")
    assert counter.ratings() == []
    counter.do("undo")
    counter.do("park")


def test_a_good_and_a_bad_rating_get_the_same_thanks_then_it_is_ready_again(counter: Counter) -> None:
    thanks = []
    for score, words in ((5, "非常满意"), (1, "非常不满意")):
        ticket = counter.serve()
        counter.screen.touch(words)
        counter.screen.find("谢谢您的评价")
        thanks.append(counter.screen.texts())
        assert counter.ratings()[-1] == (ticket["number"], score)
        counter.screen.find("正在服务")
    assert thanks[0] == thanks[1]


def test_a_double_touch_is_one_rating_of_this_visit(counter: Counter) -> None:
    ticket = counter.serve()
    counter.screen.touch("满意", times=2)
    counter.screen.find("谢谢您的评价")
    counter.screen.find("正在服务")
    assert counter.ratings() == [(ticket["number"], 4)]


def test_the_question_stays_with_its_visitor_when_the_next_is_called(counter: Counter) -> None:
    first = counter.hall.post("/tickets", {"group": "general"}, counter.api).json
    second = counter.hall.post("/tickets", {"group": "general"}, counter.api).json
    counter.do("next")
    counter.do("next", {"current": "finish"})
    counter.screen.touch("基本满意")
    counter.screen.find("谢谢您的评价")
    assert counter.ratings() == [(first["number"], 3)]
    counter.screen.find(second["number"])
    counter.do("no-show")


def test_rated_on_the_phone_it_asks_no_more(counter: Counter) -> None:
    ticket = counter.serve()
    counter.screen.find("非常满意")
    rated = counter.hall.post(f"/tickets/{ticket['id']}/rating", {"score": 4}, ticket["secret"])
    assert rated.status == 200
    counter.screen.wait_gone("非常满意")
    counter.screen.find("正在服务")


def test_a_finish_taken_back_takes_the_question_back(counter: Counter) -> None:
    counter.serve()
    counter.screen.find("非常满意")
    number = counter.do("undo")["number"]
    counter.screen.wait_gone("非常满意")
    counter.screen.find(number)
    counter.do("park")


def test_without_a_server_it_says_since_when_and_a_rating_outlives_the_break(counter: Counter) -> None:
    ticket = counter.serve()
    counter.screen.find("非常满意")
    counter.hall.kill()
    counter.screen.wait_for("网络已断开")
    counter.screen.touch("满意")
    counter.screen.find("正在记下您的评价")
    counter.hall.start()
    counter.screen.find("谢谢您的评价")
    counter.screen.wait_gone("网络已断开")
    assert counter.ratings() == [(ticket["number"], 4)]


def test_a_window_taken_out_of_the_hall_is_said_until_it_is_back(counter: Counter) -> None:
    hall, shipped = counter.hall, counter.hall.config.read_text("utf-8")
    planned = "[[windows]]\nnumber = 5\n"
    counter.do("close")
    hall.config.write_text(shipped.replace(planned, planned.replace("5", "39")), "utf-8")
    assert hall.command("reload").returncode == 0
    counter.screen.wait_for("大厅现在没有这个窗口")
    hall.config.write_text(shipped, "utf-8")
    assert hall.command("reload").returncode == 0
    counter.screen.wait_for("窗口已关闭")


def test_a_question_nobody_answers_ends_in_no_rating(still_hall: Hall) -> None:
    config: Path = still_hall.config
    config.write_text(config.read_text("utf-8").replace("ask_seconds = 60", "ask_seconds = 5"), "utf-8")
    still_hall.start()
    api = staffed(still_hall)
    with evaluator(still_hall) as screen:
        counter = Counter(still_hall, screen, api)
        screen.wait_for("5 号窗口")
        ticket = counter.serve()
        screen.find("非常满意")
        screen.wait_for(f"{ticket['number']} 的评价时间已过")
        screen.find("正在服务")
        assert counter.ratings() == []


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_before_its_server_and_ends_cleanly(still_hall: Hall, by: signal.Signals) -> None:
    still_hall.port = 1
    screen = stage.start(
        "kiosk.evaluator", "--server", still_hall.url, "--window", 5, size=SIZE, env={"HALL_TOKEN": "none"}
    )
    screen.find("正在连接")
    assert screen.close(by) == 0
