"""The clerk's console in a real browser, against a real server: citizens, the window, everybody."""

from __future__ import annotations

import re

import pytest
import socketio
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.conftest import Hall
from tests.web.conftest import OpenPage, checked_in_early, faults, log_in
from tests.web.console import (
    SCREEN,
    WINDOW,
    Floor,
    is_free,
    press,
    shows,
    take_on_clerks,
)

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


def test_a_transfer_is_taken_back_and_the_same_press_counts_again(floor: Floor) -> None:
    first = floor.take()
    page = floor.at_work()
    press(page, " ")
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


def test_an_appointment_stands_in_the_queue_with_its_time(floor: Floor) -> None:
    page = floor.at_work()
    booked = checked_in_early(floor.hall, floor.admin)
    row = page.locator("#line tr").first
    expect(row).to_contain_text(f"预约 {booked['slot']['start'][11:16]} 起优先")
    press(page, " ")
    shows(page, booked["number"])
    expect(page.locator("#tags")).to_contain_text("起优先")


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
    admin = log_in(hall)
    take_on_clerks(hall, admin)
    floor = Floor(hall, admin, open_page)
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
