"""Finding an item by what people type: in the server's process, and over HTTP while one types."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import quote

from queue_server.settings.settings import load
from queue_server.wire import API, Kind
from tests.bench.figures import Figures, milliseconds
from tests.bench.halls import a_hall
from tests.bench.lines import HttpClient
from tests.conftest import ROOT

GOAL_MS = 30.0
TYPED = 150
"""So many queries are typed in over HTTP, sign by sign."""


def run() -> Figures:
    """The search alone, making what it needs, and requests as a kiosk sends them."""
    began = time.perf_counter()
    catalogue = load(ROOT / "config" / "hall.toml").catalogue
    loaded = time.perf_counter()
    catalogue.search_with(catalogue.make_finder())
    made = time.perf_counter()
    queries = _queries()
    alone = milliseconds([_timed(lambda query=query: catalogue.find(query)) for query in queries])
    over_http = _over_http(queries[:: max(1, len(queries) // TYPED)])
    return {
        "entries": len(catalogue.services) + len(catalogue.themes),
        "load_ms": round((loaded - began) * 1000, 1),
        "ready_ms": round((made - loaded) * 1000, 1),
        "search": alone,
        "http_typing": over_http,
        "goal": {"search_p99_ms": GOAL_MS},
        "met": alone["p99_ms"] < GOAL_MS,
    }


def _queries() -> list[str]:
    lines = (ROOT / "tests" / "catalogue" / "everyday_queries.txt").read_text("utf-8").splitlines()
    return [line.split("\t")[0] for line in lines if line and not line.startswith("#")]


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _over_http(queries: list[str]) -> Figures:
    with a_hall() as hall:
        client = HttpClient(hall.port, hall.token(Kind.KIOSK, "K01"))
        _ask(client, "身份证")
        typed = [query[:length] for query in queries for length in range(1, len(query) + 1)]
        return milliseconds([_timed(lambda text=text: _ask(client, text)) for text in typed])


def _ask(client: HttpClient, text: str) -> None:
    status, body = client.ask("GET", f"{API}/matches?limit=8&q={quote(text)}")
    if status != 200:
        raise RuntimeError(f"{status}: {body.decode()}")
