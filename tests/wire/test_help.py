"""A call for an assistant over the wire: whoever asks, whoever goes, and what everybody hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import Hall
from tests.wire.line import Line

Connect = Callable[..., Line]


@pytest.fixture
def connect(hall: Hall) -> Iterator[Connect]:
    """Opens lines that are closed after the test."""
    lines: list[Line] = []

    def line(namespace: str, token: str, **auth: Any) -> Line:
        lines.append(Line(hall, namespace, token, **auth))
        return lines[-1]

    yield line
    for one in lines:
        one.close()


@pytest.fixture
def admin(hall: Hall) -> str:
    return str(hall.post("/sessions", {"username": "admin", "password": hall.admin_password}).json["token"])


def staff(hall: Hall, admin: str, username: str, role: str) -> str:
    who = {"username": username, "password": "a-password-1", "name": username.title(), "role": role}
    assert hall.post("/accounts", {**who, "must_change": False}, admin).status == 200
    return str(hall.post("/sessions", {"username": username, "password": "a-password-1"}).json["token"])


def test_a_call_for_help_lives_until_it_is_done(hall: Hall, connect: Connect, admin: str) -> None:
    wang, li = staff(hall, admin, "wang", "assistant"), staff(hall, admin, "li", "clerk")
    page, kiosk = connect("/assistant", wang), connect("/kiosk", hall.token("kiosk", "K01"))
    manager = connect("/manager", admin)
    assert page.wait_for("snapshot")["help"] == []
    assert kiosk.wait_for("snapshot")["help"] == []
    manager.wait_for("snapshot")
    assert kiosk.ask("help", {"reason": "轮椅"})["ok"]
    asked = page.wait_for("help", lambda body: body["help"])["help"][0]
    assert (asked["kind"], asked["asker"], asked["zone"]) == ("kiosk", "K01", "east")
    assert (asked["state"], asked["reason"], asked["by"]) == ("asked", "轮椅", None)
    assert kiosk.wait_for("help")["help"][0]["state"] == "asked"
    alert = manager.wait_for("alert")["alert"]

    taken = page.ask("take", {"id": asked["id"]})
    assert taken["ok"] and taken["help"]["by"] == {"username": "wang", "name": "Wang"}
    assert kiosk.wait_for("help", lambda body: body["help"] and body["help"][0]["state"] == "taken")
    manager.wait_for("alert", lambda body: body["alert"]["id"] == alert["id"] and body["alert"]["cleared_at"])
    refused = hall.post(f"/help/{asked['id']}/take", token=li)
    assert (refused.status, refused.json["state"]) == (409, "taken")
    hall.kill()
    hall.start()
    assert hall.get("/help", li).json["help"][0]["by"]["username"] == "wang"

    handed = hall.post(f"/help/{asked['id']}/hand-over", {"to": "li", "note": "手语"}, wang)
    assert (handed.json["state"], handed.json["wanted"], handed.json["note"]) == ("asked", "li", "手语")
    assert hall.post(f"/help/{asked['id']}/hand-over", {"to": "nobody"}, wang).json["field"] == "to"
    assert hall.post(f"/help/{asked['id']}/done", token=li).json["state"] == "done"
    told = hall.get("/help", li).json
    assert (told["help"], told["response"]["asked"], told["response"]["open"]) == ([], 1, 0)
    assert told["response"]["median"] == told["response"]["worst"] >= 0


def test_a_phone_hears_that_somebody_comes(hall: Hall, connect: Connect, admin: str) -> None:
    ticket = hall.post("/tickets", {"group": "fees"}, admin).json
    phone = connect("/ticket", ticket["secret"])
    phone.wait_for("snapshot")
    assert phone.ask("help", {"reason": "找不到窗口"})["ok"]
    asked = hall.get("/help", admin).json["help"][0]
    assert (asked["kind"], asked["asker"], asked["zone"]) == ("ticket", ticket["number"], "north")
    hall.post(f"/help/{asked['id']}/take", token=admin)
    told = phone.wait_for("help", lambda body: body["help"][0]["state"] == "taken")["help"]
    assert set(told[0]) == {"state", "since", "by"} and told[0]["by"] is None


def test_where_the_hall_tells_names_the_asker_hears_who_comes_but_no_log_in_name(
    hall: Hall, connect: Connect, admin: str
) -> None:
    config = hall.config.read_text("utf-8")
    hall.config.write_text(config.replace("helper_names = false", "helper_names = true"), "utf-8")
    assert hall.command("reload").returncode == 0
    wang = staff(hall, admin, "wang", "assistant")
    for token, by in ((wang, {"name": "Wang"}), (hall.token("api", "app", "clerk"), None)):
        kiosk = connect("/kiosk", hall.token("kiosk", "K01"))
        assert kiosk.ask("help", {"reason": ""})["ok"]
        (asked,) = hall.get("/help", admin).json["help"]
        hall.post(f"/help/{asked['id']}/take", token=token)
        told = kiosk.wait_for("help", lambda body: body["help"] and body["help"][0]["state"] == "taken")
        assert told["help"][0]["by"] == by
        hall.post(f"/help/{asked['id']}/done", token=token)


def test_only_staff_see_calls_for_help(hall: Hall, admin: str) -> None:
    ticket = hall.post("/tickets", {"group": "fees"}, admin).json
    assert hall.get("/help").status == 401
    assert hall.get("/help", ticket["secret"]).status == 403
    assert hall.post("/help/none/take", token=ticket["secret"]).status == 403
    assert hall.post("/help/none/take", token=admin).status == 404
