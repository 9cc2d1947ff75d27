"""Texts over a real HTTP gateway on this machine: what it is sent, and what a gateway that fails costs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from queue_server.outside.asking import Unanswered
from queue_server.outside.sms import HttpGateway, SimulatedGateway
from queue_server.settings.shape import SmsShape
from tests.conftest import Hall, free_port, until
from tests.far_end import FarEnd, far_end
from tests.wire.line import Line

PHONE = "13800138000"


@pytest.fixture
def provider() -> Iterator[FarEnd]:
    with far_end() as one:
        yield one


def settings(url: str, **more: Any) -> SmsShape:
    fields = {"mobile": "{phone}", "content": "{text}", "sign": "{hall}"}
    return SmsShape(provider="http", url=url, fields=fields, **more)


def test_a_text_is_sent_as_the_config_describes_it(provider: FarEnd) -> None:
    headers = {"Authorization": "Bearer {token}"}
    HttpGateway(settings(provider.url, headers=headers), "s3cret").send(PHONE, "叫到您了")
    (sent_headers, body) = provider.got[0]
    assert json.loads(body) == {"mobile": PHONE, "content": "叫到您了", "sign": "{hall}"}
    assert sent_headers["Authorization"] == "Bearer s3cret"
    assert provider.paths == ["/send"]
    HttpGateway(settings(provider.url, format="form"), "").send(PHONE, "A001 & 5")
    assert parse_qs(provider.got[1][1])["content"] == ["A001 & 5"]


def test_what_a_gateway_refuses_is_undelivered_and_names_nobody(provider: FarEnd) -> None:
    gateway = HttpGateway(settings(provider.url, accepted={"code": "0"}, timeout_seconds=0.3), "")
    gateway.send(PHONE, "ok")
    refusals = [
        (200, '{"code": 17}'), (200, "no json"), (200, "[]"), (500, "{}"), (429, "{}"), (302, '{"code": 0}'),
    ]  # fmt: skip
    for provider.status, provider.answer in refusals:
        with pytest.raises(Unanswered) as refused:
            gateway.send(PHONE, "text")
        assert PHONE not in str(refused.value)
    provider.may_answer.clear()
    with pytest.raises(Unanswered):
        gateway.send(PHONE, "nobody answers")
    nobody = HttpGateway(settings(f"http://127.0.0.1:{free_port()}/"), "")
    with pytest.raises(Unanswered):
        nobody.send(PHONE, "nobody listens")


def test_the_simulated_gateway_keeps_what_was_sent() -> None:
    gateway = SimulatedGateway()
    gateway.send(PHONE, "叫到您了")
    assert list(gateway.sent) == [(PHONE, "叫到您了")]
    gateway.fails = True
    with pytest.raises(Unanswered):
        gateway.send(PHONE, "again")


# --- a whole hall -----------------------------------------------------------------------------------


def with_gateway(hall: Hall, url: str, **more: Any) -> str:
    """Start a hall that sends texts through a gateway; an administrator's token."""
    lines = {"provider": "http", "url": url, "timeout_seconds": 1.0, "ahead": 3, **more}
    told = "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines.items())
    table = f'{told}\nfields = {{ mobile = "{{phone}}", content = "{{text}}" }}'
    text = hall.config.read_text("utf-8")
    hall.config.write_text(text.replace("\nahead = 3", "").replace('provider = "off"', table), "utf-8")
    hall.start()
    return hall.token("api", "app", "admin")


def open_window(hall: Hall, token: str) -> None:
    who = {"username": "li", "password": "a-password-1", "name": "Li", "role": "clerk", "must_change": False}
    assert hall.post("/accounts", who, hall_admin(hall)).status == 200
    assert hall.post("/windows/5/open", {"clerk": "li"}, token).status == 200


def hall_admin(hall: Hall) -> str:
    return str(hall.post("/sessions", {"username": "admin", "password": hall.admin_password}).json["token"])


def everything_on_disk(hall: Hall) -> bytes:
    return b"".join(file.read_bytes() for file in hall.data.iterdir() if file.is_file())


def rows(hall: Hall) -> int:
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        return int(db.execute("SELECT count(*) FROM phones").fetchone()[0])


def told(hall: Hall) -> list[str]:
    """What the hall has written down as told; a text that isn't yet would go again after a power cut."""
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        (texted,) = db.execute("SELECT texted FROM phones").fetchone()
    return list(json.loads(texted))


def test_a_citizen_is_told_and_the_number_goes_with_the_visit(still_hall: Hall, provider: FarEnd) -> None:
    hall, token = still_hall, with_gateway(still_hall, provider.url)
    open_window(hall, token)
    first = hall.post("/tickets", {"group": "general"}, token).json
    ticket = hall.post("/tickets", {"group": "general", "phone": PHONE, "language": "en"}, token).json
    until(lambda: len(provider.got) == 1)
    assert provider.bodies[0]["mobile"] == PHONE
    assert f"{ticket['number']}, 1 ahead of you" in provider.bodies[0]["content"]
    hall.post("/windows/5/call", {"ticket": ticket["number"], "reason": "test"}, token)
    until(lambda: len(provider.got) == 2)
    assert "Please go to window 5, East zone" in provider.bodies[1]["content"]
    assert first["number"] not in str(provider.bodies)
    assert rows(hall) == 1
    until(lambda: len(told(hall)) == 2)
    hall.kill()
    hall.start()
    hall.post("/windows/5/finish", token=token)
    until(lambda: rows(hall) == 0)
    assert len(provider.got) == 2
    assert PHONE.encode() not in everything_on_disk(hall)
    assert PHONE not in hall.log


def booked_phones(hall: Hall) -> int:
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        return int(db.execute("SELECT count(*) FROM appointments WHERE sealed != x''").fetchone()[0])


def book(hall: Hall, token: str) -> str:
    """The code of an appointment whose holder may check in now."""
    now = datetime.now(UTC)
    day = hall.get("/hall", token).json["day"]
    free = hall.get(f"/appointments/slots?services=id-card-renewal&day={day}", token).json["slots"]
    slot = next(one for one in free if datetime.fromisoformat(one["slot_end"]) > now)
    body = {"services": ["id-card-renewal"], "slot_start": slot["slot_start"], "slot_end": slot["slot_end"]}
    return str(hall.post("/appointments", {**body, "phone": PHONE}, token).json["code"])


def test_who_checks_in_with_an_appointment_is_told_at_the_number_booked_with(
    still_hall: Hall, provider: FarEnd
) -> None:
    hall, token = still_hall, with_gateway(still_hall, provider.url)
    kept, cancelled = book(hall, token), book(hall, token)
    assert booked_phones(hall) == 2
    assert hall.call("DELETE", f"/appointments/{cancelled}", token=token).status < 300
    assert booked_phones(hall) == 1
    hall.kill()
    hall.start()
    ticket = hall.post(f"/appointments/{kept}/check-in", {}, token).json
    until(lambda: len(provider.got) == 1)
    assert provider.bodies[0]["mobile"] == PHONE
    assert ticket["number"] in provider.bodies[0]["content"]
    assert (booked_phones(hall), rows(hall)) == (0, 1)
    hall.post(f"/tickets/{ticket['id']}/cancel", token=token)
    until(lambda: rows(hall) == 0)
    assert PHONE.encode() not in everything_on_disk(hall)


def test_a_gateway_that_hangs_slows_nobody_and_managers_hear_of_it(
    still_hall: Hall, provider: FarEnd
) -> None:
    hall, token = still_hall, with_gateway(still_hall, provider.url, ahead=50)
    manager = Line(hall, "/manager", token)
    manager.wait_for("snapshot")
    provider.may_answer.clear()
    for at in range(8):
        assert hall.post("/tickets", {"group": "general", "phone": f"1380013800{at}"}, token).status == 201
    until(lambda: len(provider.got) >= 4)
    assert hall.post("/tickets", {"group": "general"}, token).status == 201
    down = manager.wait_for("alert", lambda body: body["alert"]["kind"] == "sms-down")
    assert down["alert"]["cleared_at"] is None
    manager.close()


def test_off_as_shipped_no_number_is_kept(hall: Hall) -> None:
    token = hall.token("api", "app", "admin")
    made = hall.post("/tickets", {"group": "general", "phone": PHONE}, token).json
    assert rows(hall) == 0
    found = hall.post("/tickets/find", {"phone": PHONE}, token).json["tickets"]
    assert [one["id"] for one in found] == [made["id"]]


def test_a_gateway_half_described_is_a_mistake_of_the_config(still_hall: Hall) -> None:
    text = still_hall.config.read_text("utf-8")
    still_hall.config.write_text(text.replace('provider = "off"', 'provider = "http"'), "utf-8")
    still_hall.launch()
    assert still_hall.process
    assert still_hall.process.wait(timeout=20) == 2
    assert "url or fields" in still_hall.log
