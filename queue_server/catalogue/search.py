"""Finding by what people say: Hanzi, pinyin, initials, English, everyday words, with slips of the hand.

Each text of an entry is cut into tokens in several manners (characters, syllables, letters, words);
what a query shares with a text, rare things counting more, is how well it fits. Words that mean the
same count as the same thing, and words that every question has count as nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from queue_server.catalogue.abbreviated import Abbreviated
from queue_server.catalogue.channel import Channel, Entries, Features, Lexicon
from queue_server.catalogue.misspelt import Misspelt
from queue_server.catalogue.tokens import Pinyin, Slips, Tokens, characters, letters, words

QUERY_SIGNS = 60
"""A query's length that is looked at; nobody types more at a kiosk."""
LEAST_IN_HANZI, LEAST_IN_LETTERS = 0.06, 0.28
"""A worse fit than this is none: any Hanzi shared says something, some letters shared do not."""
SHARE_OF_BEST = 0.45
"""What fits much worse than the best is left out."""
SHARE_OF_UNWANTED = 0.25
"""What fits far worse than an entry that isn't wanted is not what was meant either."""
BY_SOUND, BY_LETTERS, BY_INITIALS, BY_BEGINNING, BY_MENDING, BY_MIXTURE = 0.4, 0.7, 0.85, 0.95, 0.95, 0.9
"""How far each manner is trusted beside the text as written.

Of what is written in Hanzi the sound counts for little: too much sounds alike, as 手艺 and 兽医.
"""
FITS_WELL = 0.7
"""What fits so need not be looked for by letters left out."""
A_WORD_MORE = 0.8
"""Each word more that such letters stand for is so much less sure."""
BY_USE = 0.18
"""What being asked for most adds to a fit, in share of it."""
MOST_USES = 100
THE_SAME = 0.5
"""What is added where the query is exactly a name."""

_HANZI = re.compile(r"[\u3400-\u9fff]")
_CHINESE = re.compile(r"[\u3400-\u9fff0-9]+")
_GENITIVE = re.compile(r"(?<=[a-z])['’]s\b")
_LATIN = re.compile(r"[a-z][a-z0-9]*")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Groups of words that mean the same, words that say nothing, signs that are taken for each other."""

    synonyms: tuple[tuple[str, ...], ...] = ()
    fillers: tuple[str, ...] = ()
    look_alikes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """An entry that may be found: its texts with their worth (0–1), and how much it is asked for."""

    kind: str
    id: str
    texts: tuple[tuple[str, float], ...]
    uses: int


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    id: str
    score: float


class Finds(Protocol):
    def find(self, q: str, wanted: Callable[[Sought], bool]) -> list[Found]:
        """The entries wanted that fit, best first; nothing where nothing fits."""


Scores = dict[int, float]


class Finder:
    """An index of entries. Making it takes about a second, a search a few milliseconds."""

    def __init__(self, entries: Sequence[Sought], vocabulary: Vocabulary) -> None:
        self._entries = entries
        pinyin = Pinyin()
        self._pinyin = pinyin
        chinese = [one for group in vocabulary.synonyms for one in group] + list(vocabulary.fillers)
        self._texts: dict[str, list[tuple[int, float]]] = {}
        for number, entry in enumerate(entries):
            for text, worth in entry.texts:
                self._texts.setdefault(plain(text), []).append((number, worth))
        latin = [text for text in self._texts if _LATIN.search(text) and not _HANZI.search(text)]
        hanzi = [text for text in self._texts if text not in latin]
        pinyin.learn([*hanzi, *(one for one in chinese if _HANZI.search(one))])
        written = _lexicon(characters, {1: 0.35, 2: 1.0}, vocabulary, hanzi)
        meant = ((written.meanings(characters(text)), self._texts[text]) for text in hanzi)
        self._written = self._channel(characters, written, hanzi, takes_apart=True)
        self._sounded = self._channel(
            pinyin.syllables, _lexicon(pinyin.syllables, {1: 0.25, 2: 1.0}, vocabulary, hanzi), hanzi
        )
        self._lettered = self._channel(lambda text: letters(pinyin.spelt(text)), Lexicon({3: 1.0}), hanzi)
        english = _lexicon(words, {1: 1.0, 2: 0.5}, vocabulary, latin)
        self._english = self._channel(words, english, latin, (one for one in meant if one[0]))
        self._english_letters = self._channel(letters, Lexicon({3: 1.0}), latin)
        self._spelt = [(pinyin.spelt(text), pinyin.initials(text), self._texts[text]) for text in hanzi]
        said = [word for text in latin for word in text.split()]
        said += [word for group in vocabulary.synonyms for one in group for word in plain(one).split()]
        self._slips = Slips(said)
        self._abbreviated = Abbreviated([*chinese, *hanzi], hanzi, pinyin.spelling)
        self._misspelt = Misspelt([*hanzi, *chinese], pinyin.syllables, vocabulary.look_alikes)

    def _channel(
        self,
        cut: Callable[[str], Tokens],
        lexicon: Lexicon,
        texts: list[str],
        more: Iterable[tuple[Features, Entries]] = (),
        takes_apart: bool = False,
    ) -> Channel:
        read = ((lexicon.features(cut(text)), self._texts[text]) for text in texts)
        return Channel(lexicon, chain(read, more), takes_apart)

    def find(self, q: str, wanted: Callable[[Sought], bool]) -> list[Found]:
        """The entries wanted that fit, best first; nothing where nothing fits."""
        query = plain(q)[:QUERY_SIGNS]
        scores = self._scores(query)
        named = {number for number, worth in self._texts.get(query, ()) if worth == 1.0}
        fitting = {number: score for number, score in scores.items() if wanted(self._entries[number])}
        least = max(
            SHARE_OF_BEST * max(fitting.values(), default=0.0),
            SHARE_OF_UNWANTED * max(scores.values(), default=0.0),
        )
        found = [
            Found(entry.kind, entry.id, _ranked(score, entry.uses) + (THE_SAME if number in named else 0.0))
            for number, score in fitting.items()
            if score >= least and (entry := self._entries[number])
        ]
        return sorted(found, key=lambda one: -one.score)

    def _scores(self, query: str) -> Scores:
        latin = " ".join(_LATIN.findall(query))
        hanzi = "".join(_CHINESE.findall(query)) if _HANZI.search(query) or not latin else ""
        if hanzi and len(latin) > 1:
            both = _both(self._by_hanzi(hanzi), self._by_latin(latin))
            if self._pinyin.cut(latin)[1] < 1:
                return both
            spelt = _HANZI.sub(lambda sign: f" {self._pinyin.spelt(sign[0])} ", query)
            return _best([(both, 1.0), (self._by_latin(plain(spelt)), BY_MIXTURE)])
        return self._by_hanzi(hanzi) if hanzi else self._by_latin(latin) if latin else {}

    def _by_hanzi(self, query: str) -> Scores:
        asked = [(self._written.scores(characters(query)), 1.0)]
        asked.append((self._sounded.scores(self._pinyin.syllables(query)), BY_SOUND))
        if (mended := self._misspelt.mend(query)) != query:
            asked.append((self._written.scores(characters(mended)), BY_MENDING))
        return _best(asked, LEAST_IN_HANZI)

    def _by_latin(self, query: str) -> Scores:
        mended = " ".join(self._slips.mend(word) for word in query.split())
        asked = [(self._spelt_as(query), 1.0)]
        if mended != query:
            asked.append((self._spelt_as(mended), BY_MENDING))
        elif (cut := self._pinyin.cut(query, mending=True)) != self._pinyin.cut(query):
            asked.append((self._sounding(*cut), BY_MENDING))
        return _best(asked + self._abbreviating(query, asked), LEAST_IN_LETTERS)

    def _abbreviating(self, query: str, asked: list[tuple[Scores, float]]) -> list[tuple[Scores, float]]:
        """Where nothing else fits well: by words whose syllables may be first letters alone."""
        if max(_best(asked).values(), default=0.0) >= FITS_WELL:
            return []
        texts, words = self._abbreviated.read(query.replace(" ", ""))
        trust = A_WORD_MORE ** (words - 1)
        return [(self._written.scores(characters(text)), trust) for text in texts]

    def _sounding(self, syllables: Tokens, share: float) -> Scores:
        """By syllables that have so great a share of what was typed."""
        trust = BY_BEGINNING * share**2
        return {number: fit * trust for number, fit in self._sounded.scores(syllables).items()}

    def _spelt_as(self, query: str) -> Scores:
        joined = query.replace(" ", "")
        return _best(
            [
                (self._english.scores(words(query)), 1.0),
                (self._english_letters.scores(letters(query)), BY_LETTERS),
                (self._sounding(*self._pinyin.cut(query)), 1.0),
                (self._lettered.scores(letters(joined)), BY_LETTERS),
                (self._begun(joined), 1.0),
            ]
        )

    def _begun(self, query: str) -> Scores:
        """Texts whose pinyin or initials have these letters in a row, as while one still types."""
        scores: Scores = {}
        if len(query) < 2:
            return scores
        for spelt, initials, entries in self._spelt:
            fit = max(BY_BEGINNING * _within(query, spelt), BY_INITIALS * _within(query, initials))
            if fit:
                for number, worth in entries:
                    scores[number] = max(scores.get(number, 0.0), fit * worth)
        return scores


def _lexicon(
    cut: Callable[[str], Tokens], sizes: dict[int, float], vocabulary: Vocabulary, texts: list[str]
) -> Lexicon:
    return Lexicon(
        sizes,
        alike=[[cut(plain(word)) for word in group] for group in vocabulary.synonyms],
        words=map(cut, texts),
        fillers=[cut(plain(word)) for word in vocabulary.fillers],
    )


def _ranked(fit: float, uses: int) -> float:
    return fit * (1 + BY_USE * min(1.0, uses / MOST_USES))


def plain(text: str) -> str:
    """Lower case, half width, nobody's 's, signs that are neither letters nor digits as single spaces."""
    text = _GENITIVE.sub("", unicodedata.normalize("NFKC", text).lower())
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text).split())


def _within(query: str, text: str) -> float:
    """1 for the same, less for a beginning, less for a part, 0 for nothing."""
    if query not in text:
        return 0.0
    return (0.6 if text.startswith(query) else 0.35) + 0.4 * len(query) / len(text) if query != text else 1.0


def _best(channels: list[tuple[Scores, float]], least: float = 0.0) -> Scores:
    """The best that any manner of looking finds, with how far each is trusted."""
    best: Scores = {}
    for scores, trust in channels:
        for number, score in scores.items():
            best[number] = max(best.get(number, 0.0), score * trust)
    return {number: score for number, score in best.items() if score >= least}


def _both(one: Scores, other: Scores) -> Scores:
    """A query of two scripts: what both parts find counts most."""
    numbers = one.keys() | other.keys()
    return {number: 0.6 * one.get(number, 0.0) + 0.5 * other.get(number, 0.0) for number in numbers}
