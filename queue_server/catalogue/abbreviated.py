"""Reads pinyin of which some syllables are their first letters alone: shenfz, sbkbb, gthu."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

LONGEST_WORD = 6
LEAST_LETTERS, MOST_LETTERS = 3, 14
"""What is shorter may be anything, and nobody abbreviates at greater length."""
MOST_WORDS = 2
"""Of more words any letters may be made up."""
WORDS_A_STRETCH, READINGS = 3, 6
"""So many words are taken for the same letters, and so many texts for all of them."""

_TWO_LETTERS = ("zh", "ch", "sh")
_HANZI = re.compile(r"[\u3400-\u9fff]+")

Reading = tuple[int, int, str]
"""How many words it has, how seldom the rarest of them is (below nought: common), and the text."""


class Abbreviated:
    """Words that may be meant. Immutable."""

    def __init__(self, words: Iterable[str], texts: Iterable[str], spelt: Callable[[str], list[str]]) -> None:
        """What `texts` have more often is meant rather. `spelt`: the syllables of Hanzi."""
        pairs = Counter(pair for text in texts for pair in pairwise(text))
        self._words: dict[str, list[tuple[int, str, list[str]]]] = defaultdict(list)
        """By their first letter, how common each is, and its syllables."""
        for word in dict.fromkeys(words):
            syllables = spelt(word) if _HANZI.fullmatch(word) and 1 < len(word) <= LONGEST_WORD else []
            if len(syllables) == len(word) > 1:
                common = min(pairs[pair] for pair in pairwise(word))
                self._words[syllables[0][0]].append((common, word, syllables))
        for known in self._words.values():
            known.sort(key=lambda one: -one[0])

    def read(self, typed: str) -> tuple[list[str], int]:
        """Texts in Hanzi that may be meant by these letters, the likeliest first, none for many.

        And of how many words each of them is: the fewest.
        """
        if not LEAST_LETTERS <= len(typed) <= MOST_LETTERS:
            return [], 0
        best: list[list[Reading]] = [[(0, -sys.maxsize, "")], *([] for _ in typed)]
        for start, read in enumerate(best):
            so_far = [one for one in read if one[0] < MOST_WORDS]
            if so_far and start < len(typed):
                for end, found in self._stretches(typed, start).items():
                    more = [
                        (words + 1, max(seldom, other), text + word)
                        for words, seldom, text in so_far
                        for other, word in found
                    ]
                    best[end] = sorted(best[end] + more)[:READINGS]
        fewest = best[-1][0][0] if best[-1] else 0
        return [text for words, _, text in best[-1] if words == fewest], fewest

    def _stretches(self, typed: str, start: int) -> dict[int, list[tuple[int, str]]]:
        """The words that begin here, by where they end, with how seldom each is."""
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for common, word, syllables in self._words.get(typed[start], ()):
            for end in _ends(typed, start, syllables):
                if len(found[end]) < WORDS_A_STRETCH:
                    found[end].append((-common, word))
        return found


def _ends(typed: str, start: int, syllables: list[str]) -> Iterator[int]:
    """Where the word ends if each syllable is typed in full or as its first letters."""
    if not syllables:
        yield start
        return
    first = syllables[0]
    forms = {first, first[0], first[:2] if first.startswith(_TWO_LETTERS) else first}
    for form in forms:
        if typed.startswith(form, start):
            yield from _ends(typed, start + len(form), syllables[1:])
