"""The sound of Hanzi, as pypinyin knows it, in a sixth of its memory.

pypinyin's dictionaries, all tones and readings, take 65 MB. What a search needs of them, one reading of
each sign and phrase, is printed by a process that is gone afterwards:
`python -m queue_server.catalogue.sounds`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache

LAST_SIGN = 0xFFFF
"""The signs beyond are those of old books."""


class Sounds:
    """One reading of each sign and phrase, without tones. Immutable."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines` are of `_all_lines`."""
        self._read: dict[str, str] = {}
        for line in lines:
            hanzi, _, syllables = line.partition(" ")
            self._read[hanzi] = sys.intern(syllables)
        self._longest = max(map(len, self._read))

    def of(self, hanzi: str) -> list[str]:
        """The syllables; signs without a known sound have none."""
        syllables: list[str] = []
        while hanzi:
            part = self._longest_phrase(hanzi)
            syllables += self._syllables(part)
            hanzi = hanzi[len(part) :]
        return syllables

    def _longest_phrase(self, hanzi: str) -> str:
        """The longest that it begins with; its first sign where there is none."""
        for length in range(min(len(hanzi), self._longest), 1, -1):
            if hanzi[:length] in self._read:
                return hanzi[:length]
        return hanzi[0]

    def _syllables(self, part: str) -> list[str]:
        as_one = self._read.get(part, "")
        return (as_one or " ".join(self._read.get(sign, "") for sign in part)).split()


@cache
def sounds() -> Sounds:
    """Everything pypinyin knows. Takes half a second, once in a process.

    :raises OSError, subprocess.CalledProcessError: when the other process doesn't come up.
    """
    printed = subprocess.run([sys.executable, "-m", __name__], stdout=subprocess.PIPE, check=True).stdout
    return Sounds(printed.decode().splitlines())


def _all_lines() -> Iterator[str]:
    """A sign or phrase with its syllables, a space before each; none where a phrase is read as its signs."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal

    toneless = cache(to_normal)

    def first_of(readings: Iterable[list[str]]) -> list[str]:
        return [one for one in (toneless(choices[0]) for choices in readings) if one.isascii()]

    alone = {
        chr(sign): first_of([tones.split(",")]) for sign, tones in PINYIN_DICT.items() if sign <= LAST_SIGN
    }
    for sign, syllables in alone.items():
        yield " ".join((sign, *syllables))
    for phrase, readings in PHRASES_DICT.items():
        syllables = first_of(readings)
        as_signs = [one for sign in phrase for one in alone.get(sign, ())]
        yield " ".join((phrase, *syllables)) if syllables != as_signs else phrase


if __name__ == "__main__":
    sys.stdout.buffer.write("\n".join(_all_lines()).encode())
