"""What people read: whole in two languages, in plain signs, with contrast enough."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from assets import texts, theme
from queue_server.hall.model import State
from queue_server.wire import Code

ROOT = Path(__file__).parents[1]
TEXTS = texts.all_texts()
HANZI = re.compile(r"[一-鿿]")
HALF_WIDTH = re.compile(r"[一-鿿][,;:?!]|[,;:?!][一-鿿]")
NOT_FOR_PEOPLE = re.compile(r"Traceback|TODO|FIXME|\bnull\b|undefined")


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_there_are_texts_in_both_languages() -> None:
    assert len(TEXTS) > 200
    empty = [key for key, words in TEXTS.items() if not all(words[one].strip() for one in texts.LANGUAGES)]
    assert not empty


def test_both_languages_have_the_same_places() -> None:
    different = [key for key, words in TEXTS.items() if places(words["zh"]) != places(words["en"])]
    assert not different


def test_chinese_has_chinese_signs_and_english_none() -> None:
    assert not [key for key, words in TEXTS.items() if HALF_WIDTH.search(words["zh"])]
    mixed = {key for key, words in TEXTS.items() if HANZI.search(words["en"])}
    # A key that changes the language calls it by its own name.
    assert {key.rsplit(".", 1)[1] for key in mixed} <= {"language"}


def test_no_text_shows_the_machine_room() -> None:
    assert not [key for key, words in TEXTS.items() if NOT_FOR_PEOPLE.search(" ".join(words.values()))]


def test_a_missing_text_or_place_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        texts.say("no.such.key")
    with pytest.raises(KeyError):
        texts.say("problem.detail.window-busy")
    assert texts.both("problem.detail.window-busy", window=5)["en"].startswith(
        "Somebody is still at window 5"
    )


@pytest.mark.parametrize(("text", "ground"), theme.TEXT_PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    assert theme.contrast(text, ground) >= 7
    if {text, ground} <= set(theme.HIGH_CONTRAST):
        assert theme.contrast(text, ground, high_contrast=True) >= 7


def refusals() -> Iterator[tuple[str, str, set[str]]]:
    """Each refusal that the rules write out: where, its text's key, the values that fill it."""
    for file in sorted((ROOT / "queue_server" / "hall").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused"
            ):
                continue
            words = [one.value for one in node.args if isinstance(one, ast.Constant)]
            if len(words) == len(node.args):
                values = {str(one.arg) for one in node.keywords}
                yield f"{file.name}:{node.lineno}", str(words[-1]), values


def test_every_refusal_has_its_sentence_and_what_fills_it() -> None:
    found = list(refusals())
    assert len(found) > 40
    for where, key, values in found:
        sentence = TEXTS[f"problem.detail.{key}"]
        assert places(sentence["zh"]) <= values, where


def test_every_state_that_stands_against_a_wish_is_named() -> None:
    states = set(State) - {State.PENDING}
    assert {f"problem.detail.wrong-state.{state}" for state in states} <= set(TEXTS)


def test_every_problem_of_the_server_can_be_told() -> None:
    """One that can't leaves whoever asked without an answer. `no-connection` is a terminal's own."""
    told = {
        code: {f"problem.title.{code}", f"problem.detail.{code}"} for code in set(Code) - {Code.NO_CONNECTION}
    }
    assert not {code: missing for code, keys in told.items() if (missing := keys - set(TEXTS))}
