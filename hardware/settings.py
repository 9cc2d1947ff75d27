"""What is plugged into this machine: `hardware.toml`."""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hardware.input_reader import KEY_NAMES
from hardware.keys import Match

SHIPPED = Path(__file__).parents[1] / "config" / "hardware.toml"

Port = Annotated[int, Field(ge=1, le=65535)]
UsbId = Annotated[int, Field(ge=0, le=0xFFFF)]
KeyCommand = Literal[
    "next", "recall", "start", "finish", "no_show", "park", "pause", "open", "close", "undo", "help"
]

KEYS: dict[str, KeyCommand] = {
    "KEY_KPENTER": "next",
    "KEY_KPPLUS": "recall",
    "KEY_KPMINUS": "no_show",
    "KEY_KP0": "finish",
    "KEY_KPDOT": "pause",
    "KEY_KPASTERISK": "start",
    "KEY_KPSLASH": "open",
}
"""What a pad's keys do where no config says otherwise."""

GuideCommand = Literal["previous", "next", "enter", "back", "repeat", "home", "help", "louder", "softer"]

GUIDE_KEYS: dict[str, GuideCommand] = {
    "KEY_UP": "previous",
    "KEY_LEFT": "previous",
    "KEY_DOWN": "next",
    "KEY_RIGHT": "next",
    "KEY_ENTER": "enter",
    "KEY_KPENTER": "enter",
    "KEY_ESC": "back",
    "KEY_BACKSPACE": "back",
    "KEY_F1": "repeat",
    "KEY_HOME": "home",
    "KEY_F2": "help",
    "KEY_VOLUMEUP": "louder",
    "KEY_VOLUMEDOWN": "softer",
}
"""The same at a kiosk's headphones."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Printer(_Table):
    answer_seconds: Annotated[float, Field(gt=0, le=10)] = 1.0
    """How long the printer may take to tell its status."""
    print_seconds: Annotated[float, Field(gt=0, le=60)] = 15.0
    """How long a slip may take before its outcome counts as unknown."""


class NetworkPrinter(_Printer):
    kind: Literal["network"] = "network"
    host: str
    port: Port = 9100


class UsbPrinter(_Printer):
    kind: Literal["usb"] = "usb"
    vendor: UsbId
    product: UsbId
    out_endpoint: int = 0x01
    in_endpoint: int = 0x82


class SerialPrinter(_Printer):
    kind: Literal["serial"] = "serial"
    path: str
    baud: int = 115200


class FilePrinter(_Printer):
    kind: Literal["file"] = "file"
    path: str


class SimulatedPrinter(_Printer):
    kind: Literal["simulated"] = "simulated"


class NoPrinter(_Printer):
    kind: Literal["none"] = "none"


PrinterSettings = NetworkPrinter | UsbPrinter | SerialPrinter | FilePrinter | SimulatedPrinter | NoPrinter


class InputDevice(_Table):
    """Which input device it is: all parts given must fit."""

    name: str = ""
    phys: str = ""
    vendor: UsbId | None = None
    product: UsbId | None = None

    def match(self) -> Match:
        return Match(self.name, self.phys, self.vendor, self.product)


class Scanner(InputDevice):
    """With no part given there is no scanner."""

    gap_seconds: Annotated[float, Field(gt=0, le=5)] = 0.5
    """A longer pause within a code means that its end was lost."""


class KeyPad(InputDevice):
    """With no part given any number pad is taken, but no whole keyboard."""

    keys: dict[str, KeyCommand] = KEYS
    sound: bool = True


class GuidePad(InputDevice):
    """With no part given there is no such pad; a keyboard in the kiosk's window works the same."""

    keys: dict[str, GuideCommand] = GUIDE_KEYS


class SimulatedCardReader(_Table):
    kind: Literal["simulated"] = "simulated"


class NoCardReader(_Table):
    kind: Literal["none"] = "none"


CardReaderSettings = SimulatedCardReader | NoCardReader


class SoundSettings(_Table):
    device: str = "default"


class SpeechSettings(_Table):
    """What is read to a kiosk's user. `device` "" is the loudspeaker's; `rate` in words a minute."""

    device: str = ""
    volume: Annotated[int, Field(ge=0, le=100)] = 80
    rate: Annotated[int, Field(ge=80, le=400)] = 180


class Hardware(_Table):
    """The devices of one machine; tables left out are as shipped."""

    printer: Annotated[PrinterSettings, Field(discriminator="kind")] = SimulatedPrinter()
    scanner: Scanner = Scanner()
    card_reader: Annotated[CardReaderSettings, Field(discriminator="kind")] = SimulatedCardReader()
    keypad: KeyPad = KeyPad()
    guide_pad: GuidePad = GuidePad()
    sound: SoundSettings = SoundSettings()
    speech: SpeechSettings = SpeechSettings()


class HardwareMistakes(ValueError):
    """Everything that is wrong in the file, a line each: where, what was found, what is allowed."""

    def __init__(self, file: Path, mistakes: list[str]) -> None:
        super().__init__(f"{file}:\n" + "\n".join(f"  {mistake}" for mistake in mistakes))
        self.mistakes = mistakes


def default_file() -> Path:
    """`hardware.toml` beside the hall's config (`HALL_CONFIG`) where there is one, else the shipped."""
    beside = Path(os.environ.get("HALL_CONFIG") or SHIPPED).with_name("hardware.toml")
    return beside if beside.is_file() else SHIPPED


def load(file: Path | None = None) -> Hardware:
    """Read the file, `default_file()` where none is given.

    :raises HardwareMistakes: with all mistakes at once.
    :raises OSError: when it can't be read.
    """
    file = file or default_file()
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise HardwareMistakes(file, [f"this is not TOML: {trouble}"]) from None
    mistakes = _unknown_keys(table)
    try:
        hardware = Hardware.model_validate(table)
    except ValidationError as trouble:
        mistakes += [_sentence(error) for error in trouble.errors()]
    if mistakes:
        raise HardwareMistakes(file, mistakes)
    return hardware


def _unknown_keys(table: dict[str, Any]) -> list[str]:
    known = sorted(KEY_NAMES.values())
    mistakes = []
    for name in ("keypad", "guide_pad"):
        pad = table.get(name)
        keys = pad.get("keys") if isinstance(pad, dict) else None
        mistakes += [
            f"{name}.keys.{key}: there is no such key{_suggestion(key, known)}"
            for key in (keys if isinstance(keys, dict) else ())
            if key not in known
        ]
    return mistakes


def _sentence(error: Any) -> str:
    parts = [str(part) for part in error["loc"]]
    # pydantic names the chosen kind between a table and its key: `printer.network.port`.
    if len(parts) > 1 and parts[0] in ("printer", "card_reader"):
        del parts[1]
    path = ".".join(parts)
    if error["type"] == "extra_forbidden":
        return f"{path}: there is no such setting{_suggestion(parts[-1], _settings_of(parts))}"
    if error["type"] == "missing":
        return f"{path}: is missing"
    if error["type"] == "union_tag_not_found":
        return f"{path}.kind: is missing"
    if error["type"] == "union_tag_invalid":
        return f"{path}.kind: found {error['ctx']['tag']!r}; allowed are {error['ctx']['expected_tags']}"
    return f"{path}: found {error['input']!r}; {error['msg'][0].lower()}{error['msg'][1:]}"


def _settings_of(parts: list[str]) -> list[str]:
    """The settings that a table knows, or the tables that the file knows."""
    tables: dict[str, tuple[type[BaseModel], ...]] = {
        "printer": (NetworkPrinter, UsbPrinter, SerialPrinter),
        "scanner": (Scanner,),
        "card_reader": (SimulatedCardReader,),
        "keypad": (KeyPad,),
        "guide_pad": (GuidePad,),
        "sound": (SoundSettings,),
        "speech": (SpeechSettings,),
    }
    models = tables.get(parts[0], (Hardware,)) if len(parts) > 1 else (Hardware,)
    return sorted({name for model in models for name in model.model_fields})


def _suggestion(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
