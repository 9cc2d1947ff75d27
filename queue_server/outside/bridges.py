"""Data that other offices hold already: asked for with the citizen's consent, never a must.

A provider that is slow, down or wrong costs a few seconds at most and leaves the form to be filled in
by hand. Runs on greenlets; nothing here holds up the hub, and nothing personal is logged.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gevent

from queue_server.hall import identity
from queue_server.hall.model import Instant, Seconds
from queue_server.outside.asking import Breaker, Unanswered, filled, post, within
from queue_server.settings.bridges import NEEDS, Outside, ProviderShape

log = logging.getLogger(__name__)

AGAIN_SECONDS = 0.2
"""Between one try and the next."""
MOST_SIGNS = 400
"""No fact of ours is longer."""
MOST_RESULTS = 50


class Unavailable(Exception):
    """A provider gave no answer that can be used; why is in the log."""


@dataclass(frozen=True, slots=True)
class Result:
    """Something that an office makes: an ID card, a licence."""

    is_ready: bool
    facts: dict[str, str]


@dataclass
class Bridges:
    """Asks the providers of the config. `clock` gives the time in seconds."""

    clock: Callable[[], float]
    outside: Outside = field(default_factory=Outside)
    _breakers: dict[str, tuple[ProviderShape, Breaker]] = field(default_factory=dict)

    def facts(self, provider: ProviderShape, subject: str) -> dict[str, str] | None:
        """What a provider knows of a subject (a licence's QR code, a project's code); None: nothing.

        :raises Unavailable: when it gives no answer that can be used.
        """
        said = self._ask(provider, {"subject": subject}, lambda said: facts_of(provider, said, subject))
        assert said is None or isinstance(said, dict)
        return said

    def results(self, provider: ProviderShape, receipt: str, id_number: str) -> list[Result]:
        """The results of a receipt or of a person.

        :raises Unavailable: when the provider gives no answer that can be used.
        """
        values = {"receipt": receipt, "id_number": id_number}
        return self._ask(provider, values, lambda said: results_of(provider, said)) or []

    def _ask(self, provider: ProviderShape, values: dict[str, str], understood: Callable[[Any], Any]) -> Any:
        breaker = self._breaker(provider)
        for attempt in range(provider.attempts):
            now = Instant(self.clock())
            if not breaker.may_pass(now):
                raise Unavailable
            if attempt:
                gevent.sleep(AGAIN_SECONDS)
            breaker.began()
            try:
                said = self._answer(provider, values)
                found = None if said is None else understood(said)
            except Unanswered as why:
                breaker.failed(Instant(self.clock()))
                log.warning("provider %s: %s", provider.id, why)
            except BaseException:
                breaker.failed(Instant(self.clock()))
                raise
            else:
                breaker.passed()
                return found
        raise Unavailable

    def _answer(self, provider: ProviderShape, values: dict[str, str]) -> Any:
        """One try: the answer as JSON; None when the provider knows nothing of it.

        :raises Unanswered: when it doesn't answer as the config says it does.
        """
        token = {"token": self.outside.tokens.get(provider.id, "")}
        body = json.dumps(filled(provider.send, {**values, **token}), ensure_ascii=False).encode()
        headers, seconds = filled(provider.headers, token), Seconds(provider.timeout_seconds)
        try:
            answer = post(provider.url, body, "application/json", headers, seconds)
        except Unanswered as refused:
            if refused.status == 404:
                return None
            raise
        try:
            said = json.loads(answer)
        except (ValueError, RecursionError):
            raise Unanswered("its answer is no JSON") from None
        if provider.missing and says(said, provider.missing):
            return None
        if not says(said, provider.found):
            raise Unanswered("its answer does not say that it is good")
        return said

    def _breaker(self, provider: ProviderShape) -> Breaker:
        """A provider's own; a new one where the config of it has changed."""
        known = self._breakers.get(provider.id)
        if known is None or known[0] != provider:
            rest = Seconds(provider.breaker_rest_seconds)
            known = provider, Breaker(provider.breaker_failures, rest)
            self._breakers[provider.id] = known
        return known[1]


def says(said: Any, wanted: dict[str, str]) -> bool:
    """Whether an answer has these values at these paths."""
    return all(_plain(within(said, path)) == value for path, value in wanted.items())


def _plain(value: Any) -> str | None:
    """A text, number or truth as text; None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value).strip()
    return None


def _facts(provider: ProviderShape, said: Any) -> dict[str, str]:
    """Ours from theirs; what is empty, too long or no text is left out."""
    found = {name: _plain(within(said, path)) for name, path in provider.facts.items()}
    return {
        name: text for name, text in found.items() if text and len(text) <= MOST_SIGNS and text.isprintable()
    }


def facts_of(provider: ProviderShape, said: Any, subject: str) -> dict[str, str]:
    """:raises Unanswered: when facts are missing or can't be about what was asked."""
    facts = _facts(provider, said)
    if lacking := [name for name in NEEDS[provider.kind] if name not in facts]:
        raise Unanswered(f"its answer has no {' and no '.join(lacking)}")
    if provider.kind == "licence" and not identity.is_credit_code(facts["code"]):
        raise Unanswered("its answer has an impossible credit code")
    if provider.kind == "project" and facts["code"].upper() != subject.upper():
        raise Unanswered("its answer is about another project")
    return facts


def results_of(provider: ProviderShape, said: Any) -> list[Result]:
    """:raises Unanswered: when what should be a list is none."""
    entries = within(said, provider.list) if provider.list else [said]
    if not isinstance(entries, list):
        raise Unanswered("its answer holds no list of results")
    return [Result(says(one, provider.ready), _facts(provider, one)) for one in entries[:MOST_RESULTS]]
