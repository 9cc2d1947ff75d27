"""What the acceptance platform did not take, on the manager's page: seen, tried again, let go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Hall
from tests.far_end import far_end
from tests.self_fill.test_handovers import Counter
from tests.web.conftest import OpenPage, faults, log_in

SIZE = {"width": 1366, "height": 768}


@pytest.fixture
def counter(still_hall: Hall) -> Iterator[Counter]:
    with far_end() as platform:
        platform.answer = '{"code": 17}'
        counter = Counter(still_hall, platform)
        counter.start(attempts=1)
        counter.complete()
        counter.wait_for("failed")
        yield counter


def manager(counter: Counter, open_page: OpenPage, language: str) -> Page:
    hall = counter.hall
    who = {
        "username": "zhao",
        "name": "赵敏",
        "role": "manager",
        "password": "a-manager-1",
        "must_change": False,
    }
    hall.post("/accounts", {**who, "must_change": False}, log_in(hall))
    page = open_page(f"{hall.url}/login", viewport=SIZE)
    body = {"username": "zhao", "password": "a-manager-1"}
    assert page.request.post(f"{hall.url}/api/v1/sessions", data=body).ok
    page.goto(f"{hall.url}/manager?lang={language}")
    return page


def test_a_manager_tries_again_and_lets_go(counter: Counter, open_page: OpenPage) -> None:
    page = manager(counter, open_page, "zh")
    card = page.locator("#handovers li")
    expect(card).to_have_count(1)
    expect(card).to_contain_text(f"授权委托书 · {counter.ticket['number']}")
    expect(card).to_contain_text("试了 1 次：平台没有收下")
    expect(page.locator("#alerts")).to_contain_text("材料移交")
    assert faults(page) == []
    sent = len(counter.platform.got)
    card.get_by_role("button", name="再试").click()
    expect(page.locator("#told")).not_to_be_empty()
    counter.wait_for("failed")
    assert len(counter.platform.got) == sent + 1
    page.reload()
    card.get_by_role("button", name="不再移交").click()
    dialog = page.get_by_role("dialog")
    assert faults(page) == []
    dialog.get_by_label("原因").fill("平台已由窗口补录")
    dialog.get_by_role("button", name="不再移交").click()
    expect(page.locator("#handovers")).to_be_hidden()
    assert counter.list("dropped")[0]["trouble"].endswith("平台已由窗口补录")


def test_it_is_said_in_english_too(counter: Counter, open_page: OpenPage) -> None:
    page = manager(counter, open_page, "en")
    expect(page.locator("#handovers li")).to_contain_text("Power of attorney")
    expect(page.get_by_role("button", name="Let go: Power of attorney")).to_be_visible()
    assert faults(page) == []
