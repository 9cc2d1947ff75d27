"""Pages set as PDF by the worker process: fonts, page numbers, and a worker that falls over."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.self_fill.pdf import NotSet, Press


@pytest.fixture
def press() -> Iterator[Press]:
    one = Press()
    yield one
    one.close()


def tool(name: str, pdf: bytes, folder: Path, *arguments: str) -> str:
    """What one of poppler's programs says of a PDF."""
    file = folder / "paper.pdf"
    file.write_bytes(pdf)
    more = ["-"] if name == "pdftotext" else []
    done = subprocess.run([name, *arguments, file, *more], capture_output=True, text=True, check=True)
    return done.stdout


PAGE = """
<style>
  @page { size: A4; @bottom-right { content: "第 " counter(page) " 页 共 " counter(pages) " 页" } }
  html { font-family: "Noto Sans CJK SC" }
</style>
<h1>授权委托书</h1>
<p style="break-before: page">鲁P12345
"""


def test_hanzi_and_page_numbers_stand_on_it(press: Press, tmp_path: Path) -> None:
    pdf = press.pdf(PAGE)
    text = "".join(tool("pdftotext", pdf, tmp_path).split())
    assert all(words in text for words in ("授权委托书", "鲁P12345", "第1页共2页", "第2页共2页"))
    fonts = [line.split() for line in tool("pdffonts", pdf, tmp_path).splitlines()[2:]]
    assert any("Noto-Sans-CJK-SC" in font[0] for font in fonts)
    assert all(font[-5] == "yes" for font in fonts), "every font is embedded"


def test_nothing_is_fetched(press: Press, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden words")
    page = f"<link rel=stylesheet href='file://{secret}'><img src='file://{secret}'><p>seen</p>"
    assert "hidden" not in tool("pdftotext", press.pdf(page), tmp_path)


def test_a_worker_that_was_killed_is_started_again(press: Press) -> None:
    assert press.pdf("<p>one</p>").startswith(b"%PDF")
    worker = press.worker.process
    assert worker
    worker.kill()
    worker.wait()
    assert press.pdf("<p>two</p>").startswith(b"%PDF")


def test_a_worker_that_cannot_work_is_told(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(NotSet):
        press.pdf("<p>one</p>")
    monkeypatch.undo()
    assert press.pdf("<p>two</p>").startswith(b"%PDF")
