"""Forms from the kiosk to what comes of them: a matter that is filled in there and printed by its clerk, and
a pass that is applied for there and checked by its code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from PIL import Image
from playwright.sync_api import expect

from assets import texts
from kiosk import slip
from tests import stage
from tests.conftest import until
from tests.kiosk.conftest import TAKE, Floor, number_on, said, served, with_printer
from tests.kiosk.test_form import fill_the_rest, lay_card, next_to, type_on
from tests.kiosk.test_slip import code_in
from tests.web.conftest import OpenPage

NUMBER = "11010519491231002X"
WITHDRAWAL = "公积金提取（离休、退休）"
FORM = "住房公积金提取申请表"
PASS, PASS_FORM = "市区临时通行证", "市区临时通行证申请表"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    hall, printer = with_printer(tmp_path)
    yield served(hall, printer)
    printer.stop()
    hall.stop()


def find(kiosk: stage.Program, letters: str, item: str) -> None:
    """An item, by an everyday word's letters."""
    kiosk.touch(said("home.find"))
    kiosk.wait_for(said("find.title"))
    type_on(kiosk, letters)
    kiosk.touch(item)


def tick_papers(kiosk: stage.Program) -> None:
    """All that is to be brought is there."""
    kiosk.touch(said("confirm.guide"))
    kiosk.wait_for(said("guide.tick"))
    for _ in range(5):
        kiosk.touch(said("guide.all"))
        if said("guide.done") in kiosk.texts():
            break
        kiosk.touch(said("guide.next"))
    kiosk.touch(said("guide.done"))
    kiosk.wait_for(TAKE)


def fill_by_card(kiosk: stage.Program, floor: Floor, form: str, after: str) -> None:
    kiosk.touch(said("confirm.forms"))
    kiosk.touch(form)
    kiosk.touch(said("card.consent"))
    kiosk.wait_for(said("card.lay"))
    lay_card(floor)
    kiosk.wait_for(after)


def finish(kiosk: stage.Program) -> None:
    kiosk.wait_for(said("end.whole"))
    kiosk.touch(said("end.finish"))
    kiosk.wait_for(said("done.title"))


def printed(floor: Floor, path: str, token: str) -> bytes:
    request = Request(f"{floor.hall.url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    with urlopen(request, timeout=20) as answer:
        pdf: bytes = answer.read()
    return pdf


def test_a_form_filled_in_by_card_is_printed_by_the_clerk_who_called(floor: Floor, tmp_path: Path) -> None:
    with floor.kiosk() as kiosk:
        find(kiosk, "gjjtq", WITHDRAWAL)
        tick_papers(kiosk)
        fill_by_card(kiosk, floor, FORM, "手机号")
        fill_the_rest(kiosk)
        finish(kiosk)
        kiosk.touch(said("forms.go"))
        kiosk.touch(TAKE)
        number = number_on(kiosk)
    clerk = floor.api
    floor.hall.post("/windows/1/open", {}, clerk)
    ticket = floor.hall.post("/windows/1/next", {}, clerk).json
    assert (ticket["number"], ticket["papers"]) == (number, {"ready": 1, "of": 1, "have": 3, "needed": 3})
    (form,) = [one for one in forms_of(floor, ticket, clerk) if one["state"]]
    assert floor.hall.post(f"/drafts/{form['draft']}/complete", {}, clerk).json["state"] == "complete"
    pdf = tmp_path / "form.pdf"
    pdf.write_bytes(printed(floor, f"/drafts/{form['draft']}/pdf", clerk))
    words = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert all(word in "".join(words.split()) for word in (FORM, "张三丰", NUMBER, "工商银行", "12000.5"))
    subprocess.run(["pdftoppm", "-r", "60", "-png", pdf, tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert pages
    for page in pages:
        with Image.open(page) as picture:
            assert picture.height / picture.width == pytest.approx(2**0.5, abs=0.01), "A4"
            darkest, _ = picture.convert("L").getextrema()
            assert darkest == 0, "something stands on it"


def forms_of(floor: Floor, ticket: dict[str, Any], token: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = floor.hall.get(f"/tickets/{ticket['id']}/forms", token).json["forms"]
    return listed


def test_a_city_pass_is_applied_for_issued_printed_and_found_valid(floor: Floor, open_page: OpenPage) -> None:
    today = floor.hall.get("/hall").json["day"].replace("-", "")
    with floor.kiosk() as kiosk:
        find(kiosk, "linshitongxingzheng", PASS)
        fill_by_card(kiosk, floor, PASS_FORM, "手机号")
        type_on(kiosk, "13812345678")
        next_to(kiosk, "车牌号")
        type_on(kiosk, "lu")
        # The field's example begins with the same sign.
        kiosk.wait(lambda seen: any(one.text == "鲁" for one in seen), "鲁 was not offered")
        kiosk.touch("鲁")
        kiosk.touch("换英文")
        type_on(kiosk, "p12345")
        next_to(kiosk, "车型")
        kiosk.touch("轻型货车")
        kiosk.wait_for("核定载重（吨）")
        type_on(kiosk, "1.5")
        next_to(kiosk, "进城做什么")
        kiosk.touch("搬家")
        kiosk.wait_for("走哪些路")
        type_on(kiosk, "hunanlu1")
        next_to(kiosk, "从哪天起")
        type_on(kiosk, today)
        next_to(kiosk, "到哪天止")
        type_on(kiosk, today)
        next_to(kiosk, "我保证按规定行驶")
        kiosk.touch("I keep to the rules")
        finish(kiosk)
        kiosk.touch(said("permit.ask"))
        kiosk.wait_for(said("permit.printed"))
        kiosk.wait_for("鲁P12345")
        kiosk.touch(said("permit.done"))
        kiosk.wait_for(said("home.title"))
        log = kiosk.log()
    manager = floor.hall.token("api", "zhao", "manager")
    (permit,) = floor.hall.post("/permits/find", {"holder": "鲁P12345"}, manager).json["permits"]
    (paper,) = until(lambda: floor.printer.printed)
    with Image.open(paper) as picture:
        assert code_in(picture, slip.code(permit["verify_url"]))
    page = open_page(permit["verify_url"], viewport={"width": 390, "height": 844})
    expect(page.locator("#head")).to_have_text(texts.say("verify.valid.head"))
    expect(page.locator("#number")).to_have_text(permit["number"])
    assert re.fullmatch(r"TX\d{4}-\d{5}", permit["number"])
    assert not any(word in log for word in (NUMBER, "13812345678"))
