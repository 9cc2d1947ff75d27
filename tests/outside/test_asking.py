"""Asking systems outside: one that fails is asked seldom, and paths lead into any answer or nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall.model import Instant
from queue_server.outside.asking import Breaker, within


@given(st.lists(st.tuples(st.floats(0, 50), st.booleans()), max_size=60))
def test_a_breaker_asks_seldom_while_a_gateway_fails(story: list[tuple[float, bool]]) -> None:
    breaker, now, failed = Breaker(), 1000.0, 0
    last_failure = 0.0
    for pause, works in story:
        now += pause
        passes = breaker.may_pass(Instant(now))
        assert passes == (failed < breaker.after or now - last_failure >= breaker.rest)
        if not passes:
            continue
        breaker.began()
        assert breaker.may_pass(Instant(now)) == (failed < breaker.after)
        if works:
            breaker.passed()
            failed = 0
        else:
            breaker.failed(Instant(now))
            failed, last_failure = failed + 1, now


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("code", 0),
        ("data.name", "李静"),
        ("data.list.1.id", "b"),
        ("data.list.2.id", None),
        ("data.list.x", None),
        ("data.name.first", None),
        ("nothing", None),
    ],
)
def test_a_path_leads_to_what_stands_there(path: str, found: Any) -> None:
    said = {"code": 0, "data": {"name": "李静", "list": [{"id": "a"}, {"id": "b"}]}}
    assert within(said, path) == found


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(json_values, st.text())
def test_no_path_breaks_on_any_answer(said: Any, path: str) -> None:
    within(said, path)
