"""The board's voice: one sentence at a time, on a thread of its own, so that the screen never waits."""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from display_board.clips import Clips, Manner, Samples, joined
from display_board.speech import Phrase, Piece
from hardware.device import Detail, Health, Kind, Report
from hardware.sound import Sound, seconds

log = logging.getLogger(__name__)

CHIME = Path(__file__).parents[1] / "assets" / "sounds" / "chime.wav"

LEAD_SECONDS = 0.15
"""Silence before the chime and after the last word: some amplifiers swallow the first moment."""
TAIL_SECONDS = 0.2
AFTER_CHIME_SECONDS = 0.1
FOLLOWS_SECONDS = 1.0
"""A sentence that comes so soon after another needs no chime: everybody listens still."""
GRACE_SECONDS = 5.0
"""A sound device may take so much longer than the sentence lasts."""
STOP_SECONDS = 2.0


class Voice:
    """Says what it is given, in order. A broken engine or loudspeaker never stops it."""

    def __init__(self, sound: Sound, clips: Clips, chime: Path = CHIME) -> None:
        self._sound, self._clips = sound, clips
        self._chime = Samples.of(chime)
        self._silent_since = -math.inf
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    def prepare(self, phrases: set[Phrase], manner: Manner) -> None:
        """Render what will be needed, before it is needed."""
        self._jobs.put(lambda: self._clips.prepare(phrases, manner))

    def say(
        self,
        what: str,
        pieces: Sequence[Piece],
        manner: Manner,
        done: Callable[[], None],
        *,
        before: float = math.inf,
    ) -> None:
        """Chime and say a sentence; then `done` is called on the voice's thread, heard or not.

        `what` tells a person what is said, where sounds are written down. What could not begin
        `before` that time of `time.monotonic` is dropped: its moment has passed.
        """

        def job() -> None:
            try:
                self._say(what, pieces, manner, before)
            finally:
                done()

        self._jobs.put(job)

    def health(self) -> list[Report]:
        """The loudspeaker, and the synthetic voice that speaks through it."""
        if self._clips.broken:
            speech = Report("voice", Kind.SOUND, Health.FAULT, Detail.NO_SPEECH)
        else:
            speech = Report("voice", Kind.SOUND, Health.OK)
        return [self._sound.health(), speech]

    def stop(self) -> None:
        """Fall silent and end; what was not said yet is dropped."""
        self._jobs.put(None)
        self._sound.stop()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while job := self._jobs.get():
            try:
                job()
            except Exception:
                log.exception("the voice failed, and goes on with the next call")

    def _say(self, what: str, pieces: Sequence[Piece], manner: Manner, before: float) -> None:
        words = self._clips.sentence(pieces, manner)
        now = time.monotonic()
        if now >= before:
            log.warning("%s was not said: too late", what)
            return
        follows = words is not None and now - self._silent_since < FOLLOWS_SECONDS
        wav = announcement(words or [], None if follows else self._chime)
        said = what if words else "chime"
        self._sound.play(wav, manner.volume, limit=seconds(wav) + GRACE_SECONDS, what=said)
        self._silent_since = time.monotonic()


def announcement(words: Sequence[Samples | float], chime: Samples | None) -> bytes:
    """A sentence's sounds as one WAV, after a chime where there is one."""
    begin: list[Samples | float] = [chime, AFTER_CHIME_SECONDS] if chime else []
    return joined([LEAD_SECONDS, *begin, *words, TAIL_SECONDS])
