"""The console when presses repeat and lines break: nothing happens twice, and the truth comes back."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import WebSocketRoute, expect

from tests.conftest import until
from tests.web.console import (
    Floor,
    is_free,
    open_window,
    press,
    shows,
)

# --- nothing happens twice ------------------------------------------------------------------------


def test_a_double_click_calls_one_person(floor: Floor) -> None:
    first = floor.take()
    second = floor.take()
    page = floor.at_work()
    expect(page.locator("#main-whom")).to_contain_text(first)
    page.locator("#main").dblclick()
    shows(page, first)
    press(page, "r")
    expect(page.locator("#recalls")).to_contain_text("1")
    assert floor.called(second) == []


def test_two_tabs_call_one_person(floor: Floor) -> None:
    first, second, *more = [floor.take() for _ in range(4)]
    one = floor.at_work()
    other = one.context.new_page()
    other.goto(one.url)
    for expected in (first, second):
        for page in (one, other):
            expect(page.locator("#main-whom")).to_contain_text(expected)
            expect(page.locator("[aria-busy=true]")).to_have_count(0)
        one.evaluate("document.getElementById('main').click()")
        other.evaluate("document.getElementById('main').click()")
        shows(one, expected)
        shows(other, expected)
    assert floor.called(*more) == []


def test_a_press_whose_answer_was_lost_is_carried_out_once(floor: Floor) -> None:
    first = floor.take()
    second = floor.take()
    page = floor.console()
    lost: list[str] = []

    def lose_the_answer(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def heard(message: str | bytes) -> None:
            if str(message).startswith("43/counter,") and '"ticket"' in str(message) and not lost:
                lost.append(str(message))
                line.close()
                server.close()
            else:
                line.send(message)

        server.on_message(heard)

    page.route_web_socket(re.compile("/socket.io/"), lose_the_answer)
    page.reload()
    open_window(page)
    expect(page.locator("#main-whom")).to_contain_text(first)
    press(page, " ")
    until(lambda: page.evaluate("1") and lost)
    shows(page, first)
    expect(page.locator("#line-sign")).to_be_hidden()
    press(page, "r")
    expect(page.locator("#recalls")).to_contain_text("1")
    assert floor.called(second) == []
    assert floor.window()["ticket"]["number"] == first


def test_a_line_that_fell_silent_is_given_up_for_a_new_one(floor: Floor) -> None:
    first = floor.take()
    page = floor.console()
    gate = Gate()
    page.route_web_socket(re.compile("/socket.io/"), gate.connect)
    page.reload()
    open_window(page)
    gate.swallow = True
    page.keyboard.press(" ")
    until(lambda: page.evaluate("1") and gate.swallowed)
    gate.swallow = False
    shows(page, first)


def test_a_press_from_before_a_break_is_not_made_good_on_somebody_else(floor: Floor) -> None:
    first, second, third = [floor.take() for _ in range(3)]
    page = floor.console()
    gate = Gate()
    page.route_web_socket(re.compile("/socket.io/"), gate.connect)
    page.reload()
    open_window(page)
    press(page, " ")
    shows(page, first)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    gate.swallow = True
    page.keyboard.press(" ")
    until(lambda: page.evaluate("1") and gate.swallowed)
    floor.act("next", {"current": "finish"})
    gate.swallow = False
    gate.cut()
    shows(page, second)
    expect(page.locator("#message")).to_contain_text("刚才的呼叫没有再做一次")
    assert floor.called(third) == []


class Gate:
    """A line whose client's messages can be swallowed, and that can be cut."""

    def __init__(self) -> None:
        self.swallow = False
        self.swallowed = 0
        self.cut: Callable[[], None] = lambda: None

    def connect(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def said(message: str | bytes) -> None:
            if self.swallow:
                self.swallowed += 1
            else:
                server.send(message)

        def cut() -> None:
            line.close()
            server.close()

        line.on_message(said)
        self.cut = cut


# --- breaks ---------------------------------------------------------------------------------------


def test_a_server_that_was_killed_comes_back_to_the_same_citizen(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    shows(page, first)
    floor.hall.kill()
    expect(page.locator("#line-sign")).to_contain_text("与服务器的连接断了")
    press(page, "m")
    expect(page.locator("#message")).to_have_text("连接断了，恢复以后再按。")
    shows(page, first)
    floor.hall.start()
    expect(page.locator("#line-sign")).to_be_hidden()
    press(page, "s")
    expect(page.locator("#doing")).to_have_text("正在办理")


def test_a_browser_that_crashed_comes_back_to_its_citizen(floor: Floor) -> None:
    first = floor.take(language="en")
    page = floor.at_work()
    press(page, " ")
    shows(page, first)
    page.close()
    again = floor.console()
    shows(again, first)
    expect(again.locator("#tags")).to_contain_text("讲英语")


def test_a_break_in_the_network_ends_with_the_truth(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    shows(page, first)
    page.context.set_offline(True)
    expect(page.locator("#line-sign")).to_be_visible()
    floor.act("finish")
    page.context.set_offline(False)
    is_free(page)
    expect(page.locator("#line-sign")).to_be_hidden()


def test_who_is_logged_out_is_led_to_the_log_in(floor: Floor) -> None:
    page = floor.at_work()
    page.click("#logout")
    page.wait_for_url("**/login?next=*")
    expect(page.locator("#username")).to_be_visible()
