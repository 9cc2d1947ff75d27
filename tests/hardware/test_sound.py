"""The loudspeaker, with a real `aplay` where the machine has one and without a sound card here."""

from __future__ import annotations

import io
import json
import logging
import os
import stat
import threading
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.device import Health
from hardware.sound import Sound, at_volume, seconds


def wav(samples: list[int], rate: int = 8000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(np.array(samples, "<i2").tobytes())
    return out.getvalue()


def samples_of(data: bytes) -> list[int]:
    with wave.open(io.BytesIO(data)) as sound:
        return [int(x) for x in np.frombuffer(sound.readframes(sound.getnframes()), "<i2")]


@pytest.fixture
def player(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a stand-in for `aplay` first on the PATH; it runs the given shell lines."""

    def put(lines: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "aplay"
        program.write_text(f"#!/bin/sh\n{lines}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    return put


@given(st.lists(st.integers(-32768, 32767), max_size=50), st.integers(0, 100))
def test_volume_scales_every_sample_and_keeps_the_length(samples: list[int], volume: int) -> None:
    quieter = samples_of(at_volume(wav(samples), volume))
    assert quieter == [int(sample * (volume / 100)) for sample in samples]


def test_the_file_sink_writes_down_what_would_have_sounded(tmp_path: Path) -> None:
    clip = tmp_path / "clip.wav"
    clip.write_bytes(wav([1] * 4000))
    sound = Sound(f"file:{tmp_path / 'heard'}")
    assert sound.available
    assert sound.play(clip, volume=70)
    assert sound.play(clip.read_bytes())
    lines = [json.loads(line) for line in (tmp_path / "heard").read_text().splitlines()]
    assert lines == [
        {"wav": str(clip), "seconds": 0.5, "volume": 70},
        {"wav": "", "seconds": 0.5, "volume": 100},
    ]


def test_without_a_sound_device_it_says_so_once_and_goes_on(player, caplog) -> None:
    player("echo 'no soundcards found' >&2; exit 1")
    with caplog.at_level(logging.WARNING):
        sound = Sound("default")
        assert [sound.play(wav([1])) for _ in range(3)] == [False, False, False]
    assert not sound.available
    assert sound.health().state is Health.FAULT
    assert len([line for line in caplog.messages if "no sound device" in line]) == 1


def test_a_device_that_comes_later_is_used(player) -> None:
    player("exit 1")
    sound = Sound("default")
    assert not sound.play(wav([1]))
    player("cat > /dev/null; exit 0")
    assert sound.play(wav([1]))
    assert sound.available
    assert sound.health().state is Health.OK


def test_the_player_gets_the_device_and_the_whole_wav_at_its_volume(player, tmp_path: Path) -> None:
    player(f'[ "$1" = -l ] && echo "card 0" && exit 0; echo "$@" > {tmp_path}/args; cat > {tmp_path}/heard')
    assert Sound("plughw:1").play(wav([1000, -1000]), volume=50)
    assert (tmp_path / "args").read_text().split() == ["-q", "-D", "plughw:1", "-"]
    assert samples_of((tmp_path / "heard").read_bytes()) == [500, -500]


def test_a_player_that_hangs_is_ended_at_the_limit(player) -> None:
    player('[ "$1" = -l ] && echo "card 0" && exit 0; exec cat /dev/zero > /dev/null')
    assert not Sound("default").play(wav([1]), limit=0.2)


def test_two_sounds_never_overlap(player, tmp_path: Path) -> None:
    log = tmp_path / "log"
    player(f'[ "$1" = -l ] && exit 0; echo begin >> {log}; cat > /dev/null; echo end >> {log}')
    sound = Sound("default")
    threads = [threading.Thread(target=sound.play, args=(wav([1]),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert log.read_text().split() == ["begin", "end"] * 6


def test_a_broken_file_is_no_sound(player, tmp_path: Path) -> None:
    player("exit 0")
    assert not Sound("default").play(tmp_path / "missing.wav")
    assert not Sound(f"file:{tmp_path / 'heard'}").play(b"not a wav")


def test_switched_off_is_healthy_and_silent() -> None:
    sound = Sound("none")
    assert not sound.play(wav([1]))
    assert sound.health().state is Health.OK


def test_seconds() -> None:
    assert seconds(wav([0] * 1600)) == 0.2
