"""The hall's own pictures and films for the time between calls, from a folder of the board's machine.

Photos are large and a screen must not stand still for one: each is fitted to its place on a thread
of the gallery's own, and films are opened and closed there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from display_board.film import Film, Size

log = logging.getLogger(__name__)

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
FILMS = frozenset({".mp4", ".m4v", ".mkv", ".mov", ".webm"})


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that fills its place: `rgb` row by row from the bottom, as graphics cards want it.

    `frame` counts the pictures of a film.
    """

    file: Path
    size: Size
    rgb: bytes
    frame: int = 0


class Gallery:
    """Hands out one picture after another; files may come and go while the board runs.

    A film keeps the place until its end. `clock` gives seconds and never goes back.
    """

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self.folder, self._clock = folder, clock
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="gallery")
        self._asked: tuple[int, Size] | None = None
        self._job: Future[Photo | Film | None] | None = None
        self._shown: Photo | None = None
        self._refused: set[Path] = set()

    def photo(self, number: int, size: Size) -> Photo | None:
        """The picture whose turn it is, counted on for ever; the one before until it is ready.

        None while there is none. Never waits.
        """
        film = self.film
        if film and (film.is_over or film.size != size):
            self._let_go(film)
        elif film:
            self._roll(film)
            return self._shown
        if (number, size) != self._asked and (self._job is None or self._job.done()):
            self._asked = (number, size)
            self._job = self._worker.submit(self._make, number, size)
        made = self._made
        if self.is_ready and not isinstance(made, Film):
            self._shown = made
        return self._shown

    @property
    def film(self) -> Film | None:
        """The film that has the place."""
        return self._made if isinstance(self._made, Film) else None

    @property
    def is_ready(self) -> bool:
        """Whether what was asked for last is there, or is known not to be."""
        return self._job is not None and self._job.done()

    def put_away(self) -> None:
        """Somebody is called: a film begins anew at its next turn."""
        if self.film:
            self._let_go(self.film)

    def close(self) -> None:
        self.put_away()
        self._worker.shutdown(wait=False)

    @property
    def _made(self) -> Photo | Film | None:
        return self._job.result() if self._job and self._job.done() else None

    def _roll(self, film: Film) -> None:
        rgb = film.frame()
        if rgb is not None:
            self._shown = Photo(film.file, film.size, rgb, film.frames)

    def _let_go(self, film: Film) -> None:
        if film.is_bad:
            self._refuse(film.file, "no picture in it")
        self._asked = self._job = None
        self._worker.submit(film.close)

    def _refuse(self, file: Path, why: object) -> None:
        self._refused.add(file)
        log.warning("a picture is left out: %s: %s", file, why)

    def _make(self, number: int, size: Size) -> Photo | Film | None:
        """On the worker: the picture at its place in the folder, or the next one that can be read."""
        files = self._files()
        for step in range(len(files)):
            file = files[(number + step) % len(files)]
            if file.suffix.lower() in FILMS:
                return Film(file, size, self._clock)
            try:
                return fitted(file, size)
            except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError) as trouble:
                self._refuse(file, trouble)
        return None

    def _files(self) -> list[Path]:
        try:
            found = sorted(file for file in self.folder.iterdir() if file.suffix.lower() in PICTURES | FILMS)
        except OSError as trouble:
            if self.folder not in self._refused:
                self._refused.add(self.folder)
                log.warning("no pictures between calls: %s", trouble)
            return []
        return [file for file in found if file not in self._refused]


def fitted(file: Path, size: Size) -> Photo:
    """A picture that fills `size` pixels, its middle kept; turned as its camera says.

    :raises OSError, ValueError: when it can't be read.
    """
    with Image.open(file) as image:
        image.draft("RGB", size)
        upright = ImageOps.exif_transpose(image).convert("RGB")
    filled = ImageOps.fit(upright, size, Image.Resampling.LANCZOS)
    return Photo(file, size, ImageOps.flip(filled).tobytes())
