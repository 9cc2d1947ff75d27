"""Takes the pictures of docs/boards.md from the real program, in a hall with some people in it.

Run it from the project's folder: `PYTHONPATH=. .venv/bin/python docs/take_board_pictures.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from assets import theme
from docs.take_pictures import CONSOLE, PICTURES, call_to_console, people, slim
from tests import stage
from tests.conftest import Hall, lay_out

WIDE, UPRIGHT, OWN = (1280, 720), (720, 1280), (1280, 480)

BOARDS = """
[[boards]]
id = "P1"
zone = "east"

[[boards]]
id = "P2"
zone = "east"
pictures = "pictures"

[[boards]]
id = "P3"
brightness = [["00:00", "12:00", 40], ["12:00", "24:00", 40]]

[[boards]]
id = "P4"
parts = ["recent"]

[[boards]]
id = "P5"
window = 5

[[boards]]
id = "P6"
window = 6
"""

Look = Callable[[stage.Program], object]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="board-pictures-") as folder:
        hall = lay_out(Path(folder))
        hall.config.write_text(hall.config.read_text("utf-8") + BOARDS, "utf-8")
        _poster(hall.folder / "pictures" / "1.png")
        hall.start()
        try:
            take(hall, people(hall))
        finally:
            hall.stop()


def take(hall: Hall, admin: str) -> None:
    """One board after another, as people would come upon them."""

    def seen(text: str) -> Look:
        return lambda board: board.find(text)

    def called(number: str) -> Look:
        call_to_console(hall, admin, number)
        return lambda board: _until_large(board, number)

    _shot(hall, "P2", "board-between", WIDE, lambda board: (_patient(board, "请留意叫号"),))
    _shot(hall, "P1", "board-zone", WIDE, called("A016"))
    _shot(hall, "P5", "board-window", OWN, seen("A016"))
    again = f"/windows/{CONSOLE}/recall"
    for _ in range(2):
        hall.post(again, {}, admin)
    _shot(hall, "P6", "board-elsewhere", OWN, seen(f"请到 {CONSOLE} 号窗口"))
    hall.post(f"/windows/{CONSOLE}/no-show", {}, admin)
    _shot(hall, "P1", "board-missed", WIDE, lambda board: _patient(board, "已过号"))
    _shot(hall, "P3", "board-night", WIDE, called("A018"))
    _shot(hall, "P4", "board-calls", WIDE, called("A020"))
    _shot(hall, "B01", "board-upright", UPRIGHT, lambda board: _until_large(board, "A020"))


def _shot(hall: Hall, id: str, name: str, size: tuple[int, int], look: Look) -> None:
    env = {
        "HALL_TOKEN": hall.token("board", id),
        "HALL_DATA": str(hall.data),
        "HALL_CONFIG": str(hall.config),
    }
    options = ("--server", hall.url, "--board", id, "--sound", "none", "--size", f"{size[0]}x{size[1]}")
    with stage.start("display_board", *options, size=size, env=env) as board:
        look(board)
        file = PICTURES / f"{name}.png"
        board.shot(file)
    slim(file)


def _patient(board: stage.Program, text: str) -> stage.Seen:
    """Some things have their turn only after a while."""
    try:
        return board.find(text)
    except AssertionError:
        return board.find(text)


def _until_large(board: stage.Program, number: str) -> stage.Seen:
    def is_large(seen: list[stage.Seen]) -> stage.Seen | None:
        return next((one for one in seen if one.text == number and one.box.height > 144), None)

    try:
        board.wait(is_large, f"{number} did not come")
    except AssertionError:
        board.wait(is_large, f"{number} did not come")
    return board.find(number)


def _poster(file: Path) -> None:
    """What a hall may show between calls."""
    file.parent.mkdir()
    image = Image.new("RGB", (1600, 720), theme.COLOURS["blue"])
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 560, 1600, 720), fill=theme.COLOURS["blue-ink"])
    for place, size, words in ((230, 110, "进一扇门，办所有事"), (420, 52, "One door for every matter")):
        font = ImageFont.truetype(str(theme.FONT_BOLD), size, index=2)
        pen.text((800, place), words, font=font, fill=theme.COLOURS["paper"], anchor="mm")
    image.save(file)


if __name__ == "__main__":
    main()
