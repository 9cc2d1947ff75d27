"""Weighs what a query's tokens share with the texts of entries, in one manner of cutting them."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from queue_server.catalogue.tokens import Tokens

Feature = tuple[str, ...] | int
"""Some tokens in a row, or the number of a group of words that mean the same."""
Features = dict[Feature, float]
"""What a text has, each with its size."""
Entries = Sequence[tuple[int, float]]
"""The entries that have a text, with what it is worth to each."""

MEANING = 1.8
"""A word's meaning counts so much beside two tokens in a row."""
WITHIN, ACROSS = 0.5, 0.25
"""What counts of tokens in a row within a word that has a meaning, and across its edge."""
SAME_LENGTH = 0.4
"""The part of a fit that depends on how much of the text the query has."""
WHOLE_ENTRY = 0.4
"""The part of a fit that words spread over several texts of one entry may earn."""
UNKNOWN = 0.35
"""What no text has counts so much against all."""
APART, APART_SIZE = (2, 3), 0.6
"""Two tokens with so many steps between them still count: 养几头猪 is 养猪."""
LONGEST_WORD = 8


class Lexicon:
    """What tokens say: which mean the same, which say nothing, which are words of their own."""

    def __init__(
        self,
        sizes: dict[int, float],
        alike: Iterable[Iterable[Tokens]] = (),
        words: Iterable[Tokens] = (),
        fillers: Iterable[Tokens] = (),
    ) -> None:
        """`sizes`: how much so many tokens in a row count. Within `words`, fillers are none."""
        self._sizes = sizes
        self._meanings: dict[Tokens, set[int]] = defaultdict(set)
        for number, group in enumerate(alike):
            for tokens in group:
                if tokens:
                    self._meanings[tokens].add(number)
        self._words = {tokens for tokens in words if 1 < len(tokens) <= LONGEST_WORD}
        self._fillers = {tokens for tokens in fillers if tokens}

    def features(self, tokens: Tokens) -> Features:
        """What a text has; a text of fillers alone is taken as it is."""
        features: Features = {}
        meant: dict[int, int] = {}
        for first, last in self._runs(tokens, features, meant) or [(0, len(tokens))]:
            for size, weight in self._sizes.items():
                for start in range(first, last - size + 1):
                    inside = {meant.get(at) for at in range(start, start + size)}
                    part = 1.0 if inside == {None} else WITHIN if len(inside) == 1 else ACROSS
                    features[tokens[start : start + size]] = weight * part
        return features

    def meanings(self, tokens: Tokens) -> Features:
        """What a text means, so that one language's words find the other's texts."""
        features: Features = {}
        self._runs(tokens, features, {})
        return features

    def apart(self, tokens: Tokens) -> Iterator[tuple[Feature, float]]:
        """What a query may mean with tokens that stand a little apart in it."""
        for steps in APART:
            for pair in zip(tokens, tokens[steps:], strict=False):
                yield pair, APART_SIZE
                for meaning in self._meanings.get(pair, ()):
                    yield meaning, MEANING * APART_SIZE

    def _runs(self, tokens: Tokens, features: Features, meant: dict[int, int]) -> list[tuple[int, int]]:
        """The stretches between fillers.

        Meanings met on the way go to the features; `meant` gets where each place's word begins.
        """
        runs: list[tuple[int, int]] = []
        start = at = 0
        while at < len(tokens):
            length, is_word, filler = self._word(tokens, at)
            if filler:
                runs.append((start, at))
                start = at + length
            elif is_word:
                for first, last, meanings in self._inner(tokens, at, at + length):
                    for one in meanings:
                        features[one] = max(MEANING / len(meanings), features.get(one, 0.0))
                    meant.update(dict.fromkeys(range(first, last), first))
            at += length
        runs.append((start, len(tokens)))
        return [(first, last) for first, last in runs if first < last]

    def _word(self, tokens: Tokens, at: int) -> tuple[int, bool, bool]:
        """The longest known word that begins here: its length, whether it is one, whether it says nothing."""
        for length in range(min(LONGEST_WORD, len(tokens) - at), 0, -1):
            word = tokens[at : at + length]
            if word in self._meanings or word in self._words:
                return length, True, False
            if word in self._fillers:
                return length, False, True
        return 1, False, False

    def _inner(self, tokens: Tokens, first: int, last: int) -> Iterator[tuple[int, int, set[int]]]:
        """What the longest words within a word mean: where each begins and ends."""
        start = first
        while start < last:
            for end in range(last, start, -1):
                if meanings := self._meanings.get(tokens[start:end]):
                    yield start, end, meanings
                    start = end - 1
                    break
            start += 1


class Lists:
    """Lists of numbers, kept one behind the other: thousands of short ones in little memory."""

    def __init__(self, lists: Iterable[Iterable[int]]) -> None:
        self._all = array("I")
        self._begins = array("I", [0])
        for one in lists:
            self._all.extend(one)
            self._begins.append(len(self._all))

    def all(self) -> Iterator[int]:
        return iter(self._all)

    def size(self, number: int) -> int:
        return self._begins[number + 1] - self._begins[number]

    def __getitem__(self, number: int) -> array[int]:
        return self._all[self._begins[number] : self._begins[number + 1]]

    def __len__(self) -> int:
        return len(self._begins) - 1

    def turned(self, count: int) -> Lists:
        """For each number below `count` which lists have it."""
        sizes = array("I", bytes(4 * count))
        for one in self._all:
            sizes[one] += 1
        turned = Lists(())
        turned._begins.extend(accumulate(sizes))
        turned._all = array("I", bytes(4 * len(self._all)))
        places = array("I", turned._begins)
        for number in range(len(self)):
            for one in self[number]:
                turned._all[places[one]] = number
                places[one] += 1
        return turned


class Channel:
    """Which entries have what, and how rare it is."""

    def __init__(
        self, lexicon: Lexicon, texts: Iterable[tuple[Features, Entries]], takes_apart: bool = False
    ) -> None:
        self._lexicon, self._takes_apart = lexicon, takes_apart
        self._numbers: dict[Feature, int] = {}
        """Of all that texts have."""
        self._entries: list[Entries] = []
        """Of each text."""
        sizes = array("f")
        had = Lists(self._numbered(texts, sizes))
        self._with = had.turned(len(self._numbers))
        self._worths: list[tuple[int, float]] = []
        """Each entry, with each worth that one of its texts has to it."""
        self._best = Lists(self._best_worths())
        count = len({entry for entries in self._entries for entry, _ in entries}) or 1
        self._unknown = UNKNOWN * math.log(1 + count)
        self._rare = array(
            "f", (math.log(1 + count / self._best.size(one)) for one in range(len(self._best)))
        )
        weights = (size * self._rare[one] for size, one in zip(sizes, had.all(), strict=True))
        self._lengths = array("f", (sum(islice(weights, had.size(text))) for text in range(len(had))))

    def _numbered(
        self, texts: Iterable[tuple[Features, Entries]], sizes: array[float]
    ) -> Iterator[list[int]]:
        for features, entries in texts:
            self._entries.append(entries)
            sizes.extend(features.values())
            yield [self._numbers.setdefault(feature, len(self._numbers)) for feature in features]

    def _best_worths(self) -> Iterator[list[int]]:
        """For each thing that texts have the entries that have it, by their places in `_worths`."""
        places: dict[tuple[int, float], int] = {}
        for number in range(len(self._with)):
            best: dict[int, float] = {}
            for text in self._with[number]:
                for entry, worth in self._entries[text]:
                    best[entry] = max(best.get(entry, 0.0), worth)
            yield [places.setdefault(one, len(places)) for one in best.items()]
        self._worths = list(places)

    def scores(self, tokens: Tokens) -> dict[int, float]:
        """How well each entry fits, 0 to 1; those that share nothing are not there."""
        features = self._lexicon.features(tokens)
        if self._takes_apart:
            for feature, size in self._lexicon.apart(tokens):
                if feature in self._numbers or isinstance(feature, int):
                    features.setdefault(feature, size)
        shared: dict[int, float] = defaultdict(float)
        spread: dict[int, float] = defaultdict(float)
        total = 0.0
        for feature, size in features.items():
            number = self._numbers.get(feature)
            if number is None:
                total += size * self._unknown
                continue
            weight = size * self._rare[number]
            total += weight
            for text in self._with[number]:
                shared[text] += weight
            for place in self._best[number]:
                entry, worth = self._worths[place]
                spread[entry] += weight * worth
        best: dict[int, float] = defaultdict(float)
        for text, weight in shared.items():
            fit = weight / total * (1 - SAME_LENGTH + SAME_LENGTH * weight / self._lengths[text])
            for entry, worth in self._entries[text]:
                best[entry] = max(best[entry], fit * worth)
        return {one: (1 - WHOLE_ENTRY) * best[one] + WHOLE_ENTRY * spread[one] / total for one in best}
