"""Cuts texts into tokens, and weighs what a query's tokens share with them."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

Tokens = tuple[str, ...]
Feature = tuple[str, ...] | int
"""Some tokens in a row, or the number of a group of words that mean the same."""

MEANING = 1.8
"""A word's meaning counts so much beside two tokens in a row."""
WITHIN, ACROSS = 0.5, 0.15
"""What counts of tokens in a row within a word that has a meaning, and across its edge."""
SAME_LENGTH = 0.4
"""The part of a fit that depends on how much of the text the query has."""
WHOLE_ENTRY = 0.3
"""The part of a fit that words spread over several texts of one entry may earn."""
UNKNOWN = 0.5
"""What no text has counts so much against all."""
APART, APART_SIZE = (2, 3), 0.6
"""Two tokens with so many steps between them still count: 养几头猪 is 养猪."""
LONGEST_WORD = 8
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


def _apart(tokens: Tokens) -> Iterator[tuple[str, str]]:
    for steps in APART:
        yield from zip(tokens, tokens[steps:], strict=False)


class Channel:
    """One manner of cutting texts: which entries have what, and how rare it is."""

    def __init__(self, sizes: dict[int, float], apart: bool = False) -> None:
        self._sizes, self._takes_apart = sizes, apart
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
        self._enter(self._features(tokens), entries)

    def add_meanings(self, other: Channel) -> None:
        """What another manner's texts mean, so that one language's words find the other's texts."""
        for entries, features in list(other._texts):
            meanings: dict[Feature, float] = {
                one: size for one, size in features.items() if isinstance(one, int)
            }
            if meanings:
                self._enter(meanings, entries)

    def _enter(self, features: dict[Feature, float], entries: list[tuple[int, float]]) -> None:
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
        self._add_apart(tokens, features)
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
        meant: dict[int, int] = {}
        for first, last in self._runs(tokens, features, meant) or [(0, len(tokens))]:
            for size, weight in self._sizes.items():
                for start in range(first, last - size + 1):
                    inside = {meant.get(at) for at in range(start, start + size)}
                    part = 1.0 if inside == {None} else WITHIN if len(inside) == 1 else ACROSS
                    features[tokens[start : start + size]] = weight * part
        return features

    def _add_apart(self, tokens: Tokens, features: dict[Feature, float]) -> None:
        """Pairs that some text has side by side and the query a little apart."""
        if self._takes_apart:
            for first, second in _apart(tokens):
                if (first, second) in self._rare:
                    features.setdefault((first, second), APART_SIZE)
                for meaning in self._meanings.get((first, second), ()):
                    features.setdefault(meaning, MEANING * APART_SIZE)

    def _runs(
        self, tokens: Tokens, features: dict[Feature, float], meant: dict[int, int]
    ) -> list[tuple[int, int]]:
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
