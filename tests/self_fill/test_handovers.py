"""Completed forms go to the acceptance platform, whatever fails on the way, power cuts included."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Hall, until
from tests.far_end import FarEnd, far_end

NUMBER, PHONE = "11010519491231002X", "13812345678"


@dataclass
class Counter:
    """A hall that hands forms over, and a clerk at window 5 with a citizen before them."""

    hall: Hall
    platform: FarEnd
    admin: str = ""
    ticket: Any = None

    def start(self, **more: Any) -> None:
        keys = {"url": self.platform.url, "timeout_seconds": 1.0, "first_wait_seconds": 0.1, "attempts": 3}
        text = (ROOT / "config" / "bridges.toml").read_text("utf-8").partition("[platform]")[0]
        told = "\n".join(f"{name} = {json.dumps(value)}" for name, value in {**keys, **more}.items())
        bridges = f'{text}[platform]\n{told}\naccepted = {{ code = "0" }}\n'
        (self.hall.folder / "bridges.toml").write_text(bridges, "utf-8")
        self.hall.start()
        self.admin = self.hall.token("api", "chief", "admin")

    def complete(self) -> Any:
        """A citizen's power of attorney that a clerk has gone through."""
        kiosk, day = self.hall.token("kiosk", "K01"), self.hall.get("/hall").json["day"]
        self.ticket = self.hall.post("/tickets", {"group": "general"}, kiosk).json
        secret = self.ticket["secret"]
        draft = self.hall.post("/drafts", {"form": "power-of-attorney"}, secret).json
        values = {
            "principal_name": "张三丰", "principal_id": NUMBER, "principal_phone": PHONE,
            "agent_name": "李四", "agent_id": NUMBER, "agent_phone": PHONE, "relation": "family",
            "matter": "代办公积金提取", "powers": "submit", "start_date": day, "end_date": day,
            "is_true": True,
        }  # fmt: skip
        saved = self.hall.call("PATCH", f"/drafts/{draft['draft']}", {"values": values}, token=secret)
        assert not saved.json["missing"] and not saved.json["problems"], saved.json
        self.hall.post("/windows/5/open", {}, self.admin)
        called = self.hall.post("/windows/5/next", {"current": "finish"}, self.admin)
        assert called.json["id"] == self.ticket["id"]
        done = self.hall.post(f"/drafts/{draft['draft']}/complete", {}, self.admin)
        assert done.status == 200, done.json
        return draft

    def list(self, state: str = "") -> list[Any]:
        found = self.hall.get(f"/handovers{f'?state={state}' if state else ''}", self.admin)
        assert found.status == 200, found.json
        return list(found.json["handovers"])

    def wait_for(self, state: str) -> Any:
        return until(lambda: self.list(state), 20)[0]

    def alerts(self) -> list[Any]:
        """Those that stand."""
        alerts = self.hall.get("/alerts", self.admin).json["alerts"]
        return [one for one in alerts if one["kind"] == "handover-failed" and not one["cleared_at"]]

    def everything(self) -> str:
        with closing(sqlite3.connect(self.hall.data / "hall.db")) as db:
            return "\n".join(db.iterdump()) + self.hall.log


@pytest.fixture
def counter(still_hall: Hall) -> Iterator[Counter]:
    with far_end() as platform:
        yield Counter(still_hall, platform)


def test_a_completed_form_goes_once_with_the_schemas_names(counter: Counter) -> None:
    counter.start()
    counter.complete()
    one = counter.wait_for("done")
    assert (one["form"], one["ticket"], one["tries"]) == (
        "power-of-attorney",
        counter.ticket["number"],
        1,
    )
    headers, body = counter.platform.got[0]
    sent = json.loads(body)
    assert headers["Idempotency-Key"] == sent["id"] == one["id"]
    assert sent["values"]["principal_id"] == NUMBER and sent["values"]["is_true"] is True
    assert sent["sources"]["agent_name"] == "citizen"
    assert sent["completed_by"] and sent["completed_at"] and sent["number"].startswith("BD")
    assert counter.platform.paths == ["/send"]
    for word in (NUMBER, PHONE, "张三丰"):
        assert word not in counter.everything()


def test_a_power_cut_loses_nothing_and_the_id_stays(counter: Counter) -> None:
    counter.platform.may_answer.clear()
    counter.start()
    counter.complete()
    until(lambda: counter.platform.got, 20)
    counter.hall.kill()
    counter.platform.may_answer.set()
    counter.hall.start()
    one = counter.wait_for("done")
    ids = {sent["id"] for sent in counter.platform.bodies}
    assert ids == {one["id"]} and len(counter.platform.bodies) >= 2


def test_a_platform_that_comes_back_gets_it(counter: Counter) -> None:
    counter.platform.status = 503
    counter.start(attempts=50)
    counter.complete()
    until(lambda: len(counter.platform.got) >= 2, 20)
    (waiting,) = counter.list("waiting")
    assert waiting["trouble"] == "status 503" and waiting["next_at"]
    counter.platform.status = 200
    assert counter.wait_for("done")["tries"] >= 3


def test_a_manager_tries_again_what_failed_or_lets_it_go(counter: Counter) -> None:
    counter.platform.answer = '{"code": 17}'
    counter.start(attempts=2)
    counter.complete()
    one = counter.wait_for("failed")
    assert one["trouble"] == "wrong"
    until(
        lambda: [a for a in counter.hall.get("/alerts", counter.admin).json["alerts"] if not a["cleared_at"]]
    )
    clerk = counter.hall.token("api", "clerk", "clerk")
    assert counter.hall.get("/handovers", clerk).status == 403
    retried = counter.hall.post(f"/handovers/{one['id']}/retry", {}, counter.admin, key="again")
    assert (retried.status, retried.json["state"]) == (200, "waiting")
    counter.wait_for("failed")
    path = f"/handovers/{one['id']}/drop"
    assert counter.hall.post(path, {}, counter.admin).json["field"] == "reason"
    dropped = counter.hall.post(path, {"reason": "平台已由窗口补录"}, counter.admin)
    assert dropped.json["state"] == "dropped" and "补录" in dropped.json["trouble"]
    refused = counter.hall.post(f"/handovers/{one['id']}/retry", {}, counter.admin)
    assert (refused.status, refused.json["state"]) == (409, "dropped")
    assert counter.hall.post("/handovers/none/retry", {}, counter.admin).status == 404
    until(
        lambda: (
            not [a for a in counter.hall.get("/alerts", counter.admin).json["alerts"] if not a["cleared_at"]]
        )
    )
    with closing(sqlite3.connect(counter.hall.data / "hall.db")) as db:
        assert db.execute("SELECT sealed FROM handovers").fetchall() == [(None,)]


def test_without_a_platform_nothing_is_kept_for_it(hall: Hall) -> None:
    with far_end() as platform:
        counter = Counter(hall, platform, hall.token("api", "chief", "admin"))
        draft = counter.complete()
        read = pdf_of(hall, f"/drafts/{draft['draft']}/pdf", counter.admin, hall.folder)
        assert counter.list() == []
    for words in ("授权委托书", "张三丰", NUMBER, "代办公积金提取", "本人承诺", "签名", "第1页共"):
        assert words in read
    assert counter.hall.get(f"/drafts/{draft['draft']}/pdf", hall.token("kiosk", "K02")).status == 403


def pdf_of(hall: Hall, path: str, token: str, folder: Path) -> str:
    """What a paper says, without its white space."""
    request = urllib.request.Request(
        f"{hall.url}/api/v1{path}?lang=zh", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert NUMBER not in answer.headers["Content-Disposition"]
        (folder / "paper.pdf").write_bytes(answer.read())
    done = subprocess.run(
        ["pdftotext", folder / "paper.pdf", "-"], capture_output=True, text=True, check=True
    )
    return "".join(done.stdout.split())
