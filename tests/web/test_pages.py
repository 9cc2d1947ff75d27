"""Every page of the web folder, those that come later too: for everybody to use, in both languages."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from queue_server.web.pages import SAME_FOR_ALL
from tests.conftest import Hall
from tests.web.conftest import OpenPage, faults, log_in

SCREEN = {"width": 1366, "height": 768}
ENHANCED = {"runOnly": ["color-contrast-enhanced"]}
OTHERS = ("/t/no-such-ticket", "/items/no-such-item", "/counter?window=5", "/counter?window=99")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", [*SAME_FOR_ALL, *OTHERS])
def test_every_page_is_there_for_everybody(
    shared_hall: Hall, open_page: OpenPage, path: str, language: str
) -> None:
    page = open_page(f"{shared_hall.url}/login", viewport=SCREEN)
    who = {"username": "admin", "password": shared_hall.admin_password}
    assert page.request.post(f"{shared_hall.url}/api/v1/sessions", data=who).ok
    page.goto(f"{shared_hall.url}{path}{'&' if '?' in path else '?'}lang={language}")
    expect(page.locator("main:visible").first).to_be_visible()
    assert page.locator("html").get_attribute("lang") == ("zh-CN" if language == "zh" else "en")
    assert faults(page) == []
    pale = Axe().run(page, options=ENHANCED).response["violations"]
    assert not pale, pale[0]["nodes"][0]["any"]
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]


def test_a_ticket_and_its_items_are_there_for_everybody(shared_hall: Hall, open_page: OpenPage) -> None:
    admin = log_in(shared_hall)
    service = shared_hall.get("/services?limit=1").json["services"][0]["id"]
    ticket = shared_hall.post("/tickets", {"services": [service], "needs": ["deaf"]}, admin).json
    for path in (f"/t/{ticket['secret']}", f"/items/{service}"):
        page = open_page(f"{shared_hall.url}{path}", viewport={"width": 360, "height": 740})
        expect(page.locator("main:visible").first).to_be_visible()
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
