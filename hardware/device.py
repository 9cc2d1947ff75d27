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


@dataclass(frozen=True, slots=True)
class Report:
    """A device's state as the wire has it.

    `detail` is "" or a stable word such as `paper-end`; its sentence is `device.KIND.DETAIL` of
    `assets/texts/device.toml`.
    """

    id: str
    kind: str
    state: Health
    detail: str = ""

    def body(self) -> dict[str, str]:
        """`{"id", "kind", "state", "detail"}`."""
        return {"id": self.id, "kind": self.kind, "state": self.state.value, "detail": self.detail}
