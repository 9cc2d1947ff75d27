"""The assistants' page on a phone, in a real browser, against a real server."""

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

PHONE = {"viewport": {"width": 390, "height": 844}}
PASSWORD = "an-assistant-of-tests"
ID_NUMBER, PHONE_NUMBER = "11010519491231002X", "13800138000"


@dataclass
class Floor:
    hall: Hall
    admin: str
    kiosk: Line
    open_page: OpenPage

    def page(self, username: str = "wangfang", language: str = "zh", **options: Any) -> Page:
        """The page, as one who has just logged in."""
        page = self.open_page(f"{self.hall.url}/login?next=/assistant&lang={language}", **PHONE, **options)
        page.locator("#username").fill(username)
        page.locator("#password").fill(PASSWORD)
        page.locator("#log-in [type=submit]").click()
        expect(page.locator("#who")).not_to_be_empty()
        return page

    def take(self, **wishes: Any) -> dict[str, Any]:
        return dict(self.hall.post("/tickets", {"group": "general", **wishes}, self.admin).json)

    def helps(self) -> list[dict[str, Any]]:
        return list(self.hall.get("/help", self.admin).json["help"])


@pytest.fixture
def floor(shared_hall: Hall, open_page: OpenPage) -> Iterator[Floor]:
    hall, admin = shared_hall, log_in(shared_hall)
    for username, name, role in (
        ("wangfang", "王芳", "assistant"),
        ("zhaolei", "赵磊", "assistant"),
        ("lijing", "李静", "clerk"),
    ):
        who = {"username": username, "name": name, "password": PASSWORD, "role": role}
        hall.post("/accounts", {**who, "must_change": False}, admin)
    kiosk = Line(hall, "/kiosk", hall.token("kiosk", "K01"))
    kiosk.wait_for("snapshot")
    one = Floor(hall, admin, kiosk, open_page)
    yield one
    kiosk.close()
    for help in one.helps():
        hall.post(f"/help/{help['id']}/done", token=admin)
    empty_floor(hall, admin)


def test_who_asks_is_seen_taken_and_done(floor: Floor) -> None:
    page = floor.page()
    expect(page.locator("#none")).to_be_visible()
    assert floor.kiosk.ask("help", {"reason": "坐轮椅，够不着"})["ok"]
    card = page.locator(".call")
    expect(card).to_contain_text("取号机 K01")
    expect(card).to_contain_text("在东区")
    expect(card).to_contain_text("坐轮椅，够不着")
    expect(page.locator("#count")).to_have_text("1")
    assert faults(page) == []
    colleague = floor.page("zhaolei")
    card.get_by_text("我去").click()
    expect(card).to_contain_text("您去了")
    expect(colleague.locator(".call")).to_contain_text("王芳去了")
    expect(colleague.locator(".call button")).to_have_count(0)
    page.get_by_text("办好了").click()
    expect(page.locator(".call")).to_have_count(0)
    expect(colleague.locator("#none")).to_be_visible()


def test_is_handed_over_to_a_colleague_with_a_word(floor: Floor) -> None:
    page, colleague = floor.page(), floor.page("zhaolei", "en")
    floor.kiosk.ask("help", {"reason": ""})
    page.get_by_text("我去").click()
    page.get_by_text("转给别人").click()
    page.locator("#hand-to").get_by_text("赵磊").click()
    page.locator("#hand-note").fill("会手语的去")
    assert faults(page) == []
    page.locator("#hand [type=submit]").click()
    expect(page.locator("#hand")).to_be_hidden()
    expect(colleague.locator(".call")).to_contain_text("赵磊 is asked to go")
    expect(colleague.locator(".call")).to_contain_text("会手语的去")
    colleague.get_by_role("button", name="I'll go: Kiosk K01").click()
    expect(colleague.locator(".call")).to_contain_text("You are on the way")


def test_issues_a_number_that_a_phone_can_follow(floor: Floor) -> None:
    page = floor.page()
    page.locator("[data-view=issue]").click()
    page.locator("#issue [type=submit]").click()
    expect(page.locator("#issue-problem")).to_have_text("请先选事项或业务类别。")
    page.locator("#issue-search").fill("身份证")
    page.locator("#issue-found button").first.click()
    expect(page.locator("#issue-items li")).to_have_count(1)
    page.locator("#issue-priority").select_option("elderly")
    page.locator("#issue [value=wheelchair]").check()
    page.locator("#issue-phone").fill(PHONE_NUMBER)
    assert faults(page) == []
    page.locator("#issue [type=submit]").click()
    expect(page.locator("#slip-title")).to_have_text(re.compile("^[A-E]\\d{3} 取好了$"))
    expect(page.locator("#slip-code svg")).to_be_visible()
    assert faults(page) == []
    number = page.locator("#slip-title").inner_text().split()[0]
    made = floor.hall.get(f"/tickets?number={number}", floor.admin).json["tickets"][0]
    assert (made["priority"], made["needs"]) == ("elderly", ["wheelchair"])


def test_finds_a_lost_number_puts_it_right_and_gives_a_new_code(floor: Floor) -> None:
    ticket = floor.take(phone=PHONE_NUMBER, id_number=ID_NUMBER)
    page = floor.page(language="en")
    page.locator("[data-view=find]").click()
    field, answers = page.locator("#find-text"), page.locator("#find-found li").first
    field.fill("12")
    field.press("Enter")
    expect(page.locator("#find-none")).to_contain_text("Please type a whole number")
    for known in (ticket["number"].lower(), "138 0013 8000", ID_NUMBER.lower()):
        field.fill(known)
        field.press("Enter")
        expect(answers).to_contain_text(ticket["number"])
    assert faults(page) == []
    answers.get_by_role("button", name="Correct").click()
    page.locator("#correct-priority").select_option("disabled")
    page.locator("#correct [type=submit]").click()
    expect(page.locator("#correct-problem")).to_contain_text("why")
    page.locator("#correct-reason").fill("has a certificate")
    assert faults(page) == []
    page.locator("#correct [type=submit]").click()
    expect(page.locator("#told")).to_contain_text("is corrected")
    now = floor.hall.get(f"/tickets/{ticket['id']}", floor.admin).json
    assert now["priority"] == "disabled"
    answers.get_by_role("button", name="New slip").click()
    expect(page.locator("#slip-code svg")).to_be_visible()
    assert floor.hall.get(f"/tickets/{ticket['id']}", ticket["secret"]).status == 401


def test_a_slip_is_printed_at_the_kiosk_that_was_chosen(floor: Floor) -> None:
    ticket = floor.take()
    page = floor.page(language="en")
    page.locator("[data-view=find]").click()
    page.locator("#find-text").fill(ticket["number"])
    page.locator("#find-text").press("Enter")
    page.get_by_role("button", name="New slip").click()
    expect(page.locator("#slip-code svg")).to_be_visible()
    expect(page.locator("#print-kiosk option")).to_have_text(["Kiosk K01"])
    page.locator("#print-large").check()
    assert faults(page) == []
    page.locator("#print-do").click()
    expect(page.locator("#print-told")).to_have_text("Kiosk K01 will print it in a moment.")
    order = floor.kiosk.wait_for("slip", lambda body: body["slip"]["ticket"] == ticket["id"])["slip"]
    assert order["large"]
    given = floor.kiosk.ask("slip_take", {"id": order["id"]})["ticket"]
    assert given["number"] == ticket["number"]
    assert floor.hall.get(f"/tickets/{ticket['id']}", given["secret"]).status == 200
    floor.kiosk.ask("slip_ended", {"id": order["id"], "result": "failed"})
    expect(page.locator("#print-told")).to_contain_text("could not print it")
    page.locator("#print-do").click()
    again = floor.kiosk.wait_for(
        "slip", lambda body: body["slip"]["state"] == "ordered" and body["slip"] != order
    )
    floor.kiosk.ask("slip_take", {"id": again["slip"]["id"]})
    floor.kiosk.ask("slip_ended", {"id": again["slip"]["id"], "result": "printed"})
    expect(page.locator("#print-told")).to_have_text("Printed at kiosk K01. Please take the slip.")


def test_a_number_is_given_up_after_one_more_question(floor: Floor) -> None:
    ticket = floor.take()
    page = floor.page()
    page.locator("[data-view=find]").click()
    page.locator("#find-text").fill(ticket["number"])
    page.locator("#find-text").press("Enter")
    page.get_by_role("button", name=f"退掉 {ticket['number']}").click()
    assert faults(page) == []
    page.locator("#giving-up [data-back]").click()
    page.get_by_role("button", name=f"退掉 {ticket['number']}").click()
    page.locator("#giving-up [type=submit]").click()
    expect(page.locator("#told")).to_contain_text("退掉了")
    expect(page.locator("#find-found li")).to_contain_text("已取消")
    assert floor.hall.get(f"/tickets/{ticket['id']}", floor.admin).json["state"] == "cancelled"


def test_fills_in_a_form_together_with_its_citizen(floor: Floor) -> None:
    """Found by the phone's last digits; what the citizen wrote before is there, and what is wrong with it."""
    ticket = floor.take(group=None, services=["fund-withdraw-retire"], phone=PHONE_NUMBER)
    begun = floor.hall.post("/drafts", {"form": "fund-withdrawal"}, ticket["secret"]).json
    path, secret = f"/drafts/{begun['draft']}", begun["secret"]
    written = {"person_name": "张三丰", "person_phone": "12345", "reason": "retire"}
    floor.hall.call("PATCH", path, {"values": written}, token=secret)
    page = floor.page()
    page.locator("[data-view=find]").click()
    page.locator("#find-text").fill(PHONE_NUMBER[-4:])
    page.locator("#find-text").press("Enter")
    page.get_by_role("button", name=f"{ticket['number']} 的表格").click()
    expect(page.locator("#forms-list li")).to_have_count(2)
    expect(page.locator("#forms-list li").first).to_contain_text("填了 2/8")
    assert faults(page) == []
    page.get_by_role("button", name="本人同意，打开住房公积金提取").click()
    expect(page.locator("#field-person_name")).to_have_value("张三丰")
    expect(page.locator("[data-field=person_phone] .problem")).to_contain_text("手机号不对")
    assert faults(page) == []
    page.locator("#field-person_phone").fill(PHONE_NUMBER)
    page.locator("#form-end").click()
    expect(page.locator("#form-told")).to_contain_text("先看")
    expect(page.locator("[data-field=amount] .problem")).to_have_text("这一项还没有填。")
    for name, typed in (("person_id", ID_NUMBER), ("amount", "12000"), ("bank_name", "工商银行")):
        page.locator(f"#field-{name}").fill(typed)
    page.locator("#field-bank_name").press("Tab")
    floor.hall.kill()
    page.locator("#field-bank_account").fill("6222020000000000")
    page.locator("[data-field=is_true] label").click()
    expect(page.locator("#form-saved")).to_contain_text("还没有存上")
    floor.hall.start()
    expect(page.locator("#form-saved")).to_have_text("已保存")
    page.locator("#form-end").click()
    expect(page.locator("#form-dialog")).to_be_hidden()
    expect(page.locator("#forms-list li").first).to_contain_text("群众已填好")
    kept = floor.hall.get(path, secret).json
    assert (kept["state"], kept["values"]["person_phone"]["value"]) == ("ready", PHONE_NUMBER)
    assert page.locator("#form-parts").inner_text() == "", "nothing stays behind the closed form"


def test_no_address_carries_what_is_a_citizens_own(floor: Floor) -> None:
    floor.take(phone=PHONE_NUMBER)
    page = floor.page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("[data-view=find]").click()
    page.locator("#find-text").fill(PHONE_NUMBER)
    page.locator("#find-text").press("Enter")
    page.get_by_role("button", name="补打").click()
    expect(page.locator("#slip-code svg")).to_be_visible()
    assert asked and not any(PHONE_NUMBER in url or "/t/" in url for url in asked)


def test_after_a_restart_it_shows_what_is_true(floor: Floor) -> None:
    page = floor.page()
    floor.kiosk.ask("help", {"reason": "看不清"})
    page.get_by_text("我去").click()
    expect(page.locator(".call")).to_contain_text("您去了")
    floor.hall.kill()
    expect(page.locator("#line-sign")).to_be_visible()
    floor.hall.start()
    expect(page.locator("#line-sign")).to_be_hidden()
    expect(page.locator(".call")).to_contain_text("您去了")
    page.get_by_text("办好了").click()
    expect(page.locator(".call")).to_have_count(0)


def test_fits_a_small_phone_in_both_languages(floor: Floor) -> None:
    floor.kiosk.ask("help", {"reason": "wheelchair, can't reach the upper half of the screen"})
    for language in ("zh", "en"):
        page = floor.page("lijing", language)
        page.set_viewport_size({"width": 320, "height": 568})
        for view in ("help", "issue", "find"):
            page.locator(f"[data-view={view}]").click()
            assert page.evaluate("document.documentElement.scrollWidth") == 320
