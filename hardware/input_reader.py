"""Input devices taken for this program alone, through evdev.

They are found when plugged in late or again: the folder is looked at twice a second, and only nodes
that are new in it are opened. Each reader has one thread; its callbacks are called on it.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import select
import threading
import time
from collections.abc import Callable
from pathlib import Path

from evdev import InputDevice, ecodes, list_devices

from hardware.device import Detail, Health, Kind, Report
from hardware.tones import Beat

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""How often it looks for devices that were plugged in."""

FOLDER = "/dev/input"

KEY_NAMES: dict[int, str] = {
    code: name if isinstance(name, str) else name[-1] for code, name in ecodes.KEY.items()
}
"""Names by code; where Linux has several for one key, the last."""

UP, DOWN = 0, 1
"""What an event says of a key; 2 is a key held down, which is no new press."""


class InputReader:
    """Takes every device that `fits`, exclusively, and tells each key that goes down or up.

    `on_change(key, pressed, at)` gets the key's name and `time.monotonic()`.
    """

    def __init__(
        self,
        fits: Callable[[InputDevice], bool],
        on_change: Callable[[str, bool, float], None],
        *,
        kind: Kind,
        id: str,
    ) -> None:
        self._fits, self._on_change = fits, on_change
        self._kind, self._id = kind, id
        self._report = Report(id, kind, Health.UNKNOWN, Detail.NOT_ASKED_YET)
        self._devices: dict[str, InputDevice] = {}
        self._refused: set[tuple[str, int, int]] = set()
        self._beats: list[tuple[float, int]] = []
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=id, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Give the devices back and end; again it does nothing, for a program may be told twice to end."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._wake()
        if self._thread.ident is not None:
            self._thread.join()
        for end in (self._woken, self._waker):
            os.close(end)

    def health(self) -> Report:
        return self._report

    @property
    def can_beep(self) -> bool:
        """Whether one of the devices has a beeper of its own."""
        return any(ecodes.EV_SND in device.capabilities() for device in list(self._devices.values()))

    def blink(self, beats: tuple[Beat, ...]) -> None:
        """Let the devices' lamps and beepers follow the beats, if they have any; doesn't wait."""
        at = time.monotonic()
        steps = []
        for seconds, hertz in (*beats, (0.0, 0)):
            steps.append((at, hertz))
            at += seconds
        self._beats = steps
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._waker, b"\0")

    def _run(self) -> None:
        next_look = 0.0
        while not self._stopping.is_set():
            now = time.monotonic()
            if now >= next_look:
                self._look()
                next_look = now + LOOK_SECONDS
            self._beat(now)
            until = min([next_look, *(at for at, _ in self._beats[:1])])
            self._wait(max(0.0, until - time.monotonic()))
        for path in list(self._devices):
            self._give_back(path)

    def _wait(self, seconds: float) -> None:
        """Sleep until a key, a wish or the time comes."""
        paths = {device.fd: path for path, device in self._devices.items()}
        ready, _, _ = select.select([self._woken, *paths], [], [], seconds)
        for fd in ready:
            if fd == self._woken:
                os.read(self._woken, 4096)
            else:
                self._read(paths[fd])

    def _read(self, path: str) -> None:
        try:
            for event in self._devices[path].read():
                if event.type == ecodes.EV_KEY and event.value in (UP, DOWN) and event.code in KEY_NAMES:
                    self._on_change(KEY_NAMES[event.code], event.value == DOWN, time.monotonic())
        except BlockingIOError:
            return
        except OSError as trouble:
            self._lose(path, trouble)

    def _look(self) -> None:
        """Take what is new. A node is known by its place and its making: a device that is unplugged
        and plugged in again may get the same place.
        """
        paths = set(list_devices(FOLDER))
        for path in set(self._devices) - paths:
            self._lose(path, "its node is gone")
        seen = {path: made for path in paths if (made := _making(path))}
        self._refused &= set(seen.values())
        in_use = False
        for path, made in sorted(seen.items()):
            if path not in self._devices and made not in self._refused:
                in_use |= not self._try(path, made)
        self._report = self._judge(in_use)

    def _try(self, path: str, made: tuple[str, int, int]) -> bool:
        """Take a device if it fits; False when another program holds it."""
        try:
            device = InputDevice(path)
        except OSError as trouble:
            log.debug("%s can't be opened: %s", path, trouble)
            return True
        if not self._fits(device):
            self._refused.add(made)
            device.close()
            return True
        try:
            device.grab()
        except OSError as trouble:
            log.debug("%s can't be taken: %s", path, trouble)
            device.close()
            return trouble.errno != errno.EBUSY
        self._devices[path] = device
        log.info("%s: took %s (%s)", self._id, device.name, path)
        return True

    def _judge(self, in_use: bool) -> Report:
        if self._devices:
            return Report(self._id, self._kind, Health.OK)
        detail = Detail.IN_USE if in_use else Detail.NOT_FOUND
        if not list_devices(FOLDER) and any(Path(FOLDER).glob("event*")):
            detail = Detail.NOT_ALLOWED
        report = Report(self._id, self._kind, Health.FAULT, detail)
        if report != self._report:
            log.warning("%s: %s", self._id, detail.value)
        return report

    def _lose(self, path: str, why: object) -> None:
        log.info("%s: lost %s: %s", self._id, path, why)
        self._give_back(path)
        self._report = self._judge(False)

    def _give_back(self, path: str) -> None:
        device = self._devices.pop(path)
        with contextlib.suppress(OSError):
            device.ungrab()
        with contextlib.suppress(OSError):
            device.close()

    def _beat(self, now: float) -> None:
        while self._beats and self._beats[0][0] <= now:
            _, hertz = self._beats.pop(0)
            for device in self._devices.values():
                _show(device, hertz)


def _making(path: str) -> tuple[str, int, int] | None:
    """What tells a node from a later one at the same place; None when it has just gone."""
    try:
        node = Path(path).stat()
    except OSError:
        return None
    return path, node.st_ino, node.st_ctime_ns


def _show(device: InputDevice, hertz: int) -> None:
    """Lamp and beeper as the beat has it; a device that has just gone is noticed when it is read."""
    abilities = device.capabilities()
    with contextlib.suppress(OSError):
        for lamp in abilities.get(ecodes.EV_LED, ())[:1]:
            device.set_led(lamp, int(hertz > 0))
        if ecodes.SND_TONE in abilities.get(ecodes.EV_SND, ()):
            device.write(ecodes.EV_SND, ecodes.SND_TONE, hertz)
            device.syn()
