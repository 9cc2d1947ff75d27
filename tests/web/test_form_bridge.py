"""A form on the phone that other offices fill in, with simulated ones that answer, are slow or are down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from assets import texts
from queue_server.demo.providers import LICENCES, providers
from tests.conftest import Hall
from tests.web.conftest import OpenPage, faults

PHONE = {"viewport": {"width": 390, "height": 844}}
LICENCE = LICENCES["licence-1"]
OFFICE = {"zh": "电子营业执照系统", "en": "E-business licence register"}


@pytest.fixture
def hall(still_hall: Hall) -> Iterator[Hall]:
    bridges = still_hall.config.with_name("bridges.toml")
    with providers(bridges):
        quick = bridges.read_text("utf-8").replace("timeout_seconds = 3.0", "timeout_seconds = 0.5")
        bridges.write_text(quick, "utf-8")
        still_hall.start()
        yield still_hall


def begun(hall: Hall, open_page: OpenPage, form: str, language: str = "zh") -> Page:
    """A form as its citizen opens it while waiting."""
    ticket = hall.post("/tickets", {"group": "general"}, hall.token("kiosk", "K01")).json
    draft = hall.post("/drafts", {"form": form}, ticket["secret"]).json
    return open_page(f"{hall.url}/form/{draft['secret']}?lang={language}", **PHONE)


def ask(page: Page, kind: str, code: str) -> None:
    box = page.locator(f"[data-bridge={kind}]")
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    page.fill(f"#bridge-{kind}", code)
    box.get_by_role("button").click()


def told(page: Page, kind: str, state: str, language: str) -> None:
    words = texts.say(f"bridge.{state}", language, name=OFFICE[language])
    expect(page.locator(f"[data-bridge={kind}] [role=status]")).to_have_text(words)


def test_a_licence_fills_in_what_its_office_knows_and_the_citizen_corrects_it(
    hall: Hall, open_page: OpenPage
) -> None:
    page = begun(hall, open_page, "food-business")
    expect(page.locator("[data-bridge=project]")).to_have_count(0)
    page.locator("#field-principal_name").fill("李静")
    ask(page, "licence", "slow")
    told(page, "licence", "unavailable", "zh")
    assert not faults(page)
    ask(page, "licence", "licence-1")
    told(page, "licence", "found", "zh")
    expect(page.locator("#field-credit_code")).to_have_value(LICENCE["uniscId"])
    expect(page.locator("#field-principal_name")).to_have_value("李静")
    source = page.locator("[data-field=business_name] .source")
    expect(source).to_have_text(texts.say("form.page.from_licence"))
    page.locator("#field-business_name").fill("老城面馆二店")
    page.locator("#field-business_name").press("Tab")
    expect(source).to_have_count(0)
    expect(page.locator("#saved")).to_have_text(texts.say("form.page.saved"))
    assert not faults(page)
    secret = page.url.split("?")[0].rsplit("/", 1)[1]
    draft = hall.get(f"/drafts/{secret[:12]}", secret).json
    assert draft["consents"] == ["licence"]
    assert {name: one["source"] for name, one in draft["values"].items()} == {
        "principal_name": None,
        "business_name": None,
        "credit_code": "licence",
        "premises_address": "licence",
    }


def test_an_office_that_is_down_or_knows_nothing_leaves_the_form_usable(
    hall: Hall, open_page: OpenPage
) -> None:
    page = begun(hall, open_page, "missing-papers", "en")
    for code, state in (("down", "unavailable"), ("wrong", "unavailable"), ("licence-9", "missing")):
        ask(page, "licence", code)
        told(page, "licence", state, "en")
    page.locator("#field-company_name").fill("Lakeside Machines Ltd")
    ask(page, "project", "2611-371500-04-01-100001")
    expect(page.locator("[data-bridge=project] [role=status]")).to_contain_text("Taken from")
    expect(page.locator("#field-company_name")).to_have_value("Lakeside Machines Ltd")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert not faults(page)
