"""Phrases as sound: the hall's own recordings first, else clips of the synthetic voice, kept on disk.

A sentence is joined from its clips into one WAV, so that nothing is cut off between them.
"""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import time
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assets.recordings import VOICES
from display_board.speech import Phrase, Piece

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[1]

RENDER_SECONDS = 20.0
"""The synthetic voice may take so long for all that is missing (some 15 ms a clip)."""
REST_SECONDS = 300.0
"""A synthetic voice that failed is left alone for so long, so that calls don't wait for it."""
BETWEEN_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class Manner:
    """How the config wants calls to sound. `clips` names a folder of `assets/voices`, or is empty."""

    volume: int = 80
    rate: int = 190
    clips: str = ""


@dataclass(frozen=True, slots=True)
class Samples:
    """One channel of 16-bit sound."""

    rate: int
    data: npt.NDArray[np.int16]

    @classmethod
    def of(cls, wav: Path) -> Samples:
        """A WAV's sound; of several channels the mean.

        :raises ValueError: when it is no 16-bit WAV; OSError when it can't be read.
        """
        try:
            with wave.open(str(wav)) as sound:
                form, frames = sound.getparams(), sound.readframes(sound.getnframes())
        except (EOFError, wave.Error) as trouble:
            raise ValueError(f"{wav} is no WAV: {trouble}") from trouble
        if form.sampwidth != 2 or not frames:
            raise ValueError(f"{wav} has no 16-bit samples")
        channels = np.frombuffer(frames, "<i2").reshape(-1, form.nchannels)
        return cls(form.framerate, channels.mean(axis=1).astype(np.int16))

    def at(self, rate: int) -> npt.NDArray[np.int16]:
        """The same sound at another sample rate."""
        if rate == self.rate:
            return self.data
        wanted = np.arange(round(len(self.data) * rate / self.rate)) * (self.rate / rate)
        return np.asarray(np.interp(wanted, np.arange(len(self.data)), self.data), np.int16)


class Clips:
    """The phrases' sounds. `cache` holds what was rendered; it may be deleted at any time.

    Used by one thread.
    """

    def __init__(self, cache: Path, voices: Path = VOICES, *, render_seconds: float = RENDER_SECONDS) -> None:
        self._cache, self._voices, self._render_seconds = cache, voices, render_seconds
        self._rest_until = 0.0
        self._refused: set[Path] = set()
        self.broken = False
        """Whether the synthetic voice failed when it was last needed."""

    def sentence(self, pieces: Sequence[Piece], manner: Manner) -> list[Samples | float] | None:
        """The sounds and silences of a sentence; None when one of its phrases has no sound.

        A call with a gap could send a citizen to a wrong window: it is said whole, or not at all.
        """
        phrases = {piece for piece in pieces if isinstance(piece, Phrase)}
        self.prepare(phrases, manner)
        sounds = {phrase: self._find(phrase, manner) for phrase in phrases}
        said: list[Samples | float] = []
        for piece in pieces:
            sound = piece if isinstance(piece, float) else sounds[piece]
            if sound is None:
                return None
            said += [sound, BETWEEN_SECONDS]
        return said

    def prepare(self, phrases: Iterable[Phrase], manner: Manner) -> None:
        """Render all that neither the hall's recordings nor the cache hold, in one go."""
        missing = [phrase for phrase in phrases if self._find(phrase, manner) is None]
        if missing and time.monotonic() >= self._rest_until:
            self._render(missing, manner.rate)

    def _find(self, phrase: Phrase, manner: Manner) -> Samples | None:
        own = self._voices / manner.clips / phrase.language / f"{phrase.words}.wav"
        if manner.clips and own not in self._refused:
            sound = self._read(own)
            if sound:
                return sound
        return self._read(self._file(phrase, manner.rate))

    def _read(self, file: Path) -> Samples | None:
        try:
            return Samples.of(file)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as trouble:
            if file not in self._refused:
                self._refused.add(file)
                log.warning("a clip is left out: %s", trouble)
            return None

    def _file(self, phrase: Phrase, rate: int) -> Path:
        return self._cache / f"{rate}-{phrase.language}-{phrase.words}.wav"

    def _render(self, phrases: Sequence[Phrase], rate: int) -> None:
        jobs = [
            {"rate": rate, "language": one.language, "words": one.words, "file": str(self._file(one, rate))}
            for one in phrases
        ]
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            subprocess.run(
                [sys.executable, "-m", "hardware.render"],
                input="".join(f"{json.dumps(job)}\n" for job in jobs),
                text=True,
                cwd=ROOT,
                capture_output=True,
                timeout=self._render_seconds,
                check=True,
            )
            trouble = ""
        except subprocess.CalledProcessError as error:
            trouble = (error.stderr.strip().splitlines() or [f"exit code {error.returncode}"])[-1]
        except (OSError, subprocess.TimeoutExpired) as error:
            trouble = str(error)
        self._note(trouble)

    def _note(self, trouble: str) -> None:
        self._rest_until = time.monotonic() + REST_SECONDS if trouble else 0.0
        if trouble and not self.broken:
            log.warning("the synthetic voice does not work; calls are shown, and chimed: %s", trouble)
        self.broken = bool(trouble)


def joined(sounds: Sequence[Samples | float]) -> bytes:
    """One WAV of sounds and silences, at the highest of their sample rates."""
    rate = max((sound.rate for sound in sounds if isinstance(sound, Samples)), default=22050)
    parts = [
        np.zeros(round(sound * rate), np.int16) if isinstance(sound, float) else sound.at(rate)
        for sound in sounds
    ]
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(np.concatenate(parts).astype("<i2").tobytes())
    return out.getvalue()
