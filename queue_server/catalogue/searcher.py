"""Finding in a process of its own, so that neither an index nor a search holds up a call."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable

from queue_server.catalogue.catalogue import Catalogue
from queue_server.catalogue.search import Found, Sought
from queue_server.catalogue.search_worker import first_question, query
from queue_server.pipes import NotDone
from queue_server.worker import Gone, Worker

log = logging.getLogger(__name__)


class Searcher:
    """Finds a catalogue's entries, as its own `Finder` would; one search at a time."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._entries = catalogue.entries()
        self.worker = Worker(
            "queue_server.catalogue.search_worker",
            first_question(self._entries, catalogue.vocabulary),
        )

    def prepare(self) -> None:
        """Make the index now, so that the first search need not wait for it. Never raises."""
        try:
            self.worker.start()
        except NotDone as why:
            log.error("the search does not come up, and will be tried again with the first search: %s", why)

    def find(self, q: str, wanted: Callable[[Sought], bool]) -> list[Found]:
        """The entries wanted that fit, best first.

        :raises NotDone: when the worker can't, not even one that was just started.
        """
        question = query(q, [number for number, one in enumerate(self._entries) if wanted(one)])
        try:
            answer = self.worker.ask(question)
        except Gone:
            answer = self.worker.ask(question)
        found: list[Found] = pickle.loads(answer)
        return found
