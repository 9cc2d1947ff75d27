"""Data from other offices, over real HTTP on this machine: good ones, and those that fail in every way."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall.identity import code_check_sign
from queue_server.outside.asking import Unanswered
from queue_server.outside.bridges import Bridges, Result, Unavailable, facts_of, results_of
from queue_server.settings.bridges import Outside, ProviderShape, read_outside
from queue_server.settings.reader import Mistake
from tests.conftest import ROOT, Hall, free_port, lay_out, until
from tests.far_end import FarEnd, far_end

CODE = "91371500MA3C0000X"
CODE += code_check_sign(CODE)
QR = "eyJsaWNlbmNlIjoiMSJ9"
LICENCE = {"code": 0, "data": {"entName": "聊城市东昌面馆", "uniscId": CODE, "legalPerson": "李静"}}


@pytest.fixture
def provider() -> Iterator[FarEnd]:
    with far_end() as one:
        one.answer = json.dumps(LICENCE)
        yield one


def shipped() -> Outside:
    mistakes: list[Mistake] = []
    outside = read_outside(ROOT / "config" / "bridges.toml", mistakes)
    assert not mistakes
    return outside


def connected(kind: str, url: str, **more: Any) -> ProviderShape:
    """The shipped provider of a kind, at an address."""
    return shipped().providers[kind].model_copy(update={"url": url, "timeout_seconds": 0.3, **more})


def bridges(now: float = 1000.0) -> Bridges:
    return Bridges(lambda: now)


# --- what a provider says -----------------------------------------------------------------------------


def test_facts_come_by_the_mapping(provider: FarEnd) -> None:
    outside = Outside(tokens={"licence": "s3cret"})
    facts = Bridges(lambda: 0.0, outside).facts(connected("licence", provider.url), QR)
    assert facts == {"name": "聊城市东昌面馆", "code": CODE, "owner": "李静"}
    headers, body = provider.got[0]
    assert json.loads(body) == {"code": QR}
    assert headers["Authorization"] == "Bearer s3cret"
    assert provider.paths == ["/send"]


def test_a_provider_that_knows_nothing_says_so(provider: FarEnd) -> None:
    provider.answer = '{"code": 404}'
    assert bridges().facts(connected("licence", provider.url), QR) is None
    provider.status, provider.answer = 404, "not here"
    assert bridges().facts(connected("licence", provider.url), QR) is None
    assert len(provider.got) == 2


WRONG = [
    (200, "no json"),
    (200, "[]"),
    (200, '{"code": 17}'),
    (200, json.dumps({**LICENCE, "data": {}})),
    (200, json.dumps({**LICENCE, "data": {"entName": "x", "uniscId": CODE[:-1] + "?"}})),
    (200, json.dumps({**LICENCE, "data": {"entName": ["x"], "uniscId": CODE}})),
    (200, "[" * 60_000),
    (302, json.dumps(LICENCE)),
    (500, "{}"),
]


@pytest.mark.parametrize(("status", "answer"), WRONG)
def test_a_wrong_answer_is_asked_for_again_then_given_up(
    provider: FarEnd, status: int, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider.status, provider.answer = status, answer
    with pytest.raises(Unavailable):
        bridges().facts(connected("licence", provider.url, attempts=2), QR)
    assert len(provider.got) == 2
    assert QR not in caplog.text and CODE not in caplog.text


def test_a_slow_one_and_one_that_is_not_there(provider: FarEnd) -> None:
    provider.may_answer.clear()
    with pytest.raises(Unavailable):
        bridges().facts(connected("licence", provider.url, attempts=1), QR)
    with pytest.raises(Unavailable):
        bridges().facts(connected("licence", f"http://127.0.0.1:{free_port()}/"), QR)


def test_one_that_fails_is_left_alone_then_tried_once(provider: FarEnd) -> None:
    now = 1000.0
    bridge = Bridges(lambda: now)
    one = connected("licence", provider.url, attempts=1, breaker_failures=3, breaker_rest_seconds=60.0)
    provider.status = 500
    for _ in range(6):
        with pytest.raises(Unavailable):
            bridge.facts(one, QR)
    assert len(provider.got) == 3
    now += 61
    provider.status = 200
    assert bridge.facts(one, QR) is not None
    assert bridge.facts(one, QR) is not None


def test_an_answer_about_another_project_is_none(provider: FarEnd) -> None:
    project = {"name": "面粉厂", "code": "2611-371500-04-01-123456", "company": "东昌面业"}
    provider.answer = json.dumps({"project": project})
    one = connected("project", provider.url, attempts=1)
    assert bridges().facts(one, project["code"].lower()) == {
        "name": "面粉厂",
        "code": project["code"],
        "owner": "东昌面业",
    }
    with pytest.raises(Unavailable):
        bridges().facts(one, "2611-371500-04-01-000000")


def test_results_are_a_list(provider: FarEnd) -> None:
    provider.answer = json.dumps(
        {"data": [{"itemName": "居民身份证", "state": "done"}, {"itemName": "护照", "state": "making"}]}
    )
    one = connected("result", provider.url)
    assert bridges().results(one, "R1", "") == [
        Result(True, {"item": "居民身份证"}),
        Result(False, {"item": "护照"}),
    ]
    assert json.loads(provider.got[0][1]) == {"receiptNo": "R1", "idNo": ""}
    provider.answer = '{"data": {}}'
    with pytest.raises(Unavailable):
        bridges().results(one, "R1", "")


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["code", "data", "x"]), inner)
    ),
    max_leaves=12,
)


@given(json_values, st.sampled_from(["licence", "project", "result"]))
def test_no_answer_breaks_anything(said: Any, kind: str) -> None:
    one = connected(kind, "http://127.0.0.1/")
    try:
        if kind == "result":
            results_of(one, said)
        else:
            facts = facts_of(one, said, "x")
            assert all(text and len(text) <= 400 and text.isprintable() for text in facts.values())
    except Unanswered:
        pass


# --- the config ---------------------------------------------------------------------------------------


def test_as_shipped_nothing_is_connected() -> None:
    outside = shipped()
    assert not any(one.url for one in outside.providers.values())
    assert not outside.platform.url
    assert outside.of_kind("licence") is None


def test_every_mistake_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bridges.toml"
    path.write_text(
        '[[providers]]\nid = "a"\nkind = "licence"\nname = { zh = "甲", en = "A" }\nsend = { x = "y" }\n'
        'facts = { naem = "n" }\n'
        '[[providers]]\nid = "a"\nkind = "result"\nname = { zh = "乙", en = "B" }\n'
        'token_file = "secret"\nsend = { x = "{receipt}" }\nfacts = { item = "n" }\n',
        "utf-8",
    )
    mistakes: list[Mistake] = []
    read_outside(path, mistakes)
    told = "\n".join(str(one) for one in mistakes)
    for words in ("facts.naem", 'did you mean "name"', "at least name and code", "{subject}", "token_file",
                  "an id that nothing else has", "ready"):  # fmt: skip
        assert words in told


def test_a_secret_comes_from_its_file(tmp_path: Path) -> None:
    text = (ROOT / "config" / "bridges.toml").read_text("utf-8")
    (tmp_path / "bridges.toml").write_text(text.replace('token_file = ""', 'token_file = "secret"'), "utf-8")
    (tmp_path / "secret").write_text("s3cret\n")
    mistakes: list[Mistake] = []
    outside = read_outside(tmp_path / "bridges.toml", mistakes)
    assert not mistakes
    assert outside.tokens == {"licence": "s3cret", "platform": "s3cret"}
    assert "s3cret" not in repr(outside)


# --- a whole hall -------------------------------------------------------------------------------------


def connect(hall: Hall, **urls: str) -> None:
    """Start a hall whose providers are at these addresses."""
    text = (ROOT / "config" / "bridges.toml").read_text("utf-8")
    for kind, url in urls.items():
        head, _, rest = text.partition(f'kind = "{kind}"')
        rest = rest.replace('url = ""', f'url = "{url}"\ntimeout_seconds = 1.0', 1)
        text = f'{head}kind = "{kind}"{rest}'
    text = text.replace("timeout_seconds = 3.0\n", "")
    (hall.config.parent / "bridges.toml").write_text(text, "utf-8")
    hall.start()


def consents(hall: Hall) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(hall.data / "hall.db")) as db:
        return db.execute("SELECT by, provider, purpose FROM consents").fetchall()


def test_a_kiosk_asks_with_consent_and_the_consent_is_kept(still_hall: Hall, provider: FarEnd) -> None:
    connect(still_hall, licence=provider.url)
    kiosk = still_hall.token("kiosk", "K01")
    wish = {"subject": QR, "purpose": "food-licence"}
    refused = still_hall.post("/bridges/licence/ask", wish, kiosk)
    assert (refused.status, refused.json["field"]) == (400, "consent")
    assert not provider.got and not consents(still_hall)
    for _ in range(2):
        said = still_hall.post("/bridges/licence/ask", {**wish, "consent": True}, kiosk, key="one-press").json
        assert said["state"] == "found"
        assert said["facts"]["licence.name"] == "聊城市东昌面馆"
        assert said["provider"]["zh"] == "电子营业执照系统"
    assert consents(still_hall) == [("kiosk:K01", "licence", "food-licence")]
    assert len(provider.got) == 1, "a repeat is told what was said before"
    other = {**wish, "subject": "other", "consent": True}
    assert still_hall.post("/bridges/licence/ask", other, kiosk, key="one-press").status == 422
    with closing(sqlite3.connect(still_hall.data / "hall.db")) as db:
        everything = "\n".join(db.iterdump()) + still_hall.log
    assert QR not in everything and "东昌面馆" not in everything and CODE not in everything


def test_a_slow_provider_holds_up_nobody_else(still_hall: Hall, provider: FarEnd) -> None:
    connect(still_hall, licence=provider.url)
    kiosk = still_hall.token("kiosk", "K01")
    provider.may_answer.clear()
    wish = {"subject": QR, "purpose": "food-licence", "consent": True}
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(still_hall.post, "/bridges/licence/ask", wish, kiosk) for _ in range(4)]
        until(lambda: len(provider.got) >= 4)
        taken = still_hall.post("/tickets", {"group": "general"}, kiosk)
        assert taken.status == 201
        assert not any(one.done() for one in asked)
        said = asked[0].result().json
    assert said["state"] == "unavailable"
    assert "自己填写" in said["text"]["zh"] and said["facts"] == {}


def test_without_a_provider_the_form_is_filled_in_by_hand(hall: Hall) -> None:
    kiosk = hall.token("kiosk", "K01")
    wish = {"subject": QR, "purpose": "food-licence", "consent": True}
    said = hall.post("/bridges/licence/ask", wish, kiosk).json
    assert (said["state"], said["provider"]) == ("unavailable", None)
    assert hall.post("/results/ask", {"receipt": "R1", "consent": True}, kiosk).json["state"] == "unavailable"
    assert not consents(hall)
    assert hall.post("/bridges/moon/ask", wish, kiosk).status == 404
    assert hall.post("/bridges/licence/ask", wish).status == 401


@pytest.mark.parametrize(
    ("states", "state", "words"),
    [
        ([], "missing", "没有查到"),
        (["making"], "not-ready", "2026-12-01"),
        (["making", "done"], "some-ready", "请取号"),
        (["done"], "ready", "请取号"),
    ],
)
def test_a_result_is_told_before_anybody_queues(
    results_hall: tuple[Hall, FarEnd], states: list[str], state: str, words: str
) -> None:
    hall, provider = results_hall
    entries = [{"itemName": "护照", "state": one, "promiseDate": "2026-12-01"} for one in states]
    provider.answer = json.dumps({"data": entries})
    said = hall.post("/results/ask", {"receipt": "R-1", "consent": True}, hall.token("kiosk", "K01")).json
    assert (said["state"], len(said["results"])) == (state, len(states))
    assert words in said["text"]["zh"]


def test_a_result_needs_a_number_that_can_be_right(results_hall: tuple[Hall, FarEnd]) -> None:
    hall, provider = results_hall
    kiosk, before = hall.token("kiosk", "K01"), len(provider.got)
    for body, field in (({}, "receipt"), ({"id_number": "371502199001011230"}, "id_number")):
        refused = hall.post("/results/ask", {**body, "consent": True}, kiosk)
        assert (refused.status, refused.json["field"]) == (400, field)
    assert len(provider.got) == before


@pytest.fixture(scope="module")
def results_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hall, FarEnd]]:
    hall = lay_out(tmp_path_factory.mktemp("results") / "hall")
    with far_end() as provider:
        connect(hall, result=provider.url)
        yield hall, provider
        hall.stop()
