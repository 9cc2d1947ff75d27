"""The search in a process of its own: the same finds, a process that falls over, and one that is replaced."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import gevent
import pytest

from queue_server.catalogue.search import Sought
from queue_server.catalogue.searcher import Searcher
from queue_server.settings.settings import load
from tests.conftest import ROOT

CATALOGUE = load(ROOT / "config" / "hall.toml").catalogue
QUERIES = ("身份证", "gjj", "shenfenzheng", "birth certificate", "银行开户", "qqqqq")


def any_kind(one: Sought) -> bool:
    return True


def themes(one: Sought) -> bool:
    return one.kind == "theme"


@pytest.fixture(scope="module")
def searcher() -> Iterator[Searcher]:
    one = Searcher(CATALOGUE)
    yield one
    one.worker.stop()


def test_it_finds_what_the_index_itself_finds(searcher: Searcher) -> None:
    finder = CATALOGUE.make_finder()
    for query in QUERIES:
        for wanted in (any_kind, themes):
            assert searcher.find(query, wanted) == finder.find(query, wanted)


def test_one_that_fell_over_is_started_again_unnoticed(searcher: Searcher) -> None:
    before = searcher.find("gjj", any_kind)
    process = searcher.worker.process
    assert before and process
    process.kill()
    assert searcher.find("gjj", any_kind) == before
    assert searcher.worker.process is not process


def test_whoever_waits_is_answered_before_it_retires(searcher: Searcher) -> None:
    asked = [gevent.spawn(searcher.find, query, any_kind) for query in QUERIES]
    gevent.sleep(0)
    retired = gevent.spawn(searcher.worker.retire)
    gevent.joinall([*asked, retired], raise_error=True)
    assert all(one.get() for one in asked[:-1])
    assert searcher.worker.process is None


def test_the_dictionaries_of_all_hanzi_are_not_loaded_by_whoever_searches() -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from queue_server.settings.settings import load\n"
        "assert load(Path('config/hall.toml')).catalogue.make_finder().find('银行', lambda one: True)\n"
        "assert 'pypinyin' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)
