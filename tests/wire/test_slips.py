"""A slip that staff want printed: whoever asks, the kiosk that claims it, and what everybody hears."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.conftest import Hall, until
from tests.wire.line import Line


@pytest.fixture
def kiosk(hall: Hall) -> Iterator[Line]:
    line = Line(hall, "/kiosk", hall.token("kiosk", "K01"))
    line.wait_for("snapshot")
    yield line
    line.close()


def test_staff_order_a_slip_that_its_kiosk_claims_once(hall: Hall, kiosk: Line) -> None:
    app = hall.token("api", "app", "assistant")
    page = Line(hall, "/assistant", app)
    page.wait_for("snapshot")
    (known,) = hall.get("/kiosks", app).json["kiosks"]
    assert (known["id"], known["zone"], known["printer"]) == ("K01", "east", "unknown")
    ticket = hall.post("/tickets", {"group": "general", "language": "en"}, app).json
    asked = hall.post(f"/tickets/{ticket['number']}/slip", {"kiosk": "K01", "large": True}, app)
    assert (asked.status, asked.json["state"], asked.json["again"]) == (200, "ordered", False)
    assert hall.post(f"/tickets/{ticket['id']}/slip", {"kiosk": "K01", "large": True}, app).json == asked.json
    told = kiosk.wait_for("slip")["slip"]
    assert told == asked.json
    assert "secret" not in str(told)

    claim = {"id": told["id"], "key": "claim"}
    given = kiosk.ask("slip_take", claim)
    assert kiosk.ask("slip_take", claim) == given, "a lost answer comes again"
    assert kiosk.ask("slip_take", {"id": told["id"]})["problem"]["code"] == "wrong-state"
    assert given["ticket"]["follow_url"] == ticket["follow_url"]
    assert given["ticket"]["slip"]["language"] == "en"
    assert kiosk.ask("slip_ended", {"id": told["id"], "result": "printed"})["slip"]["state"] == "printed"
    page.wait_for("slip", lambda body: body["slip"]["state"] == "printed")
    assert hall.post(f"/tickets/{ticket['id']}/slip", {"kiosk": "K01"}, app).json["again"]
    page.close()


def test_a_kiosk_that_was_away_hears_of_it_when_it_comes_back(hall: Hall) -> None:
    app, token = hall.token("api", "app", "clerk"), hall.token("kiosk", "K01")
    ticket = hall.post("/tickets", {"group": "general"}, app).json
    away = hall.post(f"/tickets/{ticket['id']}/slip", {"kiosk": "K01"}, app)
    assert (away.status, away.json["field"]) == (400, "kiosk")
    first = Line(hall, "/kiosk", token)
    assert first.wait_for("snapshot")["slips"] == []
    order = hall.post(f"/tickets/{ticket['id']}/slip", {"kiosk": "K01"}, app).json
    first.close()
    hall.kill()
    hall.start()
    second = Line(hall, "/kiosk", token)
    assert [one["id"] for one in second.wait_for("snapshot")["slips"]] == [order["id"]]
    assert second.ask("slip_take", {"id": order["id"]})["ok"]
    second.close()


def test_a_kiosk_prints_again_whatever_slip_is_scanned(hall: Hall, kiosk: Line) -> None:
    ticket = kiosk.ask("take_ticket", {"group": "general"})["ticket"]
    again = kiosk.ask("slip", {"secret": ticket["secret"]})
    assert again["ticket"]["follow_url"] == ticket["follow_url"]
    refused = kiosk.ask("slip", {"secret": "nobody-has-this-secret"})
    assert refused["problem"]["code"] == "not-found"
    app = hall.token("api", "app", "clerk")
    assert hall.post(f"/tickets/{ticket['id']}/slip", {"kiosk": "K01"}, ticket["secret"]).status == 403
    hall.post(f"/tickets/{ticket['id']}/cancel", token=app)
    assert kiosk.ask("slip", {"secret": ticket["secret"]})["problem"]["code"] == "wrong-state"

    def recorded() -> list[str]:
        with closing(sqlite3.connect(hall.data / "hall.db")) as db:
            rows = db.execute("SELECT kind FROM events WHERE ticket = ? ORDER BY seq", (ticket["id"],))
            return [kind for (kind,) in rows]

    until(lambda: recorded() == ["TicketTaken", "SlipOrdered", "TicketCancelled"])
