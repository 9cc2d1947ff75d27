"""The hall's own films: they keep their place to the end, in silence, and a call ends them at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from ffpyplayer.pic import Image as Frame
from ffpyplayer.writer import MediaWriter
from PIL import Image

from display_board.gallery import Gallery, Photo
from tests.conftest import until

SIZE = (120, 60)
RED, GREEN = (250, 0, 0), (0, 250, 0)
Colour = tuple[int, int, int]


def a_film(file: Path, colours: list[Colour], size: tuple[int, int] = (320, 240), rate: int = 20) -> Path:
    """A frame of each colour, the upper half of it black."""
    shape = {"width_in": size[0], "height_in": size[1], "frame_rate": (rate, 1)}
    writer = MediaWriter(
        str(file), [{"pix_fmt_in": "rgb24", "pix_fmt_out": "yuv420p", "codec": "mpeg4", **shape}]
    )
    half = size[0] * size[1] // 2
    for number, colour in enumerate(colours):
        picture = bytes(3 * half) + bytes(colour) * half
        frame = Frame(plane_buffers=[picture], pix_fmt="rgb24", size=size)
        writer.write_frame(img=frame, pts=number / rate, stream=0)
    writer.close()
    return file


@pytest.fixture
def gallery(tmp_path: Path):
    made = Gallery(tmp_path, time.monotonic)
    yield made
    made.close()


def colour_at(photo: Photo, row: int) -> Colour:
    """Of the pixel in the middle of a row, counted from below, as pure as it was before it was pressed."""
    at = (row * photo.size[0] + photo.size[0] // 2) * 3
    red, green, blue = (250 if one > 200 else 0 if one < 50 else one for one in photo.rgb[at : at + 3])
    return red, green, blue


def test_a_film_fills_its_place_upright_and_runs_to_its_end(gallery: Gallery, tmp_path: Path) -> None:
    a_film(tmp_path / "a.mp4", [RED] * 3 + [GREEN] * 3)
    Image.new("RGB", (40, 20), (0, 0, 250)).save(tmp_path / "b.png")
    seen: dict[int, Photo] = {}

    def over() -> bool:
        # The next turn has come: it keeps its place all the same.
        photo = gallery.photo(1 if seen else 0, SIZE)
        if photo and photo.frame:
            seen[photo.frame] = photo
        return photo is not None and photo.frame == 0

    until(over)
    assert list(seen) == [1, 2, 3, 4, 5, 6], "each picture once, in its order"
    assert [colour_at(seen[frame], 5) for frame in (1, 6)] == [RED, GREEN], "the lower half is below"
    assert colour_at(seen[1], SIZE[1] - 6) == (0, 0, 0)
    assert all(len(photo.rgb) == SIZE[0] * SIZE[1] * 3 for photo in seen.values())


def test_a_call_ends_it_and_it_begins_anew(gallery: Gallery, tmp_path: Path) -> None:
    a_film(tmp_path / "a.webm.mkv", [RED, GREEN] * 200)
    until(lambda: (photo := gallery.photo(0, SIZE)) and photo.frame > 2)
    gallery.put_away()
    assert gallery.film is None
    until(lambda: (photo := gallery.photo(1, SIZE)) and photo.frame == 1)


def test_what_is_no_film_is_told_once_and_left_out(gallery: Gallery, tmp_path: Path, caplog) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no film at all" * 100)
    Image.new("RGB", (40, 20), GREEN).save(tmp_path / "b.png")
    until(lambda: (photo := gallery.photo(0, SIZE)) and photo.file.name == "b.png")
    assert len([line for line in caplog.messages if "a.mp4" in line]) == 1
