"""Pages as PDF, set by a process of their own: whoever wants one waits, and nobody else."""

from __future__ import annotations

from queue_server.pipes import NotDone
from queue_server.worker import Worker


class NotSet(Exception):
    """A page could not be set; the message says why and holds nothing of the page."""


class Press:
    """One page at a time."""

    def __init__(self) -> None:
        self.worker = Worker("queue_server.self_fill.pdf_worker")

    def pdf(self, page: str) -> bytes:
        """:raises NotSet: when the page can't be set, or not in time."""
        try:
            return self.worker.ask(page.encode())
        except NotDone as why:
            raise NotSet(str(why)) from None

    def close(self) -> None:
        self.worker.stop()
