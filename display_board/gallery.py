"""The hall's own pictures for the time between calls, from a folder of the board's machine.

Photos are large and a screen must not stand still for one: each is fitted to its place on a thread
of the gallery's own.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from assets import theme

log = logging.getLogger(__name__)

KINDS = frozenset({".jpg", ".jpeg", ".png", ".webp"})
CORNER_SHARE = 0.06
"""Of a picture's height: as round as the large place itself."""
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that fills its place: `rgb` row by row from the bottom, as graphics cards want it."""

    file: Path
    size: Size
    rgb: bytes


class Gallery:
    """Hands out one picture after another; files may come and go while the board runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="gallery")
        self._asked: tuple[int, Size] | None = None
        self._job: Future[Photo | None] | None = None
        self._shown: Photo | None = None
        self._refused: set[Path] = set()

    def photo(self, number: int, size: Size) -> Photo | None:
        """The picture whose turn it is, counted on for ever; the one before until it is ready.

        None while there is none. Never waits.
        """
        if (number, size) != self._asked and (self._job is None or self._job.done()):
            self._asked = (number, size)
            self._job = self._worker.submit(self._make, number, size)
        if self._job and self._job.done():
            self._shown = self._job.result()
        return self._shown

    @property
    def is_ready(self) -> bool:
        """Whether what was asked for last is there, or is known not to be."""
        return self._job is not None and self._job.done()

    def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _make(self, number: int, size: Size) -> Photo | None:
        """On the worker: the picture at its place in the folder, or the next one that can be read."""
        files = self._files()
        for step in range(len(files)):
            file = files[(number + step) % len(files)]
            try:
                return fitted(file, size)
            except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError) as trouble:
                self._refused.add(file)
                log.warning("a picture is left out: %s: %s", file, trouble)
        return None

    def _files(self) -> list[Path]:
        try:
            found = sorted(file for file in self.folder.iterdir() if file.suffix.lower() in KINDS)
        except OSError as trouble:
            if self.folder not in self._refused:
                self._refused.add(self.folder)
                log.warning("no pictures between calls: %s", trouble)
            return []
        return [file for file in found if file not in self._refused]


def fitted(file: Path, size: Size) -> Photo:
    """A picture that fills `size` pixels, its middle kept, its upper corners round; turned as its
    camera says.

    :raises OSError, ValueError: when it can't be read.
    """
    with Image.open(file) as image:
        image.draft("RGB", size)
        upright = ImageOps.exif_transpose(image).convert("RGB")
    filled = ImageOps.fit(upright, size, Image.Resampling.LANCZOS)
    shape = Image.new("L", size)
    corner = size[1] * CORNER_SHARE
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, size[0], size[1] + corner), corner, fill=255)
    shaped = Image.composite(filled, Image.new("RGB", size, theme.COLOURS["night"]), shape)
    return Photo(file, size, ImageOps.flip(shaped).tobytes())
