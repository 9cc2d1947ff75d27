"""What a board shows besides its calls, from the server's own messages."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display_board.picture import Cell, Picture, _within
from queue_server.hall.model import Seconds

GROUPS = [
    {"id": "general", "letter": "A", "name": {"zh": "综合受理", "en": "General"}, "colour": "blue"},
    {"id": "fees", "letter": "C", "name": {"zh": "缴费", "en": "Fees"}, "colour": "violet"},
]


def window(
    number: int,
    state: str = "open",
    serving: str | None = None,
    *,
    zone: str = "east",
    group: str = "general",
) -> dict[str, Any]:
    return {"number": number, "state": state, "serving": serving, "zone": zone, "groups": [group]}


def queue(group: str = "general", waiting: int = 3, open_windows: int = 2, **wait: Any) -> dict[str, Any]:
    told = {"p10": None, "p50": 600, "p90": None, **wait}
    return {"group": group, "waiting": waiting, "open_windows": open_windows, "wait": told}


def hall(*windows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": {"zh": "政务大厅", "en": "The hall"},
        "day": "2026-11-24",
        "state": "open",
        "opens_at": None,
        "groups": GROUPS,
        "zones": [{"id": "east", "name": {"zh": "东区", "en": "East"}}],
        "windows": list(windows),
        **more,
    }


def snapshot(
    body: dict[str, Any], *queues: dict[str, Any], now: str = "09:42", **settings: Any
) -> dict[str, Any]:
    return {
        "now": f"2026-11-24T{now}:00+08:00",
        "hall": body,
        "queues": list(queues),
        "notices": [],
        "settings": settings,
    }


def at(seconds: float) -> Seconds:
    return Seconds(seconds)


def picture(*windows: dict[str, Any], queues: tuple[dict[str, Any], ...] = (), **settings: Any) -> Picture:
    """A board that has just got its snapshot, at second 100 of its own clock."""
    board = Picture()
    board.heard("snapshot", snapshot(hall(*windows), *queues, **settings), at(100))
    board.take_on()
    return board


def test_a_new_config_counts_once_it_is_taken_on() -> None:
    board = picture(window(1), zone="east")
    board.heard("snapshot", snapshot(hall(window(1)), zone="west", trial=True), at(101))
    assert (board.zone, board.trial, board.is_moving) == ("east", False, True)
    assert board.take_on()
    assert (board.zone, board.trial, board.is_moving) == ("west", True, False)
    assert not board.take_on()


def test_a_hall_board_shows_every_window_as_it_stands() -> None:
    board = picture(window(2, "paused"), window(1, serving="A001"), window(3), window(4, "closed"))
    assert board.cells() == [
        Cell(1, "A001", busy=True, dim=False),
        Cell(2, "暂停", busy=False, dim=True),
        Cell(3, "空闲", busy=False, dim=False),
        Cell(4, "关闭", busy=False, dim=True),
    ]
    board.heard("window", {"window": window(3, "closing", "A002")}, at(101))
    assert board.cells()[2] == Cell(3, "A002", busy=True, dim=False)


def test_a_zone_board_shows_only_its_zone() -> None:
    windows = (window(1), window(2, zone="west"), window(3, zone="west", group="fees"))
    board = picture(*windows, queues=(queue(), queue("fees")), zone="east")
    assert [cell.number for cell in board.cells()] == [1]
    assert [wait.letter for wait in board.waits()] == ["A"]
    assert board.title() == {"zh": "政务大厅 · 东区", "en": "The hall · East"}


@pytest.mark.parametrize(
    ("told", "people", "time"),
    [
        (queue(), "3 人", "约 10 分钟"),
        (queue(p10=300, p90=960), "3 人", "约 5–20 分钟"),
        (queue(p10=590, p90=610), "3 人", "约 10 分钟"),
        (queue(waiting=0, p50=0), "无人等候", "不用等"),
        (queue(open_windows=0), "3 人", "暂无窗口"),
        (queue(p50=None), "3 人", ""),
    ],
)
def test_waits_are_told_in_words(told: dict[str, Any], people: str, time: str) -> None:
    [wait] = picture(window(1), queues=(told,)).waits()
    assert (wait.people["zh"], wait.time["zh"]) == (people, time)


def test_the_clock_is_the_halls() -> None:
    board = picture()
    assert board.clock(at(100)) == "09:42"
    assert board.clock(at(100 + 3600)) == "10:42"
    assert Picture().clock(at(5)) == ""


def test_a_cut_line_is_told_with_its_age_until_the_next_snapshot() -> None:
    board = picture(window(1))
    board.connected(up=False, now=at(200))
    assert board.stale(at(201.9)) is None, "a server that restarts is back by then"
    stale = board.stale(at(230))
    assert stale and "09:43" in stale["zh"] and "30 秒" in stale["zh"]
    board.connected(up=False, now=at(300))
    stale = board.stale(at(200 + 185))
    assert stale and "3 分钟" in stale["zh"] and "3 min" in stale["en"]
    board.connected(up=True, now=at(400))
    assert board.stale(at(400)), "connected, but not up to date yet"
    board.heard("snapshot", snapshot(hall(window(1))), at(400))
    assert board.stale(at(500)) is None


def test_before_the_first_snapshot_it_is_connecting() -> None:
    board = Picture()
    board.connected(up=False, now=at(0))
    assert board.stale(at(100)) is None
    assert board.rest(at(100))["zh"] == "正在连接，请稍候"


@pytest.mark.parametrize(
    ("state", "opens", "words"),
    [
        ("open", None, "请留意叫号"),
        ("break", "2026-11-24T13:30:00+08:00", "午间休息，13:30 继续办理"),
        ("closed", "2026-11-24T13:30:00+08:00", "现在不办理业务，13:30 开始"),
        ("closed", "2026-11-25T09:00:00+08:00", "今日办理已结束，11 月 25 日 09:00 再开始"),
        ("closed", None, "现在不办理业务"),
        ("break", "2026-11-25T09:00:00+08:00", "休息中，11 月 25 日 09:00 继续办理"),
        ("break", None, "休息中，请稍候"),
    ],
)
def test_at_rest_it_says_what_comes_next(state: str, opens: str | None, words: str) -> None:
    board = Picture()
    board.heard("snapshot", snapshot(hall(window(1), state=state, opens_at=opens)), at(0))
    assert board.rest(at(0))["zh"] == words
    assert board.resting() == (state != "open")


def test_a_closed_hall_that_still_serves_somebody_is_not_at_rest() -> None:
    board = Picture()
    board.heard("snapshot", snapshot(hall(window(1, serving="A001"), state="closed"), queue()), at(0))
    assert not board.resting()
    assert board.waits()[0].time["zh"] == "", "no wait is promised any more"


def notice(id: str, *zones: str, until: str | None = None) -> dict[str, Any]:
    return {"id": id, "text": {"zh": id, "en": id}, "zones": list(zones), "until": until}


def test_notices_take_turns_go_when_their_time_is_over_and_stay_in_their_zone() -> None:
    board = picture(window(1), zone="east")
    board.heard(
        "notice",
        {"notice": [notice("all"), notice("west", "west"), notice("east", "east")]},
        at(100),
    )
    assert [board.line(at(moment), 60).text["zh"] for moment in (100, 109, 110, 120)] == [  # type: ignore[union-attr]
        "all",
        "all",
        "east",
        "all",
    ]
    board.heard("notice", {"notice": [notice("late", until="2026-11-24T09:43:00+08:00")]}, at(100))
    assert board.line(at(130), 60) and board.line(at(161), 60) is None
    board.heard("notice", {"notice": []}, at(200))
    assert board.line(at(200), 60) is None


@given(st.text(st.sampled_from("社保系统升级，。 12"), min_size=1, max_size=200), st.integers(5, 60))
def test_a_long_notice_is_told_in_parts_that_fit_and_nothing_is_left_out(text: str, columns: int) -> None:
    board = picture(window(1))
    whole = {**notice("long"), "text": {"zh": text, "en": "Upgrade"}}
    board.heard("notice", {"notice": [whole]}, at(0))
    lines = [board.line(at(moment), columns) for moment in range(0, 10 * len(text), 10)]
    parts = [line.text for line in lines if line and line.is_notice]
    told = [part["zh"] for part, _ in groupby(parts)]
    assert all(len(part) <= columns for part in told)
    assert "".join(told).startswith(" ".join(text.split()))
    assert all(part["en"] == "Upgrade" for part in parts)


def test_quiet_hours_may_run_past_midnight() -> None:
    voice = {"on": True, "quiet": [["12:00", "13:30"], ["21:00", "07:00"]]}
    board = Picture()
    for clock in ("11:59", "12:00", "13:29", "13:30", "23:10", "06:59", "07:00"):
        board.heard("snapshot", snapshot(hall(), now=clock, voice=voice), at(0))
        board.take_on()
        assert board.may_speak(at(0)) == (clock in ("11:59", "13:30", "07:00")), clock


@given(*[st.times().map(lambda time: f"{time:%H:%M}")] * 3)
def test_a_span_and_the_rest_of_the_day_share_no_minute(time: str, start: str, end: str) -> None:
    if start != end:
        assert _within(time, start, end) != _within(time, end, start)


def test_a_windows_own_display() -> None:
    board = picture(window(4, serving="A009"), window(5), window=5)
    assert [cell.number for cell in board.cells()] == [5]
    assert (board.own_groups()["zh"], board.own_colour(), board.own_ticket()) == ("综合受理", "blue", "")
    assert board.own_state(at(0))["zh"] == "请等候叫号"
    board.heard("window", {"window": window(5, "paused", "A010", group="fees")}, at(1))
    assert (board.own_ticket(), board.own_colour()) == ("A010", "violet")
    assert board.own_state(at(1))["zh"] == "暂停服务"
    plate = {"zh": "企业专窗", "en": "Companies"}
    board.heard("window", {"window": {**window(5), "plate": plate}}, at(2))
    assert board.own_groups() == plate


def test_a_window_that_the_hall_does_not_have_is_closed() -> None:
    board = picture(window(1), window=99)
    assert board.own_state(at(0))["zh"] == "本窗口未开放"
    assert (board.own_ticket(), board.own_colour(), board.own_groups()["en"]) == ("", "blue", "")


def test_the_volume_follows_the_hours() -> None:
    voice = {
        "on": True,
        "volume": 80,
        "volumes": [["12:00", "13:30", 50], ["20:00", "07:00", 30]],
        "quiet": [],
    }
    heard = {}
    for now in ("06:59", "07:00", "11:59", "12:00", "13:30", "20:00"):
        board = Picture()
        board.heard("snapshot", snapshot(hall(), now=now, voice=voice), at(100))
        board.take_on()
        heard[now] = board.volume(at(100))
    assert heard == {"06:59": 30, "07:00": 80, "11:59": 80, "12:00": 50, "13:30": 80, "20:00": 30}


def test_every_other_line_tells_the_missed_numbers() -> None:
    papers = [{"zh": "身份证", "en": "ID card"}]
    board = picture(window(1), window(2, group="fees"), prepare={"general": papers, "fees": papers})
    missed = {"at": "2026-11-24T09:40:00+08:00", "speak": ["zh"], "window": 1, "group": "general"}
    board.heard("missed", {"missed": [{**missed, "ticket": f"A00{n}"} for n in (1, 2)]}, at(100))
    lines = [board.line(at(moment), 60) for moment in (120, 130, 140, 150)]
    assert [line.text["zh"] for line in lines if line and not line.is_notice] == [
        "综合受理常用材料：身份证",
        "已过号：A001、A002，请到取号机扫小票重新排队",
        "缴费常用材料：身份证",
        "已过号：A001、A002，请到取号机扫小票重新排队",
    ]
    board.heard("missed", {"missed": []}, at(160))
    assert "过号" not in str([board.line(at(moment), 60) for moment in range(160, 240, 10)])


def test_papers_that_need_two_lines_are_cut_between_two_of_them() -> None:
    papers = [
        {"zh": "申请表（大厅可填）", "en": "Application form (can be filled in here)"},
        {"zh": "居民身份证", "en": "Resident ID card"},
        {"zh": "营业执照", "en": "Business licence"},
    ]
    board = picture(window(1), prepare={"general": papers})
    lines = [board.line(at(moment), 24) for moment in (120, 130)]
    assert [line.text for line in lines if line] == [
        {"zh": "综合受理常用材料：申请表（大厅可填）", "en": f"General, often needed: {papers[0]['en']}"},
        {
            "zh": "综合受理常用材料：居民身份证、营业执照",
            "en": "General, often needed: Resident ID card, Business licence",
        },
    ]


def test_a_windows_own_display_tells_what_to_bring_and_nobody_missed() -> None:
    papers = [{"zh": "身份证", "en": "ID card"}, {"zh": "户口簿", "en": "Hukou booklet"}]
    board = picture(window(5), window=5, prepare={"general": papers})
    missed = {"ticket": "A001", "at": "2026-11-24T09:40:00+08:00", "speak": ["zh"]}
    board.heard("missed", {"missed": [missed]}, at(100))
    assert {board.line(at(moment), 60).text["zh"] for moment in range(100, 160, 10)} == {  # type: ignore[union-attr]
        "常用材料：身份证、户口簿"
    }
