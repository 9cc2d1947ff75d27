"""A new clerk learns the console alone, in a hall that is there for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Hall, lay_out
from tests.web.conftest import OpenPage, faults, log_in

SCREEN = {"width": 1366, "height": 768}
STEPS = 16


@pytest.fixture(scope="module")
def practice_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = lay_out(tmp_path_factory.mktemp("practice") / "hall")
    hall.variables["HALL_PRACTICE"] = "yes"
    hall.start()
    yield hall
    hall.stop()


def console(hall: Hall, open_page: OpenPage, language: str = "zh") -> Page:
    page = open_page(f"{hall.url}/login", viewport=SCREEN)
    who = {"username": "admin", "password": hall.admin_password}
    assert page.request.post(f"{hall.url}/api/v1/sessions", data=who).ok
    page.goto(f"{hall.url}/counter?window=5&lang={language}")
    return page


def at_step(page: Page, step: int) -> None:
    expect(page.locator("#practice-at")).to_contain_text(f"第 {step} 步，共 {STEPS} 步")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_every_step_is_gone_through_by_keys(practice_hall: Hall, open_page: OpenPage) -> None:
    admin = log_in(practice_hall)
    for _ in range(4):
        practice_hall.post("/tickets", {"group": "general"}, admin)
    page = console(practice_hall, open_page)
    keys = {1: " ", 2: " ", 3: "r", 4: "s", 5: "p", 6: "k", 7: "e", 8: "z", 9: " ", 10: "m", 11: "f", 12: "t",
            13: "b", 14: " ", 15: "?", 16: "q"}  # fmt: skip
    for step, key in keys.items():
        at_step(page, step)
        expect(page.locator("#practice-bar")).to_have_text("")
        page.keyboard.press(key)
        match step:
            case 6:
                page.get_by_role("button", name="恢复办理").click()
            case 5 | 7 | 12 | 13:
                page.locator("dialog[open] [type=submit]").click()
            case 11:
                page.locator("#call-ticket").fill("A004")
                page.locator("#call-reason").fill("练习")
                page.keyboard.press("Enter")
            case 15:
                page.keyboard.press("Escape")
    expect(page.locator("#practice-at")).to_have_text("练完了")
    assert not faults(page)
    page.click("#practice-again")
    at_step(page, 1)


def test_what_bars_a_step_is_said_and_a_step_may_be_skipped(practice_hall: Hall, open_page: OpenPage) -> None:
    page = console(practice_hall, open_page)
    at_step(page, 1)
    page.click("#practice-skip")
    page.click("#practice-skip")
    at_step(page, 3)
    expect(page.locator("#practice-bar")).to_have_text("窗口现在没有市民。")
    expect(page.locator("#do-recall")).to_have_class("button wanted")
    page.click("#other-language")
    expect(page.locator("#practice-at")).to_have_text(f"Practice: step 3 of {STEPS}")
    assert not faults(page)


def test_a_hall_that_serves_people_has_no_practice(shared_hall: Hall, open_page: OpenPage) -> None:
    page = console(shared_hall, open_page)
    expect(page.locator("#main-label")).to_have_text("开始服务")
    expect(page.locator("#practice")).to_have_count(0)
