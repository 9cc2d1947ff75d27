"""The server's front desk, for what no program outside can bring about."""

from __future__ import annotations

from collections.abc import Iterator

import gevent
import pytest

from queue_server.desk import Desk
from queue_server.environment import Environment
from tests.conftest import Hall


@pytest.fixture
def desk(still_hall: Hall) -> Iterator[Desk]:
    """A hall's front desk in this process, with its engine running."""
    still_hall.data.mkdir()
    variables = {"HALL_CONFIG": str(still_hall.config), "HALL_DATA": str(still_hall.data)}
    one = Desk(Environment.read(variables), lambda: 1_790_000_000.0, "http://127.0.0.1")
    loop = gevent.spawn(one.engine.run)
    yield one
    loop.kill()
    one.press.close()
    one.searcher.worker.stop()
    one.engine.close()
