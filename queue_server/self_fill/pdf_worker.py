"""Sets pages as PDF, in a process of its own: `python -m queue_server.self_fill.pdf_worker`.

WeasyPrint costs half a second to load and holds a processor while it works; neither may happen in the
server.
"""

from __future__ import annotations

import sys

from queue_server.pipes import answer_all


def main() -> int:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # A page brings along all that it shows; nothing is fetched.
    nothing = URLFetcher(allowed_protocols=("data",))

    def pdf(page: bytes) -> bytes:
        return HTML(string=page.decode(), url_fetcher=nothing).write_pdf() or b""

    answer_all(pdf, sys.stdin.buffer, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
