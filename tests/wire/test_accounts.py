"""Staff, sessions, browsers' cookies, and what each role may do."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from queue_server.accounts import FREE_FAILURES, SESSION_PREFIX, TOKEN_PREFIX
from queue_server.desk import Desk
from queue_server.hall import commands as c
from queue_server.hall.commands import Actor
from queue_server.hall.model import GroupId, TicketId
from queue_server.problems import Problem
from tests.conftest import Hall, until


def log_in(hall: Hall, username: str, password: str) -> Any:
    return hall.post("/sessions", {"username": username, "password": password})


def add(hall: Hall, token: str, username: str, role: str, **more: Any) -> None:
    body = {"username": username, "password": "first-pass-1", "role": role, **more}
    answer = hall.post("/accounts", body, token=token)
    assert answer.status == 200, answer.json


def test_the_first_administrator_adds_staff_who_change_their_password(hall: Hall) -> None:
    admin = log_in(hall, "admin", hall.admin_password).json
    assert admin["role"] == "admin" and admin["must_change"] is False
    add(hall, admin["token"], "lijing", "clerk", name="李静", staff_no="0105")
    first = log_in(hall, "lijing", "first-pass-1").json
    assert first["must_change"] is True
    for path in ("/windows", "/services?q=/sessions", "/services/sessions", "/tickets/sessions"):
        barred = hall.get(path, token=first["token"])
        assert (barred.status, barred.json["code"]) == (403, "must-change-password"), path
    assert hall.get("/sessions", token=first["token"]).status == 200
    bad = hall.post("/sessions/password", {"old": "wrong", "new": "second-pass-2"}, token=first["token"])
    assert bad.status == 403 and bad.json["field"] == "old"
    short = hall.post("/sessions/password", {"old": "first-pass-1", "new": "x"}, token=first["token"])
    assert short.status == 400 and short.json["field"] == "new"
    body = {"old": "first-pass-1", "new": "second-pass-2"}
    assert hall.post("/sessions/password", body, token=first["token"]).status == 200
    opened = hall.post("/windows/5/open", token=first["token"])
    assert opened.json["clerk"] == {"username": "lijing", "name": "李静", "staff_no": "0105"}
    assert log_in(hall, "lijing", "first-pass-1").status == 401
    hall.kill()
    hall.start()
    assert hall.get("/windows/5", token=first["token"]).json["clerk"]["username"] == "lijing"
    assert hall.call("DELETE", "/sessions", token=first["token"]).status == 204
    assert hall.get("/windows", token=first["token"]).status == 401


def test_a_first_password_is_printed_once_where_none_is_given(still_hall: Hall) -> None:
    still_hall.admin_password = ""
    still_hall.start()
    (line,) = [line for line in still_hall.log.splitlines() if "password:" in line]
    password = line.split("password:")[1].strip()
    assert log_in(still_hall, "admin", password).json["must_change"] is True
    still_hall.kill()
    still_hall.start()
    assert still_hall.log.count("password:") == 1


def test_roles(hall: Hall) -> None:
    admin = log_in(hall, "admin", hall.admin_password).json["token"]
    tokens = {}
    for role in ("clerk", "assistant", "manager"):
        add(hall, admin, role, role, must_change=False)
        tokens[role] = log_in(hall, role, "first-pass-1").json["token"]
    for token in tokens.values():
        assert hall.get("/accounts", token=token).status == 403
        assert hall.post("/tickets", {"group": "general"}, token=token).status == 201
    assert hall.post("/windows/5/open", token=tokens["assistant"]).status == 403
    assert hall.post("/windows/5/open", {"clerk": "clerk"}, token=tokens["manager"]).status == 200
    assert hall.post("/windows/5/next", token=tokens["clerk"]).status == 200
    nobody = hall.post("/windows/6/open", {"clerk": "nobody"}, token=tokens["manager"])
    assert nobody.json["field"] == "clerk"
    twice = {"username": "clerk", "password": "first-pass-1", "role": "clerk"}
    assert hall.post("/accounts", twice, token=admin).json["field"] == "username"
    raised = hall.call("PATCH", "/accounts/clerk", {"role": "manager"}, token=admin)
    assert raised.json["role"] == "manager"
    assert hall.get("/accounts", token=admin).json["total"] == 4
    reset = hall.call("PATCH", "/accounts/clerk", {"password": "third-pass-3"}, token=admin)
    assert reset.json["must_change"] is True
    assert hall.get("/windows", token=tokens["clerk"]).status == 401


def test_wrong_passwords_slow_a_guesser_down(hall: Hall) -> None:
    answers = [log_in(hall, "admin", f"guess-{number}").status for number in range(8)]
    assert answers[0] == 401 and answers[-1] == 429
    locked = log_in(hall, "admin", hall.admin_password)
    assert locked.status == 429 and int(locked.headers["Retry-After"]) >= 1


def test_a_whole_shift_logs_in_at_once_and_a_guesser_gains_nothing_by_it(hall: Hall) -> None:
    admin = log_in(hall, "admin", hall.admin_password).json["token"]
    clerks = [f"clerk-{number}" for number in range(12)]
    for clerk in clerks:
        add(hall, admin, clerk, "clerk")
    with ThreadPoolExecutor(len(clerks)) as threads:
        shift = list(threads.map(lambda clerk: log_in(hall, clerk, "first-pass-1").status, clerks))
        guesses = list(threads.map(lambda clerk: log_in(hall, "admin", clerk).status, clerks))
    assert shift == [200] * len(clerks)
    assert guesses.count(401) <= FREE_FAILURES + 1 and 429 in guesses


def test_a_browser_needs_its_cookie_its_csrf_token_and_our_origin(hall: Hall) -> None:
    cookies, csrf = _browser(hall)
    origin = {"Origin": hall.url}
    assert _send(hall, "/hall/close", {**cookies, **origin}) == 403
    assert _send(hall, "/hall/close", {**cookies, **origin, "X-CSRF-Token": "no"}) == 403
    foreign = {"Origin": "http://example.org"}
    assert _send(hall, "/hall/close", {**cookies, **foreign, "X-CSRF-Token": csrf}) == 403
    assert _send(hall, "/hall/close", {**cookies, **origin, "X-CSRF-Token": csrf}) == 200


def _browser(hall: Hall) -> tuple[dict[str, str], str]:
    line = http.client.HTTPConnection("127.0.0.1", hall.port, timeout=10)
    body = json.dumps({"username": "admin", "password": hall.admin_password})
    line.request("POST", "/api/v1/sessions", body, {"Content-Type": "application/json"})
    answer = line.getresponse()
    set_cookies = answer.headers.get_all("Set-Cookie") or []
    csrf = json.loads(answer.read())["csrf"]
    session = next(one for one in set_cookies if one.startswith("hall_session="))
    assert "HttpOnly" in session and "SameSite=Strict" in session
    return {"Cookie": "; ".join(one.split(";")[0] for one in set_cookies)}, csrf


def _send(hall: Hall, path: str, headers: dict[str, str]) -> int:
    line = http.client.HTTPConnection("127.0.0.1", hall.port, timeout=10)
    line.request("POST", f"/api/v1{path}", b"{}", {"Content-Type": "application/json", **headers})
    answer = line.getresponse()
    answer.read()
    return answer.status


def test_passwords_and_administrators_are_kept_safe(hall: Hall) -> None:
    admin = log_in(hall, "admin", hall.admin_password).json["token"]
    wang = {"username": "wang", "password": "first-pass-1", "role": "clerk"}
    assert hall.post("/accounts", wang, token=admin, key="w").status == 200
    assert hall.post("/accounts", wang, token=admin, key="w").status == 200
    other = hall.post("/accounts", {**wang, "password": "other-pass-1"}, token=admin, key="w")
    assert (other.status, other.json["code"]) == (422, "key-reused")
    token = log_in(hall, "wang", "first-pass-1").json["token"]
    same = hall.post("/sessions/password", {"old": "first-pass-1", "new": "first-pass-1"}, token=token)
    assert (same.status, same.json["field"]) == (400, "new")
    last = hall.call("PATCH", "/accounts/admin", {"role": "clerk"}, token=admin)
    assert (last.status, last.json["field"]) == (400, "role")
    assert hall.get("/accounts", token=admin).json["total"] == 2


def test_a_hall_does_not_start_on_its_data_without_its_key(hall: Hall) -> None:
    hall.stop()
    key = hall.data / "hall.key"
    kept = key.read_text("ascii")
    key.unlink()
    hall.launch()
    assert hall.process
    assert hall.process.wait(timeout=20) == 2
    assert "hall.key is missing" in hall.log and not key.exists()
    key.write_text(kept, "ascii")
    hall.start()


def test_who_may_sit_at_no_window_any_more_holds_none(hall: Hall) -> None:
    admin = log_in(hall, "admin", hall.admin_password).json["token"]
    add(hall, admin, "lijing", "clerk", must_change=False)
    clerk = log_in(hall, "lijing", "first-pass-1").json["token"]
    ticket = hall.post("/tickets", {"group": "general"}, token=admin).json
    for action in ("open", "next", "start"):
        assert hall.post(f"/windows/5/{action}", token=clerk).status == 200
    assert hall.call("PATCH", "/accounts/lijing", {"role": "assistant"}, token=admin).status == 200
    window = hall.get("/windows/5", token=admin).json
    assert (window["state"], window["clerk"], window["ticket"]) == ("closed", None, None)
    assert hall.get(f"/tickets/{ticket['id']}", token=admin).json["state"] == "parked"
    again = hall.post("/windows/5/open", {"clerk": "lijing"}, token=admin)
    assert (again.status, again.json["field"]) == (400, "clerk")


def test_a_revoked_program_leaves_its_window(hall: Hall) -> None:
    admin, program = hall.token("api", "app", "admin"), hall.token("api", "li")
    hall.post("/tickets", {"group": "general"}, token=admin)
    for action in ("open", "next"):
        assert hall.post(f"/windows/5/{action}", token=program).status == 200
    assert hall.command("token", "api", "li", "--revoke").returncode == 0
    until(lambda: hall.get("/windows/5", token=admin).json["state"] == "closed")
    assert hall.get("/tickets?state=waiting", token=admin).json["total"] == 1


@pytest.mark.parametrize("beginning", [SESSION_PREFIX, TOKEN_PREFIX])
def test_a_slip_is_good_even_where_its_secret_begins_as_a_token_does(desk: Desk, beginning: str) -> None:
    """Ids are drawn by chance: one in 130,000 begins so."""
    taken = c.TakeTicket(TicketId(f"{beginning}12345678z"), group=GroupId("general"))
    desk.engine.do(taken, Actor("api:app"))
    version = desk.engine.day.tickets[taken.id].secret_version
    secret = desk.keyring.ticket_secret(taken.id, version)
    assert desk.caller(secret, "127.0.0.1").ticket == taken.id
    with pytest.raises(Problem):
        desk.caller(secret[:-1], "127.0.0.1")
