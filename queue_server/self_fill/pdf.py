"""Pages as PDF, off the hub: hands them to a worker process and waits without holding anybody up."""

from __future__ import annotations

import subprocess
import sys

import gevent
from gevent.lock import BoundedSemaphore

from queue_server.self_fill.pdf_worker import DONE, LENGTH

PATIENCE_SECONDS = 20.0
"""The first page also waits for the worker to load."""


class NotSet(Exception):
    """A page could not be set; the message says why and holds nothing of the page."""


class Press:
    """One worker, started with the first page and again whenever it fell over; one page at a time."""

    def __init__(self) -> None:
        self._turn = BoundedSemaphore(1)
        self._worker: subprocess.Popen[bytes] | None = None

    def pdf(self, page: str) -> bytes:
        """:raises NotSet: when the page can't be set, or not in time."""
        with self._turn:
            try:
                with gevent.Timeout(PATIENCE_SECONDS):
                    state, data = self._set(page.encode())
            except gevent.Timeout:
                self._stop()
                raise NotSet("no page in time") from None
            except (OSError, EOFError) as trouble:
                self._stop()
                raise NotSet(f"the worker is gone ({type(trouble).__name__})") from None
            except BaseException:
                # What the worker still answers would be taken for the next page.
                self._stop()
                raise
        if state != DONE:
            raise NotSet(data.decode())
        return data

    def close(self) -> None:
        self._stop()

    def _set(self, page: bytes) -> tuple[bytes, bytes]:
        if self._worker is None or self._worker.poll() is not None:
            self._worker = subprocess.Popen(
                [sys.executable, "-m", "queue_server.self_fill.pdf_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        source, sink = self._worker.stdout, self._worker.stdin
        assert source and sink
        sink.write(LENGTH.pack(len(page)) + page)
        sink.flush()
        head = source.read(1 + LENGTH.size)
        if len(head) != 1 + LENGTH.size:
            raise EOFError
        return head[:1], source.read(LENGTH.unpack(head[1:])[0])

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            worker.communicate()
