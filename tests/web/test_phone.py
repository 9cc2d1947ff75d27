"""A ticket on its holder's phone, in a real browser, against a real server."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from queue_server.hall.ranges import figure, minutes_told
from tests.conftest import ROOT, SHANGHAI, Hall, until
from tests.web.conftest import OpenPage, checked_in_early, empty_floor, faults, log_in

PHONE = {"viewport": {"width": 390, "height": 844}}
WINDOW = 5
ON_OLD_PHONES = (
    "form.js", "form_bridge.js", "form_fields.js", "form_keeper.js", "form_permit.js", "phone.js",
    "phone_call.js", "phone_forms.js", "phone_look.js", "phone_map.js", "phone_old.js", "phone_papers.js",
    "phone_rating.js", "phone_texts.js", "phone_why.js", "bell.js", "line.js", "names.js", "page.js",
    "ticks.js",
)  # fmt: skip
STATIC = ROOT / "queue_server" / "web" / "static"


@dataclass
class Visit:
    """A ticket, and the hall around it as its manager moves it."""

    hall: Hall
    admin: str
    ticket: dict[str, Any]

    def act(self, action: str, body: Any = None) -> None:
        """At the window."""
        done = self.hall.post(f"/windows/{WINDOW}/{action}", body, self.admin)
        assert done.status in (200, 204), done.json

    def call(self) -> None:
        self.act("call", {"ticket": self.ticket["number"], "reason": "test"})

    def state(self) -> str:
        return str(self.hall.get(f"/tickets/{self.ticket['id']}", self.admin).json["state"])

    def another(self, **wishes: Any) -> Visit:
        """Somebody else takes a number."""
        return Visit(self.hall, self.admin, take(self.hall, self.admin, **wishes))

    @property
    def url(self) -> str:
        return f"{self.hall.url}/t/{self.ticket['secret']}"


def take(hall: Hall, admin: str, **wishes: Any) -> dict[str, Any]:
    made = hall.post("/tickets", {"group": "general", **wishes}, admin)
    assert made.status == 201, made.json
    return dict(made.json)


@pytest.fixture
def visit(shared_hall: Hall) -> Iterator[Visit]:
    """One who waits behind another, with an open window."""
    hall, admin = shared_hall, log_in(shared_hall)
    clerk = {"username": "lijing", "name": "李静", "password": "a-clerk-of-tests", "role": "clerk"}
    hall.post("/accounts", {**clerk, "must_change": False}, admin)
    assert hall.post(f"/windows/{WINDOW}/open", {"clerk": "lijing"}, admin).status == 200
    take(hall, admin)
    yield Visit(hall, admin, take(hall, admin))
    empty_floor(hall, admin)


def is_now(page: Page, state: str) -> None:
    """The page shows a state, by its own script."""
    expect(page.locator("body")).to_have_attribute("data-state", state)


def is_live(page: Page) -> None:
    """The page has heard the snapshot."""
    expect(page.locator("#fresh")).not_to_be_empty()


def test_follows_a_visit_to_its_rating_without_a_reload(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(visit.url, **PHONE)
    is_live(page)
    page.evaluate("window.first = true")
    expect(page.locator("[data-fact=number]")).to_have_text(visit.ticket["number"])
    expect(page.locator("[data-fact=ahead]")).to_have_text("1 人")
    expect(page.locator("[data-fact=wait]")).to_have_text(re.compile("约 \\d+\u00a0分钟"))

    page.locator("#sound").click()
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    visit.act("next")
    expect(page.locator("[data-fact=ahead]")).to_have_text("0 人")
    visit.act("next", {"current": "finish"})
    is_now(page, "called")
    expect(page.locator("[data-fact=window]")).to_have_text("5 号窗口")
    expect(page).to_have_title("5 号窗口 叫到您了")
    page.locator("#hush").click()
    expect(page.locator("#hush")).to_be_hidden()
    visit.act("recall")
    expect(page.locator("#hush")).to_be_visible()
    expect(page.locator("[data-fact=text]")).to_contain_text("第 2 次")

    visit.act("start")
    is_now(page, "serving")
    expect(page.locator("#hush")).to_be_hidden()
    visit.act("finish")
    is_now(page, "finished")
    assert page.locator("#rating [name=score]:checked").count() == 0
    page.locator("#rating [type=submit]").click()
    expect(page.locator("#told")).to_have_text("请先点一个表情。")
    page.locator(".score-2").click()
    page.locator("#rating textarea").fill("等得有点久")
    page.locator("#rating [type=submit]").click()
    is_now(page, "rated")
    assert page.evaluate("window.first")


def test_cancelling_is_asked_once_more(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(visit.url, **PHONE)
    is_live(page)
    page.locator("#cancel").click()
    page.locator("#keep").click()
    assert visit.state() == "waiting"
    page.locator("#cancel").click()
    page.locator("[data-ask=cancel]").click()
    is_now(page, "cancelled")
    expect(page.locator("#acts button:visible")).to_have_count(0)
    assert visit.state() == "cancelled"


def test_may_be_late_and_comes_back_after_a_missed_call(visit: Visit, open_page: OpenPage) -> None:
    for _ in range(3):
        visit.another()
    page = open_page(f"{visit.url}?lang=en", **PHONE)
    is_live(page)
    page.locator("[data-ask=late]").click()
    expect(page.locator("[data-fact=ahead]")).to_have_text("4")
    visit.call()
    is_now(page, "called")
    visit.act("no-show")
    is_now(page, "missed")
    page.locator("[data-ask=requeue]").click()
    is_now(page, "waiting")
    expect(page.locator("#told")).to_have_text("Done. You will be called after a few others.")


def test_a_refusal_is_said_in_the_pages_language(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(visit.url, **PHONE)
    is_live(page)
    page.locator("[data-ask=late]").click()
    expect(page.locator("#told")).to_have_text("您后面现在没有人可以先办。您的位置不变，这一次也不算。")
    expect(page.locator("#late-about")).to_contain_text("2 次")
    for left in (1, 0):
        visit.another()
        page.locator("[data-ask=late]").click()
        expect(page.locator("#late-about")).to_contain_text("1 次" if left else "不能再让")
    expect(page.locator("[data-ask=late]")).to_be_disabled()
    page.locator("[data-ask=late]").evaluate("button => { button.disabled = false; button.click(); }")
    expect(page.locator("#told")).to_have_text(re.compile("[\u4e00-\u9fff]{4,}"))


def test_after_a_restart_it_shows_what_is_true(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(visit.url, **PHONE)
    is_live(page)
    visit.hall.kill()
    expect(page.locator("#line-sign")).to_be_visible()
    visit.hall.start()
    visit.call()
    is_now(page, "called")
    expect(page.locator("#line-sign")).to_be_hidden()


def test_a_visit_of_several_groups_keeps_its_number(visit: Visit, open_page: OpenPage) -> None:
    whole = visit.another(group=None, services=["id-card-renewal", "pay-id-card-fee"])
    page = open_page(whole.url, **PHONE)
    steps = page.locator("#steps li")
    expect(steps).to_have_text(["综合受理 现在", "缴费 之后"])
    whole.call()
    is_now(page, "called")
    whole.act("finish")
    is_now(page, "waiting")
    expect(steps).to_have_text(["综合受理 已办", "缴费 现在"])
    expect(page.locator("[data-fact=group]")).to_have_text("缴费")
    expect(page.locator("[data-fact=text]")).to_have_text("下一位就是您，请不要走远。")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_says_the_same_before_its_script_runs(visit: Visit, open_page: OpenPage, language: str) -> None:
    def words(page: Page) -> list[str]:
        return [one.inner_text() for one in page.locator(".card [data-fact]:visible").all()]

    def both_say(state: str) -> None:
        """Opened anew, with and without a script, the page says the same as one that followed."""
        plain = open_page(f"{visit.url}?lang={language}", java_script_enabled=False, **PHONE)
        is_now(plain, state)
        is_now(page, state)

        def is_same() -> bool:
            # The wait and the place go on meanwhile, and each hears of it in its own time.
            plain.reload()
            return words(page) == words(plain)

        until(is_same)

    page = open_page(f"{visit.url}?lang={language}", **PHONE)
    is_live(page)
    both_say("waiting")
    visit.call()
    both_say("called")
    visit.act("recall")
    both_say("called")
    visit.act("start")
    both_say("serving")
    visit.act("park")
    both_say("parked")


def test_the_page_rounds_a_wait_as_the_hall_does(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(visit.url)
    ends = [(None, wait, None) for wait in (0, 29, 30, 89, 90, 150, 840, 2250)]
    ends += [(low, low + 60, low + width) for low in (0, 150, 290, 672) for width in (62, 150, 732, 1800)]
    cases = [(*one, ahead) for one in ends for ahead in (0, 3)]
    shown = page.evaluate(
        r"""async (cases) => {
            const script = document.querySelector("script[src*='phone.js']").src;
            const { minutesTold } = await import(script.replace(/phone\.js.*/, "page.js"));
            return cases.map(([p10, p50, p90, ahead]) => minutesTold({ p10, p50, p90 }, ahead));
        }""",
        cases,
    )
    assert shown == [figure(minutes_told(*one)) for one in cases]


def test_tells_why_it_is_not_called_and_names_nobody(visit: Visit, open_page: OpenPage) -> None:
    elderly = visit.another(priority="elderly")
    page = open_page(visit.url, **PHONE)
    is_live(page)
    page.locator("#why").click()
    expect(page.locator("#because-sum")).to_contain_text("还没有叫过号")
    page.locator("#because-close").click()
    expect(page.locator("#because")).to_be_hidden()
    visit.act("next")
    visit.act("next", {"current": "finish"})
    expect(page.locator("[data-fact=ahead]")).to_have_text("0 人")
    page.locator("#why").click()
    expect(page.locator("#because-sum")).to_contain_text("叫了 2 位")
    expect(page.locator("#because-list")).to_contain_text("1 位按规定优先")
    expect(page.locator("#because-list")).to_contain_text("1 位排在您前面")
    expect(page.locator("#because")).not_to_contain_text(elderly.ticket["number"])
    assert faults(page) == []


def test_an_appointment_is_told_with_the_time_from_which_it_counts(visit: Visit, open_page: OpenPage) -> None:
    booked = Visit(visit.hall, visit.admin, checked_in_early(visit.hall, visit.admin))
    start, end = (booked.ticket["slot"][one][11:16] for one in ("start", "end"))
    page = open_page(booked.url, **PHONE)
    is_live(page)
    said = f"您约的是 {start}–{end}。{start} 起优先叫您；在那以前，没有别人等才会叫您。"
    expect(page.locator("[data-fact=slot]")).to_have_text(said)
    visit.another()
    visit.act("next")
    expect(page.locator("[data-fact=ahead]")).to_have_text("2 人")
    page.locator("#why").click()
    expect(page.locator("#because-list")).to_contain_text("1 位排在您前面")
    for _ in range(2):
        visit.act("next", {"current": "finish"})
    expect(page.locator("[data-fact=ahead]")).to_have_text("0 人")
    page.locator("#why").click()
    expect(page.locator("#because-list")).to_contain_text("1 位在您的预约时间之前叫到")
    plain = open_page(f"{booked.url}?lang=en", java_script_enabled=False, **PHONE)
    expect(plain.locator("[data-fact=slot]")).to_contain_text(f"{start}–{end}. You go first from {start} on")


def test_tells_whoever_stepped_back_that_priority_no_longer_counts(visit: Visit, open_page: OpenPage) -> None:
    """On the smallest phone, in the dark, in large letters."""
    elderly = visit.another(priority="elderly")
    visit.another()
    page = open_page(f"{elderly.url}?lang=en", viewport={"width": 320, "height": 568}, color_scheme="dark")
    is_live(page)
    page.locator("#why").click()
    expect(page.locator("#because")).to_be_visible()
    expect(page.locator("#because-self")).to_be_empty()
    page.locator("#because-close").click()
    page.locator("[data-ask=late]").click()
    expect(page.locator("#told")).to_contain_text("Done")
    page.locator("#large").click()
    page.locator("#why").click()
    expect(page.locator("#because-self")).to_contain_text("your priority no longer counts")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert faults(page) == []


def test_the_map_lights_the_window_that_calls(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(f"{visit.url}?lang=en", **PHONE)
    is_live(page)
    expect(page.locator("#map .may-be")).to_have_count(26)
    visit.call()
    is_now(page, "called")
    expect(page.locator("#map .mine")).to_have_attribute("data-window", "5")
    expect(page.locator("#pin")).to_be_visible()
    expect(page.get_by_role("img")).to_have_accessible_name("Map of the hall: your window is 5.")
    plain = open_page(f"{visit.url}?lang=en", java_script_enabled=False, **PHONE)
    expect(plain.locator("#map .mine")).to_have_attribute("data-window", "5")
    expect(plain.get_by_role("img")).to_have_accessible_name("Map of the hall: your window is 5.")


def test_who_cannot_hear_is_offered_a_phone_that_vibrates(visit: Visit, open_page: OpenPage) -> None:
    deaf = visit.another(needs=["deaf"])
    page = open_page(deaf.url, **PHONE)
    is_live(page)
    page.evaluate("window.buzzes = []; navigator.vibrate = (how) => { buzzes.push(how); return true; }")
    page.get_by_role("button", name="点一下，叫到我时振动").click()
    expect(page.locator("#sound")).to_have_text("振动已打开，点一下关闭")
    assert page.evaluate("buzzes.filter(Array.isArray).length") == 1
    deaf.call()
    is_now(page, "called")
    assert page.evaluate("buzzes.filter(Array.isArray).length") >= 2


@pytest.mark.parametrize("large", [False, True])
def test_a_call_comes_into_sight_wherever_one_reads(visit: Visit, open_page: OpenPage, large: bool) -> None:
    reader = visit.another(group=None, services=["food-licence-new"])
    page = open_page(reader.url, viewport={"width": 360, "height": 640})
    is_live(page)
    page.evaluate("window.buzzes = []; navigator.vibrate = (how) => { buzzes.push(how); return true; }")
    if large:
        page.locator("#large").click()
    page.locator("#forms-others summary").click()
    page.locator("#forms-others-list button").last.focus()
    page.locator("footer").scroll_into_view_if_needed()
    expect(page.locator("[data-fact=head]")).not_to_be_in_viewport()
    reader.call()
    for part in ("head", "window", "zone", "number"):
        expect(page.locator(f"[data-fact={part}]")).to_be_in_viewport(ratio=1)
    assert page.evaluate("buzzes.filter(Array.isArray).length") == 1
    sign = page.locator("#call-sign")
    expect(sign).to_be_hidden()
    page.locator("footer").scroll_into_view_if_needed()
    expect(sign).to_be_in_viewport(ratio=1)
    expect(sign).to_have_text(f"{reader.ticket['number']} · 5 号窗口")
    assert faults(page) == []
    sign.click()
    expect(page.locator("[data-fact=window]")).to_be_in_viewport(ratio=1)
    page.locator("footer").scroll_into_view_if_needed()
    reader.act("recall")
    expect(page.locator("[data-fact=text]")).to_be_in_viewport(ratio=1)


def test_a_phone_that_cannot_vibrate_says_so(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(f"{visit.another(needs=['deaf']).url}?lang=en", **PHONE)
    is_live(page)
    page.evaluate("Object.defineProperty(navigator, 'vibrate', { value: undefined })")
    page.locator("#sound").click()
    expect(page.locator("#told")).to_contain_text("cannot vibrate here")


def test_each_service_may_have_its_own_rating(visit: Visit, open_page: OpenPage) -> None:
    whole = visit.another(group=None, services=["id-card-renewal", "pay-id-card-fee"])
    page = open_page(f"{whole.url}?lang=en", **PHONE)
    is_live(page)
    for _step in range(2):
        whole.call()
        whole.act("finish")
    is_now(page, "finished")
    choices = page.locator("#which .choice")
    expect(choices).to_have_count(3)
    expect(choices.first).to_have_text("All of this visit")
    for left in (1, 0):
        choices.nth(1 if left else 0).click()
        page.locator(".score-4").click()
        page.locator("#rating [type=submit]").click()
        expect(choices).to_have_count(left)
    is_now(page, "rated")
    again = visit.hall.post(f"/tickets/{whole.ticket['id']}/rating", {"score": 5}, whole.ticket["secret"])
    assert again.json["code"] == "rated"


def test_says_that_somebody_is_on_the_way(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(visit.url, **PHONE)
    is_live(page)
    page.locator("[data-ask=help]").click()
    expect(page.locator("#coming")).to_have_text("已经告诉工作人员，请等一下。")
    (asked,) = visit.hall.get("/help", visit.admin).json["help"]
    visit.hall.post(f"/help/{asked['id']}/take", token=visit.admin)
    expect(page.locator("#coming")).to_have_text("工作人员正在过来。")
    visit.hall.post(f"/help/{asked['id']}/done", token=visit.admin)
    expect(page.locator("#coming")).to_be_hidden()


def test_an_unknown_secret_gets_a_page_that_says_what_to_do(shared_hall: Hall, open_page: OpenPage) -> None:
    page = open_page(f"{shared_hall.url}/t/nobody-has-this-secret?lang=en", **PHONE)
    expect(page.get_by_role("heading")).to_have_text("Number not found")
    expect(page.locator("main")).to_contain_text("show the slip to a member of staff")
    assert faults(page) == []
    assert shared_hall.call("GET", "/t/nobody-has-this-secret", prefix="").status == 404


def test_a_renewed_slip_ends_the_old_page(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(visit.url, **PHONE)
    is_live(page)
    assert visit.hall.post(f"/tickets/{visit.ticket['id']}/reprint", token=visit.admin).status == 200
    is_now(page, "unknown")


def test_keeps_its_secret_to_itself(visit: Visit, open_page: OpenPage) -> None:
    secret = visit.ticket["secret"]
    answer = visit.hall.call("GET", f"/t/{secret}", prefix="")
    assert secret not in answer.json
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert 'name="robots" content="noindex' in answer.json
    referers: list[str] = []
    page = open_page(visit.url, **PHONE)
    page.on("request", lambda request: referers.append(request.all_headers().get("referer", "")))
    page.get_by_role("link").click()
    is_live(page)
    assert referers
    assert not any(secret in referer for referer in referers)
    assert secret not in visit.hall.log


def test_every_state_is_accessible_in_light_and_dark(visit: Visit, open_page: OpenPage) -> None:
    light = open_page(visit.url, **PHONE, reduced_motion="reduce")
    dark = open_page(f"{visit.url}?lang=en", **PHONE, color_scheme="dark", reduced_motion="reduce")
    moves = {
        "waiting": lambda: None,
        "called": visit.call,
        "parked": lambda: visit.act("park"),
        "serving": lambda: visit.act("unpark", {"ticket": visit.ticket["number"]}),
        "finished": lambda: visit.act("finish"),
    }
    for state, move in moves.items():
        move()
        for page in (light, dark):
            is_live(page)
            is_now(page, state)
            assert (state, faults(page)) == (state, [])


def test_papers_are_ticked_off_while_one_waits(visit: Visit, open_page: OpenPage) -> None:
    here = visit.another(group=None, services=["food-licence-new", "id-card-renewal"])
    page = open_page(f"{here.url}?lang=en", **PHONE)
    is_live(page)
    count, boxes = page.locator("#papers-count"), page.locator("#papers [data-paper]")
    of = boxes.count()
    expect(count).to_have_text(f"Tick what you have: 0 of {of}")
    expect(page.locator("#papers-lack")).to_be_hidden()
    plan = page.get_by_role("checkbox", name="Plan of the premises")
    plan.check()
    expect(count).to_have_text(f"Tick what you have: 1 of {of}")
    expect(page.locator("#papers-verdict")).to_contain_text("better come back with them")
    expect(page.locator("#papers-lacking li")).to_have_count(of - 1)
    assert faults(page) == []
    assert sum(there for item in said(here).values() for there in item.values()) == 1, "the hall knows"
    clerk = {"materials": {"id-card-renewal": dict.fromkeys(said(here)["id-card-renewal"], True)}}
    visit.hall.post(f"/tickets/{here.ticket['id']}/materials", clerk, visit.admin)
    expect(page.locator("#papers [data-item=id-card-renewal]:not(:checked)")).to_have_count(0)
    plain = open_page(f"{here.url}?lang=en", java_script_enabled=False, **PHONE)
    for place in ("#papers-count", "#papers-verdict", "#papers-lacking"):
        assert plain.locator(place).inner_text() == page.locator(place).inner_text()
    assert plain.locator("#papers :checked").count() == page.locator("#papers :checked").count()
    expect(plain.locator("#papers [data-paper]:enabled")).to_have_count(0)
    for box in boxes.all():
        box.check()
    expect(count).to_have_text("You have them all.")
    expect(page.locator("#papers-lack")).to_be_hidden()
    here.call()
    is_now(page, "called")
    expect(page.locator("#papers")).to_be_hidden()


def said(visit: Visit) -> dict[str, dict[str, bool]]:
    """What the hall knows of a visit's papers."""
    ticket = visit.hall.get(f"/tickets/{visit.ticket['id']}", visit.admin).json
    return dict(ticket["materials"] or {})


def test_a_tick_on_its_way_outlives_whatever_is_drawn(visit: Visit, open_page: OpenPage) -> None:
    here = visit.another(group=None, services=["food-licence-change"])
    page = open_page(here.url, **PHONE)
    is_live(page)
    box = page.get_by_role("checkbox", name="营业执照")
    visit.hall.kill()
    expect(page.locator("#line-sign")).to_be_visible()
    box.check()
    visit.hall.start()
    expect(page.locator("#line-sign")).to_be_hidden()
    expect(box).to_be_checked()
    until(lambda: said(here).get("food-licence-change", {}).get("business-licence", False))
    visit.another()
    expect(box).to_be_checked()
    refused = page.get_by_role("checkbox", name="原证件")
    refused.evaluate("box => { box.dataset.paper = 'crown'; box.click(); }")
    expect(page.locator("#papers-told")).to_contain_text("没有这份材料")
    expect(refused).not_to_be_checked()


def test_who_is_not_ready_lets_the_next_one_go_first(visit: Visit, open_page: OpenPage) -> None:
    here = visit.another(group=None, services=["food-licence-change"])
    behind = visit.another()
    page = open_page(here.url, **PHONE)
    is_live(page)
    for name in ("营业执照", "经办人身份证", "原证件"):
        page.get_by_role("checkbox", name=name).check()
    expect(page.locator("#papers-verdict")).to_contain_text("可以后补")
    expect(page.locator("#papers-lacking")).to_have_text("变更内容的证明")
    promise = page.locator("#papers-promise .form")
    expect(promise).to_contain_text("容缺受理承诺书")
    assert faults(page) == []
    promise.click()
    for name, value in PERSON.items():
        page.locator(f"#field-{name}").fill(value)
    page.get_by_role("button", name="下一部分").click()
    expect(page.locator("#field-missing")).to_have_value("变更内容的证明")
    expect(page.locator("#field-matter")).to_have_value("食品经营许可（变更）")
    expect(page.locator("[data-field=matter] .source")).to_have_text("来自您要办的事，可以改")
    page.goto(here.url)
    page.locator("#papers-acts [data-ask=late]").click()
    until(lambda: ahead(here) > ahead(behind))


PERSON = {
    "company_name": "聊城市老城面馆",
    "credit_code": "92371502MA3C1A001C",
    "person_name": "张三丰",
    "person_id": "11010519491231002X",
    "person_phone": "13812345678",
}


def ahead(visit: Visit) -> int:
    return int(visit.hall.get(f"/tickets/{visit.ticket['id']}", visit.admin).json["ahead"])


def test_papers_follow_when_the_items_are_put_right(visit: Visit, open_page: OpenPage) -> None:
    here = visit.another(group=None, services=["food-licence-new"])
    page = open_page(here.url, **PHONE)
    is_live(page)
    visit.hall.call(
        "PATCH",
        f"/tickets/{here.ticket['id']}",
        {"services": ["id-card-renewal"], "reason": "test"},
        token=visit.admin,
    )
    expect(page.locator("[data-item=id-card-renewal]")).not_to_have_count(0)
    expect(page.locator("[data-item=food-licence-new]")).to_have_count(0)


def test_texts_are_offered_only_where_a_gateway_is_set(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(visit.url, **PHONE)
    is_live(page)
    expect(page.locator("#texts")).to_be_hidden()
    refused = visit.hall.post(f"/tickets/{visit.ticket['id']}/texts", {"phone": "13800138000"}, visit.admin)
    assert (refused.status, refused.json["field"]) == (400, "phone")


def test_whoever_wants_a_text_gets_one_at_the_number_given(still_hall: Hall, open_page: OpenPage) -> None:
    config = still_hall.config.read_text("utf-8")
    still_hall.config.write_text(config.replace('provider = "off"', 'provider = "simulated"'), "utf-8")
    still_hall.start()
    ticket = take(still_hall, log_in(still_hall))
    page = open_page(f"{still_hall.url}/t/{ticket['secret']}?lang=en", **PHONE)
    is_live(page)
    form, told = page.locator("#texts"), page.locator("#told")
    form.get_by_label("Mobile number").fill("1380")
    form.get_by_role("button", name="Text me").click()
    expect(told).to_contain_text("phone number")
    assert faults(page) == []
    form.get_by_label("Mobile number").fill("138 0013 8000")
    form.get_by_role("button", name="Text me").click()
    expect(told).to_have_text("Done.")
    expect(form.get_by_role("button")).to_have_text("No more texts")
    expect(form.locator("input")).to_be_hidden()
    assert faults(page) == []
    until(lambda: "ahead/0" in told_by_text(still_hall))
    assert "13800138000" not in page.content()
    form.get_by_role("button").click()
    expect(form.locator("input")).to_be_visible()
    page.locator("#cancel").click()
    page.locator("[data-ask=cancel]").click()
    is_now(page, "cancelled")
    expect(form).to_be_hidden()


def told_by_text(hall: Hall) -> str:
    """What texts have told, as it stands on disk."""
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        return "".join(row[0] for row in db.execute("SELECT texted FROM phones"))


def test_dark_follows_the_phone_until_its_switch_says_otherwise(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(visit.url, **PHONE)
    ground = "getComputedStyle(document.body).backgroundColor"
    light, switch = page.evaluate(ground), page.locator("#dark")
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.emulate_media(color_scheme="dark")
    expect(switch).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(ground)
    assert dark != light
    switch.click()
    assert page.evaluate(ground) == light
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(ground) == light
    switch.click()
    page.emulate_media(color_scheme="light")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    assert page.evaluate(ground) == dark
    is_live(page)
    assert faults(page) == []
    plain = open_page(visit.url, java_script_enabled=False, color_scheme="dark", **PHONE)
    assert plain.evaluate(ground) == dark


def test_a_phone_without_modules_fetches_the_page_anew(visit: Visit, open_page: OpenPage) -> None:
    """As a browser of 2016 runs it: `nomodule` is nothing to it, and of the scripts it runs that alone."""
    page = open_page("about:blank", **PHONE)
    page.clock.install()
    page.route("**/phone.js", lambda route: route.abort())

    def without_modules(route: Route) -> None:
        route.fulfill(body=route.fetch().text().replace("<script nomodule", "<script"))

    page.route("**/t/*", without_modules)
    page.goto(visit.url)
    expect(page.locator("#plain")).to_be_visible()
    visit.call()
    page.clock.run_for(20_000)
    is_now(page, "called")


def test_large_text_fits_the_smallest_phone(visit: Visit, open_page: OpenPage) -> None:
    page = open_page(f"{visit.url}?lang=en", viewport={"width": 320, "height": 568})
    is_live(page)
    page.locator("#large").click()
    page.locator("#dark").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    visit.call()
    is_now(page, "called")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    visit.act("finish")
    is_now(page, "finished")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.reload()
    expect(page.locator("#large")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("script", ON_OLD_PHONES)
def test_an_old_phone_understands_its_scripts(script: str) -> None:
    """What came after 2018 and is easily written without thinking."""
    newer = re.compile(
        r"\?\?|\?\.[a-z(\[]|catch \{|globalThis|replaceChildren|\.at\(|\.flatMap\(|#[a-z]\w* ="
    )
    assert newer.findall((STATIC / script).read_text("utf-8")) == []


def test_says_the_day_after_how_it_ended(still_hall: Hall, open_page: OpenPage) -> None:
    evening = datetime.now(SHANGHAI).replace(hour=23, minute=50)
    still_hall.set_clock(evening)
    still_hall.start()
    admin = log_in(still_hall)
    served, waits = take(still_hall, admin), take(still_hall, admin)
    for action in ("open", "next", "finish"):
        assert still_hall.post(f"/windows/{WINDOW}/{action}", token=admin).status == 200
    pages = [open_page(Visit(still_hall, admin, one).url, **PHONE) for one in (served, waits)]
    for page, state in zip(pages, ("finished", "waiting"), strict=True):
        is_now(page, state)
        is_live(page)
    still_hall.set_clock(evening + timedelta(minutes=10))
    for page, state in zip(pages, ("past", "expired"), strict=True):
        is_now(page, state)
        expect(page.locator("#rating")).to_be_hidden()
        expect(page.locator("#acts button:visible")).to_have_count(0)
        page.reload()
        is_now(page, state)
        is_live(page)
        assert not faults(page)
