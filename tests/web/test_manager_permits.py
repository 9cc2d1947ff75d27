"""Permits granted at once, on the manager's page: found by number and by plate, and taken back."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.conftest import Hall
from tests.web.conftest import OpenPage, faults, log_in
from tests.wire.test_permits import state_of, wish

SIZE = {"width": 1366, "height": 768}


def granted(hall: Hall, admin: str, plate: str, begins: int = 0) -> Any:
    return hall.post("/permits", wish(hall, plate, begins=begins), admin).json


def manager(hall: Hall, open_page: OpenPage, language: str) -> Page:
    page = open_page(f"{hall.url}/login", viewport=SIZE)
    who = {"username": "admin", "password": hall.admin_password}
    assert page.request.post(f"{hall.url}/api/v1/sessions", data=who).ok
    page.clock.install()
    page.goto(f"{hall.url}/manager?lang={language}")
    expect(page.locator("#hall-state")).to_be_visible()
    return page


def look_for(page: Page, text: str) -> None:
    """Open the dialog and search in it, by keys alone."""
    page.locator("#permits-open").press("Enter")
    expect(page.locator("#permits-sought")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_one_is_found_by_its_number_and_taken_back_by_keys(shared_hall: Hall, open_page: OpenPage) -> None:
    permit = granted(shared_hall, log_in(shared_hall), "鲁P10001")
    page = manager(shared_hall, open_page, "zh")
    look_for(page, permit["number"].lower())
    card = page.locator("#permits-found li")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("有效")
    expect(card).to_contain_text("鲁P***01")
    expect(card).not_to_contain_text(permit["holder"])
    assert faults(page) == []
    card.get_by_role("button", name=f"撤销 {permit['number']}").press("Enter")
    expect(page.locator("#revoking")).to_contain_text("不能恢复")
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#revoking")).to_be_visible()
    assert state_of(shared_hall, permit["mark"]) == "valid"
    page.keyboard.type("冒用他人材料")
    page.keyboard.press("Enter")
    expect(page.locator("#revoking")).to_be_hidden()
    expect(card).to_contain_text("由 admin 撤销：冒用他人材料")
    expect(card.get_by_role("button")).to_have_count(0)
    expect(page.locator("#permits-sought")).to_be_focused()
    assert state_of(shared_hall, permit["mark"]) == "revoked"
    page.keyboard.press("Escape")
    expect(page.locator("#permits")).to_be_hidden()
    expect(card).to_have_count(0)


def test_all_of_a_plate_are_found_and_what_another_took_back_is_seen(
    shared_hall: Hall, open_page: OpenPage
) -> None:
    admin = log_in(shared_hall)
    permit, other = (granted(shared_hall, admin, "鲁P20002", begins) for begins in (0, 3))
    page = manager(shared_hall, open_page, "en")
    look_for(page, "鲁P·20002")
    cards = page.locator("#permits-found li")
    expect(cards).to_have_count(2)
    expect(page.locator(f"[data-permit={other['number']}]")).to_contain_text("not valid yet")
    assert faults(page) == []
    shared_hall.post(f"/permits/{permit['number']}/revoke", {"reason": "lost"}, admin)
    page.clock.fast_forward(16_000)
    expect(page.locator(f"[data-permit={permit['number']}]")).to_contain_text("by admin: lost")
    page.locator("#permits-sought").fill("鲁P·00000")
    page.keyboard.press("Enter")
    expect(page.locator("#permits-problem")).to_contain_text("None was found")
    expect(cards).to_have_count(0)
    assert faults(page) == []
