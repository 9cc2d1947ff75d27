"""What to bring, on a phone, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Hall
from tests.web.conftest import OpenPage, faults

PHONE = {"width": 390, "height": 844}
Guide = Callable[[str], Page]
LICENCE, CARD = "food-licence-new", "id-card-replacement"


@pytest.fixture
def guide(shared_hall: Hall, open_page: OpenPage) -> Guide:
    def opened(path: str) -> Page:
        return open_page(f"{shared_hall.url}/items/{path}", viewport=PHONE)

    return opened


def test_all_papers_are_listed_and_ticked_by_touch(guide: Guide) -> None:
    page = guide(LICENCE)
    expect(page.locator("h2")).to_have_text("食品经营许可（新办）")
    own = page.get_by_role("checkbox", name="经营场所平面图和设备布局")
    expect(own).not_to_be_checked()
    own.check()
    expect(own).to_be_checked()
    expect(page.get_by_text("不用带：窗口能查到").first).to_be_visible()
    assert faults(page) == []


def test_what_was_missing_at_the_kiosk_is_marked_in_either_language(guide: Guide) -> None:
    page = guide(f"{LICENCE},{CARD}?missing={LICENCE}.1")
    expect(page.locator("h2")).to_have_count(2)
    expect(page.locator(".missing")).to_have_count(1)
    expect(page.locator(".missing")).to_contain_text("经营场所平面图和设备布局")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".missing")).to_contain_text("Plan of the premises")
    assert faults(page) == []


def test_an_item_that_is_gone_says_so(guide: Guide) -> None:
    expect(guide("never-there").locator("h1")).to_have_text("没有找到这个事项")


def test_whatever_an_address_says_is_only_read(guide: Guide) -> None:
    page = guide(f"{LICENCE},,x,{LICENCE}?missing=<b>.1,{LICENCE}.99,{LICENCE}.x")
    expect(page.locator("h2")).to_have_count(1)
    expect(page.locator(".missing")).to_have_count(0)
