"""Slips as pictures: they fit the paper, are pure black and white, and carry the very code."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assets import theme
from hardware.printer import WIDTH, encode
from kiosk import slip
from kiosk.floor import Floor, Group, Item, Kiosk, Slot, Step, Ticket, Wait
from kiosk.guide import Guide, Material
from kiosk.told import slot_words
from queue_server.hall.model import Language, Need
from tests.kiosk.played import ticket

URL = "http://192.168.1.10:8080/t/AbCdEfGhIjKlMnOpQrStUvWx"
LONG = {"zh": "不动产转移登记（二手房过户），与不动产首次登记一起办理", "en": "Real estate transfer " * 4}
FLOOR = Floor(
    kiosk=Kiosk(id="K03"),
    name={"zh": "聊城市政务服务大厅", "en": "Liaocheng Government Service Hall"},
    groups=(Group("general", {"zh": "综合受理", "en": "General acceptance"}, "blue", True, ("east",)),),
    zones={"east": {"zh": "东区", "en": "East zone"}},
    items=(Item("long", LONG, "general", ()),),
)
TICKET = Ticket(
    number="A012",
    group="general",
    services=(),
    wait=Wait(12, 840),
    zones=("east",),
    issued_at=datetime.fromisoformat("2026-11-23T09:42:00+08:00"),
    follow_url=URL,
)


def code_in(picture: Image.Image, modules: slip.Code) -> bool:
    """Whether the QR code stands in the picture, module by module, wherever and however large."""
    grey = picture.convert("L")
    for dot in range(2, 12):
        side = dot * len(modules)
        for top in range(picture.height - side):
            if all(
                (grey.getpixel((slip.EDGE + x * dot + dot // 2, top + y * dot + dot // 2)) == 0) == dark
                for y, row in enumerate(modules)
                for x, dark in enumerate(row)
            ):
                return True
    return False


@pytest.mark.parametrize("language", list(Language))
def test_the_slip_carries_the_tickets_own_code(language: Language) -> None:
    picture = slip.picture(TICKET, FLOOR, language)
    assert code_in(picture, slip.code(URL))
    assert not code_in(picture, slip.code(URL[:-1] + "y"))


@pytest.mark.parametrize("language", list(Language))
def test_it_fits_the_paper_in_black_and_white_and_prints(language: Language) -> None:
    picture = slip.picture(replace(TICKET, services=("long", "long")), FLOOR, language)
    assert (picture.width, picture.mode) == (WIDTH, "1")
    edge = picture.convert("L").crop((WIDTH - slip.EDGE + 2, 0, WIDTH, picture.height))
    assert edge.getextrema() == (255, 255)
    assert b"".join(encode(picture))


def test_the_number_is_the_largest_thing_on_it() -> None:
    for number in ("A012", "A1234", "AB12345"):
        picture = slip.picture(replace(TICKET, number=number), FLOOR, Language.ZH)
        rows = [picture.crop((0, y, WIDTH, y + 1)).convert("L").getextrema()[0] == 0 for y in range(500)]
        tallest = max(len(run) for run in "".join("#" if row else " " for row in rows).split())
        assert tallest > 80, number


def test_items_make_it_longer_and_a_missing_code_shorter() -> None:
    plain = slip.picture(TICKET, FLOOR, Language.ZH).height
    assert slip.picture(replace(TICKET, services=("long",)), FLOOR, Language.ZH).height > plain
    assert slip.picture(replace(TICKET, follow_url=""), FLOOR, Language.ZH).height < plain


def test_an_appointment_stands_on_it() -> None:
    """Whichever way it counts: another sentence each, in more lines than without one."""
    plain = slip.picture(TICKET, FLOOR, Language.ZH)
    told = {
        slip.picture(
            replace(TICKET, slot=Slot("10:20", "10:40", counts)), FLOOR, language, large=large
        ).tobytes()
        for counts in ("later", "now", "no-more")
        for language in Language
        for large in (False, True)
    }
    assert len(told) == 12
    slot = Slot("10:20", "10:40", "later")
    assert slot_words(slot, Language.ZH) == "预约 10:20–10:40，10:20 起优先"
    assert slip.picture(replace(TICKET, slot=slot), FLOOR, Language.ZH).height > plain.height


def test_large_text_and_a_reprint_are_seen_at_once_and_fit() -> None:
    usual, large = (slip.picture(TICKET, FLOOR, Language.EN, large=large) for large in (False, True))
    again = slip.picture(TICKET, FLOOR, Language.EN, large=True, again=True)
    assert usual.height < large.height < again.height
    for picture in (large, again):
        assert code_in(picture, slip.code(URL))
    band = [
        y
        for y in range(again.height)
        if again.getpixel((slip.EDGE, y)) == again.getpixel((WIDTH - slip.EDGE, y)) == 0
    ]
    assert len(band) > 40, "a black band from edge to edge says that it is a reprint"


@pytest.mark.parametrize("language", list(Language))
def test_a_visit_over_several_groups_says_their_order_in_any_size(language: Language) -> None:
    steps = (Step("general", ("long",)), Step("fees", ()), Step("issuing", ()))
    through = replace(TICKET, services=("long",), steps=steps)
    at_one = replace(through, steps=steps[:1])
    for large in (False, True):
        (several, one) = (slip.picture(ticket, FLOOR, language, large=large) for ticket in (through, at_one))
        size = theme.LARGE_TEXT if large else 1
        assert several.height > one.height + 4 * 30 * size, "a line for the order, and one for each group"
    body = {**ticket(), "steps": [{"group": "general", "services": [], "state": "finished"},
                                  {"group": "fees", "services": ["pay"], "state": "waiting"}]}  # fmt: skip
    assert Ticket.of(body).steps == (Step("fees", ("pay",)),), "what is done is not told again"


def test_who_does_not_hear_reads_what_tells_the_turn() -> None:
    deaf = replace(TICKET, needs=frozenset({Need.DEAF}))
    for language in Language:
        usual, told = (slip.picture(one, FLOOR, language).height for one in (TICKET, deaf))
        assert told > usual


@given(
    st.integers(0, 5000),
    st.one_of(st.none(), st.floats(0, 40000)),
    st.lists(st.sampled_from(["east", "gone"]), max_size=3),
    st.lists(st.sampled_from(["long", "gone"]), max_size=5),
)
@settings(max_examples=20, deadline=None)
def test_whatever_is_known_there_is_a_slip(
    ahead: int, seconds: float | None, zones: list[str], services: list[str]
) -> None:
    ticket = replace(TICKET, wait=Wait(ahead, seconds), zones=tuple(zones), services=tuple(services))
    for language in Language:
        whole = slip.picture(ticket, FLOOR, language, large=True, again=True)
        assert whole.height < slip.LONGEST


# --- what to bring -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", list(Language))
def test_the_list_of_what_to_bring_carries_the_phone_pages_own_code(language: Language) -> None:
    floor = replace(FLOOR, kiosk=Kiosk(id="K03", public_url="http://hall.example"))
    paper = Material("long", LONG, originals=1, copies=2, is_own=True, source="own", later=False, note=None)
    guides = (Guide("long", (paper, paper)),)
    picture = slip.needs(guides, frozenset(), floor, language)
    assert picture.width == WIDTH and picture.mode == "1"
    assert code_in(picture, slip.code("http://hall.example/items/long?missing=long.0,long.1"))
    ticked = frozenset({("long", 0), ("long", 1)})
    assert slip.needs(guides, ticked, floor, language).height < picture.height
