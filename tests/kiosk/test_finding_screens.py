"""Finding what one came for in the real window, by touch alone; every way ends with a number or a person."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from hardware import card_reader_sim
from tests import stage
from tests.kiosk.conftest import LANDSCAPE, TAKE, Floor, configured, number_on, said, served


def find(kiosk: stage.Program, letters: str = "") -> None:
    """From home to the keyboard, and type."""
    kiosk.touch(said("home.find"))
    press(kiosk, "find.title", letters)


def press(kiosk: stage.Program, title: str, letters: str) -> None:
    """Type on the screen with this title, until all that was typed has been searched for."""
    kiosk.find(said(title))
    for letter in letters:
        kiosk.touch(letter)
    if letters:
        searched(kiosk, letters)


def searched(kiosk: stage.Program, typed: str) -> None:
    def stands(seen: list[stage.Seen]) -> bool:
        texts = [one.text for one in seen]
        done = said("find.none") in texts or any(text.startswith("找到") for text in texts)
        return f"{typed}|" in texts and done

    kiosk.wait(stands, f"nothing was said of {typed}")


def add(kiosk: stage.Program, letters: str, item: str) -> None:
    """One more item, from the basket or from the number's screen."""
    press(kiosk, "find.more", letters)
    kiosk.touch(item)


def take(floor: Floor, kiosk: stage.Program) -> Any:
    """Take the number; the ticket as the server has it."""
    kiosk.touch(TAKE)
    number = number_on(kiosk)
    kiosk.wait_for(said("ticket.printed"))
    kiosk.touch("完成")
    (ticket,) = floor.hall.get(f"/tickets?number={number}", floor.api).json["tickets"]
    return ticket


# --- searching -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letters", "hanzi", "match", "service"),
    [
        ("kaifanguan", "开饭馆", "食品经营许可（新办）", "food-licence-new"),
        ("gjj", "公积金", "公积金提取（购房）", "fund-withdraw-home"),
    ],
)
def test_pinyin_and_initials_lead_to_a_number_by_a_candidate(
    floor: Floor, kiosk: stage.Program, letters: str, hanzi: str, match: str, service: str
) -> None:
    find(kiosk, letters)
    kiosk.touch(hanzi)
    searched(kiosk, hanzi)
    kiosk.touch(match)
    kiosk.find(said("confirm.guide"))
    assert take(floor, kiosk)["services"] == [service]


def test_letters_alone_find_too_and_slips_are_erased(floor: Floor, kiosk: stage.Program) -> None:
    find(kiosk, "gjjz")
    kiosk.touch(said("keyboard.clear"))
    kiosk.wait_for(said("find.hint"))
    press(kiosk, "find.title", "gjj")
    kiosk.find("公积金提取（购房）")
    kiosk.touch(said("key.home"))


def test_english_words_find_on_a_wide_screen(floor: Floor) -> None:
    with floor.kiosk("en", LANDSCAPE) as kiosk:
        kiosk.touch(said("home.find-short", "en"))
        kiosk.find(said("find.title", "en"))
        for letter in "passport":
            kiosk.touch(letter)
        kiosk.wait_for("passport|")
        kiosk.touch("First ordinary passport")
        kiosk.touch("Take my number")
        kiosk.wait_for(said("ticket.printed", "en"))
        assert number_on(kiosk) in floor.numbers()


def test_where_nothing_is_found_the_other_ways_stand(floor: Floor, kiosk: stage.Program) -> None:
    find(kiosk, "qqzzvv")
    kiosk.touch(said("find.unsure"))
    kiosk.touch(said("question.person"))
    kiosk.wait_for(said("frame.help-told"))
    kiosk.touch(said("key.home"))


# --- the other ways in -----------------------------------------------------------------------------


def test_a_business_finds_its_item_by_its_theme(floor: Floor, kiosk: stage.Program) -> None:
    find(kiosk)
    kiosk.touch(said("find.enterprise"))
    kiosk.find(said("themes.title-enterprise"))
    kiosk.touch("开饭店")
    kiosk.touch("个体工商户设立登记")
    ticket = take(floor, kiosk)
    assert (ticket["services"], ticket["party"]) == (["sole-trader-setup"], "enterprise")


def test_a_result_is_collected_with_two_touches(floor: Floor, kiosk: stage.Program) -> None:
    kiosk.touch("领取结果")
    assert take(floor, kiosk)["group"] == "issuing"


def test_plain_questions_lead_to_an_item(floor: Floor, kiosk: stage.Program) -> None:
    find(kiosk)
    kiosk.touch(said("find.unsure"))
    kiosk.touch("给自己或家里人办事")
    kiosk.touch("证件、户口、结婚、出国")
    kiosk.touch("证件丢了")
    kiosk.touch("居民身份证补领")
    assert take(floor, kiosk)["services"] == ["id-card-replacement"]


def test_plain_questions_lead_to_a_groups_number(floor: Floor, kiosk: stage.Program) -> None:
    find(kiosk)
    kiosk.touch(said("find.unsure"))
    kiosk.touch("交钱")
    assert take(floor, kiosk)["group"] == "fees"


def test_a_lost_slip_leads_to_a_person(floor: Floor, kiosk: stage.Program) -> None:
    kiosk.touch(said("home.have"))
    kiosk.touch(said("have.lost"))
    kiosk.wait_for(said("frame.help-told"))
    kiosk.touch(said("key.home"))


# --- the basket and what to bring ------------------------------------------------------------------


def test_three_items_go_with_one_number_and_one_is_taken_out(floor: Floor, kiosk: stage.Program) -> None:
    find(kiosk, "gjj")
    kiosk.touch("公积金提取（购房）")
    kiosk.touch(said("confirm.more"))
    add(kiosk, "jnqs", "缴纳契税")
    kiosk.find(said("basket.title", count=2))
    kiosk.touch(said("basket.more"))
    add(kiosk, "wfzjl", "无犯罪记录证明")
    kiosk.wait_for(said("basket.title", count=3))
    kiosk.find("先到综合受理，再到缴费")
    kiosk.find(said("basket.elsewhere", places="网上或自助机上"))
    removes = kiosk.wait(lambda seen: [one for one in seen if one.text == said("basket.remove")], "no keys")
    kiosk.touch_at(*removes[0].box.centre)
    kiosk.wait_for(said("basket.title", count=2))
    kiosk.touch(said("basket.go"))
    ticket = take(floor, kiosk)
    assert [step["group"] for step in ticket["steps"]] == ["general", "fees"]
    assert ticket["materials"] is None, "nobody was asked"
    assert set(ticket["services"]) == {"crime-record", "pay-deed-tax"}


def test_a_missing_paper_is_named_printed_and_no_reason_to_be_refused(
    floor: Floor, kiosk: stage.Program
) -> None:
    find(kiosk, "sfz")
    kiosk.touch("居民身份证补领")
    kiosk.touch(said("confirm.guide"))
    kiosk.find("居民户口簿，或能确认身份的其他证件")
    kiosk.touch(said("guide.done"))
    kiosk.wait_for(said("bring.come-back.title"))
    kiosk.find("· 居民户口簿，或能确认身份的其他证件")
    kiosk.touch(said("bring.print.none"))
    kiosk.wait_for(said("bring.print.printed"))
    assert floor.slips() == 1
    kiosk.touch(said("bring.go-anyway"))
    ticket = take(floor, kiosk)
    assert ticket["services"] == ["id-card-replacement"]
    assert (ticket["verdict"], set(ticket["materials"]["id-card-replacement"].values())) == (
        "come-back",
        {False},
    )


def test_who_lacks_a_paper_that_may_follow_promises_it_without_typing_what_is_known(
    floor: Floor, kiosk: stage.Program
) -> None:
    find(kiosk, "spjyxkbg")
    kiosk.touch("食品经营许可（变更）")
    kiosk.touch(said("confirm.guide"))
    for paper in ("营业执照", "经办人身份证和授权委托书", "原证件"):
        kiosk.touch(paper)
    kiosk.touch(said("guide.done"))
    kiosk.wait_for(said("bring.later.title"))
    kiosk.touch(said("bring.promise"))
    kiosk.touch(said("card.by-hand"))
    kiosk.wait_for("企业名称")
    kiosk.touch(said("key.back"))
    kiosk.touch(said("forms.go"))
    ticket = take(floor, kiosk)
    secret = floor.hall.post(f"/tickets/{ticket['id']}/reprint", {}, floor.api).json["secret"]
    forms = floor.hall.get(f"/tickets/{ticket['id']}/forms", secret).json["forms"]
    (form,) = [one for one in forms if "papers-missing" in one["offered"]]
    draft = floor.hall.get(f"/drafts/{form['draft']}", secret).json
    assert (ticket["verdict"], {name: one["value"] for name, one in draft["values"].items()}) == (
        "later",
        {"matter": "食品经营许可（变更）", "missing": "变更内容的证明"},
    )


def test_with_all_papers_the_way_leads_straight_to_the_number(floor: Floor, kiosk: stage.Program) -> None:
    find(kiosk, "sfz")
    kiosk.touch("居民身份证补领")
    kiosk.touch(said("confirm.guide"))
    kiosk.touch(said("guide.all"))
    kiosk.touch(said("guide.done"))
    ticket = take(floor, kiosk)
    assert (ticket["services"], ticket["verdict"]) == (["id-card-replacement"], "complete")


# --- targets ---------------------------------------------------------------------------------------


def test_the_keyboards_keys_are_large_enough_for_a_finger(floor: Floor, kiosk: stage.Program) -> None:
    find(kiosk)
    per_mm = 1080 / 398
    boxes = [kiosk.find(letter).box for letter in "qpazm0"]
    # Beside the text is only the key's padding; between two keys' middles lies a key and a gap.
    assert min(box.width for box in boxes) >= 20 * per_mm
    rows = sorted({round(kiosk.find(letter).box.centre[1]) for letter in "1qaz"})
    assert min(lower - upper for upper, lower in pairwise(rows)) >= 22 * per_mm
    kiosk.touch(said("key.home"))


def test_everything_ends_as_it_began(floor: Floor, kiosk: stage.Program) -> None:
    assert "Traceback" not in kiosk.log()


# --- the card --------------------------------------------------------------------------------------


def test_a_card_is_read_when_its_holder_agrees_and_is_not_forgotten(still_floor: Floor) -> None:
    configured(still_floor.hall, "# idle_seconds = 60", "ask_id = true")
    hardware = still_floor.hall.config.with_name("hardware.toml")
    hardware.write_text(hardware.read_text("utf-8") + '\n[card_reader]\nkind = "simulated"\n', "utf-8")
    floor = served(still_floor.hall, still_floor.printer)
    with floor.kiosk() as kiosk:
        kiosk.touch("综合受理")
        kiosk.find(said("confirm.id-lay"))
        pipe = card_reader_sim.pipe_of(floor.hall.data, "K01")
        card_reader_sim.write(pipe, "put 11010519491231002X 张三丰")
        kiosk.find(said("identify.why"))
        assert not [text for text in kiosk.texts() if "110105" in text or "张" in text]
        kiosk.touch(said("identify.read"))
        kiosk.find("张**  110105********002X")
        kiosk.touch(TAKE)
        kiosk.wait_for(said("frame.card"))
        number = number_on(kiosk)
        card_reader_sim.write(pipe, "lift")
        kiosk.wait_gone(said("frame.card"))
        found = floor.hall.get("/tickets?id_number=11010519491231002X", floor.api).json["tickets"]
        assert [one["number"] for one in found] == [number]
        assert "张三丰" not in kiosk.log() and "11010519491231002X" not in kiosk.log()
