"""Finding a handling item by whatever a citizen types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import texts
from queue_server.catalogue.catalogue import Catalogue
from queue_server.hall.model import Party, ServiceId
from queue_server.settings.settings import load
from queue_server.web.guide import shown

CATALOGUE = load(Path(__file__).parents[2] / "config" / "hall.toml").catalogue


def first(q: str) -> str:
    return CATALOGUE.search(q)[0].id


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("公积金提取", "fund-withdraw-home"),
        ("gongjijin", "fund-withdraw-home"),
        ("gjj", "fund-withdraw-home"),
        ("开饭店", "food-licence-new"),
        ("kaifandian", "food-licence-new"),
        ("kfd", "food-licence-new"),
        ("Food licence", "food-licence-new"),
        ("换身份证", "id-card-renewal"),
        ("落户", "household-move"),
        ("生育登记", "childbirth-registration"),
        ("restaurant", "food-licence-new"),
        ("老年证", "elderly-card"),
        ("我要办营业执照怎么办", "sole-trader-setup"),
        ("collect-title", "collect-title"),
    ],
)
def test_the_best_match_comes_first(q: str, expected: str) -> None:
    if q in ("开饭店", "kaifandian", "kfd", "restaurant"):
        assert expected in [one.id for one in CATALOGUE.search(q)][:5]
    else:
        assert first(q) == expected


@pytest.mark.parametrize("service", CATALOGUE.services.values(), ids=lambda one: one.id)
def test_every_item_is_found_by_its_names(service) -> None:  # type: ignore[no-untyped-def]
    for q in (service.name["zh"], service.name["en"], service.id):
        assert first(q) == service.id


def test_every_item_is_found_by_its_everyday_words() -> None:
    for service in CATALOGUE.services.values():
        for word in service.words:
            assert service in CATALOGUE.search(word)


def test_nothing_fits_nonsense() -> None:
    assert CATALOGUE.search("zzzzqqq") == []


def test_without_words_everything_comes_in_order() -> None:
    assert CATALOGUE.search(" ，。") == list(CATALOGUE.services.values())


def test_filters_hold_with_and_without_words() -> None:
    assert {one.group for one in CATALOGUE.search(group="fees")} == {"fees"}
    assert CATALOGUE.search(group="nobody") == []
    assert {one.id for one in CATALOGUE.search(theme="buy-home")} == set(
        CATALOGUE.themes["buy-home"].services
    )
    assert all(one.party is not Party.CITIZEN for one in CATALOGUE.search("登记", party=Party.ENTERPRISE))


@given(st.text(max_size=40))
def test_any_text_may_be_typed(q: str) -> None:
    found = CATALOGUE.search(q)
    assert len(found) == len({one.id for one in found})


def test_questions_end_at_a_theme_or_a_group_within_three() -> None:
    questions = CATALOGUE.questions

    def deepest(id: str) -> int:
        return 1 + max(
            deepest(one.leads_to) if one.kind == "question" else 0 for one in questions[id].answers
        )

    assert deepest(next(iter(questions))) == 3
    reached = {one.leads_to for question in questions.values() for one in question.answers}
    assert set(questions) - reached == {next(iter(questions))}


def test_the_keyboard_is_offered_what_people_say() -> None:
    words = CATALOGUE.words()
    assert {"开饭店", "开饭馆", "公积金", "居民身份证补领"} <= set(words)
    assert len(words) == len(set(words)) and not [word for word in words if word.isascii()]


def test_an_empty_catalogue_finds_nothing() -> None:
    assert Catalogue().search("身份证") == []


def test_a_guide_says_whose_paper_it_is_and_what_may_follow_only_where_that_is_so() -> None:
    for service in CATALOGUE.services.values():
        whose = {one["party"] for one in CATALOGUE.guide(service.id)["materials"]}  # type: ignore[attr-defined]
        assert service.party is None or whose <= {None}, service.id
        may_follow = {one["later"] for one in CATALOGUE.guide(service.id)["materials"]}  # type: ignore[attr-defined]
        assert "papers-missing" in service.flags or may_follow <= {False}, service.id
        assert len({one.id for one in CATALOGUE.to_bring(service.id)}) == len(CATALOGUE.to_bring(service.id))


def test_whatever_is_made_in_the_hall_is_said_to_be_there() -> None:
    """Photos are taken and taxes paid here too, so it isn't called a form."""
    made = {
        one["zh"]
        for service in CATALOGUE.services.values()
        for one in CATALOGUE.guide(service.id)["materials"]  # type: ignore[attr-defined]
        if one["source"] == "hall"
    }
    assert not all("表" in name for name in made)
    assert not any("表" in texts.say(f"{where}.hall") for where in ("guide", "kiosk.guide"))


@pytest.mark.parametrize("party", Party)
def test_a_phone_lists_for_a_ticket_what_the_hall_counts(party: Party) -> None:
    for service in CATALOGUE.services.values():
        (item,) = shown(CATALOGUE, [service.id], set(), {}, "zh", lambda key, **_values: key, party)
        listed = [one["id"] for one in item["papers"] if one["is_own"]]
        assert listed == [one.id for one in service.materials if one.party in (None, party)], service.id


def test_where_a_type_would_say_what_is_not_so_the_item_speaks_for_itself() -> None:
    def guide(id: str) -> Any:
        return CATALOGUE.guide(ServiceId(id))

    for foreigners in ("visa-extend", "residence-foreigner", "foreigner-lodging"):
        papers = [one["zh"] for one in guide(foreigners)["materials"]]
        assert "护照" in papers and "居民身份证" not in papers
    for newborn in ("id-card-first", "id-card-temporary", "medical-enrol-newborn"):
        assert "居民身份证" not in [one["zh"] for one in guide(newborn)["materials"]]
    for costly in ("passport-renew", "passport-replace", "id-card-remote", "property-inherit", "notary-will"):
        assert "不收费" not in guide(costly)["fee"]["zh"]
    assert "冷静期" in guide("marriage-divorce")["process"][1]["zh"]
    assert "one-visit" not in CATALOGUE.services[ServiceId("marriage-divorce")].flags
    for id, template in (("household-death", "company-close"), ("labour-complaint", "complain")):
        assert guide(id)["conditions"] != guide(template)["conditions"]


def test_a_board_tells_what_most_of_a_group_need() -> None:
    told = {group: [paper["zh"] for paper in papers] for group, papers in CATALOGUE.papers.items()}
    assert told["general"][:2] == ["申请表（大厅可填）", "居民身份证"]
    assert set(told) == {one.group for one in CATALOGUE.services.values()}
    assert all(1 <= len(papers) <= 3 for papers in told.values())
    assert Catalogue().papers == {}
