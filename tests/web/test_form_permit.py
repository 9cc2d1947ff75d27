"""A permit from the phone: the form is filled in, the pass stands there with its code, or why not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.conftest import Hall
from tests.web.conftest import OpenPage, faults

PHONE = {"viewport": {"width": 390, "height": 844}}


def fill_in(hall: Hall, secret: str, **more: Any) -> str:
    """Finish the application that goes with a number; the application's own secret."""
    day = date.fromisoformat(hall.get("/hall").json["day"])
    values = {
        "driver_name": "张三丰", "driver_id": "11010519491231002X", "driver_phone": "13812345678",
        "plate_number": "鲁P12345", "vehicle_type": "light", "load": 1.5, "reason": "move",
        "route": "湖南路—柳园路", "start_date": str(day), "end_date": str(day + timedelta(days=1)),
        "is_true": True, **more,
    }  # fmt: skip
    draft = hall.post("/drafts", {"form": "city-pass"}, secret).json
    hall.call("PATCH", f"/drafts/{draft['draft']}", {"values": values}, token=secret)
    done = hall.post(f"/drafts/{draft['draft']}/ready", {}, secret)
    assert done.status == 200, done.json
    return str(draft["secret"])


def filled_in(hall: Hall, open_page: OpenPage, query: str = "", **more: Any) -> Page:
    """The page of an application that its citizen has finished."""
    ticket = hall.post("/tickets", {"services": ["city-pass"]}, hall.token("kiosk", "K01")).json
    return open_page(f"{hall.url}/form/{fill_in(hall, ticket['secret'], **more)}{query}", **PHONE)


def test_a_pass_is_issued_on_the_phone(shared_hall: Hall, open_page: OpenPage) -> None:
    page = filled_in(shared_hall, open_page)
    page.get_by_role("button", name="申请出证").click()
    expect(page.locator("#permit-holder")).to_have_text("鲁P12345")
    number = page.locator("#permit-number").inner_text()
    assert number.startswith("TX")
    assert len(page.locator("#permit-code path").get_attribute("d") or "") > 1000
    assert faults(page) == []
    page.reload()
    page.get_by_role("button", name="申请出证").click()
    expect(page.locator("#permit-number")).to_have_text(number)
    page.get_by_role("link", name="查看是否有效").click()
    expect(page.locator("#head")).to_have_text("有效")
    expect(page.locator("#number")).to_have_text(number)


def test_why_not_is_said_with_the_way_on(shared_hall: Hall, open_page: OpenPage) -> None:
    page = filled_in(shared_hall, open_page, "?lang=en", vehicle_type="heavy", plate_number="鲁P54321")
    page.get_by_role("button", name="Apply now").click()
    expect(page.locator("#permit-reasons li")).to_have_count(1)
    expect(page.locator("#permit-reasons")).to_contain_text("heavy lorry")
    assert faults(page) == []
