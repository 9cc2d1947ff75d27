"""What is typed on the screen's keyboard, key by key: pure, and the same for every field.

A field has a kind, which says which keys stand and how long and how it may be. What was typed is one
immutable `Typing`, which belongs to whoever shows the field: it outlives the keys on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kiosk.pinyin import MOST_LETTERS, Candidate
from queue_server.hall.model import Language


class Kind(StrEnum):
    """What a field takes."""

    TEXT = "text"
    """Chinese by pinyin, English, digits."""
    DIGITS = "digits"
    """Digits that name something: a phone, an account."""
    NUMBER = "number"
    """How much or how many, in whole numbers."""
    DECIMAL = "decimal"
    """The same with a point."""
    ID = "id"
    """Digits and the X of an ID number."""
    DATE = "date"
    """Eight digits: year, month, day."""


class Script(StrEnum):
    """What letters become: `PINYIN` waits for Hanzi to be chosen, `LATIN` stays as it is."""

    PINYIN = "pinyin"
    LATIN = "latin"


LETTER_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
DIGIT_ROW = "1234567890"
OFFERED = 5
"""So many candidates stand at a time."""
DATE_DIGITS = 8
POINT = "."


@dataclass(frozen=True, slots=True)
class Typing:
    """What a field holds. `letters` are pinyin that is not Hanzi yet; `page` is of their candidates."""

    text: str = ""
    letters: str = ""
    script: Script = Script.PINYIN
    page: int = 0

    @classmethod
    def begun(cls, language: Language, text: str = "") -> Typing:
        """A field as it is first shown to somebody who reads this language."""
        return cls(text, script=Script.PINYIN if language is Language.ZH else Script.LATIN)

    @property
    def whole(self) -> str:
        """All that was typed; letters that are not Hanzi yet stand as letters."""
        return self.text + self.letters


NOTHING = Typing()
"""A field that was not touched yet."""


def struck(typing: Typing, sign: str, kind: Kind, longest: int) -> Typing:
    """After one of the keys with a sign; what the field can't take changes nothing."""
    if len(typing.whole) >= longest or (sign == POINT and POINT in typing.whole):
        return typing
    if sign == POINT and not typing.whole:
        sign = "0."
    if sign.isalpha() and kind is Kind.TEXT and typing.script is Script.PINYIN:
        room = len(typing.letters) < MOST_LETTERS
        return replace(typing, letters=typing.letters + sign, page=0) if room else typing
    return replace(settled(typing), text=typing.whole + sign)


def chosen(typing: Typing, candidate: Candidate) -> Typing:
    """After a candidate was touched: its letters have become Hanzi."""
    return replace(
        typing, text=typing.text + candidate.hanzi, letters=typing.letters[candidate.letters :], page=0
    )


def erased(typing: Typing) -> Typing:
    if typing.letters:
        return replace(typing, letters=typing.letters[:-1], page=0)
    return replace(typing, text=typing.text[:-1])


def settled(typing: Typing) -> Typing:
    """Nothing waits any more: letters are taken as they stand."""
    return replace(typing, text=typing.whole, letters="", page=0)


def switched(typing: Typing) -> Typing:
    """To the other script."""
    script = Script.LATIN if typing.script is Script.PINYIN else Script.PINYIN
    return replace(settled(typing), script=script)


def turned(typing: Typing, by: int, candidates: int) -> Typing:
    """To another page of so many candidates."""
    last = max(0, (candidates - 1) // OFFERED)
    return replace(typing, page=min(max(typing.page + by, 0), last))


def shown(typing: Typing, kind: Kind) -> str:
    """What was typed, in groups that the eye can follow."""
    cuts = {Kind.ID: (6, 14), Kind.DIGITS: (3, 7, 11, 15, 19)}.get(kind, ())
    if kind is Kind.DATE:
        year, month, day = typing.text[:4], typing.text[4:6], typing.text[6:]
        return "-".join(part for part in (year, month, day) if part)
    return "".join(" " * (at in cuts) + sign for at, sign in enumerate(typing.text)) + typing.letters


def day_of(typing: Typing) -> date | None:
    """The day that a DATE field holds; None while it is none."""
    try:
        return date.fromisoformat(typing.text) if len(typing.text) == DATE_DIGITS else None
    except ValueError:
        return None
