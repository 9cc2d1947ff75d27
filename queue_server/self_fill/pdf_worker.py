"""Sets pages as PDF, in a process of its own: `python -m queue_server.self_fill.pdf_worker`.

Reads pages from stdin and writes PDFs to stdout, each with its length before it, until stdin ends:
so it goes with whoever started it. WeasyPrint costs half a second to load and holds a processor while
it works; neither may happen in the server.
"""

from __future__ import annotations

import struct
import sys
from typing import BinaryIO

LENGTH = struct.Struct(">I")
DONE, FAILED = b"+", b"-"


def main(source: BinaryIO, sink: BinaryIO) -> int:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # A page brings along all that it shows; nothing is fetched.
    nothing = URLFetcher(allowed_protocols=("data",))
    while head := source.read(LENGTH.size):
        page = source.read(LENGTH.unpack(head)[0]).decode()
        try:
            state, data = DONE, HTML(string=page, url_fetcher=nothing).write_pdf()
        except Exception as trouble:
            # What stood on the page may be personal: only the kind of trouble is told.
            state, data = FAILED, type(trouble).__name__.encode()
        sink.write(state + LENGTH.pack(len(data)) + data)
        sink.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
