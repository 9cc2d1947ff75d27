"""Sentences spoken to one person, at a loudspeaker or in headphones: the newest at once."""

from __future__ import annotations

import json
import logging
import select
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from hardware.device import Detail, Health, Kind, Report
from hardware.sound import Sound, seconds

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[1]
RENDER_SECONDS = 10.0
"""The synthetic voice may take so long for a sentence, its own start included (usually some 50 ms)."""
REST_SECONDS = 10.0
"""One that failed, twice in a row, is left alone for so long."""
GRACE_SECONDS = 5.0
"""A sound device may take so much longer than the sentence lasts."""
STOP_SECONDS = 2.0


class Sentence(NamedTuple):
    """What is said, and how loud (percent)."""

    language: str
    words: str
    volume: int


class Speech:
    """Says sentences on a thread of its own. Each takes the place of the one that is being said.

    `rate` is in words a minute. Nothing that was said is kept. A voice that is missing or broken, or no
    sound device, stops nobody.
    """

    def __init__(self, sound: Sound, rate: int, *, id: str = "speech") -> None:
        self._sound, self._rate, self._id = sound, rate, id
        self._folder = tempfile.TemporaryDirectory(prefix="speech-")
        self._voice: subprocess.Popen[str] | None = None
        self._rest_until = 0.0
        self._broken = False
        self._news = threading.Condition()
        self._next: Sentence | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=id, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Fall silent and end."""
        with self._news:
            self._stopping = True
            self._news.notify()
        self._sound.stop()
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)
        self._end_voice()
        self._folder.cleanup()

    def say(self, language: str, words: str, volume: int) -> None:
        """Say this now; from any thread."""
        with self._news:
            self._next = Sentence(language, words, volume)
            self._news.notify()
        self._sound.stop()

    def hush(self) -> None:
        """Fall silent."""
        with self._news:
            self._next = None
        self._sound.stop()

    def health(self) -> Report:
        if self._broken:
            return Report(self._id, Kind.SOUND, Health.FAULT, Detail.NO_SPEECH)
        heard = self._sound.health()
        return Report(self._id, Kind.SOUND, heard.state, heard.detail)

    def _run(self) -> None:
        while (sentence := self._await()) is not None:
            try:
                wav = self._rendered(sentence)
                if wav and self._next is None:
                    limit = seconds(wav) + GRACE_SECONDS
                    self._sound.play(wav, sentence.volume, limit, what=sentence.words)
            except Exception:
                log.exception("a sentence was not said")

    def _await(self) -> Sentence | None:
        with self._news:
            self._news.wait_for(lambda: self._next is not None or self._stopping)
            sentence, self._next = self._next, None
            return None if self._stopping else sentence

    def _rendered(self, sentence: Sentence) -> bytes | None:
        """The sentence as a WAV; None where the voice does not work."""
        if time.monotonic() < self._rest_until:
            return None
        file = Path(self._folder.name) / "said.wav"
        job = {"rate": self._rate, "file": str(file), **sentence._asdict()}
        trouble = ""
        for _attempt in range(2):
            try:
                self._ask(json.dumps(job))
                wav = file.read_bytes()
                file.unlink()
            except OSError as error:
                trouble = str(error)
                self._end_voice()
            else:
                self._note("")
                return wav
        self._note(trouble)
        return None

    def _ask(self, job: str) -> None:
        """:raises OSError: where the voice ends, or takes too long."""
        if self._voice is None:
            self._voice = subprocess.Popen(
                [sys.executable, "-m", "hardware.render"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=ROOT,
            )
        voice = self._voice
        assert voice.stdin and voice.stdout
        voice.stdin.write(f"{job}\n")
        voice.stdin.flush()
        came, _, _ = select.select([voice.stdout], [], [], RENDER_SECONDS)
        if not came or not voice.stdout.readline():
            raise OSError("it ended" if came else "it took too long")

    def _note(self, trouble: str) -> None:
        if trouble:
            self._rest_until = time.monotonic() + REST_SECONDS
            if not self._broken:
                log.warning("the synthetic voice does not work; what it would say is shown: %s", trouble)
        self._broken = bool(trouble)

    def _end_voice(self) -> None:
        voice, self._voice = self._voice, None
        if voice:
            voice.kill()
            voice.communicate()
