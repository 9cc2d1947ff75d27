"""A process of the server's own, for work that would hold up everybody in the server's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TypeVar

import gevent
from gevent.lock import BoundedSemaphore

from queue_server.pipes import NotDone, ask

T = TypeVar("T")

PATIENCE_SECONDS = 20.0
"""The first answer also waits for the worker to load."""


class Gone(NotDone):
    """It fell over, or took too long: the next question starts another."""


class Worker:
    """Answers one question after the other; started with the first, and again whenever it fell over.

    Whoever asks waits, and nobody else does.
    """

    def __init__(self, module: str, first: bytes = b"") -> None:
        """`first` is what a new process is asked before all else."""
        self._module, self._first = module, first
        self._turn = BoundedSemaphore(1)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it now, so that the first question need not wait.

        :raises NotDone: when it doesn't come up.
        """
        with self._turn:
            self._in_time(self._running)

    def ask(self, question: bytes) -> bytes:
        """:raises NotDone: when it can't be answered, or not in time."""
        with self._turn:
            return self._in_time(lambda: self._asked(self._running(), question))

    def retire(self) -> None:
        """Stop, once those who wait already are answered."""
        with self._turn:
            self.stop()

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _in_time(self, act: Callable[[], T]) -> T:
        try:
            with gevent.Timeout(PATIENCE_SECONDS):
                return act()
        except NotDone:
            raise
        except gevent.Timeout:
            self.stop()
            raise Gone("no answer in time") from None
        except (OSError, EOFError) as trouble:
            self.stop()
            raise Gone(f"the worker is gone ({type(trouble).__name__})") from None
        except BaseException:
            # What it still answers would be taken for the next question's.
            self.stop()
            raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            if self._first:
                self._begin(self.process)
        return self.process

    def _begin(self, process: subprocess.Popen[bytes]) -> None:
        try:
            self._asked(process, self._first)
        except NotDone:
            self.stop()
            raise

    def _asked(self, process: subprocess.Popen[bytes], question: bytes) -> bytes:
        assert process.stdin and process.stdout
        return ask(question, process.stdin, process.stdout)
