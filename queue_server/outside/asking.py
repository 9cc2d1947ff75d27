"""Asking systems outside the hall over HTTP: one request with a time limit, and when to leave one alone.

Runs on greenlets: who asks waits, everybody else goes on. What is asked stands in the body, never in
the address, and no message from here holds it.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

import gevent

from queue_server.hall.model import Instant, Seconds

MOST_BYTES = 64 * 1024
"""Of a longer answer the rest is not read."""

REST = Seconds(60.0)
"""A system that failed again and again is left alone so long."""

NEVER = Instant(0.0)


class Unanswered(Exception):
    """A system did not do what it was asked; the message says why and holds nothing personal.

    `kind` is `slow`, `gone`, `status` (with the HTTP `status` it answered) or `wrong`.
    """

    def __init__(self, why: str, kind: str = "wrong", status: int | None = None) -> None:
        super().__init__(why)
        self.kind, self.status = kind, status


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A system that sends us elsewhere (a log-in page, say) did not do what it was asked."""

    def redirect_request(self, *_request: object) -> None:
        return None


ASK = urllib.request.build_opener(_StayHere)


def post(url: str, body: bytes, kind: str, headers: Mapping[str, str], seconds: Seconds) -> bytes:
    """The answer to one POST, all within so many seconds.

    :raises Unanswered: when there was none in time, or not a 2xx one.
    """
    request = urllib.request.Request(url, body, {"Content-Type": kind, **headers}, method="POST")
    try:
        with gevent.Timeout(seconds), ASK.open(request, timeout=seconds) as answer:
            return bytes(answer.read(MOST_BYTES))
    except gevent.Timeout:
        raise Unanswered("no answer in time", "slow") from None
    except urllib.error.HTTPError as refused:
        raise Unanswered(f"answered {refused.code}", "status", refused.code) from None
    except (OSError, HTTPException, ValueError) as trouble:
        raise Unanswered(type(trouble).__name__, "gone") from None


def filled(fields: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Only the known places are filled; other braces are the system's own."""
    done = {}
    for name, pattern in fields.items():
        parts = pattern
        for place, value in values.items():
            parts = parts.replace("{" + place + "}", value)
        done[name] = parts
    return done


def within(said: Any, path: str) -> Any:
    """What stands at a path like `data.list.0.name` of an answer; None where nothing does."""
    for step in path.split("."):
        if isinstance(said, list) and step.isascii() and step.isdecimal() and int(step) < len(said):
            said = said[int(step)]
        elif isinstance(said, dict):
            said = said.get(step)
        else:
            return None
    return said


@dataclass(slots=True)
class Breaker:
    """Stops asking a system that fails, and lets one try through now and then."""

    after: int = 5
    rest: Seconds = REST
    failures: int = 0
    failed_at: Instant = NEVER
    trying: bool = False

    @property
    def is_open(self) -> bool:
        return self.failures >= self.after

    def may_pass(self, now: Instant) -> bool:
        """Whether to ask now; an open one lets a single try through after its rest."""
        if not self.is_open:
            return True
        return not self.trying and now - self.failed_at >= self.rest

    def began(self) -> None:
        self.trying = True

    def passed(self) -> None:
        self.failures, self.trying = 0, False

    def failed(self, now: Instant) -> None:
        self.failures, self.failed_at, self.trying = self.failures + 1, now, False
