"""A new config while the hall runs: whom it concerns is told, and the others hear on."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta

import gevent
import gevent.event

from queue_server.accounts import Caller
from queue_server.desk import Desk
from queue_server.hall.changes import Changes
from queue_server.teller import Listener, Teller
from queue_server.wire import Body, Kind, Namespace
from tests.conftest import SHANGHAI, Hall
from tests.wire.line import Line

LAST_WINDOW = "[[windows]]\nnumber = 38\n"
PATIENCE_SECONDS = 10


def without_the_last_window(hall: Hall) -> str:
    """The shipped config without window 38, which is its end."""
    shipped = hall.config.read_text("utf-8")
    return shipped[: shipped.index(LAST_WINDOW)]


def reload(hall: Hall, config: str) -> None:
    hall.config.write_text(config, "utf-8")
    done = hall.command("reload")
    assert done.returncode == 0, done.stderr


def test_a_window_taken_out_of_the_hall_is_told_so_and_silences_nobody(hall: Hall) -> None:
    admin = hall.token("api", "app", "admin")
    shipped = hall.config.read_text("utf-8")
    pad = Line(hall, "/counter", hall.token("keypad", "38"))
    with closing(Line(hall, "/board", hall.token("board", "B01"))) as board:
        assert pad.wait_for("snapshot")["window"]["number"] == 38
        board.wait_for("snapshot")
        reload(hall, without_the_last_window(hall))
        told = pad.wait_for("snapshot", lambda body: body["window"] is None)
        assert told["line"] is None and told["settings"]["window"] == 38
        assert pad.ask("next")["problem"]["code"] == "not-found"
        pad.close()
        pad = Line(hall, "/counter", hall.token("keypad", "38"))
        assert pad.wait_for("snapshot")["window"] is None
        hall.post("/tickets", {"group": "general"}, admin)
        hall.post("/windows/5/open", token=admin)
        hall.post("/windows/5/next", token=admin)
        assert board.wait_for("call")["ticket"] == "A001"
        known = len(pad.of("snapshot"))
        reload(hall, shipped)
        back = pad.wait_for("snapshot", lambda body: body in pad.of("snapshot")[known:] and body["window"])
        assert back["window"]["number"] == 38 and back["line"]["window"] == 38
        assert pad.ask("next")["problem"]["code"] == "window-not-open"
    pad.close()


def test_a_config_by_which_it_is_another_day_is_refused(still_hall: Hall) -> None:
    """At four in the morning: days that begin at six would begin yesterday, New York's is not over."""
    four = datetime.now(SHANGHAI).replace(hour=4)
    still_hall.set_clock(four)
    still_hall.start()
    admin, shipped = still_hall.token("api", "app", "admin"), still_hall.config.read_text("utf-8")
    changes = {
        "hours.day_starts": ('# day_starts = "00:00"', 'day_starts = "06:00"'),
        "hall.timezone": ("Asia/Shanghai", "America/New_York"),
    }
    for field, (before, after) in changes.items():
        still_hall.config.write_text(shipped.replace(before, after), "utf-8")
        refused = still_hall.command("reload")
        assert refused.returncode == 1 and field in refused.stderr, refused.stderr
        assert "Reload at an hour when both are the same day" in refused.stderr
        assert still_hall.post("/tickets", {"group": "general"}, admin).status == 201
    still_hall.set_clock(four.replace(hour=22))
    reload(still_hall, shipped.replace(*changes["hours.day_starts"]))


def test_a_config_is_not_read_while_the_clock_stands_before_the_day(still_hall: Hall) -> None:
    noon = datetime.now(SHANGHAI).replace(hour=12)
    still_hall.set_clock(noon)
    still_hall.start()
    still_hall.set_clock(noon - timedelta(days=1))
    refused = still_hall.command("reload")
    assert refused.returncode == 1 and "Set the clock" in refused.stderr, refused.stderr


def test_a_line_that_breaks_the_telling_costs_nobody_else_the_news(desk: Desk) -> None:
    """The broken one is hung up on; who had not heard yet starts from a snapshot, and hears on."""
    heard: list[tuple[str, str]] = []
    hung_up: list[str] = []
    board_heard = gevent.event.Event()

    def emit(name: str, body: Body, namespace: str, sid: str) -> None:
        if sid == "broken":
            raise ValueError(sid)
        heard.append((sid, name))
        board_heard.set()

    teller = Teller(desk, emit, lambda listener: True, lambda listener: hung_up.append(listener.sid))
    for sid in ("broken", "board"):
        caller = Caller(f"board:{sid}", None, Kind.BOARD, sid)
        teller.listeners[sid] = Listener(sid, Namespace.BOARD, caller, "", "zh")
    loop = gevent.spawn(teller.run)
    teller.changed(Changes(hall=True))
    assert board_heard.wait(PATIENCE_SECONDS)
    assert hung_up == ["broken"] and heard == [("board", "snapshot")]
    teller.leave("broken")
    board_heard.clear()
    teller.changed(Changes(hall=True))
    assert board_heard.wait(PATIENCE_SECONDS)
    assert heard[1:] == [("board", "hall")]
    loop.kill()
