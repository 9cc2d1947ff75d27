"""The hall over HTTP, as the wire contract says."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from queue_server.storage.store import open_database
from tests.conftest import SHANGHAI, Hall, Reply, lay_out, until


@pytest.fixture
def admin(hall: Hall) -> str:
    return hall.token("api", "app", "admin")


def take(hall: Hall, token: str, **body: Any) -> dict[str, Any]:
    answer = hall.post("/tickets", body or {"group": "general"}, token=token)
    assert answer.status == 201, answer.json
    ticket: dict[str, Any] = answer.json
    return ticket


def at_window(hall: Hall, token: str, number: int = 5) -> dict[str, Any]:
    """A ticket called to an open window."""
    ticket = take(hall, token)
    assert hall.post(f"/windows/{number}/open", token=token).status == 200
    assert hall.post(f"/windows/{number}/next", token=token).json["id"] == ticket["id"]
    return ticket


def code(answer: Reply) -> tuple[int, str]:
    return answer.status, answer.json["code"]


def test_what_anyone_may_see(hall: Hall) -> None:
    assert hall.call("GET", "/healthz", prefix="").json["status"] == "ok"
    shown = hall.get("/hall").json
    assert shown["state"] == "open" and len(shown["windows"]) == 38 and len(shown["groups"]) == 5
    assert hall.get("/queues").json["queues"][0]["group"] == "general"
    services = hall.get("/services?q=gongjijin&limit=2").json
    assert len(services["services"]) == 2 and services["total"] > 2
    assert hall.get(f"/services/{services['services'][0]['id']}").json["guide"]
    assert hall.get("/themes").json["total"] > 5
    assert code(hall.get("/tickets")) == (401, "unauthorized")
    assert code(hall.get("/windows")) == (401, "unauthorized")
    assert code(hall.post("/tickets", {"group": "general"})) == (401, "unauthorized")


def test_problems_are_problems(hall: Hall, admin: str) -> None:
    answer = hall.post("/tickets", {"group": "nonsense"}, token=admin)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.status == 400 and answer.json["field"] == "group"
    assert answer.json["type"] == "/problems/invalid"
    english = hall.call("GET", "/tickets/none", token=admin, headers={"Accept-Language": "en"})
    assert english.json["detail"].startswith("There is no such ticket")
    chinese = hall.call("GET", "/tickets/none", token=admin, headers={"Accept-Language": "zh-CN,en;q=0.5"})
    assert chinese.json["detail"].startswith("今天没有这个号")
    assert code(hall.get("/nothing/here")) == (404, "not-found")
    assert code(hall.call("PUT", "/tickets", {}, token=admin)) == (405, "method-not-allowed")
    assert code(hall.call("POST", "/tickets", b"{", token=admin)) == (400, "invalid")
    assert code(hall.call("POST", "/tickets", b'["a"]', token=admin)) == (400, "invalid")
    plain = hall.call("POST", "/tickets", b"group=a", token=admin, headers={"Content-Type": "text/plain"})
    assert code(plain) == (415, "media-type")
    assert code(hall.post("/tickets", {"kiosk": "x" * 70_000}, token=admin)) == (413, "too-large")


def test_a_body_in_chunks_has_the_same_limit(hall: Hall, admin: str) -> None:
    def post(*chunks: bytes) -> tuple[int, Any]:
        line = HTTPConnection("127.0.0.1", hall.port, timeout=10)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {admin}"}
        with closing(line):
            line.request("POST", "/api/v1/tickets", iter(chunks), headers, encode_chunked=True)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read()).get("code")

    assert post(b'{"group":', b'"general"}') == (201, None)
    two_megabytes = [b"x" * 8192] * 256
    assert post(b'{"kiosk":"', *two_megabytes, b'"}') == (413, "too-large")
    assert post(b'{"group":"general"}', *[b" " * 8192] * 8, b"no JSON") == (413, "too-large")


BAD_INPUT: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "services"),
    ({"group": "general", "services": ["id-card-renewal"]}, "services"),
    ({"services": ["no-such-item"]}, "services"),
    ({"group": "general", "priority": "vip"}, "priority"),
    ({"group": "general", "needs": ["tea"]}, "needs.0"),
    ({"group": "general", "prority": "none"}, "prority"),
    ({"group": "general", "id_number": "371502199001011235"}, "id_number"),
    ({"group": "general", "phone": "12"}, "phone"),
    ({"group": 5}, "group"),
    ({"group": "general", "kiosk": "K\0"}, "kiosk"),
)


def test_bad_input_names_the_field(hall: Hall, admin: str) -> None:
    for body, field in BAD_INPUT:
        answer = hall.post("/tickets", body, token=admin)
        assert (answer.status, answer.json["code"], answer.json["field"]) == (400, "invalid", field), body
    assert hall.get("/tickets", token=admin).json["total"] == 0


def test_a_list_names_a_parameter_that_it_does_not_have(hall: Hall, admin: str) -> None:
    take(hall, admin)
    for path, given in (
        ("/tickets?sate=waiting", "sate"),
        ("/tickets?state=waiting&status=done", "status"),
        ("/services?query=card", "query"),
        ("/queues?group=general", "group"),
        ("/windows?state=open", "state"),
        ("/appointments/slots?services=id-card-renewal&date=2026-11-24", "date"),
        ("/accounts?role=clerk", "role"),
        ("/notices?zone=east", "zone"),
    ):
        answer = hall.get(path, admin)
        assert (code(answer), answer.json["field"]) == ((400, "invalid"), given), path
        assert "limit" in answer.json["detail"]
    assert hall.get("/tickets?state=waiting&group=general&limit=5&offset=0", admin).json["total"] == 1
    for path in ("/queues", "/notices", "/help", "/windows", "/alerts"):
        assert hall.get(f"{path}?limit=1&offset=1", admin).status == 200
        assert hall.get(f"{path}?limit=0", admin).json["field"] == "limit"
    assert len(hall.get("/queues?limit=2").json["queues"]) == 2 < hall.get("/queues").json["total"]


def test_a_notice_ends_in_the_future(hall: Hall, admin: str) -> None:
    words = {"text": {"zh": "三楼今天没有电梯"}}
    late = hall.post("/notices", {**words, "until": "2020-01-01T09:00:00+08:00"}, admin)
    assert (code(late), late.json["field"]) == ((400, "invalid"), "until")
    assert hall.get("/notices").json["total"] == 0
    assert hall.post("/notices", {**words, "until": "2099-01-01T09:00:00+08:00"}, admin).status == 200
    assert hall.post("/notices", words, admin).status == 200
    assert hall.get("/notices").json["total"] == 2


def test_a_visit_from_number_to_rating(hall: Hall, admin: str) -> None:
    ticket = take(hall, admin, services=["id-card-renewal"], priority="elderly", needs=["wheelchair"])
    assert ticket["number"] == "A001" and ticket["state"] == "waiting" and ticket["ahead"] == 0
    assert ticket["follow_url"] == f"{hall.url}/t/{ticket['secret']}"
    assert hall.post("/windows/5/open", token=admin).json["state"] == "open"
    called = hall.post("/windows/5/next", token=admin)
    assert called.status == 200 and called.json["state"] == "called" and called.json["window"] == 5
    assert "secret" not in called.json
    assert hall.post("/windows/5/recall", token=admin).json["state"] == "called"
    assert hall.post("/windows/5/start", token=admin).json["state"] == "serving"
    refused = hall.post("/windows/5/finish", {"outcome": "not-possible"}, token=admin)
    assert refused.status == 400 and refused.json["field"] == "reason"
    done = hall.post("/windows/5/finish", {"outcome": "papers-missing"}, token=admin)
    assert done.json["state"] == "finished"
    path = f"/tickets/{ticket['id']}/rating"
    assert code(hall.post(path, {"score": 5}, token=admin)) == (403, "forbidden")
    assert hall.post(path, {"score": 4, "comment": "好"}, token=ticket["secret"]).status == 200
    assert code(hall.post(path, {"score": 1}, token=ticket["secret"])) == (409, "rated")


def test_a_holder_sees_only_its_own(hall: Hall, admin: str) -> None:
    mine, other = take(hall, admin), take(hall, admin)
    own = hall.get(f"/tickets/{mine['id']}", token=mine["secret"])
    assert own.json["secret"] == mine["secret"]
    assert code(hall.get(f"/tickets/{other['id']}", token=mine["secret"])) == (403, "forbidden")
    assert code(hall.post(f"/tickets/{other['id']}/cancel", token=mine["secret"])) == (403, "forbidden")
    assert "secret" not in hall.get(f"/tickets/{mine['id']}", token=admin).json
    assert hall.post(f"/tickets/{mine['id']}/late", token=mine["secret"]).json["state"] == "waiting"
    assert hall.post(f"/tickets/{mine['id']}/cancel", token=mine["secret"]).json["state"] == "cancelled"
    again = hall.post(f"/tickets/{mine['id']}/cancel", token=mine["secret"])
    assert code(again) == (409, "wrong-state") and again.json["state"] == "cancelled"
    assert code(hall.get(f"/tickets/{mine['id']}", token="x" * 34)) == (401, "unauthorized")


def days_ago(hall: Hall, days: int) -> None:
    """Stop a hall, and let all that happened there have happened so long ago."""
    hall.stop()
    with closing(open_database(hall.data / "hall.db")) as db:
        (today,) = db.execute("SELECT max(date) FROM days").fetchone()
        then = str(date.fromisoformat(today) - timedelta(days))
        for table, column in (("days", "date"), ("tickets", "day"), ("calls", "day"), ("events", "day")):
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (then, today))
    hall.start()


@pytest.mark.parametrize(("days", "seen"), [(7, 200), (8, 401)])
def test_a_ticket_is_read_after_its_day_as_it_ended(hall: Hall, admin: str, days: int, seen: int) -> None:
    served = at_window(hall, admin)
    assert hall.post("/windows/5/finish", token=admin).status == 200
    waits = take(hall, admin)
    days_ago(hall, days)
    until(lambda: hall.get("/hall").json["day"] > hall.get(f"/tickets/{waits['id']}", admin).json["day"])
    for ticket, state in ((served, "finished"), (waits, "expired")):
        path = f"/tickets/{ticket['id']}"
        by_staff = hall.get(path, admin)
        assert (by_staff.status, by_staff.json["state"]) == (200, state)
        assert by_staff.json["number"] == ticket["number"] and "secret" not in by_staff.json
        own = hall.get(path, ticket["secret"])
        assert own.status == seen
        if seen == 200:
            assert {**own.json, **by_staff.json} == own.json
            assert own.json["follow_url"] == ticket["follow_url"]
            assert code(hall.post(f"{path}/cancel", token=ticket["secret"])) == (409, "wrong-state")
            assert code(hall.post(f"{path}/rating", {"score": 5}, ticket["secret"])) == (409, "wrong-state")
        assert code(hall.post(f"{path}/reprint", token=admin)) == (409, "wrong-state")
    assert hall.get("/tickets", admin).json["total"] == 0
    assert code(hall.get(f"/tickets/{served['number']}", admin)) == (404, "not-found")
    assert code(hall.get(f"/tickets/{served['id']}", waits["secret"])) == (
        403 if seen == 200 else 401,
        "forbidden" if seen == 200 else "unauthorized",
    )


def test_a_reprint_ends_the_old_secret(hall: Hall, admin: str) -> None:
    ticket = take(hall, admin)
    new = hall.post(f"/tickets/{ticket['id']}/reprint", token=admin).json
    assert new["secret"] != ticket["secret"] and new["follow_url"].endswith(new["secret"])
    assert hall.get(f"/tickets/{ticket['id']}", token=ticket["secret"]).status == 401
    assert hall.get(f"/tickets/{ticket['id']}", token=new["secret"]).status == 200


def test_windows_and_their_conflicts(hall: Hall, admin: str) -> None:
    assert code(hall.post("/windows/5/next", token=admin)) == (409, "window-not-open")
    assert code(hall.post("/windows/99/open", token=admin)) == (404, "not-found")
    clerk, other = hall.token("api", "li"), hall.token("api", "wang")
    assert hall.post("/windows/5/open", token=clerk).json["clerk"]["username"] == "api:li"
    assert hall.post("/windows/5/open", token=clerk).status == 200
    assert code(hall.post("/windows/5/open", token=other)) == (409, "window-taken")
    assert code(hall.post("/windows/6/open", token=clerk)) == (409, "clerk-elsewhere")
    assert code(hall.post("/windows/5/next", token=other)) == (403, "forbidden")
    assert code(hall.post("/windows/5/release", token=clerk)) == (403, "forbidden")
    empty = hall.post("/windows/5/next", token=clerk)
    assert empty.status == 204
    nobody = hall.post("/windows/5/recall", token=clerk)
    assert code(nobody) == (409, "no-ticket") and nobody.json["state"] == "open"
    take(hall, admin)
    assert hall.post("/windows/5/next", token=clerk).status == 200
    busy = hall.post("/windows/5/next", token=clerk)
    assert code(busy) == (409, "window-busy") and busy.json["state"] == "called"
    paused = hall.post("/windows/5/pause", {"reason": "喝水"}, token=clerk).json
    assert paused["state"] == "paused" and paused["ticket"]["number"] == "A001"
    assert hall.post("/windows/5/close", token=clerk).json["state"] == "closing"
    assert hall.post("/windows/5/finish", token=clerk).json["state"] == "finished"
    assert hall.get("/windows/5", token=clerk).json["state"] == "closed"
    assert hall.get("/windows/5", token=clerk).json["clerk"] is None


def test_a_manager_releases_a_window_and_sets_its_groups(hall: Hall, admin: str) -> None:
    clerk = hall.token("api", "li")
    take(hall, admin)
    hall.post("/windows/5/open", token=clerk)
    hall.post("/windows/5/next", token=clerk)
    assert hall.post("/windows/5/release", token=admin).json["state"] == "closed"
    assert hall.get("/tickets?number=A001", token=admin).json["tickets"][0]["state"] == "waiting"
    changed = hall.call("PATCH", "/windows/5", {"groups": ["fees", "general"]}, token=admin)
    assert changed.json["groups"] == ["fees", "general"]
    assert hall.call("PATCH", "/windows/5", {"groups": ["tea"]}, token=admin).json["field"] == "groups"


def test_no_show_return_park_transfer_call_by_name(hall: Hall, admin: str) -> None:
    ticket = at_window(hall, admin)
    assert hall.post("/windows/5/no-show", token=admin).json["state"] == "missed"
    assert hall.post(f"/tickets/{ticket['id']}/requeue", token=ticket["secret"]).json["state"] == "waiting"
    named = hall.post("/windows/5/call", {"ticket": "A001", "reason": "约好的"}, token=admin)
    assert named.json["state"] == "called"
    assert hall.post("/windows/5/park", {"reason": "复印"}, token=admin).json["state"] == "parked"
    assert hall.post("/windows/5/undo", token=admin).json["state"] == "called"
    assert hall.post("/windows/5/park", token=admin).json["state"] == "parked"
    assert hall.post("/windows/5/unpark", {"ticket": "a001"}, token=admin).json["state"] == "serving"
    moved = hall.post("/windows/5/transfer", {"group": "fees", "note": "已验材料"}, token=admin)
    assert moved.json["state"] == "waiting" and moved.json["group"] == "fees"
    assert moved.json["number"] == "A001" and moved.json["issued_at"] == ticket["issued_at"]
    assert code(hall.post("/windows/5/transfer", {"group": "fees"}, token=admin)) == (409, "no-ticket")


def test_a_transfer_to_where_nobody_works_says_so(hall: Hall, admin: str) -> None:
    def transferred(**to: Any) -> str | None:
        ticket = at_window(hall, admin)
        moved = hall.post("/windows/5/transfer", to, token=admin).json
        assert moved["id"] == ticket["id"] and moved["state"] == "waiting"
        assert "warning" not in hall.get(f"/tickets/{ticket['id']}", admin).json
        hall.post(f"/tickets/{ticket['id']}/cancel", token=admin)
        warning = moved.get("warning")
        assert warning is None or (ticket["number"] in warning["text"]["zh"] and warning["text"]["en"])
        return warning and str(warning["code"])

    assert transferred(group="fees") == "nobody-for-group"
    assert transferred(window=6) == "nobody-at-window"
    hall.post("/windows/6/open", token=admin)
    assert transferred(window=6) is None
    hall.post("/windows/6/pause", token=admin)
    assert transferred(window=6) is None
    assert transferred(group="general") is None


def test_one_number_for_items_of_several_groups(hall: Hall, admin: str) -> None:
    by_group = {one["group"]: one["id"] for one in hall.get("/services?limit=200").json["services"]}
    ticket = take(hall, admin, services=[by_group["issuing"], by_group["general"], by_group["fees"]])
    assert [step["group"] for step in ticket["steps"]] == ["general", "fees", "issuing"]
    assert [step["state"] for step in ticket["steps"]] == ["waiting", "pending", "pending"]
    for window in (5, 31, 27):
        hall.post(f"/windows/{window}/open", token=admin)
        assert hall.post(f"/windows/{window}/next", token=admin).json["number"] == ticket["number"]
        after = hall.post(f"/windows/{window}/finish", token=admin).json
    assert after["state"] == "finished"


def test_an_item_is_put_right_and_found(hall: Hall, admin: str) -> None:
    person = {"id_number": _with_check("37150219900101123"), "phone": "13800000000"}
    ticket = take(hall, admin, group="fees", **person)
    put_right = hall.call(
        "PATCH", f"/tickets/{ticket['id']}", {"group": "general", "note": "走错"}, token=admin
    )
    assert put_right.json["group"] == "general" and put_right.json["number"] == ticket["number"]
    assert "id_number" not in put_right.json and "phone" not in put_right.json
    found = hall.get(f"/tickets?id_number={person['id_number']}&phone=138%200000%200000", token=admin).json
    assert [one["id"] for one in found["tickets"]] == [ticket["id"]]
    twice = hall.post("/tickets", {"group": "general", **person}, token=admin)
    assert code(twice) == (409, "live-ticket") and ticket["number"] in twice.json["detail"]
    assert hall.post("/tickets", {"group": "general", "agent": True, **person}, token=admin).status == 201


def _with_check(first: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True))
    return first + "10X98765432"[total % 11]


def test_what_is_stored_of_a_keyed_request_tells_nothing_without_the_halls_key(
    still_hall: Hall, tmp_path: Path
) -> None:
    """Two halls, one request: if their fingerprints were the same, an ID number could be found by trying."""
    body = {"group": "general", "id_number": _with_check("37150219900101123")}
    fingerprints = []
    for hall in (still_hall, lay_out(tmp_path / "other")):
        hall.start()
        token = hall.token("api", "app", "admin")
        assert hall.post("/tickets", body, token, key="visit").status == 201
        assert hall.post("/tickets", body, token, key="visit").status == 201
        with closing(open_database(hall.data / "hall.db")) as db:
            fingerprints += [one[0] for one in db.execute("SELECT fingerprint FROM answers")]
        hall.kill()
    assert len(set(fingerprints)) == 2


def test_why_somebody_waits(hall: Hall, admin: str) -> None:
    first = take(hall, admin)
    take(hall, admin, group="general", priority="disabled")
    hall.post("/windows/5/open", token=admin)
    hall.post("/windows/5/next", token=admin)
    told = hall.get(f"/tickets/{first['id']}/why", token=first["secret"]).json
    assert told["total"] == 1
    assert told["why"][0]["rule"] == "priority" and told["why"][0]["seconds"] > 0
    assert "A002" not in str(told)


def test_who_goes_first_is_told_the_shorter_wait(hall: Hall, admin: str) -> None:
    hall.post("/windows/5/open", token=admin)
    waits = [take(hall, admin)["wait"]["p50"] for _ in range(8)]
    assert waits == sorted(waits) and waits[-1] >= 7 * 600
    favoured = take(hall, admin, group="general", priority="elderly")
    assert favoured["ahead"] == 0 and favoured["wait"]["p50"] == 0


def test_appointments(hall: Hall, admin: str) -> None:
    free = hall.get("/appointments/slots?services=id-card-renewal").json["slots"]
    slot = {name: free[0][name] for name in ("slot_start", "slot_end")}
    wish = {"services": ["id-card-renewal"], "phone": "139 1234 0707", **slot}
    booked = hall.post("/appointments", wish, token=admin)
    assert booked.status == 201
    path = f"/appointments/{booked.json['code']}"
    assert hall.get(path).json["state"] == "booked"
    arrived = hall.post(f"{path}/check-in", {"priority": "elderly", "needs": ["deaf"]})
    assert arrived.status == 201
    assert (arrived.json["priority"], arrived.json["needs"]) == ("elderly", ["deaf"])
    for known in ({"phone_end": "0707"}, {"phone": "13912340707"}):
        found = hall.post("/tickets/find", known, token=admin).json["tickets"]
        assert [one["id"] for one in found] == [arrived.json["id"]]
    assert code(hall.post(f"{path}/check-in")) == (409, "wrong-state")
    later = {name: free[-1][name] for name in ("slot_start", "slot_end")}
    body = {"services": ["id-card-renewal"], **later}
    far = hall.post("/appointments", body, token=admin)
    assert far.status == 201
    if len(free) > 3:
        assert code(hall.post(f"/appointments/{far.json['code']}/check-in")) == (409, "early")
    assert hall.call("DELETE", f"/appointments/{far.json['code']}").status == 200
    assert code(hall.post("/appointments", {**body, "slot_end": "2026-01-01"}, token=admin))[0] == 400
    assert hall.get("/appointments/NOSUCH22").status == 404


def test_notices_and_the_hall_against_its_hours(hall: Hall, admin: str) -> None:
    notice = hall.post(
        "/notices", {"text": {"zh": "电梯检修", "en": "Lift closed"}, "zones": ["east"]}, token=admin
    )
    assert notice.status == 200
    assert hall.get("/notices").json["notices"][0]["text"]["zh"] == "电梯检修"
    assert hall.call("DELETE", f"/notices/{notice.json['id']}", token=admin).status == 204
    assert hall.get("/notices").json["total"] == 0
    take(hall, admin)
    closed = hall.post("/hall/close", {"reason": "停电", "cancel_waiting": True}, token=admin)
    assert closed.json["state"] == "closed"
    refused = hall.post("/tickets", {"group": "general"}, token=admin)
    assert code(refused) == (409, "hall-closed") and "停电" in refused.json["detail"]
    assert hall.get("/tickets?number=A001", token=admin).json["tickets"][0]["state"] == "cancelled"
    assert hall.post("/hall/open", token=admin).json["state"] == "open"
    clerk = hall.token("api", "li")
    assert code(hall.post("/hall/close", token=clerk)) == (403, "forbidden")


def test_the_same_key_gets_the_same_answer_across_a_kill(hall: Hall, admin: str) -> None:
    first = hall.post("/tickets", {"group": "general"}, token=admin, key="visit")
    assert hall.post("/tickets", {"group": "general"}, token=admin, key="visit").json == first.json
    hall.kill()
    hall.start()
    again = hall.post("/tickets", {"group": "general"}, token=admin, key="visit")
    assert (again.status, again.json) == (201, first.json)
    assert hall.get("/tickets", token=admin).json["total"] == 1
    assert code(hall.post("/tickets", {"group": "fees"}, token=admin, key="visit")) == (422, "key-reused")
    refused = hall.post("/windows/5/next", token=admin, key="n")
    assert refused.status == 409
    hall.post("/windows/5/open", token=admin)
    assert hall.post("/windows/5/next", token=admin, key="n").status == 200


def test_many_at_once_get_different_numbers_and_citizens(hall: Hall, admin: str) -> None:
    with ThreadPoolExecutor(16) as crowd:
        numbers = list(crowd.map(lambda _: take(hall, admin)["number"], range(60)))
    assert len(set(numbers)) == 60
    for window in range(1, 21):
        hall.post(f"/windows/{window}/open", token=admin)
    with ThreadPoolExecutor(20) as clerks:
        called = list(
            clerks.map(lambda n: hall.post(f"/windows/{n}/next", token=admin).json["number"], range(1, 21))
        )
    assert len(set(called)) == 20


def test_a_clock_put_back_within_the_day_holds_nobody_up(still_hall: Hall) -> None:
    noon = datetime.now(SHANGHAI).replace(hour=12) + timedelta(days=1)
    still_hall.set_clock(noon)
    still_hall.start()
    assert still_hall.get("/hall").status == 200
    admin = still_hall.token("api", "app", "admin")
    first = take(still_hall, admin)
    still_hall.set_clock(noon - timedelta(hours=1))
    assert [still_hall.get("/hall").status for _ in range(3)] == [200] * 3
    assert take(still_hall, admin)["issued_at"] >= first["issued_at"]

    def alerts() -> list[str]:
        return [one["kind"] for one in still_hall.get("/alerts", admin).json["alerts"]]

    until(lambda: alerts() == ["clock-back"])
    still_hall.set_clock(noon + timedelta(minutes=5))
    until(lambda: alerts() == [])


def test_lists_have_limits(hall: Hall, admin: str) -> None:
    for _ in range(3):
        take(hall, admin)
    page = hall.get("/tickets?limit=2&offset=2", token=admin).json
    assert len(page["tickets"]) == 1 and page["total"] == 3
    assert hall.get("/tickets?limit=0", token=admin).json["field"] == "limit"
    assert hall.get("/tickets?offset=x", token=admin).json["field"] == "offset"
    assert hall.get("/tickets?state=tired", token=admin).json["field"] == "state"


def test_what_would_break_a_rule_is_refused_before(hall: Hall, admin: str) -> None:
    assert code(hall.call("POST", "/tickets", b"[" * 30_000)) == (400, "invalid")
    far = {"text": {"zh": "通知"}, "until": "9999-12-31T23:59:59Z"}
    assert hall.post("/notices", far, token=admin).json["field"] == "until"
    slot = {"slot_start": "0001-01-01T00:00:00Z", "slot_end": "0001-01-01T00:20:00Z"}
    book = {"services": ["id-card-renewal"], **slot}
    assert hall.post("/appointments", book, token=admin).json["field"] == "slot_start"
    assert hall.post("/windows/%D9%A3/open", token=admin).status == 400


def test_an_early_closing_can_be_taken_back(still_hall: Hall) -> None:
    still_hall.start()
    admin = still_hall.token("api", "app", "admin")
    still_hall.post("/hall/close", {"reason": "误报"}, token=admin)
    assert still_hall.post("/hall/open", token=admin).json["state"] == "open"
    assert still_hall.get("/hall").json["reason"] == ""


def test_a_manager_opens_a_window_for_a_program(hall: Hall, admin: str) -> None:
    hall.token("api", "robot")
    opened = hall.post("/windows/5/open", {"clerk": "api:robot"}, token=admin)
    assert opened.json["clerk"]["username"] == "api:robot"
