"""What is plugged into this machine: `config/hardware.toml`."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hardware.keys import KEY_NAMES, Match

DEFAULT_FILE = Path(__file__).parent.parent / "config" / "hardware.toml"

Port = Annotated[int, Field(ge=1, le=65535)]
KeyCommand = Literal[
    "next", "recall", "start", "finish", "no_show", "park", "pause", "open", "close", "undo", "help"
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Printer(_Table):
    answer_seconds: float = Field(1.0, gt=0, le=10)
    """How long the printer may take to tell its status."""
    print_seconds: float = Field(15.0, gt=0, le=60)
    """How long a slip may take before its outcome counts as unknown."""


class NetworkPrinter(_Printer):
    kind: Literal["network"]
    host: str
    port: Port = 9100


class UsbPrinter(_Printer):
    kind: Literal["usb"]
    vendor: int
    product: int
    out_endpoint: int = 0x01
    in_endpoint: int = 0x82


class SerialPrinter(_Printer):
    kind: Literal["serial"]
    path: str
    baud: int = 115200


class FilePrinter(_Printer):
    kind: Literal["file"]
    path: str


class SimulatedPrinter(_Printer):
    kind: Literal["simulated"] = "simulated"


class NoPrinter(_Printer):
    kind: Literal["none"]


PrinterSettings = NetworkPrinter | UsbPrinter | SerialPrinter | FilePrinter | SimulatedPrinter | NoPrinter


class InputDevice(_Table):
    """Which input device it is: all parts given must fit; with none given there is no such device."""

    name: str = ""
    phys: str = ""
    vendor: int | None = None
    product: int | None = None

    def match(self) -> Match:
        return Match(self.name, self.phys, self.vendor, self.product)


class KeyPad(InputDevice):
    keys: dict[str, KeyCommand] = {}
    beep: bool = True


class SerialCardReader(_Table):
    kind: Literal["serial"]
    path: str


class SimulatedCardReader(_Table):
    kind: Literal["simulated"] = "simulated"


class NoCardReader(_Table):
    kind: Literal["none"]


CardReaderSettings = SerialCardReader | SimulatedCardReader | NoCardReader


class SoundSettings(_Table):
    device: str = "default"


class Hardware(_Table):
    """The devices of one machine; tables left out are as shipped."""

    printer: Annotated[PrinterSettings, Field(discriminator="kind")] = SimulatedPrinter()
    scanner: InputDevice = InputDevice()
    card_reader: Annotated[CardReaderSettings, Field(discriminator="kind")] = SimulatedCardReader()
    keypad: KeyPad = KeyPad()
    sound: SoundSettings = SoundSettings()


class HardwareMistakes(ValueError):
    """Everything that is wrong in the file, a line each: where, what was found, what is allowed."""

    def __init__(self, file: Path, mistakes: list[str]) -> None:
        super().__init__(f"{file}:\n" + "\n".join(f"  {mistake}" for mistake in mistakes))
        self.mistakes = mistakes


def load(file: Path = DEFAULT_FILE) -> Hardware:
    """Read the file.

    :raises HardwareMistakes: with all mistakes at once.
    :raises OSError: when it can't be read.
    """
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as trouble:
        raise HardwareMistakes(file, [f"this is not TOML: {trouble}"]) from None
    mistakes = [] if not isinstance(table.get("keypad"), dict) else _unknown_keys(table["keypad"])
    try:
        hardware = Hardware.model_validate(table)
    except ValidationError as trouble:
        mistakes += [_sentence(error) for error in trouble.errors()]
    if mistakes:
        raise HardwareMistakes(file, mistakes)
    return hardware


def _unknown_keys(keypad: dict[str, Any]) -> list[str]:
    known = sorted(set(KEY_NAMES.values()))
    keys = keypad.get("keys")
    return [
        f"keypad.keys.{key}: no such key{_suggestion(key, known)}; keys are {' '.join(known)}"
        for key in (keys if isinstance(keys, dict) else ())
        if key not in known
    ]


def _sentence(error: Any) -> str:
    parts = [str(part) for part in error["loc"]]
    # pydantic names the chosen kind between a table and its key: `printer.network.port`.
    if len(parts) > 1 and parts[0] in ("printer", "card_reader"):
        del parts[1]
    path = ".".join(parts)
    if error["type"] == "extra_forbidden":
        return f"{path}: there is no such setting{_suggestion(parts[-1], _settings_of(parts[0]))}"
    if error["type"] == "missing":
        return f"{path}: is missing"
    return f"{path}: found {error['input']!r}; {error['msg'][0].lower()}{error['msg'][1:]}"


def _settings_of(table: str) -> list[str]:
    kinds: dict[str, tuple[type[BaseModel], ...]] = {
        "printer": (NetworkPrinter, UsbPrinter, SerialPrinter),
        "scanner": (InputDevice,),
        "card_reader": (SerialCardReader,),
        "keypad": (KeyPad,),
        "sound": (SoundSettings,),
    }
    models = kinds.get(table, (Hardware,))
    return sorted({name for model in models for name in model.model_fields})


def _suggestion(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
