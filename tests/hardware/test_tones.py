"""The two tones: what an ear must be able to tell apart."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from hardware.sound import seconds
from hardware.tones import BEATS, Signal, tone


def samples(signal: Signal) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(tone(signal))) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2"), sound.getframerate()


def loudest_pitch(signal: Signal) -> float:
    data, rate = samples(signal)
    return float(np.argmax(np.abs(np.fft.rfft(data)))) * rate / len(data)


def test_done_is_one_high_tone_and_refused_two_low_ones() -> None:
    assert loudest_pitch(Signal.DONE) > 3 * loudest_pitch(Signal.REFUSED)
    assert [hertz > 0 for _, hertz in BEATS[Signal.DONE]] == [True]
    assert [hertz > 0 for _, hertz in BEATS[Signal.REFUSED]] == [True, False, True]


@pytest.mark.parametrize("signal", Signal)
def test_a_tone_is_short_and_begins_and_ends_without_a_click(signal: Signal) -> None:
    data, _ = samples(signal)
    assert seconds(tone(signal)) < 0.5
    assert abs(int(data[0])) < 100 > abs(int(data[-1]))
