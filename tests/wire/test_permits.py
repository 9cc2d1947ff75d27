"""Permits granted at once: who gets one, who does not and why, and what a code is worth."""

from __future__ import annotations

import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from queue_server.self_fill.signed import Signer
from tests.conftest import Hall, Reply, lay_out
from tests.wire.line import Line


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = lay_out(tmp_path_factory.mktemp("permits") / "hall")
    hall.start()
    yield hall
    hall.stop()


@pytest.fixture
def clerk(office: Hall) -> str:
    return office.token("api", "app", "clerk")


@pytest.fixture
def manager(office: Hall) -> str:
    return office.token("api", "chief", "manager")


def wish(hall: Hall, plate: str, *, begins: int = 0, days: int = 2, **more: Any) -> dict[str, Any]:
    first = date.fromisoformat(hall.get("/hall").json["day"]) + timedelta(days=begins)
    last = first + timedelta(days=days - 1)
    values = {
        "plate_number": plate,
        "start_date": str(first),
        "end_date": str(last),
        "route": "东昌路",
        **more,
    }
    return {"kind": "city-pass", "values": values}


def state_of(hall: Hall, mark: str) -> str:
    return str(hall.post("/verify", {"mark": mark}).json["state"])


def test_one_is_granted_at_once_and_its_code_is_valid(office: Hall, clerk: str) -> None:
    done = office.post("/permits", wish(office, "鲁P·a0001", vehicle_type="轻型货车"), clerk)
    assert done.status == 201
    permit = done.json
    assert permit["state"] == "valid"
    assert permit["holder"] == "鲁PA0001"
    assert permit["number"].startswith(f"TX{permit['begins'][:4]}-")
    assert permit["shown"] == {"vehicle_type": "轻型货车", "route": "东昌路"}
    said = office.post("/verify", {"mark": permit["mark"]}).json
    assert {name: said[name] for name in ("state", "number", "holder", "begins", "ends", "revocation")} == {
        "state": "valid",
        "number": permit["number"],
        "holder": "鲁PA0001",
        "begins": permit["begins"],
        "ends": permit["ends"],
        "revocation": "checked",
    }


def filled_in(hall: Hall, ticket: Any, **more: Any) -> str:
    """A citizen's own application, filled in on the phone; its id."""
    day = hall.get("/hall").json["day"]
    values = {
        "driver_name": "张三丰", "driver_id": "11010519491231002X", "driver_phone": "13812345678",
        "plate_number": "鲁P88888", "vehicle_type": "light", "load": 1.5, "reason": "move",
        "route": "湖南路—柳园路", "start_date": day, "end_date": day, "is_true": True, **more,
    }  # fmt: skip
    draft = hall.post("/drafts", {"form": "city-pass"}, ticket["secret"]).json["draft"]
    hall.call("PATCH", f"/drafts/{draft}", {"values": values}, token=ticket["secret"])
    return str(draft)


def test_a_citizen_gets_one_for_the_form_once(office: Hall) -> None:
    kiosk = office.token("kiosk", "K01")
    ticket, other = (office.post("/tickets", {"group": "general"}, kiosk).json for _ in range(2))
    wanted = {"kind": "city-pass", "draft": filled_in(office, ticket)}
    assert office.post("/permits", wanted, other["secret"]).status == 403
    assert office.post("/permits", wanted).status == 401
    first, again = (office.post("/permits", wanted, ticket["secret"], key=key) for key in ("a", "b"))
    assert first.status == again.status == 201
    assert first.json == again.json
    assert first.json["holder"] == "鲁P88888"
    assert state_of(office, first.json["mark"]) == "valid"


def test_a_citizens_form_must_be_whole(office: Hall) -> None:
    kiosk = office.token("kiosk", "K01")
    ticket = office.post("/tickets", {"group": "general"}, kiosk).json
    draft = filled_in(office, ticket, plate_number="LIAOCHENG")
    refused = office.post("/permits", {"kind": "city-pass", "draft": draft}, ticket["secret"])
    assert (refused.status, refused.json["field"]) == (400, "plate_number")
    without = office.post("/permits", wish(office, "鲁PA0003"), kiosk)
    assert (without.status, without.json["field"]) == (400, "draft")
    other = office.post("/drafts", {"form": "promise-letter"}, ticket["secret"]).json["draft"]
    wrong = office.post("/permits", {"kind": "city-pass", "draft": other}, ticket["secret"])
    assert (wrong.status, wrong.json["field"]) == (400, "draft")


def test_a_kiosk_applies_over_its_line(office: Hall) -> None:
    line = Line(office, "/kiosk", office.token("kiosk", "K01"))
    line.wait_for("snapshot")
    ticket = line.ask("take_ticket", {"group": "general"})["ticket"]
    draft = filled_in(office, ticket, plate_number="鲁P77777")
    secret = office.get(f"/drafts/{draft}", ticket["secret"]).json["secret"]
    ack = line.ask("permit", {"secret": secret, "kind": "city-pass"})
    assert ack["ok"] and ack["permit"]["state"] == "valid", ack
    line.close()


def test_numbers_run_on(office: Hall, clerk: str) -> None:
    numbers = [
        int(office.post("/permits", wish(office, f"鲁PB000{at}"), clerk).json["number"].rpartition("-")[2])
        for at in range(3)
    ]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_the_same_key_gives_the_same_permit(office: Hall, clerk: str) -> None:
    body = wish(office, "鲁PC0001")
    first, again = (office.post("/permits", body, clerk, key="once") for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json)
    assert office.post("/permits", wish(office, "鲁PC0002"), clerk, key="once").status == 422


def reasons(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.json
    assert reply.json["state"] == "refused"
    assert all(one["text"]["zh"] and one["text"]["en"] for one in reply.json["reasons"])
    return [one["field"] for one in reply.json["reasons"]]


def test_every_reason_is_told_together(office: Hall, clerk: str) -> None:
    wrong = wish(office, "LIAOCHENG", begins=20, days=9)
    assert reasons(office.post("/permits", wrong, clerk)) == ["plate_number", "end_date", "start_date"]
    assert reasons(office.post("/permits", wish(office, "鲁PD0001", begins=-1), clerk)) == ["start_date"]
    heavy = wish(office, "鲁PD0001", vehicle_type="heavy")
    assert reasons(office.post("/permits", heavy, clerk)) == ["vehicle_type"]


def test_so_many_in_thirty_days_and_no_more(office: Hall, clerk: str, manager: str) -> None:
    granted = [office.post("/permits", wish(office, "鲁PE0001"), clerk).json for _ in range(4)]
    assert reasons(office.post("/permits", wish(office, "鲁P·E0001"), clerk)) == ["plate_number"]
    office.post(f"/permits/{granted[0]['number']}/revoke", {"reason": "重复"}, manager)
    assert office.post("/permits", wish(office, "鲁PE0001"), clerk).status == 201


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "values.start_date"),
        ({"start_date": "2026-02-30"}, "values.start_date"),
        ({"start_date": "2026-11-24", "end_date": "2026-11-23"}, "values.end_date"),
        ({"start_date": "2026-11-24", "end_date": "2026-11-24"}, "values.plate_number"),
    ],
)
def test_what_is_missing_is_named(office: Hall, clerk: str, values: dict[str, str], field: str) -> None:
    refused = office.post("/permits", {"kind": "city-pass", "values": values}, clerk)
    assert (refused.status, refused.json["field"]) == (400, field)


def test_a_kind_that_is_not_there(office: Hall, clerk: str) -> None:
    refused = office.post("/permits", {"kind": "moon-pass", "values": {}}, clerk)
    assert (refused.status, refused.json["field"]) == (400, "kind")
    assert "city-pass" in refused.json["detail"]


def test_only_a_manager_takes_one_back_and_the_first_reason_stays(
    office: Hall, clerk: str, manager: str
) -> None:
    permit = office.post("/permits", wish(office, "鲁PF0001"), clerk).json
    path = f"/permits/{permit['number']}/revoke"
    assert office.post(path, {"reason": "x"}, clerk).status == 403
    assert office.post(path, {}, manager).json["field"] == "reason"
    assert office.post(path, {"reason": "冒用"}, manager).json["state"] == "revoked"
    assert office.post(path, {"reason": "别的"}, manager).json["reason"] == "冒用"
    assert state_of(office, permit["mark"]) == "revoked"
    assert office.post("/permits/TX1999-00001/revoke", {"reason": "x"}, manager).status == 404


def test_staff_finds_it_by_number_and_by_plate(office: Hall, clerk: str, manager: str) -> None:
    permit = office.post("/permits", wish(office, "鲁PG0001"), clerk).json
    assert office.get(f"/permits/{permit['number']}", manager).json == permit
    found = office.post("/permits/find", {"holder": "鲁P·g0001"}, manager).json
    assert (found["total"], found["permits"]) == (1, [permit])
    assert office.get(f"/permits/{permit['number']}", office.token("kiosk", "K01")).status == 403


def test_days_that_were_signed_count_whatever_the_database_says(office: Hall) -> None:
    signer = Signer.at(office.data / "signing.keys")
    today = date.fromisoformat(office.get("/hall").json["day"])

    def signed(first: int, last: int) -> str:
        days = (str(today + timedelta(days=first)), str(today + timedelta(days=last)))
        return signer.sign("permit", "city-pass", "TX2020-00001", "鲁P00000", *days)

    assert state_of(office, signed(0, 0)) == "valid"
    assert state_of(office, signed(1, 2)) == "not-yet"
    assert state_of(office, signed(-2, -1)) == "expired"
    assert state_of(office, signer.sign("permit", "city-pass")) == "forged"
    assert state_of(office, signer.sign("something", "else")) == "forged"


def test_a_permit_stays_valid_after_its_key_was_replaced(still_hall: Hall) -> None:
    still_hall.start()
    clerk = still_hall.token("api", "app", "clerk")
    permit = still_hall.post("/permits", wish(still_hall, "鲁PH0001"), clerk).json
    done = still_hall.command("signing-key", "--rotate")
    assert done.returncode == 0, done.stderr
    assert still_hall.command("reload").returncode == 0
    newer = still_hall.post("/permits", wish(still_hall, "鲁PH0002"), clerk).json
    assert (permit["mark"][:3], newer["mark"][:3]) == ("k1.", "k2.")
    assert [state_of(still_hall, one["mark"]) for one in (permit, newer)] == ["valid", "valid"]
    still_hall.kill()
    (still_hall.data / "signing.keys").unlink()
    still_hall.launch()
    assert still_hall.process
    assert still_hall.process.wait(30) != 0
    assert "signing.keys is missing" in still_hall.log


def test_the_database_and_the_log_hold_no_plate(office: Hall, clerk: str) -> None:
    office.post("/permits", wish(office, "鲁PZ9876"), clerk, key="sealed")
    with closing(sqlite3.connect(office.data / "hall.db")) as db:
        everything = "\n".join(db.iterdump())
    assert "PZ9876" not in everything + office.log


def test_staff_prints_it_as_pdf(office: Hall, clerk: str, manager: str, tmp_path: Path) -> None:
    body = wish(office, "鲁PQ0001", vehicle_type="light")
    permit = office.post("/permits", body, clerk).json
    path = f"/permits/{permit['number']}/pdf"
    assert office.get(path, office.token("kiosk", "K01")).status == 403
    for language, words in (("zh", "轻型货车"), ("en", "Light lorry")):
        request = urllib.request.Request(
            f"{office.url}/api/v1{path}?lang={language}", headers={"Authorization": f"Bearer {manager}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.headers["Content-Type"] == "application/pdf"
            assert answer.headers["Content-Disposition"] == f'inline; filename="{permit["number"]}.pdf"'
            (tmp_path / "pass.pdf").write_bytes(answer.read())
        said = subprocess.run(
            ["pdftotext", tmp_path / "pass.pdf", "-"], capture_output=True, text=True, check=True
        ).stdout
        assert all(one in said for one in ("鲁PQ0001", permit["number"], permit["begins"], words))
