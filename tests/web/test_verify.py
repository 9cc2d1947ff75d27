"""The page that says whether a permit is genuine, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Hall
from tests.web.conftest import OpenPage, faults, log_in

PHONE = {"width": 390, "height": 844}


@dataclass
class Office:
    """A hall that grants passes, and phones that check them."""

    hall: Hall
    admin: str
    open_page: OpenPage

    def grant(self, plate: str, *, begins: int = 0, days: int = 2) -> Any:
        today = date.fromisoformat(self.hall.get("/hall").json["day"])
        first = today + timedelta(days=begins)
        values = {
            "plate_number": plate,
            "start_date": first.isoformat(),
            "end_date": (first + timedelta(days=days - 1)).isoformat(),
        }
        done = self.hall.post("/permits", {"kind": "city-pass", "values": values}, self.admin)
        assert done.status == 201, done.json
        return done.json

    def check(self, mark: str, query: str = "") -> Page:
        return self.open_page(f"{self.hall.url}/verify{query}#{mark}", viewport=PHONE)


@pytest.fixture
def office(shared_hall: Hall, open_page: OpenPage) -> Iterator[Office]:
    yield Office(shared_hall, log_in(shared_hall), open_page)


def test_a_pass_of_today_is_valid(office: Office) -> None:
    permit = office.grant("鲁P·12345")
    assert permit["verify_url"] == f"{office.hall.url}/verify#{permit['mark']}"
    page = office.check(permit["mark"])
    expect(page.locator("#head")).to_have_text("有效")
    expect(page.locator("#number")).to_have_text(permit["number"])
    expect(page.locator("#holder")).to_have_text("鲁P12345")
    assert faults(page) == []


def test_the_code_never_reaches_the_server_in_an_address(office: Office) -> None:
    permit = office.grant("鲁P20001")
    page = office.open_page("about:blank", viewport=PHONE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(permit["verify_url"])
    expect(page.locator("#head")).to_have_text("有效")
    assert not [url for url in asked if permit["mark"] in url.partition("#")[0]]


def test_english_keeps_the_code(office: Office) -> None:
    page = office.check(office.grant("鲁P20002", begins=3)["mark"])
    expect(page.locator("#head")).to_have_text("还没到有效期")
    page.get_by_role("link", name="English").click()
    expect(page.locator("#head")).to_have_text("Not valid yet")
    assert faults(page) == []


def test_a_pass_that_was_taken_back_says_so(office: Office) -> None:
    permit = office.grant("鲁P20003")
    office.hall.post(f"/permits/{permit['number']}/revoke", {"reason": "冒用"}, office.admin)
    page = office.check(permit["mark"])
    expect(page.locator("#head")).to_have_text("已撤销")
    assert faults(page) == []


@pytest.mark.parametrize("spoil", ["x", "k1.AAAA", "k1." + "A" * 1900, "%3Cscript%3E"])
def test_anything_else_is_a_forgery(office: Office, spoil: str) -> None:
    page = office.check(spoil, "?lang=en")
    expect(page.locator("#head")).to_have_text("Not genuine")
    expect(page.locator("#facts")).to_be_hidden()


def test_a_changed_plate_is_a_forgery(office: Office) -> None:
    mark = office.grant("鲁P20004")["mark"]
    at = len(mark) // 3
    page = office.check(mark[:at] + ("A" if mark[at] != "A" else "B") + mark[at + 1 :])
    expect(page.locator("#head")).to_have_text("不是本大厅签发")
    assert faults(page) == []


def test_without_a_code_it_says_what_to_do(office: Office) -> None:
    page = office.check("")
    expect(page.locator("#head")).to_have_text("请扫描证件上的二维码")
    assert faults(page) == []


def test_when_the_server_is_away_nothing_is_claimed(office: Office) -> None:
    mark = office.grant("鲁P20005")["mark"]
    page = office.check("")
    page.route("**/api/v1/verify", lambda route: route.abort())
    page.evaluate("mark => { location.hash = mark; }", mark)
    expect(page.locator("#head")).to_have_text("没有核对成")
    page.unroute("**/api/v1/verify")
    page.get_by_role("button", name="再核对一次").click()
    expect(page.locator("#head")).to_have_text("有效")
