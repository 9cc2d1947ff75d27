"""Cuts texts into tokens, and weighs what a query's tokens share with them."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

Tokens = tuple[str, ...]
Feature = tuple[str, ...] | int
"""Some tokens in a row, or the number of a group of words that mean the same."""

MEANING = 1.6
"""A word's meaning counts so much beside two tokens in a row."""
SAME_LENGTH = 0.4
"""The part of a fit that depends on how much of the text the query has."""
WHOLE_ENTRY = 0.3
"""The part of a fit that words spread over several texts of one entry may earn."""
UNKNOWN = 0.5
"""What no text has counts so much against all."""
LONGEST_WORD = 8
SKIPPED = 3
"""Passing over a letter of a misspelt syllable costs as much as so many syllables."""
LONGEST_SYLLABLE = 6

_ENDINGS = re.compile(r"(?<=[a-z]{3})(ies|ing|ed|es|s|e|y)$")


def characters(text: str) -> Tokens:
    return tuple(sign for sign in text if not sign.isspace() and not sign.isascii())


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
        hanzi = "".join(characters(text))
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

    def cut(self, typed: str) -> Tokens:
        """Typed letters, with or without spaces, as syllables; what fits none is passed over."""
        return tuple(_alike(one) for part in typed.split() for one in self._cut(part))

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


class Channel:
    """One manner of cutting texts: which entries have what, and how rare it is."""

    def __init__(self, sizes: dict[int, float]) -> None:
        self._sizes = sizes
        self._meanings: dict[Tokens, set[int]] = defaultdict(set)
        self._fillers: set[Tokens] = set()
        self._words: set[Tokens] = set()
        self._texts: list[tuple[list[tuple[int, float]], dict[Feature, float]]] = []
        self._with: dict[Feature, list[int]] = defaultdict(list)
        self._entries: dict[Feature, dict[int, float]] = defaultdict(dict)
        self._rare: dict[Feature, float] = {}
        self._lengths: list[float] = []
        self._unknown = 1.0

    def mean_the_same(self, number: int, said: Iterable[Tokens]) -> None:
        for tokens in said:
            if tokens:
                self._meanings[tokens].add(number)

    def know(self, tokens: Tokens) -> None:
        """A word of its own, within which fillers are none."""
        if 1 < len(tokens) <= LONGEST_WORD:
            self._words.add(tokens)

    def say_nothing(self, said: Iterable[Tokens]) -> None:
        self._fillers = {tokens for tokens in said if tokens}

    def add(self, tokens: Tokens, entries: list[tuple[int, float]]) -> None:
        """A text, and the entries that have it with what it is worth to each."""
        features = self._features(tokens)
        number = len(self._texts)
        self._texts.append((entries, features))
        for feature in features:
            self._with[feature].append(number)
            for entry, worth in entries:
                known = self._entries[feature]
                known[entry] = max(known.get(entry, 0.0), worth)

    def close(self) -> None:
        """All texts are added: how rare each thing is can be said."""
        count = len({entry for entries, _ in self._texts for entry, _ in entries}) or 1
        self._rare = {one: math.log(1 + count / len(found)) for one, found in self._entries.items()}
        self._unknown = UNKNOWN * math.log(1 + count)
        self._lengths = [self._weight(features) for _, features in self._texts]

    def scores(self, tokens: Tokens) -> dict[int, float]:
        """How well each entry fits, 0 to 1; those that share nothing are not there."""
        features = self._features(tokens)
        total = self._weight(features)
        if not total:
            return {}
        shared: dict[int, float] = defaultdict(float)
        spread: dict[int, float] = defaultdict(float)
        for feature, size in features.items():
            weight = size * self._rare.get(feature, 0.0)
            for text in self._with.get(feature, ()):
                shared[text] += weight
            for entry, worth in self._entries.get(feature, {}).items():
                spread[entry] += weight * worth
        best: dict[int, float] = defaultdict(float)
        for text, weight in shared.items():
            fit = weight / total * (1 - SAME_LENGTH + SAME_LENGTH * weight / self._lengths[text])
            for entry, worth in self._texts[text][0]:
                best[entry] = max(best[entry], fit * worth)
        return {one: (1 - WHOLE_ENTRY) * best[one] + WHOLE_ENTRY * spread[one] / total for one in best}

    def _weight(self, features: dict[Feature, float]) -> float:
        return sum(size * self._rare.get(feature, self._unknown) for feature, size in features.items())

    def _features(self, tokens: Tokens) -> dict[Feature, float]:
        """What a text has, each with its size; a text of fillers alone is taken as it is."""
        features: dict[Feature, float] = {}
        for run in self._runs(tokens, features) or [tokens]:
            for size, weight in self._sizes.items():
                for start in range(len(run) - size + 1):
                    features[run[start : start + size]] = weight
        return features

    def _runs(self, tokens: Tokens, features: dict[Feature, float]) -> list[Tokens]:
        """The stretches between fillers; meanings met on the way are added to the features."""
        runs: list[Tokens] = []
        start = at = 0
        while at < len(tokens):
            length, meanings, filler = self._word(tokens, at)
            if filler:
                runs.append(tokens[start:at])
                start = at + length
            for meaning in meanings:
                features[meaning] = MEANING
            at += length
        runs.append(tokens[start:])
        return [run for run in runs if run]

    def _word(self, tokens: Tokens, at: int) -> tuple[int, set[int], bool]:
        """The longest known word that begins here: its length, what it means, whether it says nothing.

        Within a longer word shorter ones keep their meaning.
        """
        for length in range(min(LONGEST_WORD, len(tokens) - at), 0, -1):
            word = tokens[at : at + length]
            if word in self._meanings or word in self._words:
                return length, set(self._inner(word)), False
            if word in self._fillers:
                return length, set(), True
        return 1, set(), False

    def _inner(self, word: Tokens) -> Iterator[int]:
        for start in range(len(word)):
            for end in range(start + 1, len(word) + 1):
                yield from self._meanings.get(word[start:end], ())
