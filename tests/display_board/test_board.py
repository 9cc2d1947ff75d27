"""Boards in real windows, beside a real server: what is called is shown and said, once and in order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

import pytest
from PIL import Image

from display_board.sizes import NEARER, capital_mm
from tests import stage
from tests.conftest import Hall, until
from tests.display_board.test_film import a_film
from tests.stage import Program, Seen
from tests.wire.line import Line

SIZE, UPRIGHT = (1280, 720), (720, 1280)
TICKET = re.compile(r"[A-Z]\d{3,}")
LARGE = 144
"""Labels of the large place are at least so many pixels high; others are far smaller."""


class Floor:
    """A hall with clerks at some windows."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.admin = hall.token("api", "floor", "admin")

    def staff(self, *windows: int) -> None:
        for number in windows:
            account = {"username": f"clerk{number}", "password": "longpassword1", "role": "clerk"}
            self.post("/accounts", {**account, "name": "李静", "staff_no": str(number)})
            self.post(f"/windows/{number}/open", {"clerk": f"clerk{number}"})

    def queue(self, *tickets: dict[str, object]) -> None:
        for ticket in tickets:
            self.post("/tickets", ticket)

    def do(self, window: int, action: str) -> None:
        self.post(f"/windows/{window}/{action}", {})

    def post(self, path: str, body: dict[str, object]) -> None:
        reply = self.hall.post(path, body, self.admin)
        assert reply.status in (200, 201), reply


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall)


def board(hall: Hall, id: str, *options: object, size: tuple[int, int] = SIZE, **env: str) -> Program:
    arguments = ("--server", hall.url, "--token", hall.token("board", id), "--board", id)
    size_option = ("--size", f"{size[0]}x{size[1]}")
    env = {"HALL_DATA": str(hall.folder / "terminal"), **env}
    return stage.start("display_board", *arguments, *size_option, *options, size=size, env=env)


def large(seen: list[Seen]) -> tuple[str, ...]:
    """The numbers in the large place, from the top."""
    found = [one for one in seen if TICKET.fullmatch(one.text) and one.box.height > LARGE]
    return tuple(one.text for one in sorted(found, key=lambda one: one.box.top))


class Watch:
    """Writes down what has the large place, turn after turn, while it waits."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._seen: list[tuple[str, ...]] = []

    def until(self, condition: Callable[[list[Seen]], bool], what: str) -> None:
        def look(now: list[Seen]) -> bool:
            self._seen.append(large(now))
            return condition(now)

        self._program.wait(look, what)

    def until_called(self, number: str) -> None:
        self.until(lambda seen: number in large(seen), f"{number} was not called")

    @property
    def turns(self) -> list[tuple[str, ...]]:
        return [turn for turn, _ in groupby(self._seen) if turn]


def is_stale(seen: list[Seen]) -> bool:
    return any("连接中断" in one.text for one in seen)


def said(log: Path) -> list[str]:
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
    return [line["what"] for line in lines]


def all_announced(hall: Hall, board_token: str) -> bool:
    """Whether the server knows all last calls as announced by a board."""
    line = Line(hall, "/board", board_token)
    try:
        return all(call["announced"] for call in line.wait_for("snapshot")["calls"])
    finally:
        line.close()


def test_calls_are_shown_and_said_in_order_once_and_none_is_lost_by_a_crash(
    floor: Floor, tmp_path: Path
) -> None:
    hall, log = floor.hall, tmp_path / "said"
    floor.staff(5, 6, 15)
    floor.queue(*[{"group": "general"}] * 4)
    floor.do(5, "next")
    with board(hall, "B01", "--sound", f"file:{log}") as hall_board:
        watch = Watch(hall_board)
        watch.until_called("A001")
        floor.do(6, "next")
        floor.do(15, "next")
        floor.do(15, "recall")
        floor.do(5, "finish")
        floor.do(5, "next")
        hall.kill()
        watch.until(is_stale, "it did not say that the picture is old")
        hall.launch()
        watch.until(lambda seen: not is_stale(seen), "it did not say that the picture is fresh again")
        watch.until_called("A004")
        assert watch.turns == [("A001",), ("A002", "A003"), ("A003",), ("A004",)]
        spoken = ["A001-5", "A002-6, A003-15", "again A003-15", "A004-5"]
        token = hall.token("board", "B01")
        until(lambda: all_announced(hall, token))
        assert said(log) == spoken
        assert hall_board.close() == 0
    with board(hall, "B01", "--sound", f"file:{log}") as again:
        watch = Watch(again)
        watch.until_called("A004")
        again.wait_for("A003")
        assert watch.turns == [("A004",)]
    assert said(log) == spoken, "what was announced is only shown by a board that starts anew"


def test_a_zone_board_shows_only_its_zone_and_a_notice(floor: Floor) -> None:
    floor.staff(5, 27)
    floor.queue({"group": "general"}, {"group": "issuing"})
    with board(floor.hall, "B02") as zone:
        zone.wait_for("东区")
        floor.do(27, "next")
        floor.do(5, "next")
        zone.wait(lambda seen: large(seen) == ("A001",), "A001 was not called")
        assert not {"B001", "27", "领取结果"} & set(zone.texts())
        notice = {"text": {"zh": "社保系统升级。", "en": "Upgrade."}, "zones": ["east"], "until": None}
        floor.post("/notices", notice)
        zone.wait_for("社保系统升级。")


def test_a_windows_own_display_follows_its_window(floor: Floor) -> None:
    with board(floor.hall, "W05", "--window", 5, size=(1280, 480)) as own:
        own.wait_for("本窗口未开放")
        floor.staff(5, 6)
        own.wait_for("请等候叫号")
        floor.queue({"group": "general"}, {"group": "general"})
        floor.do(6, "next")
        floor.do(5, "next")
        own.wait_for("A002")
        own.wait_for("请到本窗口办理")
        assert "A001" not in own.texts()
        floor.do(5, "finish")
        own.wait_for("请等候叫号")
        floor.do(5, "pause")
        own.wait_for("暂停服务")


def test_a_second_repetition_is_on_the_displays_of_the_zones_other_windows(
    floor: Floor, tmp_path: Path
) -> None:
    floor.staff(5, 6)
    floor.queue({"group": "general", "needs": ["deaf"]})
    log = tmp_path / "said"
    with (
        board(floor.hall, "W06", "--window", 6, size=(1280, 480)) as other,
        board(floor.hall, "B01", "--sound", f"file:{log}") as hall_board,
    ):
        other.wait_for("请等候叫号")
        hall_board.wait_for("请留意叫号")
        floor.do(5, "next")
        floor.do(5, "recall")
        floor.do(5, "recall")
        other.wait_for("请到 5 号窗口")
        assert other.find("A001").box.height > 0.25 * 480
        other.wait_for("请等候叫号")
        until(lambda: len(said(log)) == 3)
    spoken = [json.loads(line)["seconds"] for line in log.read_text("utf-8").splitlines()]
    assert spoken[2] > spoken[1] + 2, "the second repetition is said in English too"
    [search] = floor.hall.get("/help", floor.admin).json["help"]
    assert (search["kind"], search["asker"], search["zone"]) == ("search", "A001", "east")


def test_a_missed_number_is_shown_and_said_once(floor: Floor, tmp_path: Path) -> None:
    floor.staff(5)
    floor.queue({"group": "general"}, {"group": "general", "language": "en"})
    log = tmp_path / "said"
    with board(floor.hall, "B01", "--sound", f"file:{log}") as hall_board:
        hall_board.wait_for("请留意叫号")
        floor.do(5, "next")
        floor.do(5, "no-show")
        until(lambda: said(log) == ["A001-5", "missed A001"], 20)
        floor.do(5, "next")
        hall_board.wait_for("已过号：A001，")
        floor.do(5, "no-show")
        until(lambda: said(log)[2:] == ["A002-5", "missed A002"], 20)
        hall_board.wait(
            lambda seen: any("Missed: A001, A002" in one.text for one in seen), "they do not stand in a line"
        )


def test_without_a_sound_device_calls_are_shown_and_announced(floor: Floor, tmp_path: Path) -> None:
    floor.staff(5)
    floor.queue({"group": "general", "language": "en"})
    with board(floor.hall, "B01", PATH=str(tmp_path)) as silent:
        floor.do(5, "next")
        silent.wait(lambda seen: large(seen) == ("A001",), "A001 was not called")
        floor.do(5, "recall")
        silent.wait_for("再次呼叫")
        token = floor.hall.token("board", "B01")
        until(lambda: all_announced(floor.hall, token))
        assert silent.log().count("no sound device") == 1
        assert silent.close() == 0


def config(hall: Hall, *boards: str) -> None:
    """A hall whose config has these boards besides, before it is started."""
    text = hall.config.read_text("utf-8")
    hall.config.write_text("\n\n".join([text, *(f"[[boards]]\n{one}" for one in boards)]), "utf-8")


def digits_mm(picture: Path, seen: Seen, *, dark: bool, mm_per_pixel: float) -> float:
    """How high the digits of a text are on the screen, measured on its picture."""
    box = seen.box
    with Image.open(picture).convert("L") as image:
        part = image.crop((box.left, box.top, box.left + box.width, box.top + box.height))
        inked = part.point(
            lambda light: 255 if (light < 64) == dark and (dark or light > 200) else 0
        ).getbbox()
    assert inked
    return (inked[3] - inked[1]) * mm_per_pixel


def test_digits_are_as_high_as_the_configs_distance_asks_for(still_hall: Hall, tmp_path: Path) -> None:
    """On an upright screen, too, whose measures the config has the other way round."""
    wanted = {"D1": (SIZE, 6), "D2": (SIZE, 10), "D3": (UPRIGHT, 6), "D4": (UPRIGHT, 10)}
    measures = "screen = { width_mm = 1210, height_mm = 680 }"
    config(
        still_hall, *(f'id = "{id}"\ndistance_m = {metres}\n{measures}' for id, (_, metres) in wanted.items())
    )
    still_hall.start()
    floor, picture = Floor(still_hall), tmp_path / "board.png"
    floor.staff(5, 6, 8)
    floor.queue(*[{"group": "general"}] * 3)
    with ExitStack() as stand:
        boards = [
            (stand.enter_context(board(still_hall, id, "--sound", "none", size=size)), size, metres)
            for id, (size, metres) in wanted.items()
        ]
        for one, _, _ in boards:
            one.wait_for("请留意叫号")
        floor.do(5, "next")
        for one, _, _ in boards:
            one.wait(lambda seen: large(seen) == ("A001",), "A001 was not called")
        floor.do(6, "next")
        floor.do(8, "next")
        for one, size, metres in boards:
            one.wait(lambda seen: len(large(seen)) > 1, "two calls did not come together")
            called = one.find("A002")
            smaller = [text for text in one.look() if text.text == "A001" and text.box.height <= LARGE]
            recent = max(smaller, key=lambda text: text.box.height)
            one.shot(picture)
            assert "can't be read" not in one.log()
            mm_per_pixel = 1210 / max(size)
            assert digits_mm(picture, called, dark=True, mm_per_pixel=mm_per_pixel) >= capital_mm(metres)
            nearer = capital_mm(metres * NEARER, overhead=False)
            assert digits_mm(picture, recent, dark=False, mm_per_pixel=mm_per_pixel) >= nearer


def test_on_an_upright_board_all_parts_stand_within_the_screen_and_none_in_a_calls_way(floor: Floor) -> None:
    floor.staff(5, 6)
    floor.queue(*[{"group": "general"}] * 2)
    with board(floor.hall, "B01", "--sound", "none", size=UPRIGHT) as upright:
        floor.do(5, "next")
        floor.do(6, "next")
        upright.wait(lambda seen: sorted(large(seen)) == ["A001", "A002"], "two calls did not come together")
        called = upright.find("A002")
        floor.do(5, "recall")
        upright.wait_for("Please go to window 5")
        seen = upright.look()
    big = next(one for one in seen if one.text == "A001" and one.box.height > LARGE)
    foot = max(big.box.top + big.box.height, called.box.top + called.box.height)
    others = [one.box for one in seen if one.text in ("38", "E", "常用材料") or one.text.endswith("分钟")]
    assert len(others) > 2
    assert all(foot <= box.top and box.top + box.height <= UPRIGHT[1] for box in others)


def test_a_windows_own_display_may_stand_upright(still_hall: Hall) -> None:
    config(still_hall, 'id = "W5"\nwindow = 5\nscreen = { width_mm = 270, height_mm = 480 }\ndistance_m = 5')
    still_hall.start()
    floor = Floor(still_hall)
    floor.staff(5)
    floor.queue({"group": "general"})
    with board(still_hall, "W5", "--sound", "none", size=UPRIGHT) as own:
        own.wait_for("请等候叫号")
        floor.do(5, "next")
        own.wait_for("请到本窗口办理")
        number, plate = own.find("A001"), own.find("5")
        assert number.box.top >= plate.box.top + plate.box.height, "the call stands below the plate"
        assert "can't be read" not in own.log()


def colour_in_the_large_place(program: Program, shot: Path, down: float = 0.2) -> tuple[int, int, int]:
    """What its middle shows, this share of the screen's height from above."""
    program.shot(shot)
    with Image.open(shot).convert("RGB") as image:
        red, green, blue = image.getpixel((SIZE[0] // 4, round(SIZE[1] * down)))
    return red, green, blue


def is_dark_at_the_foot(program: Program, shot: Path) -> bool:
    """Whether nothing stands in the last rows of the screen: text drawn over an edge is in no box."""
    program.shot(shot)
    with Image.open(shot).convert("L") as image:
        return int(image.crop((0, SIZE[1] - 10, *SIZE)).getextrema()[1]) < 100


def test_a_new_config_changes_what_a_board_shows_but_no_call(still_hall: Hall, tmp_path: Path) -> None:
    """Parts that are gone leave nothing behind; another zone takes its own calls alone."""
    config(still_hall, 'id = "P1"')
    still_hall.start()
    floor = Floor(still_hall)
    floor.staff(5, 27)
    floor.queue({"group": "general"}, {"group": "issuing"}, {"group": "general"})
    floor.post("/notices", {"text": {"zh": "社保系统升级。", "en": "Upgrade."}, "zones": [], "until": None})

    def reload(before: str, after: str) -> None:
        still_hall.config.write_text(still_hall.config.read_text("utf-8").replace(before, after), "utf-8")
        assert still_hall.command("reload").returncode == 0

    with board(still_hall, "P1", "--sound", "none") as changed:
        changed.wait_for("社保系统升级。")
        floor.do(27, "next")
        changed.wait(lambda seen: large(seen) == ("B001",), "B001 was not called")
        floor.do(5, "next")
        changed.wait(lambda seen: large(seen) == ("A001",), "A001 was not called")
        watch = Watch(changed)
        reload('id = "P1"', 'id = "P1"\nzone = "east"\nparts = ["recent", "windows"]')
        watch.until(
            lambda seen: not any(stage.best(seen, gone) for gone in ("综合受理", "B001", "38")),
            "what is gone from the config stayed",
        )
        assert watch.turns == [("A001",)]
        until(lambda: is_dark_at_the_foot(changed, tmp_path / "shot.png"))
        reload('zone = "east"\nparts = ["recent", "windows"]', 'parts = ["recent", "lines", "waits"]')
        changed.wait_for("社保系统升级。")
        changed.wait_for("综合受理")
        floor.do(5, "finish")
        floor.do(5, "next")
        watch.until_called("A002")
        assert watch.turns == [("A001",), ("A002",)]


def test_pictures_fill_the_time_between_calls_and_hide_none(still_hall: Hall, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    photo = Image.new("RGB", (1600, 900), (0, 0, 200))
    photo.paste((0, 200, 0), (0, 0, 1600, 600))
    photo.save(folder / "2.jpg")
    (folder / "1.png").write_text("no picture")
    config(still_hall, f'id = "P1"\npictures = "{folder}"\nbrightness = [["00:00", "23:59", 50]]')
    still_hall.start()
    floor = Floor(still_hall)
    floor.staff(5)
    floor.queue({"group": "general"}, {"group": "general"})

    def lit(program: Program, down: float = 0.2) -> tuple[int, int, int]:
        return colour_in_the_large_place(program, tmp_path / "shot.png", down)

    with board(still_hall, "P1", "--sound", "none") as pictured:
        pictured.wait_for("常用材料")
        until(lambda: lit(pictured)[1] > lit(pictured)[0] + 60, 30)
        assert lit(pictured)[1] <= 110, "dimmed by half"
        assert lit(pictured, 0.48)[2] > 60, "blue is below: the picture stands upright"
        floor.do(5, "next")
        pictured.wait(lambda seen: large(seen) == ("A001",), "A001 was not called")
        assert lit(pictured)[0] > lit(pictured)[1] > lit(pictured)[2], "amber has the place"


def test_a_film_runs_between_calls_and_hides_none(still_hall: Hall, tmp_path: Path) -> None:
    folder, shot = tmp_path / "films", tmp_path / "shot.png"
    folder.mkdir()
    a_film(folder / "hall.mp4", ([(250, 0, 0)] * 10 + [(0, 250, 0)] * 10) * 30)
    config(still_hall, f'id = "F1"\npictures = "{folder}"')
    still_hall.start()
    floor = Floor(still_hall)
    floor.staff(5)
    floor.queue({"group": "general"})
    with board(still_hall, "F1", "--sound", "none") as filmed:
        filmed.wait_for("常用材料")
        # The film's lower half; every half second it has another colour.
        for colour in (0, 1, 0):
            until(lambda colour=colour: colour_in_the_large_place(filmed, shot, 0.48)[colour] > 200, 30)
        floor.do(5, "next")
        filmed.wait(lambda seen: large(seen) == ("A001",), "A001 was not called")
        red, green, blue = colour_in_the_large_place(filmed, shot)
        assert red > green > blue, "amber has the place"


def test_a_ground_has_one_colour_from_edge_to_edge(still_hall: Hall, tmp_path: Path) -> None:
    still_hall.start()
    with board(still_hall, "B01", "--sound", "none") as hall_board:
        hall_board.wait_for("常用材料")
        hall_board.shot(tmp_path / "shot.png")
    with Image.open(tmp_path / "shot.png").convert("RGB") as image:
        header = {image.getpixel((SIZE[0] * 6 // 10, down)) for down in (2, 10, 30, 50, 60)}
    assert len(header) == 1
