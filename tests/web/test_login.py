"""Logging in, the change of the first password, and what guards every page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Hall, lay_out
from tests.web.conftest import OpenPage, faults

FIRST, OWN = "first-password", "a-password-of-my-own"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """One hall for all the tests here, with an account for each."""
    hall = lay_out(tmp_path_factory.mktemp("login"))
    hall.start()
    yield hall
    hall.stop()


def add(hall: Hall, username: str, role: str = "clerk", must_change: bool = True) -> None:
    who = {"username": "admin", "password": hall.admin_password}
    admin = hall.post("/sessions", who).json["token"]
    account = {"username": username, "name": "李静", "password": FIRST, "role": role}
    made = hall.post("/accounts", {**account, "must_change": must_change}, admin)
    assert made.status == 200, made.json


def log_in(page: Page, username: str, password: str) -> None:
    page.fill("#username", username)
    page.fill("#password", password)
    page.keyboard.press("Enter")


def test_the_first_password_is_changed_before_anything_else(house: Hall, open_page: OpenPage) -> None:
    add(house, "first")
    page = open_page(f"{house.url}/counter")
    page.wait_for_url("**/login?next=*")
    log_in(page, "first", FIRST)
    expect(page.locator("#change")).to_be_visible()
    assert not faults(page)
    for new, again, why in (
        ("short", "short", "至少要 8 个字"),
        (OWN, "another-password", "不一样"),
        (FIRST, FIRST, "不能和现在的一样"),
    ):
        page.fill("#new", new)
        page.fill("#again", again)
        page.click("#change [type=submit]")
        expect(page.locator("#problem")).to_contain_text(why)
    page.fill("#new", OWN)
    page.fill("#again", OWN)
    page.click("#change [type=submit]")
    page.wait_for_url("**/counter")
    expect(page.locator("[data-window='5']")).to_be_visible()


def test_a_change_that_was_left_is_asked_for_again(house: Hall, open_page: OpenPage) -> None:
    add(house, "leaver")
    page = open_page(f"{house.url}/login")
    log_in(page, "leaver", FIRST)
    expect(page.locator("#change")).to_be_visible()
    page.goto(f"{house.url}/counter")
    page.wait_for_url("**/login?next=*")
    page.fill("#old", "not-this-one")
    page.fill("#new", OWN)
    page.fill("#again", OWN)
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).not_to_be_empty()
    expect(page.locator("#old")).to_be_focused()
    page.fill("#old", FIRST)
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter")


def test_a_wrong_password_is_said_plainly(house: Hall, open_page: OpenPage) -> None:
    add(house, "typist")
    page = open_page(f"{house.url}/login")
    expect(page.locator("#username")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_have_text("请输入用户名和密码。")
    log_in(page, "typist", "not-this-one")
    expect(page.locator("#problem")).to_contain_text("密码")
    expect(page.locator("#password")).to_be_focused()
    expect(page.locator("#password")).to_have_attribute("aria-invalid", "true")
    assert not faults(page)


def test_one_can_look_at_what_one_typed(house: Hall, open_page: OpenPage) -> None:
    page = open_page(f"{house.url}/login")
    page.fill("#password", "secret")
    page.get_by_label("显示密码").first.check()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    page.get_by_label("显示密码").first.uncheck()
    expect(page.locator("#password")).to_have_attribute("type", "password")


@pytest.mark.parametrize(
    ("username", "trap"),
    [("one", "//evil.example/"), ("two", "https://evil.example/"), ("three", "/\\evil.example/")],
)
def test_a_log_in_leads_only_into_this_hall(
    house: Hall, open_page: OpenPage, username: str, trap: str
) -> None:
    add(house, username, must_change=False)
    page = open_page(f"{house.url}/login")
    page.evaluate("trap => location.assign(`/login?next=${encodeURIComponent(trap)}`)", trap)
    page.wait_for_url("**/login?next=*")
    log_in(page, username, FIRST)
    page.wait_for_url(f"{house.url}/counter")


def test_a_manager_lands_on_the_managers_page(house: Hall, open_page: OpenPage) -> None:
    add(house, "chief", "manager", must_change=False)
    page = open_page(f"{house.url}/login")
    log_in(page, "chief", FIRST)
    page.wait_for_url("**/manager")


def test_who_is_logged_in_may_go_on_or_give_way(house: Hall, open_page: OpenPage) -> None:
    add(house, "early", must_change=False)
    page = open_page(f"{house.url}/login")
    log_in(page, "early", FIRST)
    page.wait_for_url("**/counter")
    page.goto(f"{house.url}/login")
    expect(page.locator("#here-name")).to_have_text("您已登录：李静")
    page.click("#other")
    expect(page.locator("#username")).to_be_focused()
    assert page.request.get(f"{house.url}/api/v1/sessions").status == 401


def test_the_language_is_remembered(house: Hall, open_page: OpenPage) -> None:
    page = open_page(house.url)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Log in").click()
    expect(page.locator("h1:visible")).to_have_text("Staff log-in")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/", "/login"])
def test_nothing_bars_the_way(house: Hall, open_page: OpenPage, path: str, language: str) -> None:
    page = open_page(f"{house.url}{path}?lang={language}")
    expect(page.locator("main")).to_be_visible()
    assert not faults(page)


def test_home_says_how_the_hall_stands(house: Hall, open_page: OpenPage) -> None:
    page = open_page(house.url)
    expect(page.locator(".state")).to_have_text("现在开放 · 试用模式：任何时间都开放")
    for path in ("/counter", "/manager", "/login"):
        expect(page.locator(f"main a[href='{path}']")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/login", "/counter", "/manager", "/t/nobody", "/static/hall.css"])
def test_pages_are_guarded(house: Hall, path: str) -> None:
    headers = house.call("GET", path, prefix="").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == ("no-cache" if "static" in path else "no-store")


def test_files_are_kept_under_their_versions_address(house: Hall) -> None:
    html = house.call("GET", "/login", prefix="").json
    (address,) = set(re.findall(r'"(/static/[^"/]+)/login\.js"', html))
    for name in ("login.js", "page.js", "theme.css", "socket.io.js"):
        kept = house.call("GET", f"{address}/{name}", prefix="")
        assert kept.status == 200
        assert "immutable" in kept.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["nothing.js", "..%2fpages.py", ".env", "hall.css.bak", "__init__.py"])
def test_only_the_pages_own_files_are_served(house: Hall, name: str) -> None:
    assert house.call("GET", f"/static/{name}", prefix="").status == 404
