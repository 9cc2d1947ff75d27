"""A form on its citizen's phone, in a real browser, against a real server."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Hall, until
from tests.web.conftest import OpenPage, faults, log_in

PHONE = {"viewport": {"width": 390, "height": 844}}
SMALL = {"viewport": {"width": 360, "height": 640}}
OLD_AND_SMALL = {"viewport": {"width": 320, "height": 568}, "color_scheme": "dark"}
NUMBER = "11010519491231002X"


@pytest.fixture
def ticket(hall: Hall) -> dict[str, Any]:
    wish = {"services": ["fund-withdraw-rent"]}
    taken: dict[str, Any] = hall.post("/tickets", wish, log_in(hall)).json
    return taken


def field(page: Page, name: str) -> Any:
    return page.locator(f"#field-{name}")


def choose(page: Page, name: str, words: str) -> None:
    page.locator(f"[data-field={name}] label", has_text=words).click()


def problem(page: Page, name: str) -> Any:
    return page.locator(f"[data-field={name}] .problem")


def open_form(page: Page) -> None:
    """From the ticket's page, as somebody who waits."""
    page.locator("#forms-list button").click()
    expect(page.locator("#questions")).to_be_visible()


def fill_first_part(page: Page) -> None:
    for name, typed in (("person_name", "张三丰"), ("person_id", "11010519491231002x")):
        field(page, name).fill(typed)
    field(page, "person_phone").fill("138 1234 5678")
    page.locator("#next").click()
    expect(page.locator("[data-field=reason]")).to_be_visible()


def kept(hall: Hall, page: Page) -> dict[str, Any]:
    secret = page.url.rsplit("/", 1)[1]
    read = hall.get(f"/drafts/{secret[:12]}", secret).json["values"]
    return {name: one["value"] for name, one in read.items()}


def test_is_filled_in_while_waiting_and_goes_to_the_window(
    hall: Hall, ticket: dict[str, Any], open_page: OpenPage
) -> None:
    page = open_page(ticket["follow_url"], **PHONE)
    open_form(page)
    assert not faults(page)
    fill_first_part(page)
    choose(page, "reason", "租房")
    field(page, "home_address").fill("聊城市东昌府区某路 1 号")
    field(page, "rent").fill("1500")
    page.locator("#next").click()
    field(page, "amount").fill("12000.5")
    field(page, "bank_name").fill("工商银行")
    field(page, "bank_account").fill("6222020000000000000")
    choose(page, "is_true", "我保证")
    assert not faults(page)
    page.locator("#next").click()
    expect(page.locator("#done-head")).to_have_text("填好了")
    expect(page.locator("#progress")).to_have_text("已填好 10 项，共 10 项")
    assert kept(hall, page)["person_id"] == NUMBER
    page.goto(ticket["follow_url"])
    expect(page.locator("#forms-list .stands")).to_have_text("填好了")
    assert hall.get(f"/tickets/{ticket['id']}", ticket["secret"]).json["papers"] == {
        "ready": 1,
        "of": 1,
        "have": 1,
        "needed": 1,
    }


def test_says_what_is_wrong_as_one_leaves_a_field(ticket: dict[str, Any], open_page: OpenPage) -> None:
    page = open_page(f"{ticket['follow_url']}?lang=en", **OLD_AND_SMALL)
    open_form(page)
    field(page, "person_phone").fill("12345")
    field(page, "person_phone").press("Tab")
    expect(problem(page, "person_phone")).to_contain_text("This mobile number is not right")
    expect(field(page, "person_phone")).to_have_attribute("aria-invalid", "true")
    page.locator("#next").click()
    expect(problem(page, "person_name")).to_have_text("Please fill this in.")
    expect(field(page, "person_name")).to_be_focused()
    field(page, "person_phone").fill("13812345678")
    field(page, "person_phone").press("Tab")
    expect(problem(page, "person_phone")).to_be_hidden()
    page.locator("#large").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert not faults(page)


def test_another_answer_leads_to_other_questions(ticket: dict[str, Any], open_page: OpenPage) -> None:
    page = open_page(ticket["follow_url"], **PHONE)
    open_form(page)
    fill_first_part(page)
    choose(page, "reason", "租房")
    expect(field(page, "rent")).to_be_visible()
    choose(page, "reason", "退休")
    expect(field(page, "rent")).to_have_count(0)
    expect(page.locator("[data-field=reason] input:checked")).to_be_focused()


def test_nothing_typed_is_lost_when_the_server_dies(
    hall: Hall, ticket: dict[str, Any], open_page: OpenPage
) -> None:
    page = open_page(ticket["follow_url"], **PHONE)
    open_form(page)
    field(page, "person_name").fill("张三丰")
    field(page, "person_name").press("Tab")
    expect(page.locator("#saved")).to_have_text("已保存在大厅")
    hall.kill()
    field(page, "employer").fill("某某小学")
    field(page, "employer").press("Tab")
    expect(page.locator("#line-sign")).to_contain_text("写的内容在手机里")
    hall.start()
    until(lambda: kept(hall, page) == {"person_name": "张三丰", "employer": "某某小学"})
    expect(page.locator("#line-sign")).to_be_hidden()
    page.reload()
    expect(field(page, "employer")).to_have_value("某某小学")


def test_what_was_said_while_the_line_was_gone_does_not_stay(
    hall: Hall, ticket: dict[str, Any], open_page: OpenPage
) -> None:
    """All was saved before: the page says so, and nothing of the failure is left once the hall answers."""
    page = open_page(f"{ticket['follow_url']}?lang=en", **SMALL)
    open_form(page)
    fill_first_part(page)
    choose(page, "reason", "Retirement")
    page.locator("#next").click()
    for name, typed in (
        ("amount", "12000"),
        ("bank_name", "工商银行"),
        ("bank_account", "6222020000000000000"),
    ):
        field(page, name).fill(typed)
    choose(page, "is_true", "The reason is true")
    expect(page.locator("#progress")).to_have_text("8 of 8 done")
    expect(page.locator("#saved")).to_have_text("Saved in the hall")
    hall.kill()
    page.locator("#next").click()
    expect(page.locator("#told")).to_contain_text("The server doesn't answer")
    expect(page.locator("#line-sign")).to_contain_text("All that you wrote is saved in the hall")
    expect(page.locator("#line-sign")).to_be_in_viewport()
    hall.start()
    expect(page.locator("#line-sign")).to_be_hidden()
    expect(page.locator("#told")).to_be_empty()
    page.locator("#next").click()
    expect(page.locator("#done-head")).to_have_text("Finished")


def test_says_where_to_go_when_the_number_is_called(
    hall: Hall, ticket: dict[str, Any], open_page: OpenPage
) -> None:
    """In sight, however far down one writes; and the phone vibrates until one goes on."""
    page = open_page(ticket["follow_url"], **SMALL)
    page.clock.install()
    open_form(page)
    page.locator("#large").click()
    page.locator("#kiosk summary").click()
    page.locator("#kiosk svg").scroll_into_view_if_needed()
    page.evaluate("window.buzzes = []; navigator.vibrate = (how) => { buzzes.push(how); return true; }")
    admin = log_in(hall)
    hall.post("/windows/5/open", token=admin)
    hall.post("/windows/5/next", token=admin)
    page.clock.fast_forward(11_000)
    expect(page.locator("#called")).to_contain_text("请到 5 号窗口")
    expect(page.locator("#called")).to_be_in_viewport(ratio=1)
    assert page.evaluate("buzzes.filter(Array.isArray).length") == 1
    page.locator("#kiosk summary").click()
    page.clock.fast_forward(11_000)
    assert page.evaluate("buzzes.filter(Array.isArray).length") == 1


def test_a_form_that_is_gone_says_so(hall: Hall, open_page: OpenPage) -> None:
    page = open_page(f"{hall.url}/form/nothing", **PHONE)
    expect(page.locator("h1")).to_have_text("这张表已经不在了")
    assert not faults(page)


def test_the_page_holds_nothing_that_was_written(
    hall: Hall, ticket: dict[str, Any], open_page: OpenPage
) -> None:
    page = open_page(ticket["follow_url"], **PHONE)
    open_form(page)
    fill_first_part(page)
    source = hall.call("GET", page.url.removeprefix(hall.url), prefix="").json
    assert not re.search(r"张三丰|13812345678|1101051949", source)
    secret = page.url.rsplit("/", 1)[1]
    for word in ("张三丰", "13812345678", NUMBER, secret):
        assert word not in hall.log
