"""Cuts texts into tokens: signs, syllables, letters, words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from queue_server.catalogue.sounds import sounds

Tokens = tuple[str, ...]
SKIPPED = 3
"""Passing over a letter of a misspelt syllable costs as much as so many syllables."""
SLIPPED = 2
"""What a syllable with a slip in it costs."""
LONGEST_SYLLABLE = 7
LEAST_TO_MEND, LEAST_CONSONANTS = 5, 5
"""A shorter word is near to too many others."""

_ENDINGS = re.compile(
    r"(?<=[a-z]{4})(ations?|ances?|ions?|ers?|ors?|als?|ents?|iages?|i[sz](e|ed|ing))$"
    r"|(?<=[a-z]{3})(ments?|ies|ied|ings?|ed|es|s|e|y)$"
)
_SOFT_C, _VOWELS, _DOUBLE = re.compile("c(?=[eiy])"), re.compile("[aeiouyhw]"), re.compile(r"(.)\1+")
_HARD = str.maketrans("cqz", "kks")
_ALIKE_SPELT = (("our", "or"), ("ence", "ense"), ("ll", "l"), ("z", "s"))
"""British and American."""


def characters(text: str) -> Tokens:
    """Hanzi and digits, one by one."""
    return tuple(sign for sign in text if sign.isdecimal() or not (sign.isspace() or sign.isascii()))


def words(text: str) -> Tokens:
    """English words without their endings: register for registers and registered."""
    return tuple(_stem(word) for word in text.split() if word.isascii())


def _stem(word: str) -> str:
    for spelling, other in _ALIKE_SPELT:
        word = word.replace(spelling, other)
    while (shorter := _ENDINGS.sub("", word)) != word:
        word = shorter
    return word


def letters(text: str) -> Tokens:
    return tuple(text.replace(" ", "_"))


class Pinyin:
    """The sound of Hanzi, in the syllables that some texts have. What sounds alike is the same."""

    def __init__(self) -> None:
        self._sounds = sounds()
        self._known: dict[str, list[str]] = {}
        self._syllables: set[str] = set()

    def learn(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._syllables.update(self.spelling(text))

    def spelling(self, text: str) -> list[str]:
        """Its Hanzi's syllables as they are spelt."""
        hanzi = "".join(sign for sign in characters(text) if not sign.isascii())
        if hanzi not in self._known:
            if len(self._known) > 20_000:
                self._known.clear()
            self._known[hanzi] = self._sounds.of(hanzi)
        return self._known[hanzi]

    def spelt(self, text: str) -> str:
        return "".join(self.spelling(text))

    def initials(self, text: str) -> str:
        return "".join(one[0] for one in self.spelling(text))

    def syllables(self, text: str) -> Tokens:
        """Of a text in Hanzi; letters in it say nothing here."""
        return tuple(_alike(one) for one in self.spelling(text))

    def cut(self, typed: str, mending: bool = False) -> tuple[Tokens, float]:
        """Typed letters, with or without spaces, as syllables, and the share of letters that are in them.

        With `mending`, a syllable may have a slip: shneg is sheng.
        """
        known = self._with_slips if mending else self._as_known
        found = [one for part in typed.split() for one in _cut(part, known)]
        share = sum(len(one) for one, _ in found) / (len(typed.replace(" ", "")) or 1)
        return tuple(_alike(meant) for _, meant in found), share

    @cached_property
    def _as_known(self) -> dict[str, str]:
        return {one: one for one in self._syllables}

    @cached_property
    def _with_slips(self) -> dict[str, str]:
        """Every spelling that is understood, with the syllable that is meant."""
        slips = {slip: one for one in sorted(self._syllables) for slip in _slips(one)}
        return slips | self._as_known


def _cut(typed: str, known: dict[str, str]) -> list[tuple[str, str]]:
    """The cut that passes over the fewest letters, then has the fewest slips, then the fewest syllables.

    Each syllable as typed, and as meant.
    """
    best: list[tuple[float, list[tuple[str, str]]]] = [(0.0, [])]
    for end in range(1, len(typed) + 1):
        choices = [(best[end - 1][0] + SKIPPED, best[end - 1][1])]
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            if meant := known.get(typed[start:end]):
                cost = 1.0 if meant == typed[start:end] else SLIPPED
                choices.append((best[start][0] + cost, [*best[start][1], (typed[start:end], meant)]))
        best.append(min(choices, key=lambda one: one[0]))
    return best[-1][1]


def _slips(syllable: str) -> Iterator[str]:
    """The syllable with two letters in each other's place, one typed twice, or one of many left out."""
    for at in range(len(syllable)):
        before, after = syllable[:at], syllable[at + 1 :]
        if after:
            yield before + after[0] + syllable[at] + after[1:]
        if len(syllable) > 2:
            yield before + 2 * syllable[at] + after
        if len(syllable) > 3:
            yield before + after


def _alike(syllable: str) -> str:
    """Without what many speakers don't tell apart: zh and z, ing and in."""
    for spelling, simple in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(spelling):
            syllable = simple + syllable[2:]
    return syllable[:-1] if syllable.endswith("ng") and syllable[-3] in "aei" else syllable


class Slips:
    """Puts right a word with one letter too many, too few, wrong, or in its neighbour's place.

    Or with other vowels: permenant. Nobody who learnt it by ear is sure of them.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {word for word in known if len(word) >= LEAST_TO_MEND}
        self._by_rest: dict[str, str] = {}
        for word in sorted(self._known):
            for rest in _rests(word):
                self._by_rest.setdefault(rest, word)
        self._by_consonants = {_consonants(word): word for word in sorted(self._known, reverse=True)}

    def mend(self, word: str) -> str:
        """The known word that is meant; the word itself where none is near, or it is known."""
        if len(word) < LEAST_TO_MEND or word in self._known:
            return word
        near = next((self._by_rest[rest] for rest in _rests(word) if rest in self._by_rest), "")
        consonants = _consonants(word)
        if not near and len(consonants) >= LEAST_CONSONANTS:
            near = self._by_consonants.get(consonants, "")
        return near or word


def _rests(word: str) -> Iterator[str]:
    """The word, and the word without each of its letters: two words that share one are near."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _consonants(word: str) -> str:
    """Its first letter and its consonants as they are heard, none twice in a row."""
    heard = _SOFT_C.sub("s", word).replace("ph", "f").translate(_HARD)
    return heard[0] + _DOUBLE.sub(r"\1", _VOWELS.sub("", heard[1:]))
