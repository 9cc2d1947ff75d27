"""A form filled in at a kiosk in a real window, by touch, with a simulated card and a real server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assets import texts
from hardware import card_reader_sim
from queue_server.keyring import Keyring
from tests import stage
from tests.kiosk.conftest import TAKE, Floor, served, with_printer

NUMBER = "11010519491231002X"
ITEM = "公积金提取（离休、退休）"
FORM = "住房公积金提取申请表"
ACCOUNT = "6222020000000000"


def said(key: str) -> str:
    return texts.say(f"kiosk.{key}")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    hall, printer = with_printer(tmp_path)
    yield served(hall, printer)
    printer.stop()
    hall.stop()


def type_on(kiosk: stage.Program, signs: str) -> None:
    for sign in signs:
        kiosk.touch(sign)


def at_forms(kiosk: stage.Program) -> None:
    """From home to the item's forms, by a word."""
    kiosk.touch(said("home.find"))
    kiosk.wait_for(said("find.title"))
    type_on(kiosk, "gjjtq")
    kiosk.touch(ITEM)
    kiosk.touch(said("confirm.forms"))
    kiosk.wait_for(said("forms.why"))


def lay_card(floor: Floor) -> None:
    pipe = card_reader_sim.pipe_of(floor.hall.data, "K01")
    card_reader_sim.write(pipe, f"put {NUMBER} 张三丰; 汉; 聊城市东昌府区某路 1 号")


def next_to(kiosk: stage.Program, label: str) -> None:
    kiosk.touch(said("form.next"))
    kiosk.wait_for(label)


def fill_the_rest(kiosk: stage.Program) -> None:
    """What the card doesn't know, from the phone's number to the promise."""
    type_on(kiosk, "13812345678")
    next_to(kiosk, "单位名称")
    next_to(kiosk, "提取原因")
    kiosk.touch("退休")
    kiosk.wait_for("提取金额（元）")
    type_on(kiosk, "12000.5")
    next_to(kiosk, "收款银行")
    type_on(kiosk, "gongshangyinhang")
    kiosk.touch("工商银行")
    next_to(kiosk, "银行卡号（本人的）")
    type_on(kiosk, ACCOUNT)
    next_to(kiosk, "我保证提取原因真实")
    kiosk.touch("The reason is true")


def test_a_card_and_a_few_touches_fill_in_a_form_that_goes_with_the_number(floor: Floor) -> None:
    with floor.kiosk() as kiosk:
        at_forms(kiosk)
        kiosk.touch(FORM)
        kiosk.touch(said("card.consent"))
        kiosk.wait_for(said("card.lay"))
        lay_card(floor)
        kiosk.wait_for("手机号")
        type_on(kiosk, "12345")
        kiosk.touch(said("form.next"))
        kiosk.wait_for("手机号不对，应该是 1 开头的 11 位数字。")
        kiosk.touch("清空")
        fill_the_rest(kiosk)
        kiosk.wait_for(said("end.whole"))
        kiosk.touch(said("end.finish"))
        kiosk.wait_for(said("done.title"))
        kiosk.touch(said("forms.go"))
        kiosk.touch(TAKE)
        kiosk.wait_for(said("ticket.printed"))
        (number,) = floor.numbers()
        kiosk.touch("完成")
        kiosk.wait_for(said("home.title"))
        kiosk.type(follow_url(floor, number))
        kiosk.touch(said("sorry.way.forms"))
        kiosk.touch(FORM)
        kiosk.wait_for("张**|")
        log = kiosk.log()
    clerk = floor.api
    floor.hall.post("/windows/1/open", {}, clerk)
    ticket = floor.hall.post("/windows/1/next", {}, clerk).json
    assert (ticket["number"], ticket["papers"]) == (number, {"ready": 1, "of": 1, "have": 1, "needed": 1})
    listed = floor.hall.get(f"/tickets/{ticket['id']}/forms", clerk).json["forms"]
    draft = floor.hall.get(f"/drafts/{listed[0]['draft']}", clerk).json
    assert {name: (one["value"], one["source"]) for name, one in draft["values"].items()} == {
        "person_name": ("张三丰", "card"),
        "person_id": (NUMBER, "card"),
        "person_phone": ("13812345678", None),
        "reason": ("retire", None),
        "amount": (12000.5, None),
        "bank_name": ("工商银行", None),
        "bank_account": (ACCOUNT, None),
        "is_true": (True, None),
    }
    assert draft["consents"] == ["card"] and draft["state"] == "ready"
    for word in (NUMBER, "张三丰", "13812345678", ACCOUNT):
        assert word not in log and word not in floor.hall.log
    assert floor.hall.command("check").returncode == 0


def test_a_killed_server_or_kiosk_loses_nothing_and_the_phones_code_brings_it_back(floor: Floor) -> None:
    with floor.kiosk() as kiosk:
        at_forms(kiosk)
        kiosk.touch(FORM)
        kiosk.touch(said("card.consent"))
        kiosk.wait_for(said("card.lay"))
        lay_card(floor)
        kiosk.wait_for("手机号")
        floor.hall.kill()
        type_on(kiosk, "13812345678")
        kiosk.touch(said("form.next"))
        kiosk.wait_for(said("form.saving"))
        floor.hall.start()
        kiosk.wait_for("单位名称")
        kiosk.touch(said("form.phone"))
        kiosk.wait_for(said("phone.title"))
    floor.hall.kill()
    floor.hall.start()
    [secret] = secrets_of(floor)
    with floor.kiosk() as kiosk:
        kiosk.type(f"{floor.hall.url}/form/{secret}")
        kiosk.wait_for("提取原因")
        kiosk.touch(said("form.last"))
        kiosk.touch(said("form.last"))
        kiosk.wait_for("138****5678|")
        with kiosk.held(said("form.show")):
            kiosk.wait_for("138 1234 5678|")
        kiosk.wait_for("138****5678|")


def secrets_of(floor: Floor) -> list[str]:
    """Of the forms that are kept: what their citizens' phones hold."""
    keyring = Keyring.at(floor.hall.data / "hall.key")
    with closing(sqlite3.connect(floor.hall.data / "hall.db")) as db:
        return [keyring.draft_secret(id) for (id,) in db.execute("SELECT id FROM drafts")]


def follow_url(floor: Floor, number: str) -> str:
    """What the slip's code says: the server tells it to nobody else."""
    (ticket,) = floor.hall.get(f"/tickets?number={number}", floor.api).json["tickets"]
    return f"{floor.hall.url}/t/{Keyring.at(floor.hall.data / 'hall.key').ticket_secret(ticket['id'], 1)}"
