"""What every device tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """`UNKNOWN` is a device that said nothing: never the same as one that said "fault"."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    PRINTER = "printer"
    SOUND = "sound"
    KEYPAD = "keypad"
    SCANNER = "scanner"
    CARD_READER = "card-reader"


class Detail(StrEnum):
    """Stable words for what is the matter; `assets/texts/device.toml` has a sentence for each."""

    NOTHING = ""
    NONE = "none"
    """The config says that there is no such device here; all is well."""
    NOT_ASKED_YET = "not-asked-yet"
    NO_ANSWER = "no-answer"
    UNREACHABLE = "unreachable"
    PAPER_END = "paper-end"
    PAPER_NEAR_END = "paper-near-end"
    COVER_OPEN = "cover-open"
    CUTTER = "cutter"
    ERROR = "error"
    OFFLINE = "offline"
    NOT_FOUND = "not-found"
    NOT_ALLOWED = "not-allowed"
    IN_USE = "in-use"
    NO_DEVICE = "no-device"
    NO_SPEECH = "no-speech"
    """The loudspeaker works, but the synthetic voice does not: calls are chimed, not said."""


@dataclass(frozen=True, slots=True)
class Report:
    """A device's state as the wire has it.

    The sentence for `detail` is `device.KIND.DETAIL` of `assets/texts/device.toml`.
    """

    id: str
    kind: Kind
    state: Health
    detail: Detail = Detail.NOTHING

    def body(self) -> dict[str, str]:
        """`{"id", "kind", "state", "detail"}`."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "state": self.state.value,
            "detail": self.detail.value,
        }
