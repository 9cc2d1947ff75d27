"""Short tones of our own: done is one high tone, refused is two low ones."""

from __future__ import annotations

import io
import wave
from enum import StrEnum
from functools import cache

import numpy as np

RATE = 22050
FADE_SECONDS = 0.01
LOUDNESS = 0.5


class Signal(StrEnum):
    """What a person at a key pad must be able to tell apart without looking."""

    DONE = "done"
    REFUSED = "refused"


Beat = tuple[float, int]
"""Seconds, and the tone's pitch in hertz (0: silence, a dark lamp)."""

BEATS: dict[Signal, tuple[Beat, ...]] = {
    Signal.DONE: ((0.15, 1320),),
    Signal.REFUSED: ((0.15, 330), (0.1, 0), (0.15, 330)),
}
"""Lamps and beepers of pads follow the same beats."""


@cache
def tone(signal: Signal) -> bytes:
    """The signal as a WAV."""
    samples = np.concatenate([_beat(seconds, hertz) for seconds, hertz in BEATS[signal]])
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    return out.getvalue()


def _beat(seconds: float, hertz: int) -> np.ndarray:
    """A sine that fades in and out, so that it doesn't click."""
    time = np.arange(int(seconds * RATE)) / RATE
    fade = np.clip(np.minimum(time, seconds - time) / FADE_SECONDS, 0, 1)
    return LOUDNESS * fade * np.sin(2 * np.pi * hertz * time)
