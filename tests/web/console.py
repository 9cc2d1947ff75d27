"""The clerk's console as tests work at it: a hall with two clerks, and its keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.conftest import Hall

SCREEN = {"width": 1366, "height": 768}
PASSWORD = "a-clerk-of-tests"
WINDOW = 5


@dataclass
class Floor:
    """A hall with two clerks, as an administrator sees it."""

    hall: Hall
    admin: str
    open_page: Callable[..., Page]

    def take(self, **wishes: Any) -> str:
        """Somebody takes a number, of general acceptance unless it is for `services`."""
        wanted = wishes if "services" in wishes else {"group": "general", **wishes}
        answer = self.hall.post("/tickets", wanted, self.admin)
        assert answer.status == 201, answer.json
        return str(answer.json["number"])

    def ticket(self, number: str) -> Any:
        return self.hall.get(f"/tickets?number={number}", self.admin).json["tickets"][0]

    def state(self, number: str) -> str:
        return str(self.ticket(number)["state"])

    def window(self, number: int = WINDOW) -> Any:
        return self.hall.get(f"/windows/{number}", self.admin).json

    def act(self, action: str, body: Any = None, window: int = WINDOW) -> None:
        """A manager acts at a window."""
        assert self.hall.post(f"/windows/{window}/{action}", body, self.admin).status in (200, 204)

    def called(self, *numbers: str) -> list[str]:
        """Those of the numbers that were ever called."""
        return [number for number in numbers if self.ticket(number)["called_at"]]

    def clear(self) -> None:
        """Everybody goes home: windows are closed, nobody waits any more."""
        for window in self.hall.get("/windows", self.admin).json["windows"]:
            if window["ticket"]:
                self.act("finish", window=window["number"])
            if window["state"] in ("open", "paused"):
                self.act("release", window=window["number"])
        for state in ("waiting", "parked", "missed"):
            for ticket in self.hall.get(f"/tickets?state={state}", self.admin).json["tickets"]:
                assert self.hall.post(f"/tickets/{ticket['id']}/cancel", None, self.admin).status == 200

    def console(self, username: str = "lijing", query: str = f"window={WINDOW}") -> Page:
        """A console that a clerk has just opened."""
        page = self.open_page(f"{self.hall.url}/login", viewport=SCREEN)
        self.log_in(page, username)
        page.goto(f"{self.hall.url}/counter?{query}")
        return page

    def log_in(self, page: Page, username: str) -> None:
        body = {"username": username, "password": PASSWORD}
        assert page.request.post(f"{self.hall.url}/api/v1/sessions", data=body).ok

    def at_work(self, query: str = f"window={WINDOW}") -> Page:
        """A console at an open window."""
        page = self.console(query=query)
        open_window(page)
        return page


def take_on_clerks(hall: Hall, admin: str) -> None:
    for username, name in (("lijing", "李静"), ("wanglei", "王磊")):
        account = {"username": username, "name": name, "password": PASSWORD, "role": "clerk"}
        made = hall.post("/accounts", {**account, "staff_no": "0105", "must_change": False}, admin)
        assert made.status == 200, made.json


def press(page: Page, key: str) -> None:
    """Press a key once the console is ready for it."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.locator("#main-label")).not_to_be_empty()
    page.keyboard.press(key)


def open_window(page: Page) -> None:
    press(page, " ")
    expect(page.locator("#state")).to_contain_text(re.compile("开放|Open"))


def shows(page: Page, number: str) -> None:
    expect(page.locator("#number")).to_have_text(number)
    expect(page.locator("#current")).not_to_have_class(re.compile("is-empty"))


def is_free(page: Page) -> None:
    expect(page.locator("#current")).to_have_class(re.compile("is-empty"))
