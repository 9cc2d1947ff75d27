"""The demo's simulated systems, asked as a hall asks them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.demo.providers import LICENCES, PROJECTS, RESULTS, providers
from queue_server.outside.bridges import Bridges, Unavailable
from queue_server.settings.bridges import Outside, read_outside
from queue_server.settings.reader import Mistake


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    mistakes: list[Mistake] = []
    with providers(tmp_path / "bridges.toml"):
        found = read_outside(tmp_path / "bridges.toml", mistakes)
        assert not mistakes
        yield found


def test_they_know_what_they_know(outside: Outside) -> None:
    bridges = Bridges(lambda: 0.0, outside)
    licence, project, result = (outside.providers[kind] for kind in ("licence", "project", "result"))
    for code, known in LICENCES.items():
        facts = bridges.facts(licence, code)
        assert facts and facts["name"] == known["entName"] and len(facts) == 8
    for code in PROJECTS:
        facts = bridges.facts(project, code.lower())
        assert facts and len(facts) == 6
    for number, known_results in RESULTS.items():
        found = bridges.results(result, *((number, "") if number.startswith("R") else ("", number)))
        assert [one.is_ready for one in found] == [one["state"] == "done" for one in known_results]
    assert bridges.facts(licence, "nobody") is None
    assert bridges.facts(project, "nothing") is None
    assert bridges.results(result, "R9", "") == []


@pytest.mark.parametrize("fault", ["slow", "down", "wrong"])
def test_each_fault_is_one(outside: Outside, fault: str) -> None:
    licence = outside.providers["licence"].model_copy(update={"timeout_seconds": 0.2, "attempts": 1})
    with pytest.raises(Unavailable):
        Bridges(lambda: 0.0, outside).facts(licence, fault)
