"""Pages in a real Chromium, each in a profile of its own, against a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from tests.conftest import SHANGHAI, Hall, lay_out
from tests.web.console import Floor, take_on_clerks

PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def shared_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """One running hall for a file of tests; `empty_floor` leaves it as a new day begins."""
    hall = lay_out(tmp_path_factory.mktemp("shared") / "hall")
    hall.start()
    yield hall
    hall.stop()


@pytest.fixture(scope="module")
def long_day(shared_hall: Hall) -> Hall:
    """The shared hall with clerks: each test of a console leaves its windows closed and nobody waiting."""
    take_on_clerks(shared_hall, log_in(shared_hall))
    return shared_hall


@pytest.fixture
def floor(long_day: Hall, open_page: OpenPage) -> Iterator[Floor]:
    floor = Floor(long_day, log_in(long_day), open_page)
    yield floor
    floor.clear()


def log_in(hall: Hall) -> str:
    """An administrator's token."""
    who = {"username": "admin", "password": hall.admin_password}
    return str(hall.post("/sessions", who).json["token"])


def empty_floor(hall: Hall, admin: str) -> None:
    """Close every window and cancel every number that still counts."""
    for window in hall.get("/windows", admin).json["windows"]:
        if window["state"] != "closed":
            hall.post(f"/windows/{window['number']}/release", token=admin)
    for state in ("waiting", "parked", "missed"):
        for ticket in hall.get(f"/tickets?state={state}", admin).json["tickets"]:
            hall.post(f"/tickets/{ticket['id']}/cancel", token=admin)


def checked_in_early(hall: Hall, admin: str) -> dict[str, Any]:
    """A ticket of somebody whose appointment's slot begins in at most half an hour."""
    now = datetime.now(SHANGHAI)
    days = {f"{now + timedelta(minutes=ahead):%Y-%m-%d}" for ahead in (1, 29)}
    paths = [f"/appointments/slots?services=id-card-renewal&day={day}" for day in sorted(days)]
    free = [slot for path in paths for slot in hall.get(path).json["slots"]]
    slot = next(one for one in free if datetime.fromisoformat(one["slot_start"]) > now + timedelta(minutes=1))
    body = {"services": ["id-card-renewal"], "slot_start": slot["slot_start"], "slot_end": slot["slot_end"]}
    code = hall.post("/appointments", body, admin).json["code"]
    answer = hall.post(f"/appointments/{code}/check-in", token=admin)
    assert answer.status == 201, answer.json
    return dict(answer.json)


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open an address as a new visitor would; `options` are those of a Playwright context.

    At the end no page may have met an error in its scripts, or asked another host for anything.
    """
    contexts, errors, asked = [], [], []

    def heard(request: Request) -> None:
        asked.append(request.url)

    def open_one(url: str, **options: Any) -> Page:
        context = chromium.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", heard)
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not errors
    assert {urlsplit(url).hostname for url in asked if not url.startswith("data:")} <= {"127.0.0.1"}


SETTLE = """Promise.all(
    document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
        .map((one) => one.finished.catch(() => null))
)"""
"""A button half-way from one colour to another has neither's contrast: axe looks when all has settled."""


def faults(page: Page) -> list[str]:
    """What axe finds wrong, each with the elements concerned."""
    page.evaluate(SETTLE)
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]
