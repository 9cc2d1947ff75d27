"""Request heads: what a client sends is read as sent, and what can't be trusted is refused."""

from __future__ import annotations

import http.client
import io
import json
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.request_head import LINE_BYTES, LINES, RequestHead
from tests.conftest import Hall

NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_!#", min_size=1, max_size=20)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")).map(
    lambda text: text.strip(" \t\r\n")
)


def read(text: str) -> RequestHead:
    return RequestHead.read(io.BytesIO(text.encode("latin-1")))


@given(st.lists(st.tuples(NAMES, VALUES), max_size=LINES, unique_by=lambda line: line[0].lower()))
def test_what_was_sent_is_read(lines: list[tuple[str, str]]) -> None:
    head = read("".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n")
    assert not head.status
    assert [line.split(": ", 1) for line in head.headers] == [[name.lower(), value] for name, value in lines]
    assert all(head.get(name.swapcase()) == value for name, value in lines)


@given(st.binary(max_size=400))
def test_nothing_breaks_it(data: bytes) -> None:
    head = RequestHead.read(io.BytesIO(data))
    assert head.status or list(head.headers) or data.startswith((b"\r\n", b"\n"))


WRONG = {
    "folded": "A: b\r\n c: d\r\n\r\n",
    "no-colon": "just words\r\n\r\n",
    "space-before-colon": "Host : here\r\n\r\n",
    "two-lengths": "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "two-hosts": "Host: a\r\nHost: b\r\n\r\n",
    "cut-off": "Host: a",
    "long": f"A: {'b' * LINE_BYTES}\r\n\r\n",
    "many": "A: b\r\n" * (LINES + 1) + "\r\n",
}


@pytest.mark.parametrize("case", WRONG)
def test_a_head_that_cannot_be_trusted_is_refused(case: str, hall: Hall) -> None:
    assert read(WRONG[case]).status
    with socket.create_connection(("127.0.0.1", hall.port), timeout=10) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\n" + WRONG[case].encode())
        line.shutdown(socket.SHUT_WR)
        assert refused(line) == (400, "invalid")


def test_an_address_that_is_too_long_is_a_problem_too(hall: Hall) -> None:
    with socket.create_connection(("127.0.0.1", hall.port), timeout=10) as line:
        line.sendall(b"GET /api/v1/services?q=" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        line.shutdown(socket.SHUT_WR)
        assert refused(line) == (414, "address-too-long")


def refused(line: socket.socket) -> tuple[int, str]:
    """The status and code of the problem that a line answers with."""
    answer = http.client.HTTPResponse(line)
    answer.begin()
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.read())
    assert body["status"] == answer.status and body["detail"]
    return answer.status, body["code"]


def test_a_chunked_body_has_no_length_of_its_own() -> None:
    head = read("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")
    del head["content-length"]
    assert head.get("content-length") is None
    assert list(head.headers) == ["transfer-encoding: chunked"]
