"""A film that fills its place, without its sound: the loudspeakers belong to the calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ffpyplayer.player import MediaPlayer

from queue_server.hall.model import Seconds

Size = tuple[int, int]

PATIENCE = Seconds(5.0)
"""A file that gives no picture in so long is none."""

_SILENT = {"an": True, "sn": True, "out_fmt": "rgb24", "framedrop": True}


class Film:
    """Read ahead and fitted on threads of the player's own; nothing here waits but `close`.

    `clock` gives seconds and never goes back.
    """

    def __init__(self, file: Path, size: Size, clock: Callable[[], float]) -> None:
        """`size` in pixels; what doesn't fit its shape is cut off at the edges."""
        self.file, self.size = file, size
        width, height = size
        fitted = f"scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height},vflip"
        self._player = MediaPlayer(str(file), ff_opts={**_SILENT, "vf": [fitted]}, loglevel="quiet")
        self._clock, self._since = clock, clock()
        self._next: tuple[float, bytes] | None = None
        self.frames = 0
        """So many have been shown."""
        self.is_over = False

    @property
    def is_bad(self) -> bool:
        """It ended, or time passed, and there never was a picture."""
        return self.is_over and self.frames == 0

    def frame(self) -> bytes | None:
        """The picture that is due now, row by row from the bottom; None while the one before stays."""
        if self._next is None and not self.is_over:
            self._read()
        if self._next is None or self._clock() < self._next[0]:
            return None
        rgb, self._next = self._next[1], None
        self.frames += 1
        return rgb

    def close(self) -> None:
        """Waits until the player's threads have ended."""
        self._player.close_player()

    def _read(self) -> None:
        frame, wait = self._player.get_frame()
        if frame:
            self._next = self._clock() + wait, bytes(frame[0].to_bytearray()[0])
        elif wait == "eof":
            self.is_over = True
        elif self.frames == 0:
            self.is_over = self._clock() > self._since + PATIENCE
