"""The loudspeaker: one sound at a time, through ALSA's `aplay` in a child process."""

from __future__ import annotations

import io
import json
import logging
import shutil
import subprocess
import threading
import wave
from pathlib import Path

import numpy as np

from hardware.device import Detail, Health, Kind, Report

log = logging.getLogger(__name__)

Wav = Path | bytes
"""A WAV file, or the bytes of one."""

PROBE_SECONDS = 5.0


class Sound:
    """Plays on `device`: `default` or another of ALSA's names, `none`, or `file:PATH`.

    `file:PATH` is for halls without a loudspeaker and for tests: instead of sounding, each sound
    adds a line `{"wav", "seconds", "volume"}` to that file, at once ("wav" is its path, or ""),
    and "what" where the caller said what it is.
    With no sound device it says so once in the log and goes on; one plugged in later is used.
    """

    def __init__(self, device: str = "default", *, id: str = "sound") -> None:
        self._device, self._id = device, id
        self._one_at_a_time = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._available = self._probe()
        if not self._available:
            self._say_it()

    @property
    def available(self) -> bool:
        """Whether the last sound was heard; before the first, whether there is a sound card."""
        return self._available

    def health(self) -> Report:
        if self._device == "none":
            return Report(self._id, Kind.SOUND, Health.OK, Detail.NONE)
        state = Health.OK if self._available else Health.FAULT
        detail = Detail.NOTHING if self._available else Detail.NO_DEVICE
        return Report(self._id, Kind.SOUND, state, detail)

    def play(self, wav: Wav, volume: int = 100, limit: float = 20.0, *, what: str = "") -> bool:
        """Play to the end, at `volume` percent, for at most `limit` seconds; blocks until heard.

        Sounds asked for at the same time from several threads follow each other.
        Returns False when it could not be heard whole.
        """
        with self._one_at_a_time:
            if self._device == "none":
                return False
            try:
                heard = self._sound(wav, volume, limit, what)
            except (OSError, EOFError, wave.Error) as trouble:
                log.warning("a sound could not be played: %s", trouble)
                return False
            if heard != self._available:
                self._available = heard
                self._say_it()
            return heard

    def stop(self) -> None:
        """Fall silent at once; a blocked `play` returns False."""
        child = self._child
        if child and child.poll() is None:
            child.kill()

    def _sound(self, wav: Wav, volume: int, limit: float, what: str) -> bool:
        if self._device.startswith("file:"):
            self._write_down(wav, volume, what)
            return True
        return self._aplay(wav if isinstance(wav, bytes) else wav.read_bytes(), volume, limit)

    def _aplay(self, data: bytes, volume: int, limit: float) -> bool:
        if not shutil.which("aplay"):
            return False
        self._child = subprocess.Popen(
            ["aplay", "-q", "-D", self._device, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            _, errors = self._child.communicate(at_volume(data, volume), timeout=limit)
        except subprocess.TimeoutExpired:
            log.warning("a sound was cut off after %.0f s", limit)
            self._child.kill()
            self._child.communicate()
            return False
        if self._child.returncode:
            log.debug("aplay: %s", errors.decode(errors="replace").strip())
        return self._child.returncode == 0

    def _write_down(self, wav: Wav, volume: int, what: str) -> None:
        data = wav if isinstance(wav, bytes) else wav.read_bytes()
        name = "" if isinstance(wav, bytes) else str(wav)
        line = {"wav": name, "seconds": round(seconds(data), 3), "volume": volume}
        line |= {"what": what} if what else {}
        with Path(self._device.removeprefix("file:")).open("a", encoding="utf-8") as sink:
            sink.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _probe(self) -> bool:
        if self._device == "none":
            return False
        if self._device.startswith("file:"):
            return True
        if not shutil.which("aplay"):
            return False
        try:
            cards = subprocess.run(["aplay", "-l"], capture_output=True, timeout=PROBE_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return False
        return cards.returncode == 0 and b"card" in cards.stdout

    def _say_it(self) -> None:
        if self._device == "none":
            log.info("sound is switched off in the config")
        elif self._available:
            log.info("sound goes to %s", self._device)
        else:
            log.warning("no sound device (%s): nothing will be heard until there is one", self._device)


def seconds(wav: bytes) -> float:
    """How long a WAV sounds."""
    with wave.open(io.BytesIO(wav)) as sound:
        return float(sound.getnframes() / sound.getframerate())


def at_volume(wav: bytes, volume: int) -> bytes:
    """The same WAV at `volume` percent (16-bit samples; others are left as they are)."""
    if volume >= 100:
        return wav
    with wave.open(io.BytesIO(wav)) as sound:
        form, frames = sound.getparams(), sound.readframes(sound.getnframes())
    if form.sampwidth != 2:
        return wav
    quieter = (np.frombuffer(frames, "<i2") * (max(0, volume) / 100)).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams(form)
        sound.writeframes(quieter.tobytes())
    return out.getvalue()
