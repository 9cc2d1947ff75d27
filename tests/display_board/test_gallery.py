"""The hall's own pictures: whole, upright, one after another, and nothing stops for a bad one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PIL import Image

from display_board.gallery import Gallery, Photo, fitted
from tests.conftest import until

SIZE = (120, 60)


def a_picture(file: Path, colour: tuple[int, int, int], size: tuple[int, int] = (400, 200)) -> Path:
    Image.new("RGB", size, colour).save(file)
    return file


@pytest.fixture
def gallery(tmp_path: Path):
    made = Gallery(tmp_path, time.monotonic)
    yield made
    made.close()


def shown(gallery: Gallery, number: int) -> str:
    """The file whose turn it is, once it is ready."""
    wanted: Photo = until(
        lambda: (gallery.photo(number, SIZE), gallery.is_ready)[1] and gallery.photo(number, SIZE)
    )
    return wanted.file.name


def test_they_take_turns_in_the_order_of_their_names(gallery: Gallery, tmp_path: Path) -> None:
    for name in ("b.png", "a.jpg", "c.webp"):
        a_picture(tmp_path / name, (0, 200, 0))
    (tmp_path / "notes.txt").write_text("no picture")
    assert [shown(gallery, number) for number in range(4)] == ["a.jpg", "b.png", "c.webp", "a.jpg"]
    (tmp_path / "b.png").unlink()
    assert [shown(gallery, number) for number in (4, 5)] == ["a.jpg", "c.webp"]


def test_a_bad_picture_is_told_once_and_left_out(gallery: Gallery, tmp_path: Path, caplog) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8 cut off")
    a_picture(tmp_path / "b.png", (0, 200, 0))
    assert {shown(gallery, number) for number in range(4)} == {"b.png"}
    assert len([line for line in caplog.messages if "a.jpg" in line]) == 1


def test_without_a_folder_there_is_nothing_and_it_is_told_once(tmp_path: Path, caplog) -> None:
    gallery = Gallery(tmp_path / "none", time.monotonic)
    for number in range(3):
        until(lambda number=number: (gallery.photo(number, SIZE), gallery.is_ready)[1])
        assert gallery.photo(number, SIZE) is None
    gallery.close()
    assert len(caplog.messages) == 1


def test_a_picture_fills_its_place_upright_as_its_camera_held_it(tmp_path: Path) -> None:
    lying = Image.new("RGB", (200, 400), (0, 0, 200))
    lying.paste((0, 200, 0), (100, 0, 200, 400))
    exif = Image.Exif()
    exif[0x0112] = 8  # the camera was turned: what is right in the file is on top
    lying.save(tmp_path / "turned.png", exif=exif)
    photo = fitted(tmp_path / "turned.png", SIZE)
    assert photo.size == SIZE and len(photo.rgb) == SIZE[0] * SIZE[1] * 3
    middle = SIZE[0] // 2 * 3
    rows = [
        photo.rgb[row * SIZE[0] * 3 + middle : row * SIZE[0] * 3 + middle + 3] for row in (5, SIZE[1] - 6)
    ]
    assert rows == [bytes((0, 0, 200)), bytes((0, 200, 0))], "from the bottom up: blue below, green above"
