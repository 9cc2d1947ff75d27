"""What a request that is not right is told: the field, and what would be right there."""

from __future__ import annotations

from typing import Any

import pytest

from queue_server import bodies
from queue_server.bodies import KEY_SIGNS, Shape, key_of, read
from queue_server.problems import Problem


@pytest.mark.parametrize(
    ("shape", "body", "field", "cure"),
    [
        (bodies.Notice, {"text": {"zh": ""}}, "text.zh", "its length must be from 1 to 400"),
        (bodies.Notice, {"text": {"zh": "a", "fr": "b"}}, "text.fr", "there are: zh, en"),
        (bodies.Notice, {"text": {"zh": "a"}, "end": "b"}, "end", "there are: text, zones, until"),
        (bodies.TakeTicket, {"services": ["x" * 65]}, "services.0", "its length must be from 1 to 64"),
        (bodies.Transfer, {"note": "x" * 1001}, "note", "its length must be from 0 to 1000"),
        (bodies.Transfer, {"note": "before\0after"}, "note", "it must not have the NUL sign"),
        (bodies.Notice, {"text": {"zh": "a", "en": "\0"}}, "text.en", "it must not have the NUL sign"),
        (bodies.Rate, {"score": 1, "tags": ["kind", "\0"]}, "tags.1", "it must not have the NUL sign"),
        (bodies.Rate, {"score": 9}, "score", "it must be from 1 to 5"),
        (bodies.Health, {"devices": [{"id": "p", "kind": "printer"}]}, "devices.0.state", "it is needed"),
    ],
)
def test_a_field_that_is_not_right_is_named_with_its_cure(
    shape: type[Shape], body: dict[str, Any], field: str, cure: str
) -> None:
    with pytest.raises(Problem) as problem:
        read(shape, body)
    assert problem.value.field == field
    assert cure in problem.value.texts()["en"]


def test_a_key_has_its_length() -> None:
    assert key_of(None) == "" and key_of("k" * KEY_SIGNS) == "k" * KEY_SIGNS
    with pytest.raises(Problem) as problem:
        key_of("k" * (KEY_SIGNS + 1))
    assert problem.value.field == "Idempotency-Key" and str(KEY_SIGNS) in problem.value.texts()["en"]
