"""Papers that citizens tick, over the wire: with the number, from the phone, by the clerk, in a crash."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Hall
from tests.wire.line import Line

ITEM, OTHER = "food-licence-change", "sole-trader-setup"


def papers(hall: Hall, item: str) -> list[str]:
    """The ids of what a citizen brings for an item."""
    guide = hall.get(f"/services/{item}").json["guide"]
    return [one["id"] for one in guide["materials"] if one["source"] in ("own", "department")]


def test_what_is_there_goes_with_the_number_and_is_seen_before_calling(hall: Hall) -> None:
    first, *others = papers(hall, ITEM)
    kiosk = Line(hall, "/kiosk", hall.token("kiosk", "K01"))
    kiosk.wait_for("snapshot")
    taken = kiosk.ask("take_ticket", {"services": [ITEM], "materials": {ITEM: {first: True}}})["ticket"]
    kiosk.close()
    assert taken["materials"] == {ITEM: {first: True} | dict.fromkeys(others, False)}
    forms = taken["papers"]["of"]
    assert taken["papers"] == {"ready": 0, "of": forms, "have": 1, "needed": forms + 1 + len(others)}

    clerk = hall.token("api", "li", "clerk")
    hall.post("/windows/5/open", token=clerk)
    counter = Line(hall, "/counter", clerk, window=5)
    assert counter.wait_for("line")["line"]["queue"][0]["papers"] == taken["papers"]

    phone = Line(hall, "/ticket", taken["secret"])
    phone.wait_for("snapshot")
    told = phone.ask("materials", {"materials": {ITEM: {others[0]: True}}})["ticket"]
    assert told["papers"]["have"] == 2
    heard = counter.wait_for("line", lambda said: said["line"]["queue"][0]["papers"]["have"] == 2)
    assert heard["line"]["queue"][0]["number"] == taken["number"]
    called = hall.post("/windows/5/next", token=clerk).json
    by_clerk = hall.post(f"/tickets/{called['id']}/materials", {"materials": {ITEM: {first: False}}}, clerk)
    assert (by_clerk.status, by_clerk.json["papers"]["have"]) == (200, 1)
    shown = phone.wait_for("ticket", lambda said: said["ticket"]["papers"]["have"] == 1)
    assert shown["ticket"]["materials"][ITEM] == {first: False, others[0]: True} | dict.fromkeys(
        others[1:], False
    )
    phone.close()
    counter.close()


def test_a_crash_keeps_them_and_they_follow_items_put_right(hall: Hall) -> None:
    staff = hall.token("api", "desk", "manager")
    first = papers(hall, ITEM)[0]
    wish = {"services": [ITEM, OTHER], "materials": {ITEM: {first: True}}}
    ticket = hall.post("/tickets", wish, staff).json
    hall.kill()
    hall.start()
    path = f"/tickets/{ticket['id']}"
    assert hall.get(path, ticket["secret"]).json["materials"] == ticket["materials"]
    put_right = hall.call("PATCH", path, {"services": [ITEM], "reason": "one item"}, token=staff).json
    assert put_right["materials"] == {ITEM: ticket["materials"][ITEM]}


@pytest.mark.parametrize(
    ("materials", "field", "cure"),
    [
        ({"no-such": {}}, "materials.no-such", ITEM),
        ({ITEM: {"crown": True}}, f"materials.{ITEM}.crown", "the-present-certificate"),
        ({ITEM: {"crown": "yes"}}, f"materials.{ITEM}.crown", "true or false"),
        ({ITEM: ["crown"]}, f"materials.{ITEM}", "an object"),
    ],
)
def test_what_is_unknown_is_refused_with_its_field_and_a_cure(
    hall: Hall, materials: dict[str, Any], field: str, cure: str
) -> None:
    staff = hall.token("api", "desk", "clerk")
    refused = hall.post("/tickets", {"services": [ITEM], "materials": materials}, staff)
    assert (refused.status, refused.json["code"], refused.json["field"]) == (400, "invalid", field)
    ticket = hall.post("/tickets", {"services": [ITEM]}, staff).json
    later = hall.post(f"/tickets/{ticket['id']}/materials", {"materials": materials}, ticket["secret"])
    assert (later.status, later.json["field"]) == (400, field)
    assert cure in later.json["texts"]["en"], later.json["texts"]["en"]


def test_nobody_ticks_for_another(hall: Hall) -> None:
    staff = hall.token("api", "desk", "clerk")
    mine, other = (hall.post("/tickets", {"services": [ITEM]}, staff).json for _ in range(2))
    asked = {"materials": {ITEM: {papers(hall, ITEM)[0]: True}}}
    assert hall.post(f"/tickets/{mine['id']}/materials", asked, other["secret"]).status == 403
    assert hall.post(f"/tickets/{mine['id']}/materials", asked).status == 401
    assert hall.get(f"/tickets/{mine['id']}", mine["secret"]).json["materials"] is None
