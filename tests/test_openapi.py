"""The published API page is valid and says what is served."""

from __future__ import annotations

from openapi_spec_validator import OpenAPIV31SpecValidator

from queue_server.web import api, openapi, reads
from tests.conftest import Hall


def test_the_page_is_valid_openapi() -> None:
    document = openapi.document()
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_path_is_on_it() -> None:
    paths = openapi.document()["paths"]
    served = {path for _, path, _ in api.ROUTES} | {path for path, _, _ in reads.READS}
    assert {openapi.path_template(path) for path in served} <= set(paths)


def test_a_hall_serves_it(hall: Hall) -> None:
    answer = hall.get("/openapi.json")
    assert answer.status == 200
    assert answer.json["openapi"].startswith("3.1")
