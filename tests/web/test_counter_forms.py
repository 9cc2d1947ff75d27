"""A citizen's forms on the console of the clerk who serves them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Hall
from tests.web.conftest import OpenPage, faults, log_in
from tests.web.console import press

DESK = {"viewport": {"width": 1366, "height": 768}}
WRITTEN: dict[str, Any] = {
    "person_name": "张三丰",
    "person_id": "11010519491231002X",
    "person_phone": "12345",
    "reason": "retire",
    "amount": "12000",
    "bank_name": "工商银行",
    "bank_account": "6222020000000000",
    "is_true": True,
}


@pytest.fixture
def draft(hall: Hall) -> dict[str, Any]:
    """What somebody has written on the phone who is next at window 5; one answer is wrong."""
    admin = log_in(hall)
    ticket = hall.post("/tickets", {"services": ["fund-withdraw-retire"]}, admin).json
    begun: dict[str, Any] = hall.post("/drafts", {"form": "fund-withdrawal"}, ticket["secret"]).json
    hall.call("PATCH", f"/drafts/{begun['draft']}", {"values": WRITTEN}, token=begun["secret"])
    hall.post("/windows/5/open", {}, admin)
    return begun


def at_counter(hall: Hall, open_page: OpenPage) -> Page:
    page = open_page(f"{hall.url}/login?next=/counter%3Fwindow=5", **DESK)
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", hall.admin_password)
    page.click("[type=submit]")
    expect(page.locator("#console")).to_be_visible()
    return page


def test_the_clerk_reads_corrects_and_goes_through_a_form(
    hall: Hall, draft: dict[str, Any], open_page: OpenPage
) -> None:
    page = at_counter(hall, open_page)
    expect(page.locator("#line")).to_contain_text("材料 0/1")
    page.locator("#main").click()
    expect(page.locator("#forms")).to_contain_text("填了 7/8")
    page.locator("#forms button").click()
    dialog = page.locator("#form-dialog")
    expect(dialog.locator("#field-person_name")).to_have_value("张三丰")
    expect(dialog.locator("[data-field=person_phone] .problem")).to_contain_text("手机号不对")
    assert not faults(page)
    dialog.locator("#form-end").click()
    expect(dialog.locator("#form-told")).to_contain_text("先看“手机号”")
    expect(dialog.locator("#field-person_phone")).to_be_focused()
    dialog.locator("#field-person_phone").fill("13812345678")
    dialog.locator("#field-person_phone").press("Tab")
    expect(dialog.locator("[data-field=person_phone] .problem")).to_be_hidden()
    dialog.locator("#form-end").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#forms")).to_contain_text("已核对")
    expect(page.locator("#tags")).to_contain_text("材料 1/1")
    assert page.locator("#form-parts").inner_text() == "", "nothing stays behind the closed form"
    kept = hall.get(f"/drafts/{draft['draft']}", draft["secret"]).json
    assert kept["state"] == "complete" and kept["values"]["person_phone"]["value"] == "13812345678"


def test_the_clerk_opens_the_form_as_paper(
    hall: Hall, draft: dict[str, Any], open_page: OpenPage, tmp_path: Path
) -> None:
    """The link is followed with the session of the page, as the browser's own tab would."""
    page = at_counter(hall, open_page)
    page.locator("#main").click()
    page.locator("#forms button").click()
    link = page.locator("#form-print")
    expect(link).to_be_visible()
    answer = page.request.get(f"{hall.url}{link.get_attribute('href')}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    (tmp_path / "form.pdf").write_bytes(answer.body())
    said = subprocess.run(
        ["pdftotext", tmp_path / "form.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    title = page.locator("#form-title").inner_text()
    ticket = page.locator("#number").inner_text()
    assert all(one in said for one in (title, ticket, "张三丰", "工商银行"))


def test_a_form_goes_with_its_citizen(hall: Hall, draft: dict[str, Any], open_page: OpenPage) -> None:
    page = at_counter(hall, open_page)
    page.locator("#main").click()
    page.locator("#forms button").click()
    expect(page.locator("#form-dialog")).to_be_visible()
    hall.post("/windows/5/no-show", {}, log_in(hall))
    expect(page.locator("#form-dialog")).to_be_hidden()
    expect(page.locator("#forms-box")).to_be_hidden()


ITEM = "food-licence-change"


def to_bring(hall: Hall) -> dict[str, str]:
    """What the item's citizens bring: its Chinese name, by the paper's id."""
    guide = hall.get(f"/services/{ITEM}").json["guide"]
    return {one["id"]: one["zh"] for one in guide["materials"] if one["source"] in ("own", "department")}


def test_the_clerk_sees_which_papers_are_there_and_puts_it_right(hall: Hall, open_page: OpenPage) -> None:
    admin = log_in(hall)
    ticket = hall.post("/tickets", {"services": [ITEM]}, admin).json
    path, (first, *others) = f"/tickets/{ticket['id']}", to_bring(hall)
    names, forms = to_bring(hall), ticket["papers"]["of"]
    hall.post("/windows/5/open", {}, admin)
    page = at_counter(hall, open_page)
    count = f"材料 1/{forms + 1 + len(others)}"
    expect(page.locator("#line")).not_to_contain_text(count)
    hall.post(f"{path}/materials", {"materials": {ITEM: {first: True}}}, ticket["secret"])
    expect(page.locator("#line")).to_contain_text(count)
    page.locator("#main").click()
    expect(page.locator("#tags")).to_contain_text(count)

    def row(id: str) -> Locator:
        return page.locator("#papers li").filter(has_text=names[id])

    guide = hall.get(f"/services/{ITEM}").json["guide"]["materials"]
    may_follow = next(one["id"] for one in guide if one["later"])
    must_be_there = next(one["id"] for one in guide if one["id"] in others and not one["later"])
    expect(row(first)).to_contain_text("带了")
    expect(row(may_follow)).to_contain_text("可后补")
    expect(row(must_be_there)).to_contain_text("缺")
    assert not faults(page)
    row(must_be_there).click()
    expect(page.locator("#tags")).to_contain_text(f"材料 2/{forms + 1 + len(others)}")
    expect(row(must_be_there)).to_contain_text("带了")
    assert hall.get(path, ticket["secret"]).json["materials"][ITEM][must_be_there]
    press(page, " ")
    expect(page.locator("#papers-box")).to_be_hidden()
    assert hall.get(path, admin).json["state"] == "finished", "the space bar still calls the next"


def test_a_paper_that_nobody_spoke_of_is_neither_there_nor_missing(hall: Hall, open_page: OpenPage) -> None:
    admin = log_in(hall)
    items = [ITEM, "food-licence-renewal"]
    ticket = hall.post("/tickets", {"services": items}, admin).json
    hall.post("/windows/5/open", {}, admin)
    page = at_counter(hall, open_page)
    page.locator("#main").click()
    expect(page.locator("#papers-why")).to_contain_text("还没说")
    shared = page.locator("#papers li").filter(has_text="营业执照")
    expect(shared).to_have_count(1)
    expect(shared).to_contain_text("没说")
    shared.click()
    expect(page.locator("#papers-why")).to_be_hidden()
    expect(page.locator("#papers")).to_contain_text("缺")
    said = hall.get(f"/tickets/{ticket['id']}", admin).json["materials"]
    assert [sum(of.values()) for of in said.values()] == [1, 1], "one paper serves both items"
