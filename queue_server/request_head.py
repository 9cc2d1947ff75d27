"""The head of an HTTP request, read strictly and at once.

gevent reads heads with the e-mail parser of the standard library, which costs a tenth of a small
request and lets pass what no client of a hall sends: folded lines, names with spaces.
Source: RFC 9112, section 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

LINE_BYTES, LINES = 8192, 100
NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class RequestHead:
    """What `gevent.pywsgi` asks of a request's headers; `status` says why they can't be used."""

    def __init__(self) -> None:
        self.status = ""
        self._lines: list[tuple[str, str]] = []
        self._values: dict[str, str] = {}

    @classmethod
    def read(cls, stream: IO[bytes]) -> RequestHead:
        """All lines up to the empty one, none of which the server has to trust."""
        head = cls()
        for _ in range(LINES + 1):
            line = stream.readline(LINE_BYTES + 1)
            if line in (b"\r\n", b"\n"):
                return head
            if len(line) > LINE_BYTES or not line.endswith(b"\n"):
                head.status = "a line is too long or cut off"
                return head
            head._add(line)
        head.status = "too many lines"
        return head

    def _add(self, line: bytes) -> None:
        name, colon, value = line.partition(b":")
        if not colon or not NAME.fullmatch(name):
            self.status = "a line is not NAME: VALUE"
            return
        key, text = name.decode("ascii").lower(), value.strip(b" \t\r\n").decode("latin-1")
        if key in ("content-length", "host") and key in self._values:
            # Two readers of such a request may disagree on where it ends.
            self.status = f"{key} twice"
        self._lines.append((key, text))
        self._values.setdefault(key, text)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value under a name, in any case of letters."""
        return self._values.get(name.lower(), default)

    getheader = get

    @property
    def typeheader(self) -> str | None:
        return self._values.get("content-type")

    @property
    def headers(self) -> Iterator[str]:
        return (f"{name}: {value}" for name, value in self._lines)

    def __delitem__(self, name: str) -> None:
        """:raises KeyError: when there is none."""
        del self._values[name]
        self._lines = [line for line in self._lines if line[0] != name]
