"""What simulated citizens write is right by the shipped forms' own schemas."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from queue_server.demo.answers import answers
from queue_server.self_fill.drafts import form_body
from queue_server.self_fill.form_files import SHIPPED_FORMS, read_forms
from queue_server.self_fill.forms import problems
from tests.kiosk.filled import regions

TODAY = date(2026, 11, 24)
FORMS = read_forms(SHIPPED_FORMS, [])


@pytest.mark.parametrize("form", list(FORMS))
def test_every_form_is_filled_in_without_a_mistake(form: str) -> None:
    for seed in range(20):
        written = answers(form_body(FORMS[form]), regions(), TODAY, Random(seed))
        assert problems(FORMS[form], written, TODAY) == {}
