"""When a wait is over its target: alert and tile say the same, in a hall that has measured."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import Any

from playwright.sync_api import expect

from tests.conftest import Hall, until
from tests.web.conftest import OpenPage, log_in

WINDOW = 31
SHORT, LONG = 60, 1800
"""Of ten services at the window eight take a minute, and two half an hour; the target is ten minutes."""


def measured(hall: Hall, group: str) -> None:
    """Give a stopped hall the record of a window's morning."""
    rows: list[tuple[Any, ...]] = []
    at = time.time() - 10 * 3600
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        (day,) = db.execute("SELECT date FROM days").fetchone()
        for n in range(60):
            stays = LONG if n % 5 == 0 else SHORT
            for state, window, start, end in (
                ("waiting", None, at - 600, at),
                ("called", WINDOW, at, at + stays),
            ):
                rows.append((day, f"before{n}", 0, group, state, window, start, end))
            at += stays + 5
        columns = "day, ticket, step, group_id, state, window, start, end"
        db.executemany(f"INSERT INTO intervals ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.commit()


def test_alert_and_tile_judge_a_wait_by_the_end_of_what_is_told(
    still_hall: Hall, open_page: OpenPage
) -> None:
    hall = still_hall
    hall.start()
    admin = log_in(hall)
    who = {"username": "li", "name": "李静", "role": "clerk", "password": "longpassword1"}
    hall.post("/accounts", who, admin)
    hall.post("/tickets", {"group": "fees"}, admin)
    hall.stop()
    measured(hall, "fees")
    hall.start()
    hall.post(f"/windows/{WINDOW}/open", {"clerk": "li"}, admin)
    assert hall.post(f"/windows/{WINDOW}/next", {}, admin).status == 200

    def wait() -> Any:
        queues = hall.get("/queues", admin).json["queues"]
        return next(one["wait"] for one in queues if one["group"] == "fees")

    until(lambda: wait()["p90"], 20)
    assert wait()["p50"] < 600 < wait()["p90"], "most people do not wait so long, but some do"
    page = open_page(f"{hall.url}/login")
    login = {"username": "admin", "password": hall.admin_password}
    assert page.request.post(f"{hall.url}/api/v1/sessions", data=login).ok
    page.goto(f"{hall.url}/manager")
    expect(page.locator("[data-group=fees]")).to_contain_text("超过目标 10 分")
    expect(page.locator("#alerts")).to_contain_text("缴费等候超过目标")
