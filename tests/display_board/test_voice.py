"""The voice, with the real engine, its real absence, and sounds written down instead of heard."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from assets import draw
from assets.recordings import VOICES
from display_board.announcer import Call
from display_board.clips import Clips, Manner, Samples, joined
from display_board.make_clips import make
from display_board.speech import Phrase, utterance
from display_board.voice import CHIME, LEAD_SECONDS, Voice
from hardware.device import Detail, Health
from hardware.sound import Sound, seconds
from queue_server.hall.model import CallKind, Instant

ROOT = Path(__file__).parents[2]
PIECES = utterance([Call("1", "A012", 15, CallKind.CALL, Instant(0), ("zh", "en"))])
PHRASES = {piece for piece in PIECES if isinstance(piece, Phrase)}


def tone(file: Path, *, rate: int = 44100, length: float = 0.25, channels: int = 2, width: int = 2) -> Path:
    """A recording as a hall might make it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(width)
        wav.setframerate(rate)
        wav.writeframes(b"\x01" * (round(rate * length) * channels * width))
    return file


def break_engine(folder: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Put a speech engine that does `how` before the real one, for child processes."""
    folder.mkdir()
    (folder / "pyttsx3.py").write_text(how)
    monkeypatch.setenv("PYTHONPATH", str(folder))


def samples_of(wav: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(wav)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2")


def say(voice: Voice, what: str = "A012-15", manner: Manner | None = None) -> None:
    """Say the call, and wait until the voice has done so."""
    over = threading.Event()
    voice.say(what, PIECES, manner or Manner(), over.set)
    assert over.wait(30)


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def test_the_synthetic_voice_renders_every_phrase_once(tmp_path: Path) -> None:
    clips = Clips(tmp_path)
    clips.prepare(PHRASES, Manner())
    made = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert set(made) == {f"190-{phrase.language}-{phrase.words}.wav" for phrase in PHRASES}
    sounds = clips.sentence(PIECES, Manner())
    assert sounds and all(sound if isinstance(sound, float) else len(sound.data) for sound in sounds)
    assert {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == made


def test_a_call_takes_a_few_seconds(tmp_path: Path) -> None:
    chinese = utterance([Call("1", "A012", 15, CallKind.CALL, Instant(0))])
    voice, heard = Voice(Sound(f"file:{tmp_path / 'heard'}"), Clips(tmp_path / "clips")), threading.Event()
    voice.say("A012-15", chinese, Manner(volume=60), heard.set)
    assert heard.wait(30)
    voice.stop()
    [line] = lines(tmp_path / "heard")
    assert (line["what"], line["volume"]) == ("A012-15", 60)
    assert 3 < float(str(line["seconds"])) < 5.5


def test_own_recordings_replace_phrases_and_may_differ_in_form(tmp_path: Path) -> None:
    own = tone(tmp_path / "voices" / "li" / "zh" / "请.wav")
    clips = Clips(tmp_path / "cache", tmp_path / "voices")
    sounds = clips.sentence(PIECES, Manner(clips="li"))
    assert sounds and isinstance(sounds[0], Samples) and sounds[0].rate == 44100
    assert np.array_equal(sounds[0].data, Samples.of(own).data)
    assert not (tmp_path / "cache" / "190-zh-请.wav").exists()
    total = sum(one if isinstance(one, float) else len(one.data) / one.rate for one in sounds)
    assert seconds(joined(sounds)) == pytest.approx(total, abs=0.01)


def test_a_recording_that_cannot_be_used_is_told_once_and_replaced(tmp_path: Path, caplog) -> None:
    tone(tmp_path / "voices" / "li" / "zh" / "请.wav", width=1)
    clips = Clips(tmp_path / "cache", tmp_path / "voices")
    for _ in range(2):
        assert clips.sentence(PIECES, Manner(clips="li"))
    assert len([one for one in caplog.messages if "请.wav" in one]) == 1


def test_a_spoilt_clip_is_rendered_anew(tmp_path: Path) -> None:
    clips = Clips(tmp_path)
    clips.prepare(PHRASES, Manner())
    spoilt = tmp_path / "190-zh-请.wav"
    spoilt.write_bytes(b"RIFF")
    assert clips.sentence(PIECES, Manner())
    assert len(Samples.of(spoilt).data)


@pytest.mark.parametrize("how", ["raise RuntimeError('no espeak')", "import time; time.sleep(60)"])
def test_a_broken_engine_stops_nothing(tmp_path: Path, monkeypatch, caplog, how: str) -> None:
    break_engine(tmp_path / "broken", monkeypatch, how)
    clips = Clips(tmp_path / "clips", render_seconds=1)
    voice = Voice(Sound(f"file:{tmp_path / 'heard'}"), clips)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            say(voice)
    voice.stop()
    assert [line["what"] for line in lines(tmp_path / "heard")] == ["chime"] * 3
    assert len([one for one in caplog.messages if "synthetic voice" in one]) == 1
    speech = voice.health()[1]
    assert (speech.state, speech.detail) == (Health.FAULT, Detail.NO_SPEECH)


def test_own_recordings_of_every_phrase_need_no_engine(tmp_path: Path, monkeypatch) -> None:
    break_engine(tmp_path / "broken", monkeypatch, "raise RuntimeError")
    for phrase in PHRASES:
        tone(tmp_path / "voices" / "li" / phrase.language / f"{phrase.words}.wav", length=0.05)
    clips = Clips(tmp_path / "cache", tmp_path / "voices")
    assert clips.sentence(PIECES, Manner(clips="li"))
    assert not clips.broken


def test_the_second_voice_says_whole_calls_of_the_shipped_hall(tmp_path: Path, monkeypatch) -> None:
    break_engine(tmp_path / "broken", monkeypatch, "raise RuntimeError")
    clips, manner = Clips(tmp_path / "cache"), Manner(clips="lan")
    for kind in CallKind:
        for ticket, window in (("A019", 1), ("B234", 20), ("E567", 38), ("D800", 13)):
            assert clips.sentence(utterance([Call("1", ticket, window, kind, Instant(0))]), manner)
    assert not clips.broken


def test_a_second_voice_is_made_by_its_script(tmp_path: Path) -> None:
    make([Phrase("zh", "五号窗口")], tmp_path, "f3", 200)
    made = Samples.of(tmp_path / "zh" / "五号窗口.wav")
    assert made.rate == 16_000 and 0.5 < len(made.data) / made.rate < 2
    shipped = Samples.of(VOICES / "lan" / "zh" / "五号窗口.wav")
    assert abs(len(made.data) - len(shipped.data)) < 0.2 * made.rate


def test_with_no_sound_device_the_calls_go_on(tmp_path: Path, monkeypatch, caplog) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with caplog.at_level(logging.WARNING):
        voice = Voice(Sound("default"), Clips(tmp_path / "clips"))
        for _ in range(3):
            say(voice)
    voice.stop()
    assert len([one for one in caplog.messages if "no sound device" in one]) == 1


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "clips").write_text("in the way")
    voice = Voice(Sound(f"file:{tmp_path / 'heard'}"), Clips(tmp_path / "clips"))
    say(voice)
    voice.stop()
    assert [line["what"] for line in lines(tmp_path / "heard")] == ["chime"]


def test_sentences_follow_each_other_in_order(tmp_path: Path) -> None:
    voice = Voice(Sound(f"file:{tmp_path / 'heard'}"), Clips(tmp_path / "clips"))
    for number in range(5):
        voice.say(str(number), PIECES, Manner(), lambda: None)
    say(voice, "last")
    voice.stop()
    assert [line["what"] for line in lines(tmp_path / "heard")] == ["0", "1", "2", "3", "4", "last"]


def test_what_comes_too_late_is_not_said(tmp_path: Path) -> None:
    voice, over = Voice(Sound(f"file:{tmp_path / 'heard'}"), Clips(tmp_path / "clips")), threading.Event()
    voice.say("late", PIECES, Manner(), lambda: None, before=time.monotonic())
    voice.say("in time", PIECES, Manner(), over.set, before=time.monotonic() + 60)
    assert over.wait(30)
    voice.stop()
    assert [line["what"] for line in lines(tmp_path / "heard")] == ["in time"]


def test_the_voice_is_tried_without_a_server(tmp_path: Path) -> None:
    heard = tmp_path / "heard"

    def tried(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "display_board", *options]
        env = {**os.environ, "HALL_DATA": str(tmp_path)}
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    said = tried("--say", "a012 5", "--sound", f"file:{heard}", "--again", "--one", "yi")
    assert (said.returncode, said.stdout.splitlines()[0]) == (
        0,
        "再次呼叫 · A · 零 · 一 · 二 · 号 · 请到 · 五号窗口 · Calling again · A, Alpha · zero · one · two"
        " · please go to · window five",
    )
    assert [line["what"] for line in lines(heard)] == ["A012-5"]
    assert tried("--say", "A012 5", "--sound", "none").returncode == 0, "nothing is asked of no sound"
    wrong = tried("--say", "window five", "--sound", "none")
    assert wrong.returncode == 2 and "A012 5" in wrong.stderr
    nobody = tried("--say", "A012 5", "--sound", "none", "--clips", "nobody")
    assert (
        nobody.returncode == 2 and "'nobody' is no folder of assets/voices; there are: lan" in nobody.stderr
    )


def test_saying_never_keeps_the_caller(tmp_path: Path, monkeypatch) -> None:
    break_engine(tmp_path / "broken", monkeypatch, "import time; time.sleep(60)")
    voice = Voice(Sound("none"), Clips(tmp_path / "clips", render_seconds=1))
    over = threading.Event()
    voice.say("A012-15", PIECES, Manner(), over.set)
    assert not over.is_set(), "the engine hangs, yet the caller goes on"
    assert over.wait(30)
    voice.stop()


def test_the_chime_stands_whole_before_the_words() -> None:
    chime = Samples.of(CHIME)
    wav = joined([LEAD_SECONDS, chime, 0.1, Samples(22050, np.full(100, 7, np.int16))])
    lead = round(LEAD_SECONDS * 22050)
    assert np.array_equal(samples_of(wav)[lead : lead + len(chime.data)], chime.data)
    assert not samples_of(wav)[:lead].any()


def test_the_chime_and_icon_are_those_that_are_drawn(tmp_path: Path) -> None:
    draw.write_chime(tmp_path / "chime.wav")
    draw.write_icon(tmp_path / "hall.png")
    assert (tmp_path / "chime.wav").read_bytes() == draw.CHIME.read_bytes()
    assert (tmp_path / "hall.png").read_bytes() == draw.ICON.read_bytes()
    sound = draw.chime()
    assert abs(int(sound[0])) < 50 and abs(int(sound[-1])) < 50, "no click at either end"
