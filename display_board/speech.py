"""How a call is spoken: calls become phrases, each of which is one clip of sound.

The sentences stand in `assets/texts/board.toml` under `spoken`; what stands between their
`{places}` are the phrases. A number's letters and digits are said one by one, in the words of its
table `sign`; windows by their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from assets import texts
from display_board.announcer import Call
from queue_server.hall.model import CallKind

BREAK_SECONDS = 0.25
"""A pause at a comma or colon, and between two calls."""
LANGUAGE_SECONDS = 0.5

DIGITS = {
    "zh": ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_PARTS = re.compile(r"(\{number\}|\{window\}|[，：；,:;])")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are one clip."""

    language: str
    words: str


Piece = Phrase | float
"""A phrase, or a silence in seconds."""


def utterance(calls: Sequence[Call], one: str = "yao") -> list[Piece]:
    """What is said for the calls of one turn: Chinese for all, then English for whom it is meant.

    `one` is "yao" or "yi".
    """
    pieces: list[Piece] = []
    for language in texts.LANGUAGES:
        meant = [call for call in calls if language in call.speak]
        if meant and pieces:
            pieces.append(LANGUAGE_SECONDS)
        for position, call in enumerate(meant):
            if position:
                pieces.append(BREAK_SECONDS)
            pieces += _sentence(_key(call, position), language, call.ticket, call.window, one)
    return pieces


def missed_utterance(ticket: str, speak: Sequence[str], one: str = "yao") -> list[Piece]:
    """What is said for a number that was called in vain."""
    pieces: list[Piece] = []
    for language in texts.LANGUAGES:
        if language in speak:
            pieces += [LANGUAGE_SECONDS] if pieces else []
            pieces += _sentence("board.spoken.missed", language, ticket, 0, one)
    return pieces


def vocabulary(windows: Iterable[int], one: str = "yao", letters: str = ascii_uppercase) -> set[Phrase]:
    """Every phrase that calls to these windows can need."""
    number = letters + "0123456789"
    calls = [
        Call("", number, window, kind, at=0.0, speak=texts.LANGUAGES)  # type: ignore[arg-type]
        for window in windows
        for kind in CallKind
    ]
    pieces = [piece for call in calls for piece in utterance([call, call], one)]
    pieces += missed_utterance(number, texts.LANGUAGES, one)
    return {piece for piece in pieces if isinstance(piece, Phrase)}


def _key(call: Call, position: int) -> str:
    if call.kind is CallKind.RECALL:
        return "board.spoken.recall"
    return "board.spoken.more" if position else "board.spoken.call"


def _sentence(key: str, language: str, ticket: str, window: int, one: str) -> list[Piece]:
    pieces: list[Piece] = []
    for part in _PARTS.split(texts.all_texts()[key][language]):
        if part == "{number}":
            pieces += [Phrase(language, _spelled(sign, language, one)) for sign in ticket]
        elif part == "{window}":
            number = counted(window, language)
            pieces.append(Phrase(language, texts.say("board.spoken.window", language, number=number)))
        elif _PARTS.fullmatch(part):
            pieces.append(BREAK_SECONDS)
        elif part.strip():
            pieces.append(Phrase(language, part.strip()))
    return pieces


def _spelled(sign: str, language: str, one: str) -> str:
    """The word for a letter or digit; `one` says how the hall wants 1 said in Chinese."""
    key = "board.sign.1-yi" if sign == "1" and one == "yi" else f"board.sign.{sign}"
    return texts.say(key, language)


def counted(number: int, language: str) -> str:
    """A number from 1 to 999 in words: 十五, 一百零五, "fifteen", "one hundred and five"."""
    if not 1 <= number <= 999:
        raise ValueError(f"{number} is no window's number")
    return _counted_zh(number) if language == "zh" else _counted_en(number)


def _counted_zh(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    digits = DIGITS["zh"]
    words = digits[hundreds] + "百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (digits[ones] if ones else "")


def _counted_en(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = f"{DIGITS['en'][hundreds]} hundred" if hundreds else ""
    if not rest:
        return words
    return f"{words} and {_below_hundred_en(rest)}" if words else _below_hundred_en(rest)


def _below_hundred_en(number: int) -> str:
    if number < 10:
        return DIGITS["en"][number]
    if number < 20:
        return _TEENS[number - 10]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f"-{DIGITS['en'][ones]}" if ones else "")
