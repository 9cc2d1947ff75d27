"""The clerk's console in a real browser, against a real server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import socketio
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.conftest import Hall, lay_out, until
from tests.web.conftest import OpenPage, faults
from tests.wire.line import Line

SCREEN = {"width": 1366, "height": 768}
PASSWORD = "a-clerk-of-tests"
WINDOW = 5


@dataclass
class Floor:
    """A hall with two clerks, as an administrator sees it."""

    hall: Hall
    admin: str
    open_page: OpenPage

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


@pytest.fixture(scope="module")
def long_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """One hall for all the tests here: each leaves its windows closed and nobody waiting."""
    hall = lay_out(tmp_path_factory.mktemp("counter"))
    hall.start()
    take_on_clerks(hall)
    yield hall
    hall.stop()


def take_on_clerks(hall: Hall) -> None:
    admin = log_in(hall)
    for username, name in (("lijing", "李静"), ("wanglei", "王磊")):
        account = {"username": username, "name": name, "password": PASSWORD, "role": "clerk"}
        made = hall.post("/accounts", {**account, "staff_no": "0105", "must_change": False}, admin)
        assert made.status == 200, made.json


def log_in(hall: Hall) -> str:
    """The administrator's token."""
    who = {"username": "admin", "password": hall.admin_password}
    return str(hall.post("/sessions", who).json["token"])


@pytest.fixture
def floor(long_day: Hall, open_page: OpenPage) -> Iterator[Floor]:
    floor = Floor(long_day, log_in(long_day), open_page)
    yield floor
    floor.clear()


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


# --- choosing a window ------------------------------------------------------------------------


def test_a_clerk_chooses_among_the_free_windows(floor: Floor) -> None:
    floor.act("open", {"clerk": "wanglei"}, window=7)
    page = floor.console(query="")
    expect(page.locator("[data-window='7']")).to_be_disabled()
    expect(page.locator("[data-window='7']")).to_contain_text("王磊 在用")
    assert not faults(page)
    page.click("[data-window='5']")
    expect(page.locator("#window-name")).to_have_text("5 号窗口")
    expect(page.locator("#main-label")).to_have_text("开始服务")


def test_a_window_that_the_hall_does_not_have_is_said_plainly(floor: Floor) -> None:
    page = floor.console(query="window=99")
    expect(page.locator("#choose-problem")).to_contain_text("99")
    expect(page.locator("[data-window='5']")).to_be_visible()


def test_another_clerks_window_is_left_alone(floor: Floor) -> None:
    floor.act("open", {"clerk": "wanglei"})
    page = floor.console()
    expect(page.locator("#empty")).to_have_text("王磊 在这个窗口")
    press(page, "q")
    expect(page.locator("#message")).to_have_text("这个窗口现在是 王磊 的。")
    assert floor.window()["clerk"]["username"] == "wanglei"


# --- a citizen at the window ------------------------------------------------------------------


def test_one_press_finishes_and_calls_the_next(floor: Floor) -> None:
    first = floor.take()
    second = floor.take()
    page = floor.at_work()
    expect(page.locator("#main-whom")).to_contain_text(f"下一位 {first}")
    press(page, " ")
    shows(page, first)
    expect(page.locator("#main-whom")).to_contain_text(f"下一位 {second}")
    press(page, " ")
    shows(page, second)
    assert floor.state(first) == "finished"
    press(page, " ")
    expect(page.locator("#message")).to_have_text(f"{second} 办完了。")
    expect(page.locator("#empty")).to_have_text("现在没有人等候")
    assert floor.state(second) == "finished"


def test_a_called_citizen_is_recalled_and_missed_and_the_press_undone(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    press(page, "r")
    expect(page.locator("#recalls")).to_contain_text("已重呼 1 次")
    expect(page.locator("#recalls")).not_to_contain_text("已加上")
    press(page, "r")
    expect(page.locator("#recalls")).to_contain_text("已加上：全区屏幕 · 中英文 · 工作人员去找")
    press(page, "m")
    is_free(page)
    assert floor.state(first) == "missed"
    expect(page.locator("#do-undo")).to_contain_text(f"撤销 {first}")
    press(page, "z")
    shows(page, first)
    assert floor.state(first) == "called"


def test_a_start_and_a_transfer_are_taken_back_and_the_same_press_counts_again(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    press(page, "s")
    expect(page.locator("#doing")).to_have_text("正在办理")
    press(page, "z")
    expect(page.locator("#do-undo")).to_have_attribute("aria-disabled", "true")
    assert floor.state(first) == "called"
    press(page, "t")
    page.select_option("#transfer-to", label="缴费")
    page.click("#transfer [type=submit]")
    is_free(page)
    press(page, "z")
    shows(page, first)
    press(page, " ")
    is_free(page)
    press(page, "z")
    shows(page, first)
    press(page, " ")
    is_free(page)
    assert floor.state(first) == "finished"


def test_needs_are_told_as_what_to_do_and_whoever_walks_slowly_is_waited_for(floor: Floor) -> None:
    first = floor.take(needs=["blind", "deaf"])
    page = floor.at_work()
    press(page, " ")
    shows(page, first)
    expect(page.locator("#care-list li")).to_have_count(3)
    expect(page.locator("#care")).to_contain_text("请到等候区迎接")
    expect(page.locator("#do-no_show")).to_contain_text(re.compile(r"未到（\d+）"))
    press(page, "m")
    expect(page.locator("#message")).to_contain_text("走得慢")
    assert floor.hall.post(f"/windows/{WINDOW}/no-show", token=floor.admin).json["code"] == "wrong-state"
    assert floor.state(first) == "called"
    assert not faults(page)
    press(page, "s")
    expect(page.locator("#care-list li")).to_have_count(2)


def test_a_claimed_priority_is_confirmed(floor: Floor) -> None:
    first = floor.take(priority="elderly")
    page = floor.at_work()
    press(page, "y")
    expect(page.locator("#message")).to_have_text("没有要核对的优先。")
    press(page, " ")
    shows(page, first)
    expect(page.locator("#claim")).to_be_visible()
    assert not faults(page)
    press(page, "y")
    expect(page.locator("#message")).to_contain_text("已确认")
    expect(page.locator("#claim")).to_be_hidden()
    expect(page.locator("#tags")).to_contain_text("老年优先 ✓")


def test_a_false_claim_goes_back_to_its_own_place(floor: Floor) -> None:
    honest = floor.take()
    claimed = floor.take(priority="elderly")
    page = floor.at_work()
    press(page, " ")
    shows(page, claimed)
    press(page, "n")
    expect(page.locator("#refuse-title")).to_contain_text(claimed)
    assert not faults(page)
    page.click("#refuse [type=submit]")
    is_free(page)
    expect(page.locator("#message")).to_contain_text("按到达时间排队")
    expect(page.locator("#line tr").first).to_contain_text(honest)
    expect(page.locator("#line tr").nth(1)).to_contain_text(claimed)


def test_the_queue_says_why_somebody_stands_where_they_do(floor: Floor) -> None:
    called, honest = floor.take(), floor.take()
    page = floor.at_work()
    press(page, " ")
    shows(page, called)
    first = floor.take(priority="elderly")
    row = page.locator("#line tr").nth(1)
    expect(row).to_contain_text(honest)
    expect(row).to_contain_text(f"{first} 先")
    row.locator(".reason").click()
    expect(page.locator("#why-now")).to_contain_text(f"会先叫 1 人。其中 {first} 来得晚")
    expect(page.locator("#why-list li")).to_have_count(1)
    expect(page.locator("#why-list")).to_contain_text("5 号窗口 · 来得更早")
    assert not faults(page)


def test_the_keys_are_listed_from_the_one_table(floor: Floor) -> None:
    page = floor.at_work()
    page.keyboard.press("Shift+?")
    expect(page.locator("#keys")).to_be_visible()
    assert not faults(page)
    listed = page.locator("#keys kbd").all_inner_texts()[1:]
    keys = [
        one.get_attribute("aria-keyshortcuts") for one in page.locator("[data-do][aria-keyshortcuts]").all()
    ]
    assert sorted(listed) == sorted(key or "" for key in keys)
    assert len(set(listed)) == len(listed)
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_a_colleague_takes_over_with_the_citizen_at_the_window(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    shows(page, first)
    press(page, "s")
    press(page, "g")
    page.click("#hand_over [type=submit]")
    expect(page.locator("#hand_over-problem")).to_have_text("请选择接班的同事。")
    assert not faults(page)
    page.locator("#hand_over-to").select_option("wanglei")
    page.click("#hand_over [type=submit]")
    page.wait_for_url("**/login?next=*")
    window = floor.window()
    assert (window["clerk"]["username"], window["ticket"]["state"]) == ("wanglei", "serving")
    after = floor.console("wanglei")
    shows(after, first)
    press(after, " ")
    is_free(after)
    assert floor.state(first) == "finished"


def test_saying_no_needs_a_reason(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    press(page, "s")
    expect(page.locator("#doing")).to_have_text("正在办理")
    press(page, "e")
    page.get_by_label("不能办理", exact=True).check()
    page.click("#finish [type=submit]")
    expect(page.locator("#finish-problem")).to_have_text("请写明原因。")
    page.fill("#finish-reason", "营业执照已经注销")
    page.click("#finish [type=submit]")
    is_free(page)
    result = floor.ticket(first)["steps"][0]["results"][0]
    assert (result["outcome"], result["reason"]) == ("not-possible", "营业执照已经注销")


def test_a_parked_citizen_is_taken_up_again(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    press(page, "p")
    page.keyboard.type("复印")
    page.keyboard.press("Enter")
    is_free(page)
    assert floor.state(first) == "parked"
    expect(page.locator("#do-parked")).to_contain_text("已挂起 1")
    press(page, "k")
    page.get_by_role("button", name=f"恢复办理 {first}").click()
    shows(page, first)
    assert floor.state(first) == "serving"


def test_a_transfer_keeps_the_number_and_carries_a_word(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    press(page, "t")
    page.select_option("#transfer-to", label="缴费")
    page.fill("#transfer-note", "只差缴费")
    page.click("#transfer [type=submit]")
    is_free(page)
    ticket = floor.ticket(first)
    assert (ticket["group"], ticket["state"]) == ("fees", "waiting")
    # No window takes fees: the clerk is told, who may tell the citizen.
    expect(page.locator("#message")).to_contain_text(f"现在没有窗口办理“缴费”。{first}")


def test_somebody_is_called_by_name_with_a_reason(floor: Floor) -> None:
    floor.take()
    second = floor.take()
    page = floor.at_work()
    page.get_by_role("button", name=second, exact=True).click()
    expect(page.locator("#call-ticket")).to_have_value(second)
    page.keyboard.press("Enter")
    expect(page.locator("#call-problem")).to_have_text("请写明原因。")
    page.keyboard.type("末班车")
    page.keyboard.press("Enter")
    shows(page, second)


def test_a_number_that_nobody_has_is_refused_in_the_dialog(floor: Floor) -> None:
    page = floor.at_work()
    press(page, "f")
    page.fill("#call-ticket", "A999")
    page.fill("#call-reason", "他说等了很久")
    page.click("#call [type=submit]")
    expect(page.locator("#call-problem")).not_to_be_empty()
    expect(page.locator("#call")).to_be_visible()


def test_what_was_chosen_wrongly_is_put_right(floor: Floor) -> None:
    first, second = floor.hall.get("/services?group=general&limit=2").json["services"]
    number = floor.take(services=[first["id"]])
    page = floor.at_work()
    press(page, " ")
    expect(page.locator("#items")).to_contain_text(first["name"]["zh"])
    press(page, "c")
    page.fill("#correct-search", second["name"]["zh"])
    page.get_by_role("button", name=f"＋ {second['name']['zh']}").click()
    page.get_by_role("button", name=f"去掉 {first['name']['zh']}").click()
    page.select_option("#correct-priority", "elderly")
    page.get_by_label("坐轮椅").check()
    page.click("#correct [type=submit]")
    expect(page.locator("#correct-problem")).to_have_text("请写明原因。")
    page.fill("#correct-reason", "取号时选错了")
    page.click("#correct [type=submit]")
    expect(page.locator("#message")).to_have_text(f"已更正 {number}。")
    expect(page.locator("#items")).to_contain_text(second["name"]["zh"])
    expect(page.locator("#tags")).to_contain_text("老年优先")
    now = floor.ticket(number)
    assert (now["services"], now["priority"], now["needs"]) == ([second["id"]], "elderly", ["wheelchair"])


# --- the window itself --------------------------------------------------------------------------


def test_a_window_pauses_with_a_reason_and_closes_after_its_citizen(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    press(page, "b")
    page.get_by_label("马上回来").check()
    page.click("#pause [type=submit]")
    expect(page.locator("#state")).to_contain_text("暂停：马上回来")
    shows(page, first)
    press(page, " ")
    expect(page.locator("#state")).to_contain_text("开放")
    press(page, "q")
    expect(page.locator("#main-label")).to_have_text("办完，关闭窗口")
    press(page, " ")
    expect(page.locator("#empty")).to_have_text("窗口没有开")
    assert floor.window()["clerk"] is None


def test_why_the_next_is_next_is_said(floor: Floor) -> None:
    floor.take()
    second = floor.take(priority="elderly")
    third = floor.take(needs=["wheelchair"], language="en")
    page = floor.at_work()
    expect(page.locator("#line tr")).to_have_count(3)
    expect(page.locator("#line tr").first).to_contain_text(re.compile(f"{second}.*下一位 · 老年优先"))
    expect(page.locator("#line tr").last).to_contain_text(re.compile(f"{third}.*坐轮椅 · 讲英语"))


def test_what_cannot_be_done_now_says_why(floor: Floor) -> None:
    page = floor.at_work()
    for key, why in (
        (" ", "现在没有人等候。"),
        ("r", "窗口现在没有市民。"),
        ("z", "没有可以撤销的操作。"),
    ):
        press(page, key)
        expect(page.locator("#message")).to_have_text(why)


def test_a_call_that_no_board_announced_is_told_until_it_is_over(hall: Hall, open_page: OpenPage) -> None:
    take_on_clerks(hall)
    floor = Floor(hall, log_in(hall), open_page)
    calls: list[dict[str, str]] = []
    board = socketio.Client()
    board.on("call", calls.append, namespace="/board")
    auth = {"token": hall.token("board", "B99")}
    board.connect(hall.url, auth=auth, namespaces=["/board"], transports=["websocket"])
    try:
        first = floor.take()
        page = floor.at_work()
        press(page, " ")
        told = f"{first} 到 5 号窗口的呼叫没有播报"
        expect(page.locator("#message")).to_contain_text(told, timeout=15_000)
        page.reload()
        expect(page.locator("#message")).to_contain_text(told)
        board.call("announced", {"call": calls[0]["call"]}, namespace="/board")
        expect(page.locator("#message")).to_be_empty()
    finally:
        board.disconnect()


def test_keys_are_letters_while_one_types(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    press(page, "p")
    page.keyboard.type("m r q")
    expect(page.locator("#park-reason")).to_have_value("m r q")
    assert floor.state(first) == "called"


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


# --- for everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_bars_the_way(floor: Floor, language: str) -> None:
    first = floor.take(priority="disabled", needs=["wheelchair"], language="en")
    floor.take()
    page = floor.at_work(query=f"window={WINDOW}&lang={language}")
    assert not faults(page)
    press(page, "f")
    assert not faults(page)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    press(page, " ")
    shows(page, first)
    assert not faults(page)
    for key in "epctkbhg":
        press(page, key)
        expect(page.locator("dialog[open]")).to_have_count(1)
        assert not faults(page), key
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    press(page, "p")
    page.keyboard.press("Enter")
    is_free(page)
    press(page, "k")
    expect(page.locator("#parked-list li")).to_have_count(1)
    assert not faults(page)


def test_every_text_stands_out_from_its_ground(floor: Floor) -> None:
    floor.take(priority="disabled", needs=["wheelchair"], language="en")
    floor.take()
    page = floor.at_work()
    enhanced = {"runOnly": ["color-contrast-enhanced"]}
    for key in ("z", " ", "s", "c"):
        press(page, key)
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        found = Axe().run(page, options=enhanced).response["violations"]
        assert not found, found[0]["nodes"][0]["any"]


def test_all_of_it_fits_the_screen(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work(query=f"window={WINDOW}&lang=en")
    press(page, " ")
    shows(page, first)
    for selector in ("#main", "#do-undo", "#logout"):
        box = page.locator(selector).bounding_box()
        assert box and box["y"] + box["height"] <= SCREEN["height"]
        assert box["x"] + box["width"] <= SCREEN["width"]


def test_a_keyboard_is_enough(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
    shows(page, first)
    page.locator("#do-recall").focus()
    press(page, "Enter")
    expect(page.locator("#recalls")).to_contain_text("1")
    press(page, " ")
    expect(page.locator("#recalls")).to_contain_text("2")


def test_a_number_is_found_by_initials_or_a_phones_end_and_shows_neither(floor: Floor) -> None:
    lost = floor.take(phone="13800138000", initials="ZS")
    floor.take(initials="lw")
    page = floor.at_work()
    press(page, "l")
    for said in ("zs", "8000"):
        page.locator("#find-text").fill(said)
        page.keyboard.press("Enter")
        expect(page.locator("#find-found li")).to_have_count(1)
        expect(page.locator("#find-found")).to_contain_text(lost)
        page.locator("#find-text").fill("")
        expect(page.locator("#find-found")).not_to_contain_text(re.compile("13800138000|zs", re.IGNORECASE))
    page.locator("#find-text").fill("wang")
    page.keyboard.press("Enter")
    expect(page.locator("#find-none")).to_contain_text("今天没有找到")
    record = (floor.hall.data / "hall.db").read_bytes() + (floor.hall.data / "hall.db-wal").read_bytes()
    assert b"13800138000" not in record and b'"initials"' not in record


def test_who_calls_for_help_sees_that_somebody_comes(floor: Floor) -> None:
    page = floor.at_work()
    press(page, "h")
    page.locator("#help-reason").fill("听不懂方言")
    page.keyboard.press("Enter")
    coming = page.locator("#coming")
    expect(coming).to_have_text("已经叫人")
    (asked,) = floor.hall.get("/help", floor.admin).json["help"]
    assert (asked["kind"], asked["asker"], asked["reason"]) == ("window", str(WINDOW), "听不懂方言")
    floor.hall.post(f"/help/{asked['id']}/take", token=floor.admin)
    expect(coming).to_have_text("有人正在过来")
    assert not faults(page)
    floor.hall.post(f"/help/{asked['id']}/done", token=floor.admin)
    expect(coming).to_be_hidden()


def test_a_lost_slip_is_found_and_gets_a_new_code(floor: Floor) -> None:
    number = floor.take(phone="13800138000")
    page = floor.at_work()
    old = floor.ticket(number)["id"]
    press(page, "l")
    page.locator("#find-text").fill("A")
    page.keyboard.press("Enter")
    expect(page.locator("#find-none")).to_contain_text("请输入完整的号码")
    page.locator("#find-text").fill("138 0013 8000")
    page.keyboard.press("Enter")
    row = page.locator("#find-found li").first
    expect(row).to_contain_text(number)
    assert not faults(page)
    row.get_by_role("button", name="补打").click()
    expect(page.locator("#find-slip-words")).to_contain_text("旧小票从现在起作废")
    expect(page.locator("#find-code svg")).to_be_visible()
    expect(page.locator("#print")).to_be_hidden()
    assert not faults(page)
    kiosk = Line(floor.hall, "/kiosk", floor.hall.token("kiosk", "K01"))
    kiosk.wait_for("snapshot")
    row.get_by_role("button", name="补打").click()
    page.locator("#print-do").click()
    order = kiosk.wait_for("slip")["slip"]
    kiosk.ask("slip_take", {"id": order["id"]})
    kiosk.ask("slip_ended", {"id": order["id"], "result": "printed"})
    expect(page.locator("#print-told")).to_contain_text("打印好了")
    assert not faults(page)
    kiosk.close()
    assert floor.hall.get(f"/tickets/{old}", floor.admin).json["state"] == "waiting"


def test_a_found_number_is_put_right_and_called(floor: Floor) -> None:
    first, lost = floor.take(), floor.take(services=["id-card-renewal"])
    page = floor.at_work()
    press(page, "l")
    page.locator("#find-text").fill(lost.lower())
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"更正 {lost}").click()
    page.locator("#correct-priority").select_option("elderly")
    page.locator("#correct-reason").fill("72 岁")
    page.locator("#correct [type=submit]").click()
    expect(page.locator("#correct")).to_be_hidden()
    assert floor.ticket(lost)["priority"] == "elderly"
    press(page, "l")
    page.locator("#find-text").fill(lost)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"叫 {lost} 到本窗口").click()
    expect(page.locator("#call-ticket")).to_have_value(lost)
    page.locator("#call-reason").fill("小票丢了")
    page.keyboard.press("Enter")
    shows(page, lost)
    assert floor.state(first) == "waiting"
