"""The manager's page in a real browser, against a real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Hall
from tests.web.conftest import OpenPage, empty_floor, faults, log_in
from tests.wire.line import Line

SMALL = {"width": 1366, "height": 768}
LARGE = {"width": 1920, "height": 1080}
PASSWORD = "a-manager-of-tests"


@dataclass
class Floor:
    """The hall with two clerks and a manager, who opens pages."""

    hall: Hall
    admin: str
    open_page: OpenPage

    def post(self, path: str, body: Any = None) -> Any:
        done = self.hall.post(path, body, self.admin)
        assert done.status < 300, done.json
        return done.json

    def window(self, number: int) -> Any:
        return self.hall.get(f"/windows/{number}", self.admin).json

    def take(self, group: str = "general") -> Any:
        return self.post("/tickets", {"group": group})

    def page(self, username: str = "zhao", query: str = "", size: dict[str, int] | None = None) -> Page:
        """The manager's page as somebody opens it who has logged in."""
        page = self.open_page(f"{self.hall.url}/login", viewport=size or SMALL)
        body = {"username": username, "password": PASSWORD}
        assert page.request.post(f"{self.hall.url}/api/v1/sessions", data=body).ok
        page.goto(f"{self.hall.url}/manager{query}")
        return page

    def live(self, **options: Any) -> Page:
        page = self.page(**options)
        expect(page.locator("#hall-state")).to_be_visible()
        return page


@pytest.fixture
def floor(shared_hall: Hall, open_page: OpenPage) -> Iterator[Floor]:
    admin = log_in(shared_hall)
    for username, name, role in (
        ("li", "李静", "clerk"),
        ("wang", "王磊", "clerk"),
        ("zhao", "赵敏", "manager"),
    ):
        who = {"username": username, "name": name, "role": role, "password": PASSWORD}
        shared_hall.post("/accounts", {**who, "must_change": False}, admin)
    yield Floor(shared_hall, admin, open_page)
    empty_floor(shared_hall, admin)
    shared_hall.post("/hall/open", {"reason": ""}, admin)


def tile(page: Page, number: int) -> Any:
    return page.locator(f"[data-window='{number}'] button")


def group(page: Page, id: str) -> Any:
    return page.locator(f"[data-group={id}]")


def choose(page: Page, number: int) -> Any:
    """A window's dialog."""
    tile(page, number).click()
    dialog = page.locator("#window")
    expect(dialog).to_be_visible()
    return dialog


def send(dialog: Any, message: str) -> None:
    dialog.locator(f"form[data-ask={message}]:visible [type=submit]").click()
    expect(dialog).to_be_hidden()


def test_sees_a_new_number_and_its_call_at_once(floor: Floor) -> None:
    page = floor.live()
    expect(group(page, "general").locator("b")).to_have_text("0")
    ticket = floor.take()
    expect(group(page, "general").locator("b")).to_have_text("1")
    expect(page.locator("#total-waiting")).to_have_text("1")
    floor.post("/windows/5/open", {"clerk": "li"})
    floor.post("/windows/5/next")
    expect(tile(page, 5)).to_contain_text(ticket["number"])
    expect(tile(page, 5)).to_contain_text("已叫")
    expect(tile(page, 5)).to_contain_text("李静")
    expect(page.locator("#total-open")).to_have_text("1/38")


def test_opens_pauses_and_closes_a_window(floor: Floor) -> None:
    page = floor.live()
    dialog = choose(page, 7)
    dialog.locator("[name=clerk]").fill("nobody")
    dialog.locator("form[data-ask=window_open]:visible [type=submit]").click()
    expect(dialog.locator("#window-problem")).to_be_visible()
    dialog.locator("[name=clerk]").fill("wang")
    send(dialog, "window_open")
    expect(tile(page, 7)).to_contain_text("空闲")
    assert floor.window(7)["clerk"]["username"] == "wang"

    dialog = choose(page, 7)
    dialog.locator("#window-reason").fill("用餐")
    send(dialog, "window_pause")
    expect(tile(page, 7)).to_contain_text("用餐")
    send(choose(page, 7), "window_open")
    expect(tile(page, 7)).to_contain_text("空闲")
    send(choose(page, 7), "window_close")
    expect(tile(page, 7)).to_contain_text("关闭")


def test_releases_a_window_when_asked_once_more(floor: Floor) -> None:
    floor.post("/windows/5/open", {"clerk": "li"})
    ticket = floor.take()
    floor.post("/windows/5/next")
    page = floor.live()
    dialog = choose(page, 5)
    dialog.locator("#release").click()
    assert floor.window(5)["state"] == "open"
    send(dialog, "window_release")
    expect(tile(page, 5)).to_contain_text("关闭")
    assert floor.hall.get(f"/tickets/{ticket['id']}", floor.admin).json["state"] == "waiting"


def test_changes_what_a_window_serves(floor: Floor) -> None:
    page = floor.live()
    dialog = choose(page, 9)
    dialog.get_by_label("C 缴费").check()
    send(dialog, "window_set")
    assert floor.window(9)["groups"] == ["general", "fees"]
    dialog = choose(page, 9)
    expect(dialog.get_by_label("C 缴费")).to_be_checked()
    dialog.get_by_label("C 缴费").uncheck()
    send(dialog, "window_set")


def test_a_notice_reaches_the_boards_and_goes_again(floor: Floor) -> None:
    board = Line(floor.hall, "/board", floor.hall.token("board", "B02"))
    page = floor.live()
    page.locator("#notice-new").click()
    page.locator("#notice-zh").fill("下午三点系统维护")
    page.locator("#notice-en").fill("Maintenance at 3 pm")
    page.locator("#notice").get_by_label("东区").check()
    page.locator("#notice-until").fill("23:59")
    send(page.locator("#notice"), "notice_add")
    told = board.wait_for("notice", lambda body: body["notice"])["notice"][0]
    assert told["text"] == {"zh": "下午三点系统维护", "en": "Maintenance at 3 pm"}
    assert told["zones"] == ["east"]
    assert told["until"][11:16] == "23:59"

    card = page.locator("#notices li")
    expect(card).to_contain_text("到 23:59")
    card.get_by_role("button").click()
    expect(card).to_have_count(0)
    board.wait_for("notice", lambda body: not body["notice"])
    board.close()


def test_an_alert_appears_and_is_acknowledged(floor: Floor) -> None:
    page = floor.live()
    kiosk = Line(floor.hall, "/kiosk", floor.hall.token("kiosk", "K02"))
    assert kiosk.ask("help", {"reason": "轮椅"})["ok"]
    alert = page.locator(".alert", has_text="轮椅")
    expect(alert).to_contain_text("K02")
    alert.get_by_role("button").click()
    expect(alert).to_contain_text("zhao 已知道")
    expect(alert.get_by_role("button")).to_have_count(0)
    kiosk.close()


def test_calls_for_help_and_their_times_are_told(floor: Floor) -> None:
    page = floor.live()
    kiosk = Line(floor.hall, "/kiosk", floor.hall.token("kiosk", "K04"))
    before = int(page.locator("#help-waiting").inner_text())
    assert kiosk.ask("help", {"reason": "看不清"})["ok"]
    expect(page.locator("#help-open")).to_contain_text("取号机 K04")
    expect(page.locator("#help-waiting")).to_have_text(str(before + 1))
    (asked,) = [one for one in floor.hall.get("/help", floor.admin).json["help"] if one["asker"] == "K04"]
    floor.hall.post(f"/help/{asked['id']}/take", token=floor.admin)
    expect(page.locator("#help-waiting")).to_have_text(str(before))
    expect(page.locator("#help-worst")).to_have_text(re.compile("\\d+:\\d\\d"))
    expect(page.locator(".alert", has_text="K04")).to_have_class(re.compile("cleared"))
    floor.hall.post(f"/help/{asked['id']}/done", token=floor.admin)
    expect(page.locator("#help-open")).not_to_contain_text("K04")
    kiosk.close()


def test_a_terminal_with_a_fault_is_named(floor: Floor) -> None:
    page = floor.live()
    kiosk = Line(floor.hall, "/kiosk", floor.hall.token("kiosk", "K03"))
    printer = {"id": "printer", "kind": "printer", "state": "fault", "detail": "cover-open"}
    assert kiosk.ask("health", {"devices": [printer]})["ok"]
    device = page.locator("#devices li", has_text="K03")
    expect(device).to_contain_text("故障")
    assert kiosk.ask("health", {"devices": [{**printer, "state": "ok"}]})["ok"]
    expect(device).to_have_count(0)
    kiosk.close()
    expect(device).to_contain_text("已断开")


def test_closing_the_hall_refuses_numbers_and_cancels_those_who_wait(floor: Floor) -> None:
    ticket = floor.take()
    page = floor.live(query="?lang=en")
    page.locator("#hall-change").click()
    page.locator("#closing-reason").fill("Power cut")
    page.get_by_label("Cancel the 1 numbers that wait").check()
    send(page.locator("#closing"), "hall_close")
    expect(page.locator("#hall-state")).to_have_text("Hall closed · Power cut")
    refused = floor.hall.post("/tickets", {"group": "general"}, floor.admin)
    assert (refused.status, refused.json["code"]) == (409, "hall-closed")
    assert floor.hall.get(f"/tickets/{ticket['id']}", floor.admin).json["state"] == "cancelled"

    page.locator("#hall-change").click()
    send(page.locator("#opening"), "hall_open")
    expect(page.locator("#hall-state")).to_have_text("Hall open")
    assert floor.take()["state"] == "waiting"


def test_after_a_restart_it_shows_what_is_true(floor: Floor) -> None:
    page = floor.live()
    floor.hall.kill()
    expect(page.locator("#line-sign")).to_be_visible()
    floor.hall.start()
    floor.take("fees")
    expect(page.locator("#line-sign")).to_be_hidden()
    expect(group(page, "fees").locator("b")).to_have_text("1")


def test_a_clerk_may_not_see_it(floor: Floor) -> None:
    page = floor.page("li")
    expect(page.locator("#denied")).to_be_visible()
    expect(page.locator("#overview")).to_be_hidden()


def test_a_stranger_logs_in_first(floor: Floor) -> None:
    page = floor.open_page(f"{floor.hall.url}/manager")
    page.wait_for_url("**/login?next=%2Fmanager")


def test_works_by_keyboard_alone(floor: Floor) -> None:
    page = floor.live()
    tile(page, 8).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("wang")
    page.keyboard.press("Enter")
    expect(tile(page, 8)).to_contain_text("空闲")
    page.keyboard.press("Enter")
    expect(page.locator("#window")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tile(page, 8)).to_be_focused()


@pytest.mark.parametrize(("size", "query"), [(SMALL, "?lang=zh"), (LARGE, "?lang=en")])
def test_fits_the_screen_and_is_accessible(floor: Floor, size: dict[str, int], query: str) -> None:
    floor.post("/windows/5/open", {"clerk": "li"})
    floor.post("/windows/6/open", {"clerk": "wang"})
    for _ in range(6):
        floor.take()
    floor.post("/windows/5/next")
    floor.post("/windows/6/pause", {"reason": "用餐"})
    page = floor.live(query=query, size=size)
    expect(tile(page, 5)).to_contain_text("A0")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for opener, dialog in (("#hall-change", "#closing"), ("#notice-new", "#notice")):
        page.locator(opener).click()
        expect(page.locator(dialog)).to_be_visible()
        assert faults(page) == []
        page.keyboard.press("Escape")
    choose(page, 5).locator("#release").click()
    assert faults(page) == []


def test_a_windows_display_says_what_the_manager_writes(floor: Floor) -> None:
    page = floor.live()
    dialog = choose(page, 5)
    dialog.locator("#plate-zh").fill("企业专窗")
    dialog.get_by_role("button", name="保存").click()
    expect(page.locator("#told")).not_to_be_empty()
    assert floor.window(5)["plate"] == {"zh": "企业专窗", "en": "企业专窗"}
    expect(choose(page, 5).locator("#plate-zh")).to_have_value("企业专窗")
    page.locator("#plate-zh").fill("")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#window")).to_be_hidden()
    assert floor.window(5)["plate"] is None


def test_a_window_is_handed_over_for_a_clerk_who_is_away(floor: Floor) -> None:
    floor.post("/windows/5/open", {"clerk": "li"})
    number = floor.take()["number"]
    floor.post("/windows/5/next")
    page = floor.live()
    dialog = choose(page, 5)
    dialog.locator("#window-to").fill("nobody")
    dialog.get_by_role("button", name="交班").click()
    expect(page.locator("#window-problem")).to_contain_text("nobody")
    assert faults(page) == []
    dialog.locator("#window-to").fill("wang")
    dialog.get_by_role("button", name="交班").click()
    expect(dialog).to_be_hidden()
    window = floor.window(5)
    assert (window["clerk"]["username"], window["ticket"]["number"]) == ("wang", number)
