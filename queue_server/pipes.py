"""Questions and answers over a worker's pipes.

Each goes with its length before it, an answer with whether it was done, too.
"""

from __future__ import annotations

import signal
import struct
from collections.abc import Callable
from typing import IO

_LENGTH = struct.Struct(">I")
_DONE, _FAILED = b"+", b"-"


class NotDone(Exception):
    """Why there is no answer; holds nothing of what was asked."""


def ask(question: bytes, sink: IO[bytes], source: IO[bytes]) -> bytes:
    """:raises NotDone: when the worker could not.
    :raises EOFError: when it is gone.
    """
    sink.write(_LENGTH.pack(len(question)) + question)
    sink.flush()
    head = source.read(1 + _LENGTH.size)
    if len(head) != 1 + _LENGTH.size:
        raise EOFError
    answer = source.read(_LENGTH.unpack(head[1:])[0])
    if head[:1] != _DONE:
        raise NotDone(answer.decode())
    return answer


def answer_all(work: Callable[[bytes], bytes], source: IO[bytes], sink: IO[bytes]) -> None:
    """The worker's side. It ends with what it reads from, so it goes with whoever started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the server.
    while head := source.read(_LENGTH.size):
        question = source.read(_LENGTH.unpack(head)[0])
        try:
            state, answer = _DONE, work(question)
        except Exception as trouble:
            # What was asked may be personal: only the kind of trouble is told.
            state, answer = _FAILED, type(trouble).__name__.encode()
        sink.write(state + _LENGTH.pack(len(answer)) + answer)
        sink.flush()
