"""What managers are alerted of, over a restart of the server too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.conftest import SHANGHAI, Hall, until
from tests.wire.line import Line

PAPER_OUT = {"devices": [{"id": "printer", "kind": "printer", "state": "fault", "detail": "paper-out"}]}
ALL_WELL = {"devices": [{"id": "printer", "kind": "printer", "state": "ok", "detail": ""}]}


def test_alerts_outlive_a_restart_with_who_took_note(still_hall: Hall) -> None:
    """A printer without paper, a kiosk that went, one that never came, and a line that nobody calls."""
    noon = datetime.now(SHANGHAI).replace(hour=12)
    still_hall.set_clock(noon)
    still_hall.start()
    admin = still_hall.token("api", "app", "admin")
    tokens = {id: still_hall.token("kiosk", id) for id in ("K01", "K02", "K03")}

    def alerts() -> dict[str, Any]:
        listed = still_hall.get("/alerts", admin).json["alerts"]
        return {one["subject"]: (one["kind"], one["acked_by"]) for one in listed}

    still_hall.post("/tickets", {"group": "general"}, admin)
    lines = {id: Line(still_hall, "/kiosk", tokens[id]) for id in ("K01", "K02")}
    assert lines["K01"].ask("health", PAPER_OUT)["ok"]
    lines["K02"].close()
    until(lambda: "kiosk K01 printer" in alerts())
    still_hall.set_clock(noon + timedelta(seconds=30))
    until(lambda: len(alerts()) == 2)
    manager = Line(still_hall, "/manager", admin)
    for one in manager.wait_for("snapshot")["alerts"]:
        assert manager.ask("alert_ack", {"id": one["id"]})["ok"]
    known = {"kiosk K01 printer": ("device", "api:app"), "kiosk K02": ("terminal-gone", "api:app")}
    assert alerts() == known
    lines["K01"].close()
    manager.close()

    still_hall.stop()
    still_hall.start()
    still_hall.set_clock(noon + timedelta(minutes=25))
    until(lambda: {"general", "kiosk K01", "kiosk K03"} <= alerts().keys())
    told = alerts()
    assert known.items() <= told.items()
    assert told["general"] == ("wait-over-target", None)
    assert told["kiosk K01"] == told["kiosk K03"] == ("terminal-gone", None)

    back = [Line(still_hall, "/kiosk", tokens[id]) for id in ("K01", "K02")]
    assert "kiosk K01 printer" in alerts()
    assert back[0].ask("health", ALL_WELL)["ok"]
    still_hall.command("token", "kiosk", "K03", "--revoke")
    still_hall.post("/windows/5/open", token=admin)
    until(lambda: alerts() == {})
    for one in back:
        one.close()
