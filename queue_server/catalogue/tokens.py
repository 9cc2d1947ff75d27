"""Cuts texts into tokens: signs, syllables, letters, words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Tokens = tuple[str, ...]
SKIPPED = 3
"""Passing over a letter of a misspelt syllable costs as much as so many syllables."""
LONGEST_SYLLABLE = 6
LEAST_TO_MEND = 5
"""A shorter word is near to too many others."""

_ENDINGS = re.compile(r"(?<=[a-z]{3})(ies|ing|ed|es|s|e|y)$")


def characters(text: str) -> Tokens:
    """Hanzi and digits, one by one."""
    return tuple(sign for sign in text if sign.isdecimal() or not (sign.isspace() or sign.isascii()))


def words(text: str) -> Tokens:
    """English words without their endings."""
    return tuple(_ENDINGS.sub("", word) for word in text.split() if word.isascii())


def letters(text: str) -> Tokens:
    return tuple(text.replace(" ", "_"))


class Pinyin:
    """The sound of Hanzi, in the syllables that some texts have. What sounds alike is the same."""

    def __init__(self) -> None:
        # Its dictionaries take a while to load, which a server's start should not wait for.
        from pypinyin import lazy_pinyin

        self._of = lazy_pinyin
        self._known: dict[str, list[str]] = {}
        self._syllables: set[str] = set()

    def learn(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._syllables.update(self._raw(text))

    def _raw(self, text: str) -> list[str]:
        hanzi = "".join(sign for sign in characters(text) if not sign.isascii())
        if hanzi not in self._known:
            if len(self._known) > 20_000:
                self._known.clear()
            self._known[hanzi] = [one for one in self._of(hanzi, errors="ignore") if one.isascii()]
        return self._known[hanzi]

    def spelt(self, text: str) -> str:
        return "".join(self._raw(text))

    def initials(self, text: str) -> str:
        return "".join(one[0] for one in self._raw(text))

    def syllables(self, text: str) -> Tokens:
        """Of a text in Hanzi; letters in it say nothing here."""
        return tuple(_alike(one) for one in self._raw(text))

    def cut(self, typed: str) -> tuple[Tokens, float]:
        """Typed letters, with or without spaces, as syllables, and the share of letters that are in them."""
        found = [one for part in typed.split() for one in self._cut(part)]
        share = sum(map(len, found)) / (len(typed.replace(" ", "")) or 1)
        return tuple(_alike(one) for one in found), share

    def _cut(self, typed: str) -> list[str]:
        """The cut that passes over the fewest letters, then has the fewest syllables."""
        best: list[tuple[int, list[str]]] = [(0, [])]
        for end in range(1, len(typed) + 1):
            choices = [(best[end - 1][0] + SKIPPED, best[end - 1][1])]
            for start in range(max(0, end - LONGEST_SYLLABLE), end):
                if typed[start:end] in self._syllables:
                    choices.append((best[start][0] + 1, [*best[start][1], typed[start:end]]))
            best.append(min(choices, key=lambda one: one[0]))
        return best[-1][1]


def _alike(syllable: str) -> str:
    """Without what many speakers don't tell apart: zh and z, ing and in."""
    for spelling, simple in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(spelling):
            syllable = simple + syllable[2:]
    return syllable[:-1] if syllable.endswith("ng") and syllable[-3] in "aei" else syllable


class Slips:
    """Puts right a word with one letter too many, too few, wrong, or in its neighbour's place."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {word for word in known if len(word) >= LEAST_TO_MEND}
        self._by_rest: dict[str, str] = {}
        for word in sorted(self._known):
            for rest in _rests(word):
                self._by_rest.setdefault(rest, word)

    def mend(self, word: str) -> str:
        """The known word that is meant; the word itself where none is near, or it is known."""
        if len(word) < LEAST_TO_MEND or word in self._known:
            return word
        return next((self._by_rest[rest] for rest in _rests(word) if rest in self._by_rest), word)


def _rests(word: str) -> Iterator[str]:
    """The word, and the word without each of its letters: two words that share one are near."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
