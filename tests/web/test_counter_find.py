"""Numbers whose slips are lost, found at the console."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.web.conftest import faults
from tests.web.console import (
    Floor,
    press,
    shows,
)
from tests.wire.line import Line


def test_a_number_is_found_by_initials_or_a_phones_end_and_shows_neither(floor: Floor) -> None:
    lost = floor.take(phone="13800138000", initials="ZS")
    floor.take(initials="lw")
    page = floor.at_work()
    press(page, "l")
    for said in ("zs", "8000"):
        page.locator("#find-text").fill(said)
        page.keyboard.press("Enter")
        expect(page.locator("#find-found li")).to_have_count(1)
        expect(page.locator("#find-found")).to_contain_text(lost)
        page.locator("#find-text").fill("")
        expect(page.locator("#find-found")).not_to_contain_text(re.compile("13800138000|zs", re.IGNORECASE))
    page.locator("#find-text").fill("wang")
    page.keyboard.press("Enter")
    expect(page.locator("#find-none")).to_contain_text("今天没有找到")
    record = (floor.hall.data / "hall.db").read_bytes() + (floor.hall.data / "hall.db-wal").read_bytes()
    assert b"13800138000" not in record and b'"initials"' not in record


def test_a_lost_slip_is_found_and_gets_a_new_code(floor: Floor) -> None:
    number = floor.take(phone="13800138000")
    page = floor.at_work()
    old = floor.ticket(number)["id"]
    press(page, "l")
    page.locator("#find-text").fill("A")
    page.keyboard.press("Enter")
    expect(page.locator("#find-none")).to_contain_text("请输入完整的号码")
    page.locator("#find-text").fill("138 0013 8000")
    page.keyboard.press("Enter")
    row = page.locator("#find-found li").first
    expect(row).to_contain_text(number)
    assert not faults(page)
    row.get_by_role("button", name="补打").click()
    expect(page.locator("#find-slip-words")).to_contain_text("旧小票从现在起作废")
    expect(page.locator("#find-code svg")).to_be_visible()
    expect(page.locator("#print")).to_be_hidden()
    assert not faults(page)
    kiosk = Line(floor.hall, "/kiosk", floor.hall.token("kiosk", "K01"))
    kiosk.wait_for("snapshot")
    row.get_by_role("button", name="补打").click()
    page.locator("#print-do").click()
    order = kiosk.wait_for("slip")["slip"]
    kiosk.ask("slip_take", {"id": order["id"]})
    kiosk.ask("slip_ended", {"id": order["id"], "result": "printed"})
    expect(page.locator("#print-told")).to_contain_text("打印好了")
    assert not faults(page)
    kiosk.close()
    assert floor.hall.get(f"/tickets/{old}", floor.admin).json["state"] == "waiting"


def test_a_found_number_is_put_right_and_called(floor: Floor) -> None:
    first, lost = floor.take(), floor.take(services=["id-card-renewal"])
    page = floor.at_work()
    press(page, "l")
    page.locator("#find-text").fill(lost.lower())
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"更正 {lost}").click()
    page.locator("#correct-priority").select_option("elderly")
    page.locator("#correct-reason").fill("72 岁")
    page.locator("#correct [type=submit]").click()
    expect(page.locator("#correct")).to_be_hidden()
    assert floor.ticket(lost)["priority"] == "elderly"
    press(page, "l")
    page.locator("#find-text").fill(lost)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"叫 {lost} 到本窗口").click()
    expect(page.locator("#call-ticket")).to_have_value(lost)
    page.locator("#call-reason").fill("小票丢了")
    page.keyboard.press("Enter")
    shows(page, lost)
    assert floor.state(first) == "waiting"
