"""What was acknowledged is true, whatever happens to the machine."""

from __future__ import annotations

import random
import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.conftest import Hall, Reply, until

CUTS = 3
CITIZENS = 8


def test_a_power_cut_in_the_rush_loses_nothing_and_gives_no_number_twice(hall: Hall) -> None:
    token = hall.token("api", "app", "admin")
    acknowledged: dict[str, dict[str, Any]] = {}
    enough = threading.Event()

    def citizen(number: int) -> None:
        """Takes numbers until the evening; after a cut asks again with the same key."""
        for visit in range(500):
            key = f"{number}-{visit}"
            while not enough.is_set():
                try:
                    answer = hall.post("/tickets", {"group": "general"}, token=token, key=key)
                except OSError:
                    continue
                assert answer.status == 201, answer.json
                acknowledged[key] = answer.json
                break
            if enough.is_set():
                return

    chance = random.Random(7)
    with ThreadPoolExecutor(CITIZENS) as crowd:
        done = [crowd.submit(citizen, number) for number in range(CITIZENS)]
        try:
            for _ in range(CUTS):
                before = len(acknowledged)
                until(lambda before=before: len(acknowledged) > before + chance.randint(5, 40), 30)
                hall.kill()
                hall.start()
        finally:
            enough.set()
    for one in done:
        one.result()

    kept = _all_tickets(hall, token)
    numbers = [ticket["number"] for ticket in kept]
    assert len(set(numbers)) == len(numbers)
    by_number = {ticket["number"]: ticket["id"] for ticket in kept}
    for ticket in acknowledged.values():
        assert by_number[ticket["number"]] == ticket["id"]
    key, first = next(iter(acknowledged.items()))
    assert hall.post("/tickets", {"group": "general"}, token=token, key=key).json == first


def test_a_disk_that_refuses_gives_503_and_what_was_promised_stays(hall: Hall) -> None:
    token = hall.token("api", "app", "admin")
    for _ in range(3):
        hall.post("/tickets", {"group": "general"}, token=token)
    hall.post("/windows/5/open", token=token)
    assert hall.process
    limits = resource.prlimit(hall.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(hall.process.pid, resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        refused = _first_refusal(hall, token)
        assert refused.json["code"] == "storage" and int(refused.headers["Retry-After"]) > 0
        assert hall.post("/windows/5/next", token=token).status == 503
        assert hall.get("/tickets", token=token).json["total"] == 3
        assert hall.get("/windows/5", token=token).json["ticket"] is None
        assert hall.call("GET", "/healthz", prefix="").status == 200
    finally:
        resource.prlimit(hall.process.pid, resource.RLIMIT_FSIZE, limits)
    taken = until(lambda: _taken(hall.post("/tickets", {"group": "general"}, token=token)))
    assert taken["number"] == "A004"
    assert hall.post("/windows/5/next", token=token).json["number"] == "A001"


def _first_refusal(hall: Hall, token: str) -> Reply:
    answer = hall.post("/tickets", {"group": "general"}, token=token, key="full")
    assert answer.status == 503
    return answer


def _taken(answer: Reply) -> dict[str, Any] | None:
    return answer.json if answer.status == 201 else None


def _all_tickets(hall: Hall, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for offset in range(0, 10_000, 500):
        page = hall.get(f"/tickets?limit=500&offset={offset}", token=token).json
        found += page["tickets"]
        if len(found) >= page["total"]:
            break
    return found
