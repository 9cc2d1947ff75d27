"""Forms that citizens fill in, over the wire: begun, saved, kept through a crash, shown to few, erased."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from tests.conftest import Hall, until
from tests.wire.line import Line

NUMBER = "11010519491231002X"
PHONE = "13812345678"
TRADER: dict[str, Any] = {
    "operator_name": "张三丰",
    "operator_sex": "male",
    "operator_id": NUMBER,
    "operator_phone": PHONE,
    "home_address": "聊城市东昌府区某路 1 号",
    "trade_name_1": "东昌府区三丰小吃店",
    "premises_region": "聊城市/东昌府区/柳园街道",
    "premises_address": "某路 1 号",
    "premises_right": "own",
    "scope": "小餐饮",
    "capital": "3",
    "staff": "2",
    "by_agent": "no",
    "is_true": True,
}


@pytest.fixture
def kiosk(hall: Hall) -> Iterator[Line]:
    line = Line(hall, "/kiosk", hall.token("kiosk", "K01"))
    line.wait_for("snapshot")
    yield line
    line.close()


def begin(kiosk: Line, form: str = "sole-trader") -> dict[str, Any]:
    begun: dict[str, Any] = kiosk.ask("form_begin", {"form": form})["draft"]
    return begun


def save(kiosk: Line, draft: dict[str, Any], **body: Any) -> dict[str, Any]:
    ack = kiosk.ask("form_save", {"secret": draft["secret"], **body})
    assert ack["ok"], ack
    saved: dict[str, Any] = ack["draft"]
    return saved


def on_disk(hall: Hall) -> bytes:
    """All that the database's files hold."""
    return b"".join(path.read_bytes() for path in hall.data.glob("hall.db*"))


def values_of(hall: Hall, draft: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    read = hall.get(f"/drafts/{draft['draft']}", token or draft["secret"])
    assert read.status == 200, read.json
    return {name: one["value"] for name, one in read.json["values"].items()}


def test_an_items_forms_are_listed_and_described(hall: Hall) -> None:
    listed = hall.get("/forms?service=fund-withdraw-rent").json["forms"]
    assert [(one["id"], one["needed"]) for one in listed] == [
        ("fund-withdrawal", True),
        ("power-of-attorney", False),
        ("promise-letter", False),
    ]
    form = hall.get("/forms/fund-withdrawal").json
    assert form["schema"]["properties"].keys() == {one["name"] for one in form["fields"]}
    assert hall.get("/regions").json["districts"][0]["towns"]
    assert hall.get("/forms").json["total"] == 8
    assert hall.get("/forms/none").json["code"] == "not-found"


def test_what_is_wrong_is_said_and_kept(hall: Hall, kiosk: Line) -> None:
    draft = begin(kiosk)
    assert (draft["filled"], draft["of"], draft["state"]) == (0, 13, "open")
    assert draft["url"] == f"{hall.url}/form/{draft['secret']}"
    saved = save(kiosk, draft, values={"operator_id": "11010519491231002 1", "capital": "两万"})
    assert saved["problems"]["operator_id"]["zh"].startswith("身份证号不对")
    assert saved["problems"]["capital"]["en"] == "Please write a number."
    assert values_of(hall, draft) == {"operator_id": "110105194912310021", "capital": "两万"}
    unfinished = kiosk.ask("form_ready", {"secret": draft["secret"]})["problem"]
    assert (unfinished["code"], unfinished["field"]) == ("invalid", "operator_name")
    assert unfinished["texts"]["zh"] == "还有 13 项没有填好，先看“经营者姓名”。"
    taken_away = save(kiosk, draft, values={"capital": None, "operator_id": ""})
    assert not taken_away["problems"] and values_of(hall, draft) == {}
    unknown = kiosk.ask("form_save", {"secret": draft["secret"], "values": {"shoe_size": "43"}})
    assert unknown["problem"]["field"] == "values.shoe_size"


def test_two_who_write_at_once_lose_nothing(hall: Hall, kiosk: Line) -> None:
    draft = begin(kiosk)

    def write(name: str) -> int:
        body = {"values": {name: TRADER[name]}}
        return hall.call("PATCH", f"/drafts/{draft['draft']}", body, token=draft["secret"]).status

    with ThreadPoolExecutor(8) as writers:
        assert set(writers.map(write, TRADER)) == {200}
    assert len(values_of(hall, draft)) == len(TRADER)
    assert kiosk.ask("form_ready", {"secret": draft["secret"]})["ok"]


def test_a_card_fills_in_only_with_consent(hall: Hall, kiosk: Line) -> None:
    draft = begin(kiosk)
    card = {"values": {"operator_name": "张三丰"}, "sources": {"operator_name": "card"}}
    refused = kiosk.ask("form_save", {"secret": draft["secret"], **card})
    assert refused["problem"]["field"] == "consents"
    saved = save(kiosk, draft, **card, consents=["card"])
    assert saved["consents"] == ["card"]
    read = hall.get(f"/drafts/{draft['draft']}", draft["secret"]).json["values"]
    assert read["operator_name"] == {"value": "张三丰", "source": "card", "veiled": "张**"}
    save(kiosk, draft, values={"operator_name": "张三"})
    read = hall.get(f"/drafts/{draft['draft']}", draft["secret"]).json["values"]
    assert read["operator_name"]["source"] is None, "the citizen has put it right"
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        (consent,) = db.execute("SELECT body FROM events WHERE kind = 'FormConsented'").fetchall()
    assert "card" in consent[0]


def test_nothing_lies_on_the_disk_in_plain_words(hall: Hall, kiosk: Line) -> None:
    draft = begin(kiosk)
    body = {"secret": draft["secret"], "values": TRADER, "key": "same"}
    first, again = kiosk.ask("form_save", body), kiosk.ask("form_save", body)
    assert first["draft"]["filled"] == 13 and again == first
    for word in (NUMBER, PHONE, "张三丰", "小吃店"):
        assert word.encode() not in on_disk(hall)
        assert word not in hall.log
        assert word not in str(first)


def test_a_draft_outlives_a_crash(hall: Hall, kiosk: Line) -> None:
    draft = begin(kiosk)
    save(kiosk, draft, values={"operator_name": "张三丰"}, consents=["card"])
    before = hall.get(f"/drafts/{draft['draft']}", draft["secret"]).json
    hall.kill()
    hall.start()
    assert hall.get(f"/drafts/{draft['draft']}", draft["secret"]).json == before
    assert hall.call("DELETE", f"/drafts/{draft['draft']}", token=draft["secret"]).status == 204
    assert hall.get(f"/drafts/{draft['draft']}", draft["secret"]).status == 401
    hall.kill()
    hall.start()
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        assert db.execute("SELECT count(*) FROM drafts").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM draft_values").fetchone() == (0,)


def test_a_form_goes_with_its_ticket_to_the_clerk(hall: Hall, kiosk: Line) -> None:
    draft = begin(kiosk)
    save(kiosk, draft, values=TRADER)
    assert kiosk.ask("form_ready", {"secret": draft["secret"]})["draft"]["state"] == "ready"
    wish = {"services": ["sole-trader-setup"], "drafts": [draft["secret"]]}
    ticket = kiosk.ask("take_ticket", wish)["ticket"]
    assert ticket["papers"] == {"ready": 1, "of": 1, "have": 1, "needed": 1}
    assert kiosk.ask("take_ticket", wish)["problem"]["field"] == "drafts"

    clerk, other = hall.token("api", "li", "clerk"), hall.token("api", "wang", "clerk")
    path = f"/drafts/{draft['draft']}"
    manager = hall.token("api", "zhao", "manager")
    for stranger in (clerk, manager, hall.token("api", "boss", "admin")):
        assert hall.get(path, stranger).json["code"] == "forbidden", "nobody serves its citizen yet"
    assert hall.get(path, hall.token("kiosk", "K02")).json["code"] == "forbidden"
    hall.post("/windows/5/open", token=clerk)
    counter = Line(hall, "/counter", clerk, window=5)
    line = counter.wait_for("line")["line"]
    assert line["queue"][0]["papers"] == {"ready": 1, "of": 1, "have": 1, "needed": 1}, (
        "the clerk sees it before calling"
    )
    assert hall.post("/windows/5/next", token=clerk).json["papers"] == {
        "ready": 1,
        "of": 1,
        "have": 1,
        "needed": 1,
    }
    assert values_of(hall, draft, clerk)["operator_name"] == "张三丰"
    assert "secret" not in hall.get(path, clerk).json
    assert hall.get(path, other).json["code"] == "forbidden"
    assert hall.get(path, manager).status == 200, "a manager may act at any window"

    corrected = hall.call("PATCH", path, {"values": {"staff": "3"}}, token=clerk)
    assert corrected.json["state"] == "ready"
    assert hall.post(f"{path}/complete", token=clerk).json["state"] == "complete"
    late = hall.call("PATCH", path, {"values": {"staff": "4"}}, token=draft["secret"])
    assert (late.status, late.json["state"]) == (409, "complete")
    (shown,) = [
        one for one in hall.get(f"/tickets/{ticket['id']}/forms", clerk).json["forms"] if one["draft"]
    ]
    assert (shown["form"], shown["state"], shown["needed"]) == ("sole-trader", "complete", True)
    assert hall.post("/windows/5/finish", token=clerk).status == 200
    for one in (clerk, manager):
        assert hall.get(path, one).json["code"] == "forbidden", "the visit is over"
    counter.close()


def test_a_promise_knows_its_matter_and_what_is_missing(hall: Hall) -> None:
    desk, item = hall.token("api", "desk", "assistant"), "food-licence-change"
    there = {"business-licence": True, "the-present-certificate": True}
    wish = {"services": [item, "food-licence-renewal"], "materials": {item: there}}
    ticket = hall.post("/tickets", wish, desk).json
    offered = hall.get(f"/tickets/{ticket['id']}/forms", ticket["secret"]).json["forms"]
    (form,) = [one["form"] for one in offered if "papers-missing" in one["offered"]]
    begun = hall.post("/drafts", {"form": form}, ticket["secret"]).json
    whole = hall.get(f"/drafts/{begun['draft']}", begun["secret"]).json
    assert {name: (one["value"], one["source"]) for name, one in whole["values"].items()} == {
        "matter": ("食品经营许可（变更）、食品经营许可（延续）", "visit"),
        "missing": ("营业执照、经办人身份证和授权委托书、变更内容的证明、原食品经营许可证", "visit"),
    }
    assert (begun["filled"], "变更内容的证明".encode() in on_disk(hall)) == (2, False)
    unsaid = hall.post("/tickets", {"services": [item], "language": "en"}, desk).json
    begun = hall.post("/drafts", {"form": form}, unsaid["secret"]).json
    assert values_of(hall, begun) == {"matter": "Food business licence (change)"}
    forged = {"values": {"matter": "x"}, "sources": {"matter": "visit"}}
    assert hall.call("PATCH", f"/drafts/{begun['draft']}", forged, token=begun["secret"]).status == 400


def test_a_holder_fills_in_while_waiting(hall: Hall) -> None:
    desk = hall.token("api", "desk", "assistant")
    ticket = hall.post("/tickets", {"services": ["fund-withdraw-rent"]}, desk).json
    assert ticket["papers"] == {"ready": 0, "of": 1, "have": 0, "needed": 1}
    mine = hall.get(f"/tickets/{ticket['id']}/forms", ticket["secret"]).json["forms"]
    assert [one["form"] for one in mine] == ["fund-withdrawal", "power-of-attorney", "promise-letter"]
    begun = hall.post("/drafts", {"form": "promise-letter"}, ticket["secret"])
    assert begun.status == 201 and begun.json["secret"]
    again = hall.post("/drafts", {"form": "promise-letter"}, ticket["secret"])
    assert (again.status, again.json["draft"]) == (200, begun.json["draft"])
    read = hall.get(f"/tickets/{ticket['id']}", ticket["secret"]).json
    assert read["papers"] == {"ready": 0, "of": 2, "have": 0, "needed": 2}
    stranger = hall.post("/tickets", {"group": "general"}, desk).json
    assert hall.get(f"/drafts/{begun.json['draft']}", stranger["secret"]).status == 403
    assert hall.post("/drafts", {"form": "promise-letter"}).status == 401


def test_an_assistant_fills_in_once_the_citizen_agrees(hall: Hall) -> None:
    """While the visit lasts, on record; to go through it is the clerk's."""
    desk, clerk = hall.token("api", "desk", "assistant"), hall.token("api", "li", "clerk")
    ticket = hall.post("/tickets", {"services": ["sole-trader-setup"]}, desk).json
    draft = hall.post("/drafts", {"form": "sole-trader", "ticket": ticket["id"]}, desk).json
    path = f"/drafts/{draft['draft']}"
    assert "secret" not in draft
    refused = hall.get(path, desk)
    assert (refused.status, refused.json["detail"]) == (403, "先问本人是否同意，再和他一起填。")
    assert hall.call("PATCH", path, {"values": TRADER}, token=desk).status == 403
    assert hall.call("PATCH", path, {"consents": ["assistant"]}, token=desk).json["consents"] == ["assistant"]
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        assert db.execute("SELECT actor FROM events WHERE kind = 'FormConsented'").fetchall() == [
            ("api:desk",)
        ]
    assert hall.call("PATCH", path, {"values": TRADER}, token=desk).json["filled"] == 13
    assert values_of(hall, draft, desk)["operator_name"] == "张三丰"
    assert hall.call("PATCH", path, {"consents": ["assistant"]}, token=clerk).json["code"] == "forbidden"
    assert hall.post(f"{path}/ready", token=desk).json["state"] == "ready"
    assert hall.post(f"{path}/complete", token=desk).json["code"] == "forbidden"
    hall.post("/windows/5/open", token=clerk)
    hall.post("/windows/5/next", token=clerk)
    assert hall.post(f"{path}/complete", token=clerk).json["state"] == "complete"
    late = hall.call("PATCH", path, {"values": {"staff": "4"}}, token=desk)
    assert (late.status, late.json["state"]) == (409, "complete")
    hall.post("/windows/5/finish", token=clerk)
    assert hall.get(path, desk).json["code"] == "forbidden"


def test_what_has_served_its_purpose_is_erased(still_hall: Hall) -> None:
    text = still_hall.config.read_text("utf-8").replace("after_hours = 2", "after_hours = 0")
    still_hall.config.write_text(text, "utf-8")
    still_hall.start()
    desk = still_hall.token("api", "desk", "assistant")
    ticket = still_hall.post("/tickets", {"services": ["fund-withdraw-rent"]}, desk).json
    draft = still_hall.post("/drafts", {"form": "fund-withdrawal"}, ticket["secret"]).json
    path = f"/drafts/{draft['draft']}"
    still_hall.call("PATCH", path, {"values": {"person_name": "张三"}}, token=draft["secret"])
    assert still_hall.get(path, draft["secret"]).status == 200
    assert still_hall.post(f"/tickets/{ticket['id']}/cancel", token=ticket["secret"]).status == 200
    until(lambda: still_hall.get(path, draft["secret"]).status == 401)
    with closing(sqlite3.connect(still_hall.data / "hall.db")) as db:
        assert db.execute("SELECT count(*) FROM draft_values").fetchone() == (0,)
