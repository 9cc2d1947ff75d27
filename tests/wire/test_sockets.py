"""The hall over real sockets, as the wire contract says."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
import socketio.exceptions

from assets import texts
from tests.conftest import SHANGHAI, Hall, until
from tests.wire.line import Line

Connect = Callable[..., Line]


@pytest.fixture
def connect(hall: Hall) -> Iterator[Connect]:
    """Opens lines that are closed after the test; `kind` and `id` get a token of their own."""
    lines: list[Line] = []

    def line(namespace: str, kind: str = "", id: str = "", token: str = "", **auth: Any) -> Line:
        token = token or hall.token(kind, id, auth.pop("role", None))
        lines.append(Line(hall, namespace, token, **auth))
        return lines[-1]

    yield line
    for one in lines:
        one.close()


@pytest.fixture
def admin(hall: Hall) -> str:
    return hall.token("api", "app", "admin")


def take(hall: Hall, token: str, **body: Any) -> dict[str, Any]:
    answer = hall.post("/tickets", {"group": "general", **body}, token=token)
    assert answer.status == 201, answer.json
    ticket: dict[str, Any] = answer.json
    return ticket


def test_every_terminal_starts_from_a_snapshot(hall: Hall, connect: Connect, admin: str) -> None:
    ticket = take(hall, admin)
    lines = {
        "/kiosk": connect("/kiosk", "kiosk", "K01"),
        "/board": connect("/board", "board", "B01"),
        "/counter": connect("/counter", "keypad", "5", window=5),
        "/evaluator": connect("/evaluator", "evaluator", "5"),
        "/manager": connect("/manager", token=admin),
        "/ticket": connect("/ticket", token=ticket["secret"]),
    }
    more = {
        "/kiosk": {"settings", "help", "slips"},
        "/board": {"calls", "earlier", "notices", "missed", "settings"},
        "/counter": {"window", "line", "settings", "help", "alerts"},
        "/evaluator": {"window", "ask", "settings"},
        "/manager": {"windows", "alerts", "notices", "devices", "help", "response", "kept"},
        "/ticket": {"ticket", "help"},
    }
    for namespace, line in lines.items():
        snapshot = line.wait_for("snapshot")
        assert set(snapshot) == {"seq", "epoch", "now", "hall", "queues"} | more[namespace], namespace
    assert lines["/ticket"].of("snapshot")[0]["ticket"]["number"] == "A001"
    assert lines["/kiosk"].of("snapshot")[0]["settings"]["id"] == "K01"


def test_a_counter_hears_what_is_wrong_there_and_nothing_of_others(
    hall: Hall, connect: Connect, admin: str
) -> None:
    """A slow printer at a kiosk is the manager's; the counter's own evaluator is its clerk's too."""
    fault = {"devices": [{"id": "screen", "kind": "screen", "state": "fault", "detail": ""}]}
    for namespace, kind, id in (("/evaluator", "evaluator", "5"), ("/evaluator", "evaluator", "6")):
        terminal = connect(namespace, kind, id)
        terminal.wait_for("snapshot")
        assert terminal.ask("health", fault)["ok"]
    until(lambda: hall.get("/alerts", admin).json["total"] == 2)
    counter = connect("/counter", token=admin, window=5)
    told = counter.wait_for("snapshot")["alerts"]
    assert [one["subject"] for one in told] == ["evaluator 5 screen"]


def test_a_kiosk_takes_a_number_once_for_a_key(connect: Connect) -> None:
    kiosk = connect("/kiosk", "kiosk", "K01")
    kiosk.wait_for("snapshot")
    first = kiosk.ask("take_ticket", {"group": "general", "key": "visit-1"})
    again = kiosk.ask("take_ticket", {"group": "general", "key": "visit-1"})
    assert first["ok"] and first["ticket"]["number"] == "A001"
    assert again == first
    reused = kiosk.ask("take_ticket", {"group": "fees", "key": "visit-1"})
    assert reused["problem"]["code"] == "key-reused"


def test_who_asks_at_once_is_answered_and_who_leaves_at_once_is_forgotten(hall: Hall, admin: str) -> None:
    """While the day is being written, the snapshot has to wait; a client need not."""
    is_over = threading.Event()

    def keep_writing() -> None:
        while not is_over.is_set():
            hall.post("/tickets", {"group": "general"}, token=admin)

    clerks = {window: hall.token("api", f"clerk{window}") for window in range(1, 21)}
    kiosks = [hall.token("kiosk", f"X{number}") for number in range(20)]

    def come_and_open(window: int) -> bool:
        line = Line(hall, "/counter", clerks[window], window=window)
        answer = line.ask("open")
        line.close()
        return bool(answer["ok"])

    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(keep_writing) for _ in range(4)]
        try:
            assert [window for window in clerks if not come_and_open(window)] == []
            for token in kiosks:
                Line(hall, "/kiosk", token).close()
        finally:
            is_over.set()
        for writer in writers:
            writer.result()
    manager = Line(hall, "/manager", admin)
    devices = manager.wait_for("snapshot")["devices"]
    manager.close()
    assert len(devices) == len(kiosks) and not [one["id"] for one in devices if one["connected"]]


def test_a_kiosk_gives_up_a_number_by_the_key_it_was_asked_with(hall: Hall, connect: Connect) -> None:
    kiosk, other = connect("/kiosk", "kiosk", "K01"), connect("/kiosk", "kiosk", "K02")
    for line in (kiosk, other):
        line.wait_for("snapshot")
    take_one = {"group": "general", "key": "visit-1"}
    ticket = kiosk.ask("take_ticket", take_one)["ticket"]
    assert other.ask("give_up", {"asked": "visit-1"}) == {"ok": True, "ticket": None}
    for _ in range(2):
        assert kiosk.ask("give_up", {"asked": "visit-1", "key": "g"})["ticket"]["state"] == "cancelled"
    clerk = hall.token("api", "li")
    assert hall.get(f"/tickets/{ticket['id']}", clerk).json["state"] == "cancelled"
    assert other.ask("take_ticket", take_one)["problem"]["code"] == "key-reused"
    served = kiosk.ask("take_ticket", {"group": "general", "key": "visit-2"})["ticket"]
    for action in ("open", "next", "start"):
        assert hall.post(f"/windows/5/{action}", token=clerk).status == 200
    problem = kiosk.ask("give_up", {"asked": "visit-2"})["problem"]
    assert (problem["code"], problem["state"]) == ("wrong-state", "serving")
    assert hall.get(f"/tickets/{served['id']}", clerk).json["state"] == "serving"


def test_a_disk_that_cannot_be_read_is_said_by_both_doors(hall: Hall, connect: Connect, admin: str) -> None:
    counter = connect("/counter", "keypad", "5", window=5)
    counter.wait_for("snapshot")
    for name in ("hall.db", "hall.db-wal", "hall.db-shm"):
        file = hall.data / name
        file.write_bytes(b"\xff" * file.stat().st_size)
    for answer in (
        hall.get("/tickets/none", admin),
        hall.get("/tickets", admin),
        hall.post("/tickets", {"group": "general"}, admin),
    ):
        assert (answer.status, answer.json["code"]) == (503, "storage")
        assert int(answer.headers["Retry-After"]) > 0
    assert counter.ask("help")["problem"]["code"] == "storage"


def test_an_unknown_message_is_refused_with_those_there_are(connect: Connect) -> None:
    kiosk = connect("/kiosk", "kiosk", "K01")
    kiosk.wait_for("snapshot")
    answer = kiosk.ask("take_tiket", {"group": "general"})
    assert answer["ok"] is False
    assert answer["problem"]["code"] == "unknown-message"
    assert "take_ticket" in answer["problem"]["detail"]


def test_a_line_speaks_for_its_own_window_or_ticket_alone(hall: Hall, connect: Connect, admin: str) -> None:
    mine, other = take(hall, admin), take(hall, admin)
    counter = connect("/counter", token=admin, window=5)
    phone = connect("/ticket", token=mine["secret"])
    for line in (counter, phone):
        line.wait_for("snapshot")
    elsewhere = counter.ask("open", {"n": 6})["problem"]
    assert (elsewhere["code"], elsewhere["field"]) == ("invalid", "n")
    assert counter.ask("open", {"n": 5})["window"]["number"] == 5
    assert phone.ask("cancel", {"id": other["id"]})["problem"]["code"] == "forbidden"
    assert {hall.get(f"/tickets/{one['id']}", token=admin).json["state"] for one in (mine, other)} == {
        "waiting"
    }
    assert phone.ask("cancel", {"id": mine["id"]})["ticket"]["state"] == "cancelled"


def test_a_key_that_is_no_text_is_refused(connect: Connect) -> None:
    kiosk = connect("/kiosk", "kiosk", "K01")
    kiosk.wait_for("snapshot")
    for key in (0, 5, False, ["a"], {"a": 1}):
        assert kiosk.ask("take_ticket", {"group": "general", "key": key})["problem"]["code"] == "invalid"


@pytest.mark.parametrize(
    ("namespace", "kind", "id"),
    [("/board", "kiosk", "K01"), ("/counter", "board", "B01"), ("/manager", "kiosk", "K01")],
)
def test_a_token_opens_only_its_own_door(hall: Hall, namespace: str, kind: str, id: str) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        Line(hall, namespace, hall.token(kind, id), window=5)


def test_a_call_reaches_boards_phone_evaluator_and_counter(hall: Hall, connect: Connect, admin: str) -> None:
    ticket = take(hall, admin, language="en", needs=["deaf"])
    everywhere = connect("/board", "board", "lobby")
    east = connect("/board", "board", "B02")
    north = connect("/board", "board", "B04")
    phone = connect("/ticket", token=ticket["secret"])
    counter = connect("/counter", token=admin, window=5)
    for line in (everywhere, east, north, phone, counter):
        line.wait_for("snapshot")
    assert counter.ask("open")["window"]["state"] == "open"
    called = counter.ask("next")
    assert called["ticket"]["number"] == "A001"
    call = everywhere.wait_for("call")
    assert call["ticket"] == "A001" and call["window"] == 5 and call["kind"] == "call"
    assert call["speak"] == ["zh", "en"] and call["flash"] is True
    assert east.wait_for("call")["call"] == call["call"]
    assert phone.wait_for("ticket", lambda body: body["ticket"]["state"] == "called")["ticket"]["window"] == 5
    shown = everywhere.wait_for("window", lambda body: body["window"]["serving"] == "A001")
    assert "needs" not in shown["window"] and "clerk" not in shown["window"]
    whole = counter.wait_for("window", lambda body: body["window"]["ticket"] is not None)
    assert whole["window"]["ticket"]["needs"] == ["deaf"]
    assert north.of("call") == []


def test_a_board_is_told_after_a_reconnect_what_it_has_not_announced(
    hall: Hall, connect: Connect, admin: str
) -> None:
    take(hall, admin)
    take(hall, admin)
    hall.post("/windows/5/open", token=admin)
    hall.post("/windows/5/next", token=admin)
    board = connect("/board", "board", "B01")
    (call,) = board.wait_for("snapshot")["calls"]
    assert call["announced"] is False
    assert board.ask("announced", {"call": call["call"]})["ok"]
    board.close()
    hall.post("/windows/5/next", {"current": "finish"}, token=admin)
    calls = connect("/board", "board", "B01").wait_for("snapshot")["calls"]
    assert [(one["ticket"], one["announced"]) for one in calls] == [("A001", True), ("A002", False)]
    for _ in range(11):
        take(hall, admin)
        hall.post("/windows/5/next", {"current": "finish"}, token=admin)
    told = connect("/board", "board", "B01").wait_for("snapshot")
    assert [one["ticket"] for one in told["earlier"]] == ["A002", "A003"]
    assert [one["ticket"] for one in told["calls"]] == [f"A{number:03d}" for number in range(4, 14)]
    assert not any(one["announced"] for one in [*told["earlier"], *told["calls"]])


def test_the_evaluator_asks_after_the_service_and_rates_once(
    hall: Hall, connect: Connect, admin: str
) -> None:
    ticket = take(hall, admin)
    evaluator = connect("/evaluator", "evaluator", "5")
    assert evaluator.wait_for("snapshot")["ask"] is None
    hall.post("/windows/5/open", token=admin)
    hall.post("/windows/5/next", token=admin)
    hall.post("/windows/5/finish", token=admin)
    ask = evaluator.wait_for("ask", lambda body: body.get("ticket"))
    assert ask["ticket"] == ticket["id"] and ask["number"] == "A001"
    assert evaluator.ask("rate", {"id": ask["ticket"], "score": 5})["ok"]
    evaluator.wait_for("ask", lambda body: "ask" in body and body["ask"] is None)
    again = evaluator.ask("rate", {"id": ask["ticket"], "score": 1})
    assert again["problem"]["code"] == "rated"
    elsewhere = connect("/evaluator", "evaluator", "6")
    elsewhere.wait_for("snapshot")
    other = take(hall, admin)
    assert elsewhere.ask("rate", {"id": other["id"], "score": 1})["ok"] is False


def test_nobody_is_asked_to_rate_what_was_not_done(hall: Hall, connect: Connect, admin: str) -> None:
    both = ["id-card-renewal", "id-card-replacement"]
    ticket = take(hall, admin, group=None, services=both)
    evaluator = connect("/evaluator", "evaluator", "5")
    evaluator.wait_for("snapshot")
    hall.post("/windows/5/open", token=admin)
    hall.post("/windows/5/next", token=admin)
    finished = hall.post("/windows/5/finish", {"services": both[1:]}, token=admin).json
    assert finished["to_rate"] == both[1:]
    assert evaluator.wait_for("ask", lambda body: body.get("ticket"))["services"] == both[1:]
    assert evaluator.ask("rate", {"id": ticket["id"], "score": 5, "service": both[1]})["ok"]
    evaluator.wait_for("ask", lambda body: "ask" in body and body["ask"] is None)


def test_a_slip_brings_a_missed_citizen_back(hall: Hall, connect: Connect, admin: str) -> None:
    ticket = take(hall, admin)
    hall.post("/windows/5/open", token=admin)
    hall.post("/windows/5/next", token=admin)
    hall.post("/windows/5/no-show", token=admin)
    kiosk = connect("/kiosk", "kiosk", "K01")
    kiosk.wait_for("snapshot")
    back = kiosk.ask("requeue", {"secret": ticket["secret"]})
    assert back["ok"] and back["ticket"]["state"] == "waiting"
    assert kiosk.ask("requeue", {"secret": ticket["secret"]})["problem"]["code"] == "wrong-state"
    assert kiosk.ask("requeue", {"secret": "x" * 34})["problem"]["code"] == "not-found"


def test_a_revoked_token_stops_at_once(hall: Hall, connect: Connect) -> None:
    kiosk = connect("/kiosk", "kiosk", "K01")
    kiosk.wait_for("snapshot")
    assert hall.command("token", "kiosk", "K01", "--revoke").returncode == 0
    until(lambda: not kiosk.connected)


def test_help_reaches_the_manager_and_ends_when_seen(hall: Hall, connect: Connect, admin: str) -> None:
    manager = connect("/manager", token=admin)
    kiosk = connect("/kiosk", "kiosk", "K01")
    manager.wait_for("snapshot")
    kiosk.wait_for("snapshot")
    assert kiosk.ask("help", {"reason": "轮椅"})["ok"]
    alert = manager.wait_for("alert")["alert"]
    assert alert["kind"] == "help" and "K01" in alert["text"]["zh"] and alert["cleared_at"] is None
    assert manager.ask("alert_ack", {"id": alert["id"]})["alert"]["acked_by"]
    manager.wait_for("alert", lambda body: body["alert"]["cleared_at"])


def test_a_printer_without_paper_alerts_until_it_has_some(hall: Hall, connect: Connect, admin: str) -> None:
    manager = connect("/manager", token=admin)
    kiosk = connect("/kiosk", "kiosk", "K01")
    manager.wait_for("snapshot")
    kiosk.wait_for("snapshot")
    printer = {"id": "printer", "kind": "printer", "state": "fault", "detail": "paper-end"}
    assert kiosk.ask("health", {"devices": [printer]})["ok"]
    alert = manager.wait_for("alert")["alert"]
    assert alert["kind"] == "device" and alert["subject"] == "kiosk K01 printer"
    sound = {"id": "speech", "kind": "sound", "state": "fault", "detail": "no-device"}
    assert kiosk.ask("health", {"devices": [printer, sound]})["ok"]
    silent = manager.wait_for("alert", lambda body: body["alert"]["subject"] == "kiosk K01 speech")["alert"]
    assert silent["text"]["zh"] == texts.say("device.sound.at-kiosk.no-device", place="取号机 K01")
    assert kiosk.ask("health", {"devices": [{**printer, "state": "ok", "detail": ""}]})["ok"]
    manager.wait_for("alert", lambda body: body["alert"]["cleared_at"])
    bad = kiosk.ask("health", {"devices": [{**printer, "state": "broken"}]})
    assert bad["problem"]["field"] == "devices.0.state"


def test_seq_never_falls_and_survives_a_restart(hall: Hall, connect: Connect, admin: str) -> None:
    board = connect("/board", "board", "B01")
    board.wait_for("snapshot")
    for _ in range(5):
        take(hall, admin)
    hall.post("/windows/5/open", token=admin)
    hall.post("/windows/5/next", token=admin)
    board.wait_for("call")
    seqs = [body["seq"] for _, body in board.heard]
    assert seqs == sorted(seqs)
    epoch = board.of("snapshot")[0]["epoch"]
    hall.kill()
    hall.start()
    snapshot = connect("/board", "board", "B01").wait_for("snapshot")
    assert snapshot["epoch"] == epoch and snapshot["seq"] >= max(seqs)


def test_messages_of_one_client_keep_their_order(hall: Hall, connect: Connect, admin: str) -> None:
    for _ in range(30):
        take(hall, admin)
    counter = connect("/counter", token=admin, window=5)
    counter.wait_for("snapshot")
    counter.ask("open")
    answers: list[Any] = []
    for name in ["next", "start", "finish"] * 10:
        counter._io.emit(name, {}, namespace="/counter", callback=answers.append)
    until(lambda: len(answers) == 30)
    assert all(answer["ok"] for answer in answers)


def test_a_message_without_its_parameters_names_them(hall: Hall, connect: Connect, admin: str) -> None:
    lines = {
        "manager": connect("/manager", token=admin),
        "evaluator": connect("/evaluator", "evaluator", "5"),
        "kiosk": connect("/kiosk", "kiosk", "K01"),
    }
    for line in lines.values():
        line.wait_for("snapshot")
    for who, name, body, field in (
        ("manager", "ticket_set", {}, "id"),
        ("manager", "alert_ack", {}, "id"),
        ("manager", "notice_remove", {}, "id"),
        ("manager", "window_open", {"n": "٣"}, "n"),
        ("evaluator", "rate", {"score": 3}, "id"),
        ("kiosk", "check_in", {}, "code"),
        ("kiosk", "requeue", {}, "secret"),
    ):
        problem = lines[who].ask(name, body)["problem"]
        assert (problem["code"], problem["field"]) == ("invalid", field), name


def test_who_loses_the_role_loses_the_line(hall: Hall, connect: Connect) -> None:
    admin = hall.post("/sessions", {"username": "admin", "password": hall.admin_password}).json["token"]
    body = {"username": "sun", "password": "first-pass-1", "role": "manager", "must_change": False}
    hall.post("/accounts", body, token=admin)
    sun = hall.post("/sessions", {"username": "sun", "password": "first-pass-1"}).json["token"]
    manager = connect("/manager", token=sun)
    manager.wait_for("snapshot")
    hall.call("PATCH", "/accounts/sun", {"role": "assistant"}, token=admin)
    until(lambda: not manager.connected)


def test_at_the_days_end_phones_are_told_what_became_of_their_tickets(
    still_hall: Hall,
) -> None:
    evening = datetime.now(SHANGHAI).replace(hour=23, minute=50)
    still_hall.set_clock(evening)
    still_hall.start()
    admin = still_hall.token("api", "app", "admin")
    served, waits = take(still_hall, admin), take(still_hall, admin)
    still_hall.post("/windows/5/open", token=admin)
    still_hall.post("/windows/5/next", token=admin)
    still_hall.post("/windows/5/start", token=admin)
    phones = {one["id"]: Line(still_hall, "/ticket", one["secret"]) for one in (served, waits)}
    for phone in phones.values():
        phone.wait_for("snapshot")
    still_hall.set_clock(evening + timedelta(minutes=10))
    phones[served["id"]].wait_for("ticket", lambda body: body["ticket"]["state"] == "finished")
    phones[waits["id"]].wait_for("ticket", lambda body: body["ticket"]["state"] == "expired")
    assert take(still_hall, admin)["number"] == "A001"
    again = Line(still_hall, "/ticket", waits["secret"])
    told = again.wait_for("snapshot")
    assert told["ticket"]["state"] == "expired" and told["ticket"]["day"] < told["hall"]["day"]
    for name, body in (("cancel", {}), ("help", {}), ("rate", {"score": 5})):
        problem = again.ask(name, body)["problem"]
        assert (problem["code"], problem["state"]) == ("wrong-state", "expired"), name
    slip = Line(still_hall, "/kiosk", still_hall.token("kiosk", "K01"))
    problem = slip.ask("requeue", {"secret": waits["secret"]})["problem"]
    assert (problem["code"], problem["state"]) == ("wrong-state", "expired")
    for line in (again, slip, *phones.values()):
        line.close()


def test_a_window_goes_to_a_colleague_with_its_citizen_and_the_rating_to_who_served(
    hall: Hall, connect: Connect, admin: str
) -> None:
    for username in ("li", "wang"):
        account = {
            "username": username,
            "password": "a-clerk-of-tests",
            "role": "clerk",
            "must_change": False,
        }
        assert hall.post("/accounts", account, admin).status == 200
    li, wang = (
        hall.post("/sessions", {"username": username, "password": "a-clerk-of-tests"}).json["token"]
        for username in ("li", "wang")
    )
    ticket = take(hall, admin)
    counter = connect("/counter", token=li, window=5)
    assert counter.ask("open")["ok"] and counter.ask("next")["ok"] and counter.ask("start")["ok"]
    assert counter.ask("hand_over", {"to": "nobody"})["problem"]["field"] == "to"
    handed = counter.ask("hand_over", {"to": "wang"})
    assert handed["window"]["clerk"]["username"] == "wang"
    assert handed["window"]["ticket"]["number"] == "A001"
    assert counter.ask("finish")["problem"]["code"] == "forbidden"
    assert connect("/counter", token=wang, window=5).ask("finish")["ticket"]["state"] == "finished"
    assert hall.post(f"/tickets/{ticket['id']}/rating", {"score": 5}, ticket["secret"]).status == 200
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        assert db.execute("SELECT clerk FROM ratings").fetchall() == [("wang",)]
        spans = "SELECT state, clerk FROM intervals WHERE window = 5 ORDER BY start, rowid"
        assert db.execute(spans).fetchall()[-2:] == [("serving", "li"), ("serving", "wang")]


def test_a_false_claim_is_recorded_and_costs_the_honest_nothing(
    hall: Hall, connect: Connect, admin: str
) -> None:
    take(hall, admin)
    claimed = take(hall, admin, priority="elderly")
    counter = connect("/counter", token=admin, window=5)
    counter.ask("open")
    assert counter.ask("next")["ticket"]["number"] == claimed["number"]
    path = f"/tickets/{claimed['id']}/priority"
    assert hall.post(path, {"confirmed": True}, admin).json["priority_checked"] is True
    assert hall.post(path, {"confirmed": False}, admin).json["field"] == "reason"
    removed = hall.post(path, {"confirmed": False, "reason": "35 岁"}, admin).json
    assert (removed["state"], removed["priority"], removed["ahead"]) == ("waiting", "none", 1)
    counter.wait_for(
        "window", lambda body: body["window"]["state"] == "open" and not body["window"]["ticket"]
    )
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        record = "SELECT kind, actor, body FROM events WHERE kind LIKE 'Priority%' ORDER BY seq"
        (confirmed, who, _), (gone, by, body) = db.execute(record).fetchall()
    assert (confirmed, gone, who, by) == ("PriorityConfirmed", "PriorityRemoved", "api:app", "api:app")
    assert json.loads(body)["reason"] == "35 岁"


def test_a_windows_plate_is_told_to_its_display(hall: Hall, connect: Connect, admin: str) -> None:
    board = connect("/board", "board", "W05", window=5)
    plate = {"zh": "企业专窗", "en": "Companies"}
    assert hall.call("PATCH", "/windows/5", {"plate": plate}, token=admin).json["plate"] == plate
    board.wait_for("window", lambda body: body["window"]["plate"] == plate)
    assert hall.call("PATCH", "/windows/5", {}, token=admin).json["field"] == "groups"
    assert hall.call("PATCH", "/windows/5", {"plate": {"zh": ""}}, token=admin).json["plate"] is None


def test_a_counters_line_tells_who_came_later_and_who_waits_elsewhere(
    hall: Hall, connect: Connect, admin: str
) -> None:
    for window in (5, 6):
        assert hall.post(f"/windows/{window}/open", token=admin).status == 200
    sent, honest, claimed = take(hall, admin), take(hall, admin), take(hall, admin, priority="elderly")
    assert hall.post("/windows/5/call", {"ticket": sent["id"], "reason": "test"}, admin).status == 200
    assert hall.post("/windows/5/transfer", {"window": 6}, admin).status == 200
    line = connect("/counter", token=admin, window=5).wait_for("snapshot")["line"]
    assert (line["waiting"], line["elsewhere"]) == (3, 1)
    assert [(one["number"], one["after"]) for one in line["queue"]] == [
        (claimed["number"], []),
        (honest["number"], [claimed["number"]]),
    ]


def test_nothing_is_compressed_for_a_phone_that_offers_it(hall: Hall) -> None:
    """What one line needs for it would be 300 kB, and a hall has thousands."""
    request = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{hall.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", hall.port), timeout=10) as line:
        line.sendall(request.encode())
        head = line.recv(4096).split(b"\r\n\r\n")[0].lower()
    assert b"101 switching protocols" in head
    assert b"permessage-deflate" not in head
