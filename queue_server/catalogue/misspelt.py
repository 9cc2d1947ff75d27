"""Puts right words in Hanzi of which a sign is another that sounds or looks alike: 养劳金, 公积全.

A keyboard for pinyin offers signs that sound alike, and a finger or an eye takes one that looks alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

SHORTEST, LONGEST = 2, 6
"""Of the words that are put right."""
LONGEST_PART, LEAST_TEXTS = 4, 3
"""What so many texts begin or end with is a word too."""
LOOKS = "="
"""Begins a key by looks, so that it is none by sound."""

_HANZI = re.compile(r"[\u3400-\u9fff]+")


class Misspelt:
    """Words that may be meant. Immutable; a look-up takes well under a millisecond."""

    def __init__(
        self, texts: Iterable[str], syllables: Callable[[str], tuple[str, ...]], look_alikes: Iterable[str]
    ) -> None:
        """Of words that sound the same the first is meant, if none shares more signs with what is written.
        `syllables` of a text, one a sign; `look_alikes` are signs that are taken for each other.
        """
        self._syllables = syllables
        self._looks = {ord(sign): group[0] for group in look_alikes for sign in group}
        words = dict.fromkeys(words_of([text for text in texts if _HANZI.fullmatch(text)]))
        self._words = frozenset(words)
        self._alike: dict[str, str] = {}
        """Words by what they have in common with what they are taken for, a space between them."""
        for word in words:
            for key in self._keys(word, syllables(word)):
                had = self._alike.get(key)
                self._alike[key] = f"{had} {word}" if had else word

    def _keys(self, written: str, syllables: tuple[str, ...]) -> Iterator[str]:
        """How it sounds, where every sign has a sound, and how it looks, where a sign has look-alikes."""
        if len(syllables) == len(written):
            yield " ".join(syllables)
        if any(ord(sign) in self._looks for sign in written):
            yield LOOKS + written.translate(self._looks)

    def mend(self, text: str) -> str:
        """The text with each word put right that is none itself; as it is where nothing is near.

        Where a word is all that is written, all its signs may be wrong; else one of them is right.
        """
        return _HANZI.sub(lambda stretch: self._mended(stretch[0], alone=stretch[0] == text), text)

    def _mended(self, text: str, alone: bool) -> str:
        syllables = self._syllables(text)
        if len(syllables) != len(text):
            syllables = ("?",) * len(text)
        at, mended = 0, ""
        while at < len(text):
            known = self._known_at(text, at)
            meant = self._meant_at(text, syllables, at, max(known, SHORTEST - 1), alone)
            mended += meant or text[at : at + max(1, known)]
            at = len(mended)
        return mended

    def _known_at(self, text: str, at: int) -> int:
        """The length of the longest known word that begins here; 0 for none."""
        lengths = range(min(LONGEST, len(text) - at), SHORTEST - 1, -1)
        return next((length for length in lengths if text[at : at + length] in self._words), 0)

    def _meant_at(self, text: str, syllables: tuple[str, ...], at: int, longer_than: int, alone: bool) -> str:
        """The longest word that may be meant here and doesn't cut a known one in two."""
        for end in range(min(len(text), at + LONGEST), at + longer_than, -1):
            if any(one + self._known_at(text, one) > end for one in range(at + 1, end)):
                continue
            written = text[at:end]
            near = [
                word
                for key in self._keys(written, syllables[at:end])
                for word in self._alike.get(key, "").split()
            ]
            best = max(near, key=lambda word: _shared(word, written), default="")
            if best and (_shared(best, written) or (alone and written == text)):
                return best
        return ""


def words_of(texts: list[str]) -> Iterator[str]:
    """Short texts, and what several texts begin or end with."""
    yield from (text for text in texts if SHORTEST <= len(text) <= LONGEST)
    edges = Counter(
        edge
        for text in dict.fromkeys(texts)
        for length in range(SHORTEST, min(LONGEST_PART + 1, len(text)))
        for edge in {text[:length], text[-length:]}
    )
    yield from (edge for edge, count in edges.items() if count >= LEAST_TEXTS)


def _shared(word: str, written: str) -> int:
    return sum(one == other for one, other in zip(word, written, strict=True))
