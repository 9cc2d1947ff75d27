"""The kiosk in a real window, touched through X, with a real server and a printer that can fail."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial

from tests import stage
from tests.conftest import Hall, until
from tests.kiosk.conftest import (
    FEES,
    GENERAL,
    LANDSCAPE,
    PORTRAIT,
    SPEAKS,
    TAKE,
    Floor,
    configured,
    number_on,
    said,
    served,
)

# --- the main way ------------------------------------------------------------------------------------


def test_two_touches_take_a_number_after_showing_the_wait(floor: Floor, kiosk: stage.Program) -> None:
    floor.take()
    kiosk.touch(GENERAL["zh"])
    kiosk.find(said("confirm.ahead"))
    kiosk.touch(TAKE)
    kiosk.wait_for(said("ticket.printed"))
    assert number_on(kiosk) in floor.numbers()
    assert floor.slips() == 1
    for words in ("东区", said("ticket.scan"), said("confirm.ahead")):
        kiosk.find(words)
    kiosk.touch("完成")


def test_the_same_in_english_on_a_wide_screen(floor: Floor) -> None:
    with floor.kiosk("en", LANDSCAPE) as kiosk:
        kiosk.touch(GENERAL["en"])
        kiosk.touch("Take my number")
        kiosk.wait_for(said("ticket.printed", "en"))
        assert number_on(kiosk) in floor.numbers()
        kiosk.touch("Done")
        kiosk.wait_for(said("home.title", "en"))
        assert kiosk.close(signal.SIGTERM) == 0


def test_a_double_tap_makes_one_ticket_which_stands_even_where_it_came_before_the_second(
    floor: Floor,
) -> None:
    """However late that is: here two touches within a minute are one double touch."""
    with floor.kiosk(kivy="[postproc]\ndouble_tap_time = 60000\n") as kiosk:
        kiosk.touch("缴费")
        kiosk.touch(TAKE, times=2)
        kiosk.wait_for(said("ticket.printed"))
        assert floor.numbers() == {number_on(kiosk)}
        assert floor.slips() == 1
        kiosk.touch("完成")
        kiosk.touch(GENERAL["zh"])
        take = kiosk.find(TAKE).box.centre
        kiosk.touch_at(*take)
        kiosk.wait_for(said("ticket.printed"))
        kiosk.touch_at(*take)
        small = kiosk.find("完成").box
        kiosk.touch(said("mode.large"))
        kiosk.wait(
            lambda seen: (done := stage.best(seen, "完成")) is not None and done.box != small,
            "the letters did not grow",
        )
        kiosk.touch("完成")
        kiosk.wait_for(said("home.title"))


def test_an_item_is_found_by_its_theme_and_stands_on_the_ticket(floor: Floor, kiosk: stage.Program) -> None:
    kiosk.touch(said("home.find"))
    kiosk.touch(said("find.themes"))
    kiosk.touch(said("key.next"))
    kiosk.touch("证件丢了")
    kiosk.touch("居民身份证补领")
    kiosk.touch(said("priority.ask"))
    kiosk.touch(said("priority.elderly"))
    kiosk.touch(said("needs.ask"))
    kiosk.touch(said("need.deaf"))
    kiosk.touch(said("situations.done"))
    kiosk.touch(TAKE)
    number = number_on(kiosk)
    (ticket,) = floor.hall.get(f"/tickets?number={number}", floor.api).json["tickets"]
    assert ticket["services"] == ["id-card-replacement"]
    assert (ticket["priority"], ticket["needs"]) == ("elderly", ["deaf"])
    kiosk.wait_for(said("ticket.printed"))
    kiosk.touch("完成")


def test_a_language_is_one_touch_away_and_kept_for_the_visit(floor: Floor, kiosk: stage.Program) -> None:
    kiosk.touch(SPEAKS["zh"])
    kiosk.wait_for(SPEAKS["en"])
    kiosk.touch(GENERAL["en"])
    kiosk.touch("Take my number")
    kiosk.wait_for(said("ticket.printed", "en"))
    kiosk.touch("Done")
    kiosk.wait_for(SPEAKS["zh"])
    kiosk.find(said("home.title"))


def test_help_is_called_and_who_waits_reads_that_somebody_comes(floor: Floor, kiosk: stage.Program) -> None:
    hall = floor.hall
    admin = hall.post("/sessions", {"username": "admin", "password": hall.admin_password}).json["token"]
    kiosk.touch(said("key.help"))
    kiosk.wait_for(said("frame.help-told"))
    (asked,) = hall.get("/help", admin).json["help"]
    assert hall.post(f"/help/{asked['id']}/take", token=admin).status == 200
    kiosk.wait_for(said("frame.help-coming"))
    assert hall.post(f"/help/{asked['id']}/done", token=admin).status == 200
    kiosk.wait_gone(said("frame.help-coming"))


# --- slips that fail ---------------------------------------------------------------------------------


def test_without_paper_the_screen_is_the_slip(floor: Floor, kiosk: stage.Program) -> None:
    floor.printer.command("paper_out")
    kiosk.touch(GENERAL["zh"])
    kiosk.touch(TAKE)
    kiosk.wait_for(said("ticket.failed"))
    kiosk.find(said("ticket.photo"))
    assert number_on(kiosk) in floor.numbers()
    floor.printer.command("recover")
    kiosk.touch(said("ticket.print"))
    kiosk.wait_for(said("ticket.printed"))
    assert floor.slips() == 1
    kiosk.touch("完成")


# --- coming back and checking in ---------------------------------------------------------------------------


def test_a_missed_citizen_comes_back_by_scanning_the_slip(floor: Floor, kiosk: stage.Program) -> None:
    ticket = floor.take()
    floor.miss(ticket)
    kiosk.touch(said("home.have"))
    kiosk.touch(said("have.return"))
    kiosk.find(said("return.scan"))
    kiosk.type(ticket["follow_url"])
    kiosk.wait_for(said("ticket.kept"))
    assert number_on(kiosk) == ticket["number"]
    assert floor.hall.get(f"/tickets/{ticket['id']}", floor.api).json["state"] == "waiting"
    assert floor.slips() == 0
    kiosk.touch("完成")


def test_a_slip_that_is_still_waiting_is_told_so_straight_from_home(
    floor: Floor, kiosk: stage.Program
) -> None:
    kiosk.type(floor.take()["follow_url"])
    kiosk.wait_for(said("sorry.title.slip-waiting"))
    kiosk.touch(said("sorry.way.home"))


def test_from_its_forms_one_comes_back_to_what_was_said_of_the_slip(
    floor: Floor, kiosk: stage.Program
) -> None:
    kiosk.type(floor.take()["follow_url"])
    kiosk.touch(said("sorry.way.forms"))
    kiosk.wait_for(said("sorry.title.no-forms"))
    kiosk.touch(said("key.back"))
    kiosk.wait_for(said("sorry.title.slip-waiting"))
    kiosk.touch(said("sorry.way.home"))


def test_a_slip_that_was_torn_is_printed_again_and_marked(floor: Floor, kiosk: stage.Program) -> None:
    ticket = floor.take()
    kiosk.type(ticket["follow_url"])
    kiosk.touch(said("sorry.way.reprint"))
    kiosk.wait_for(said("ticket.printed"))
    assert (number_on(kiosk), floor.slips()) == (ticket["number"], 1)
    kiosk.touch("完成")
    kiosk.type(ticket["follow_url"])
    kiosk.touch(said("sorry.way.reprint"))
    kiosk.wait_for(said("ticket.again.printed"))
    assert floor.slips() == 2
    kiosk.touch("完成")


def test_staff_have_a_slip_printed_while_the_kiosk_stands_at_home(floor: Floor, kiosk: stage.Program) -> None:
    ticket = floor.take()
    for how, known in ((False, False), (True, True)):
        asked = floor.hall.post(f"/tickets/{ticket['id']}/slip", {"kiosk": "K01", "large": how}, floor.api)
        assert (asked.status, asked.json["again"]) == (200, known)
        until(partial(_is_printed, floor, asked.json["id"]))
    assert floor.slips() == 2
    kiosk.find(said("home.title"))


def _is_printed(floor: Floor, order: str) -> bool:
    """By what is on disk of it."""
    with closing(sqlite3.connect(floor.hall.data / "hall.db")) as db:
        return bool(db.execute("SELECT state FROM slips WHERE id = ?", (order,)).fetchone()[0] == "printed")


def test_who_wants_a_text_types_a_number_that_is_kept_sealed(still_floor: Floor) -> None:
    configured(still_floor.hall, 'provider = "off"', 'provider = "simulated"')
    floor = served(still_floor.hall, still_floor.printer)
    with floor.kiosk() as kiosk:
        kiosk.touch(GENERAL["zh"])
        kiosk.touch(TAKE)
        kiosk.wait_for(said("ticket.printed"))
        kiosk.touch(said("ticket.texts"))
        kiosk.find(said("texts.title"))
        for sign in "13800138000":
            kiosk.touch(sign)
        kiosk.find("138 0013 8000|")
        kiosk.touch(said("texts.enter"))
        kiosk.wait_for(said("ticket.texted"))
        kiosk.touch("完成")
        kiosk.wait_for(said("home.title"))
    until(lambda: _texted(floor.hall))
    assert b"13800138000" not in b"".join(file.read_bytes() for file in floor.hall.data.glob("hall.db*"))


def _texted(hall: Hall) -> bool:
    """Whether the simulated gateway took a text, by what is on disk."""
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        return bool(db.execute("SELECT 1 FROM phones WHERE texted LIKE '%ahead%'").fetchone())


def test_a_slip_of_nobody_is_told_so(floor: Floor, kiosk: stage.Program) -> None:
    kiosk.type("http://hall.example/t/AAAAAAAAAAAAAAAAAAAAAAAA")
    kiosk.wait_for(said("sorry.title.unknown-slip"))
    kiosk.touch(said("sorry.way.home"))


def test_an_appointment_is_checked_in_by_its_code(floor: Floor, kiosk: stage.Program) -> None:
    code = floor.book(["id-card-renewal"])
    kiosk.touch(said("home.have"))
    kiosk.touch(said("have.check-in"))
    kiosk.find(said("check-in.title"))
    for sign in code:
        kiosk.touch(sign)
    kiosk.touch(said("check-in.enter"))
    kiosk.wait_for(said("ticket.printed"))
    assert number_on(kiosk) in floor.numbers()
    kiosk.touch("完成")


def test_who_has_an_appointment_may_say_first_what_would_help(floor: Floor, kiosk: stage.Program) -> None:
    code = floor.book(["id-card-renewal"])
    kiosk.touch(said("home.have"))
    kiosk.touch(said("have.check-in"))
    kiosk.touch(said("check-in.more"))
    for sign in code:
        kiosk.touch(sign)
    kiosk.touch(said("check-in.enter"))
    kiosk.touch(said("needs.ask"))
    kiosk.touch(said("need.deaf"))
    kiosk.touch(said("situations.done"))
    kiosk.touch(said("check-in.enter"))
    number = number_on(kiosk)
    (ticket,) = floor.hall.get(f"/tickets?number={number}", floor.api).json["tickets"]
    assert (ticket["services"], ticket["needs"]) == (["id-card-renewal"], ["deaf"])
    kiosk.touch("完成")


# --- time, the line, the hours ------------------------------------------------------------------------------


def test_silence_clears_home_and_asks_elsewhere_and_nothing_of_a_visit_is_left(still_floor: Floor) -> None:
    """Where nobody answers the question, the visit ends: see `test_session`, in virtual time."""
    configured(still_floor.hall, "# idle_seconds = 60", "idle_seconds = 50\nask_id = true")
    floor = served(still_floor.hall, still_floor.printer)
    with floor.kiosk() as kiosk:
        kiosk.touch(SPEAKS["zh"])
        kiosk.wait_for(SPEAKS["en"])
        kiosk.later(51)
        kiosk.touch(SPEAKS["zh"])
        kiosk.wait_for(SPEAKS["en"])
        kiosk.touch(GENERAL["en"])
        kiosk.touch(said("priority.ask", "en"))
        kiosk.touch(said("priority.pregnant", "en"))
        kiosk.touch(said("confirm.id-type", "en"))
        kiosk.find(said("identify.title", "en"))
        for sign in "11010519491231002X":
            kiosk.touch(sign)
        kiosk.touch(said("identify.enter", "en"))
        kiosk.wait_for("110105********002X")
        kiosk.later(50)
        kiosk.wait_for("In 19 s")
        kiosk.touch(said("stay.stay", "en"))
        kiosk.wait_gone(said("stay.title", "en"))
        kiosk.find("110105********002X")
        kiosk.touch(said("key.home", "en"))
        kiosk.wait_for(said("home.title"))
        assert not [text for text in kiosk.texts() if "110105" in text]
        kiosk.find(SPEAKS["en"])
        kiosk.later(51)
        kiosk.wait_for(SPEAKS["zh"])
        kiosk.touch(GENERAL["zh"])
        kiosk.find(said("confirm.id-lay"))


def test_a_server_killed_while_a_number_is_taken_gives_the_same_number(still_floor: Floor) -> None:
    floor = served(still_floor.hall, still_floor.printer)
    with floor.kiosk() as kiosk:
        kiosk.touch(GENERAL["zh"])
        kiosk.find(TAKE)
        floor.hall.kill()
        kiosk.wait_for(said("frame.reconnecting"))
        kiosk.touch(TAKE)
        kiosk.wait_for(said("taking.reconnecting"))
        floor.hall.start()
        kiosk.wait_for(said("ticket.printed"))
        assert floor.numbers() == {number_on(kiosk)} == {"A001"}
        assert floor.slips() == 1


def test_a_kiosk_switched_off_while_a_number_is_on_its_way_gives_it_up_when_it_is_on_again(
    still_floor: Floor,
) -> None:
    floor = served(still_floor.hall, still_floor.printer)
    server = floor.hall.process
    assert server
    with floor.kiosk() as kiosk:
        kiosk.touch(GENERAL["zh"])
        kiosk.find(TAKE)
        # The server takes what is sent, but can't answer before it goes on.
        server.send_signal(signal.SIGSTOP)
        kiosk.touch(TAKE)
        kiosk.wait_for(said("taking.title"))
        asked = floor.hall.data / "asked-K01.json"
        assert len(json.loads(asked.read_text("utf-8"))) == 1
        assert kiosk.close(signal.SIGKILL) == -signal.SIGKILL
    server.send_signal(signal.SIGCONT)
    with floor.kiosk(up=said("sorry.title.broke-off")):
        until(lambda: not asked.exists())
    held = floor.hall.get("/tickets?state=waiting", floor.api).json["tickets"]
    assert not held


def test_a_kiosk_killed_before_the_slip_began_gives_the_number_up_and_tells_the_next_one(
    still_floor: Floor,
) -> None:
    """Where nothing went to the printer nobody holds the number; what a tray may hold stays good."""
    floor = served(still_floor.hall, still_floor.printer)
    asked = floor.hall.data / "asked-K01.json"
    with floor.kiosk() as kiosk:
        kiosk.touch(GENERAL["zh"])
        kiosk.find(TAKE)
        # The printer is asked how it is before each slip, and lets this one wait.
        floor.printer.command("go_silent")
        kiosk.touch(TAKE)
        number = number_on(kiosk)
        assert asked.exists()
        assert kiosk.close(signal.SIGKILL) == -signal.SIGKILL
    floor.printer.command("recover")
    with floor.kiosk(up=said("sorry.title.broke-off")) as kiosk:
        kiosk.find(said("sorry.words.broke-off"))
        until(lambda: not asked.exists())
        (gone,) = floor.hall.get("/tickets?state=cancelled", floor.api).json["tickets"]
        assert gone["number"] == number and floor.slips() == 0
        kiosk.touch(said("sorry.way.home"))
        kiosk.touch(GENERAL["zh"])
        kiosk.touch(TAKE)
        kiosk.wait_for(said("ticket.printed"))
        assert number_on(kiosk) != number
        assert not asked.exists(), "a slip that has begun is somebody's"
        assert kiosk.close(signal.SIGKILL) == -signal.SIGKILL
    with floor.kiosk() as kiosk:
        kiosk.find(said("home.title"))
    assert floor.hall.get("/tickets?state=waiting", floor.api).json["total"] == 1


def test_a_closed_hall_says_so_and_opens_again(still_floor: Floor) -> None:
    floor = served(still_floor.hall, still_floor.printer)
    manager = floor.hall.token("api", "manager", "manager")
    with floor.kiosk() as kiosk:
        kiosk.touch(GENERAL["zh"])
        kiosk.find(TAKE)
        assert floor.hall.post("/hall/close", {"reason": "停电检修"}, manager).status == 200
        kiosk.touch(TAKE)
        kiosk.wait_for(said("sorry.title.hall-closed"))
        kiosk.touch(said("sorry.way.home"))
        kiosk.wait_for(said("closed.title"))
        kiosk.find("停电检修")
        assert floor.hall.post("/hall/open", {"reason": ""}, manager).status == 200
        kiosk.wait_for(GENERAL["zh"])


def test_a_group_whose_numbers_are_all_taken_says_so_before_it_is_touched(still_floor: Floor) -> None:
    configured(still_floor.hall, 'id = "fees"\n', 'id = "fees"\nquota = 1\n')
    floor = served(still_floor.hall, still_floor.printer)
    with floor.kiosk() as kiosk:
        kiosk.find(FEES["zh"])
        assert said("sorry.title.quota") not in kiosk.texts()
        floor.take("fees")
        kiosk.wait_for(said("sorry.title.quota"))
        kiosk.touch(FEES["zh"])
        kiosk.touch(GENERAL["zh"])
        kiosk.find(TAKE)
        assert GENERAL["zh"] in kiosk.texts() and FEES["zh"] not in kiosk.texts()


def test_outside_its_hours_home_says_when_numbers_begin(still_floor: Floor) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    configured(still_floor.hall, "always_open = true", "always_open = false")
    configured(still_floor.hall, 'timezone = "Asia/Shanghai"', 'timezone = "UTC"')
    week = re.sub(
        r"(?m)^(mon|tue|wed|thu|fri|sat|sun) = .*$", r"\1 = []", still_floor.hall.config.read_text()
    )
    day = f"{tomorrow:%a}".lower()
    still_floor.hall.config.write_text(week.replace(f"{day} = []", f'{day} = [["09:00", "17:00"]]'))
    still_floor.hall.start()
    variables = {"HALL_TOKEN": still_floor.hall.token("kiosk", "K01")}
    options = ["--server", still_floor.hall.url, "--kiosk", "K01", "--size", "1080x1920"]
    with stage.start("kiosk", *options, size=PORTRAIT, env=variables) as kiosk:
        kiosk.wait_for(said("closed.opens", when=said("when.tomorrow", time="09:00")))
        assert GENERAL["zh"] not in kiosk.texts()


def test_everything_ends_as_it_began(floor: Floor, kiosk: stage.Program) -> None:
    assert "Traceback" not in kiosk.log()
    until(lambda: said("home.title") in kiosk.texts())


# --- when the kiosk itself fails -----------------------------------------------------------------------


def test_a_screen_that_fails_ends_nothing_and_there_is_a_way_home(floor: Floor) -> None:
    """Again and again; and where not even the screen can be built that says so."""
    with floor.kiosk(program="tests.kiosk.broken") as kiosk:
        for sorry in ("sorry.title.crash", "last.home", "sorry.title.crash"):
            kiosk.touch(said("home.have"))
            kiosk.wait_for(said(sorry))
            kiosk.touch(said("last.home" if sorry == "last.home" else "sorry.way.home"))
            kiosk.wait_for(said("home.title"))
        assert "CRITICAL kiosk.app: the kiosk failed" in kiosk.log()
        assert kiosk.close(signal.SIGTERM) == 0
