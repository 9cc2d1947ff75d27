"""Finds entries, in a process of its own: `python -m queue_server.catalogue.search_worker`.

Making the index takes half a second of a processor: in the server's process every call to a board would
wait for it.
"""

from __future__ import annotations

import pickle
import sys

from queue_server.catalogue.search import Finder, Sought, Vocabulary
from queue_server.pipes import answer_all


class _Search:
    """What is asked first are the entries; then queries come."""

    def __init__(self) -> None:
        self._entries: list[Sought] = []
        self._finder: Finder | None = None

    def answer(self, question: bytes) -> bytes:
        if self._finder is None:
            self._entries, vocabulary = pickle.loads(question)
            self._finder = Finder(self._entries, vocabulary)
            return b""
        q, numbers = pickle.loads(question)
        wanted = {(one.kind, one.id) for one in map(self._entries.__getitem__, numbers)}
        return pickle.dumps(self._finder.find(q, lambda one: (one.kind, one.id) in wanted))


def first_question(entries: list[Sought], vocabulary: Vocabulary) -> bytes:
    return pickle.dumps((entries, vocabulary))


def query(q: str, wanted: list[int]) -> bytes:
    """`wanted` are the numbers of the entries among which to find."""
    return pickle.dumps((q, wanted))


if __name__ == "__main__":
    answer_all(_Search().answer, sys.stdin.buffer, sys.stdout.buffer)
