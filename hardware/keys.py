"""Key pads and scanners: which input devices they are, and what their keys mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evdev import InputDevice, ecodes

from hardware.device import Detail, Health, Kind, Report
from hardware.input_reader import InputReader
from hardware.key_text import LineAssembler
from hardware.sound import Sound
from hardware.tones import BEATS, Signal, tone

BEEP_SECONDS = 2.0
BEEP_VOLUME = 70

_PAD_KEYS = frozenset(ecodes.ecodes[f"KEY_KP{key}"] for key in (*range(10), "ENTER"))
_PAD_WORDS = ("keypad", "key pad", "numpad", "number pad", "numeric")


@dataclass(frozen=True, slots=True)
class Match:
    """Which input device is meant: all parts given must fit; with none given none does.

    `name` and `phys` need only occur in the device's own, in any case of letters.
    """

    name: str = ""
    phys: str = ""
    vendor: int | None = None
    product: int | None = None

    def __bool__(self) -> bool:
        return self != Match()

    def fits(self, device: InputDevice) -> bool:
        return bool(self) and (
            self.name.lower() in device.name.lower()
            and self.phys.lower() in device.phys.lower()
            and self.vendor in (None, device.info.vendor)
            and self.product in (None, device.info.product)
        )


def is_number_pad(device: InputDevice) -> bool:
    """A key pad by its looks, where the config names none: it has a pad's keys and no letters, or is
    called one. A whole keyboard is never taken unasked: its owner could not type any more.
    """
    keys = set(device.capabilities().get(ecodes.EV_KEY, ()))
    if not keys >= _PAD_KEYS:
        return False
    name = device.name.lower()
    return ecodes.KEY_A not in keys or any(word in name for word in _PAD_WORDS)


class KeyPad:
    """A key pad at a counter. `on_key(name)` hears each press, on the pad's thread.

    `match` empty: any number pad (see `is_number_pad`). `signal` tells the person at the pad what
    became of a press: by the pad's lamp where it has one, and by sound, its own beeper's or else
    the loudspeaker's (`sound`; None for a silent pad).
    """

    def __init__(
        self, match: Match, on_key: Callable[[str], None], sound: Sound | None = None, *, id: str = "keypad"
    ) -> None:
        self._sound = sound
        self._reader = InputReader(
            match.fits if match else is_number_pad,
            lambda key, pressed, _at: on_key(key) if pressed else None,
            kind=Kind.KEYPAD,
            id=id,
        )

    def start(self) -> None:
        self._reader.start()

    def stop(self) -> None:
        self._reader.stop()

    def health(self) -> Report:
        return self._reader.health()

    def signal(self, signal: Signal) -> None:
        """Tell done and refused apart; blocks while the loudspeaker sounds."""
        self._reader.blink(BEATS[signal])
        if self._sound and not self._reader.can_beep:
            self._sound.play(tone(signal), BEEP_VOLUME, BEEP_SECONDS)


class GuidePad:
    """A key pad at a kiosk's headphones. `on_key(name)` hears each press, on the pad's thread.

    With an empty `match` there is none here, which is well.
    """

    def __init__(self, match: Match, on_key: Callable[[str], None], *, id: str = "guide-pad") -> None:
        self._none = None if match else Report(id, Kind.KEYPAD, Health.OK, Detail.NONE)
        self._reader = InputReader(
            match.fits, lambda key, pressed, _at: on_key(key) if pressed else None, kind=Kind.KEYPAD, id=id
        )

    def start(self) -> None:
        if not self._none:
            self._reader.start()

    def stop(self) -> None:
        self._reader.stop()

    def health(self) -> Report:
        return self._none or self._reader.health()


class Scanner:
    """A scanner that types what it reads. `on_line(text)` hears each code, on the scanner's thread.

    With an empty `match` there is no scanner here, which is well. A pause of more than `gap` seconds
    within a code drops what came before it.
    """

    def __init__(
        self, match: Match, on_line: Callable[[str], None], *, gap: float = 0.5, id: str = "scanner"
    ) -> None:
        self._on_line, self._assembler = on_line, LineAssembler(gap)
        self._none = None if match else Report(id, Kind.SCANNER, Health.OK, Detail.NONE)
        self._reader = InputReader(match.fits, self._changed, kind=Kind.SCANNER, id=id)

    def start(self) -> None:
        if not self._none:
            self._reader.start()

    def stop(self) -> None:
        self._reader.stop()

    def health(self) -> Report:
        return self._none or self._reader.health()

    def _changed(self, key: str, pressed: bool, at: float) -> None:
        if (line := self._assembler.feed(key, pressed, at)) is not None:
            self._on_line(line)
