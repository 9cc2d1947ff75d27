"""What an ESC/POS printer's status bytes say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hardware.device import Detail, Health

QUESTIONS: Mapping[int, bytes] = {n: bytes((0x10, 0x04, n)) for n in (1, 2, 3, 4)}
"""DLE EOT: answered at once, whatever the printer does."""

CONFIRM = b"\x1dr\x01"
"""GS r: answered in its turn, so the answer says that all before it was carried out."""

FAULTS = (
    (2, 0x04, Detail.COVER_OPEN),
    (4, 0x60, Detail.PAPER_END),
    (2, 0x20, Detail.PAPER_END),
    (3, 0x08, Detail.CUTTER),
    (3, 0x64, Detail.ERROR),
    (2, 0x40, Detail.ERROR),
    (1, 0x08, Detail.OFFLINE),
)
"""Question, bits, what they say; the first that fits is what a person must see to."""

NEAR_END = 0x0C


def status_in(data: Iterable[int]) -> int | None:
    """The answer to a DLE EOT among bytes received; the newest one, None when there is none."""
    answers = [byte for byte in data if byte & 0x93 == 0x12]
    return answers[-1] if answers else None


def confirmed(data: Iterable[int]) -> bool:
    """Whether the answer to `CONFIRM` is among bytes received."""
    return any(byte & 0x90 == 0 for byte in data)


def judge(answers: Mapping[int, int]) -> tuple[Health, Detail]:
    """Health and detail from the answers by question. No answer at all is unknown, not a fault."""
    if not answers:
        return Health.UNKNOWN, Detail.NO_ANSWER
    for question, bits, detail in FAULTS:
        if answers.get(question, 0) & bits:
            return Health.FAULT, detail
    if answers.get(4, 0) & NEAR_END:
        return Health.WARNING, Detail.PAPER_NEAR_END
    return Health.OK, Detail.NOTHING
