"""Finding by what people say: a long list of everyday queries, each with what is meant by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.catalogue.catalogue import Catalogue
from queue_server.catalogue.search import Found, plain
from queue_server.catalogue.tokens import Slips, words
from queue_server.hall.model import Party
from queue_server.settings.settings import load

CATALOGUE = load(Path(__file__).parents[2] / "config" / "hall.toml").catalogue
QUERIES = [
    (query, set(meant.split()))
    for line in (Path(__file__).parent / "everyday_queries.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
    for query, meant in [line.split("\t")]
]
FIRST, SHARE = 3, 0.95


def name(found: Found) -> str:
    return found.id if found.kind == "service" else f"theme:{found.id}"


def best(query: str, catalogue: Catalogue = CATALOGUE) -> list[str]:
    return [name(one) for one in catalogue.find(query)[:FIRST]]


def test_the_list_names_what_there_is() -> None:
    assert len(QUERIES) >= 150
    known = {*CATALOGUE.services, *(f"theme:{id}" for id in CATALOGUE.themes)}
    assert not [meant - known for _, meant in QUERIES if meant - known]
    assert len({query for query, _ in QUERIES}) == len(QUERIES)


def test_what_is_meant_is_among_the_first_three() -> None:
    missed = [query for query, meant in QUERIES if not meant & set(best(query))]
    assert len(missed) <= (1 - SHARE) * len(QUERIES), missed


def test_items_alone_are_found_as_well() -> None:
    items = [(query, meant & set(CATALOGUE.services)) for query, meant in QUERIES]
    items = [(query, meant) for query, meant in items if meant]
    missed = [
        query for query, meant in items if not meant & {one.id for one in CATALOGUE.search(query)[:FIRST]}
    ]
    assert len(missed) <= (1 - SHARE) * len(items), missed


def test_an_everyday_word_finds_the_theme_and_its_item() -> None:
    assert {"theme:restaurant", "food-licence-new"} <= set(best("开饭馆"))


@pytest.mark.parametrize("theme", CATALOGUE.themes.values(), ids=lambda one: one.id)
def test_every_theme_is_found_by_its_names_and_words(theme) -> None:  # type: ignore[no-untyped-def]
    for query in (*theme.name.values(), *theme.words):
        assert theme in CATALOGUE.search_themes(query)
    assert CATALOGUE.search_themes(theme.name["zh"])[0] == theme


@pytest.mark.parametrize("typed", ["gongjijin", "身份证到期", "kaifandian", "passport"])
def test_something_fitting_comes_while_one_types(typed: str) -> None:
    whole = {one.id for one in CATALOGUE.find(typed)}
    for length in range(3, len(typed)):
        assert whole & {one.id for one in CATALOGUE.find(typed[:length])}, typed[:length]


@pytest.mark.parametrize("typed", ["kaifan", "kaif", "kai fan"])
def test_a_word_half_typed_in_pinyin_is_found(typed: str) -> None:
    assert {"theme:restaurant", "food-licence-new"} <= set(best(typed))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jiazhaoo daoqi", "driving-renew"),
        ("gongsizhuxaio", "company-close"),
        ("zufnag gongjijin", "fund-withdraw-rent"),
    ],
)
def test_a_slip_within_a_syllable_is_put_right(typed: str, meant: str) -> None:
    assert meant in best(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("shenfzheng", "id-card-renewal"), ("gthu", "sole-trader-setup"), ("sbkdl", "social-card-replace")],
)
def test_syllables_may_be_first_letters(typed: str, meant: str) -> None:
    assert meant in best(typed)


@pytest.mark.parametrize(
    ("typed", "known"), [("permenant", "permanent"), ("sertifikat", "certificate"), ("accidant", "accident")]
)
def test_an_english_word_with_other_vowels_is_put_right(typed: str, known: str) -> None:
    assert Slips(["permanent", "certificate", "accident"]).mend(typed) == known


@pytest.mark.parametrize(
    ("said", "alike"),
    [
        ("teacher", "teach"),
        ("renewal", "renewed"),
        ("licence", "license"),
        ("neighbour", "neighbors"),
        ("driver", plain("Driver’s")),
    ],
)
def test_an_english_word_is_its_stem(said: str, alike: str) -> None:
    assert words(said) == words(alike)


@pytest.mark.parametrize(
    ("many", "one"), [("passports", "passport"), ("dogs", "dog"), ("restaurants", "restaurant")]
)
def test_the_plural_finds_the_same(many: str, one: str) -> None:
    assert best(many)[:2] == best(one)[:2]


@pytest.mark.parametrize(
    ("typed", "meant"), [("12345", "complain"), ("4050", "hard-job"), ("😀护照", "passport-new")]
)
def test_numbers_are_looked_for_and_pictures_are_not(typed: str, meant: str) -> None:
    assert meant in best(typed)


@pytest.mark.parametrize("query", ["", "  ", "😀👶", "?!", "\0", "x" * 10_000])
def test_what_says_nothing_finds_nothing(query: str) -> None:
    assert CATALOGUE.find(query) == []


def test_the_best_for_a_party_is_not_cut_by_what_fits_others_better() -> None:
    everybody = CATALOGUE.search("注册公司")
    citizens = CATALOGUE.search("注册公司", party=Party.CITIZEN)
    assert everybody[0].party is Party.ENTERPRISE
    assert len(citizens) > sum(one.party in (None, Party.CITIZEN) for one in everybody)
    assert all(one.party in (None, Party.CITIZEN) for one in citizens)


def test_what_is_asked_for_more_comes_first_where_both_fit() -> None:
    uses = [CATALOGUE.details[one.id].uses for one in CATALOGUE.search("公积金提取")[:2]]
    assert uses == sorted(uses, reverse=True)


def test_width_case_and_signs_make_no_difference() -> None:
    for query in ("ＧＪＪ", "GJJ", " g-j-j ".replace("-", ""), "gjj？"):
        assert best(query) == best("gjj")


@given(st.text(max_size=200))
def test_any_text_may_be_asked(query: str) -> None:
    found = CATALOGUE.find(query)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(st.sampled_from(["passport", "shenfenzheng", "gongjijin"]), st.integers(0, 7), st.sampled_from("aeqz"))
def test_one_slip_is_put_right(word: str, at: int, letter: str) -> None:
    slips = Slips([word])
    swapped = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
    for typed in (word[:at] + word[at + 1 :], word[:at] + letter + word[at:], swapped):
        assert slips.mend(typed) == word
    assert slips.mend("driving") == "driving"
