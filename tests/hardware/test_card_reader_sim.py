"""The simulated card reader, from the command line to what a kiosk hears."""

from __future__ import annotations

import os
import queue
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware import build
from hardware.card_reader import Card, CardReader
from hardware.card_reader_sim import NobodyReads, pipe_of, write
from hardware.device import Detail, Health
from hardware.settings import Hardware, NoCardReader

ROOT = Path(__file__).parents[2]
CARD = Card("张三", "11010519491231002X")


class Heard:
    def __init__(self) -> None:
        self._queue: queue.Queue[Card | str] = queue.Queue()
        self.on_card = self._queue.put

    def on_lifted(self) -> None:
        self._queue.put("lifted")

    def next(self) -> Card | str:
        return self._queue.get(timeout=10)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def reader(tmp_path: Path, heard: Heard) -> Iterator[CardReader]:
    one = build.card_reader(Hardware(), tmp_path, "K01", heard.on_card, heard.on_lifted)
    one.start()
    yield one
    one.stop()


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hardware", "test", "card", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HALL_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.usefixtures("reader")
def test_a_card_is_put_on_and_lifted(tmp_path: Path, heard: Heard) -> None:
    done = command(tmp_path, "--id", CARD.id_number, "--name", CARD.name, "--stay", "0")
    assert done.returncode == 0, done.stderr
    assert [heard.next(), heard.next()] == [CARD, "lifted"]


@pytest.mark.usefixtures("reader")
def test_lines_come_in_any_pieces_and_nonsense_is_passed_over(tmp_path: Path, heard: Heard) -> None:
    pipe = pipe_of(tmp_path, "K01")
    with pipe.open("wb", buffering=0) as sink:
        sink.write(b"put 11010519491231002X ")
        sink.write("张三\n拿走\nput 1\nlift\n".encode())
    assert [heard.next(), heard.next()] == [CARD, "lifted"]
    write(pipe, "put 81000019491231002X DOE JANE")
    assert heard.next() == Card("DOE JANE", "81000019491231002X")


def test_the_pipe_is_only_ours_and_goes_with_the_reader(
    reader: CardReader, tmp_path: Path, heard: Heard
) -> None:
    pipe = pipe_of(tmp_path, "K01")
    assert stat.S_IMODE(pipe.stat().st_mode) == 0o600
    assert reader.health().state is Health.OK
    second = build.card_reader(Hardware(), tmp_path, "K02", heard.on_card, heard.on_lifted)
    second.start()
    second.stop()
    with pytest.raises(NobodyReads):
        write(pipe_of(tmp_path, "K02"), "lift")
    write(pipe, "lift")
    assert heard.next() == "lifted"


def test_without_a_kiosk_the_command_says_so(tmp_path: Path) -> None:
    done = command(tmp_path, "--id", CARD.id_number, "--name", CARD.name)
    assert done.returncode == 1
    assert "No kiosk K01 with a simulated card reader runs here" in done.stdout


def test_a_machine_without_a_reader_is_well(tmp_path: Path, heard: Heard) -> None:
    machine = Hardware(card_reader=NoCardReader())
    reader = build.card_reader(machine, tmp_path, "K01", heard.on_card, heard.on_lifted)
    reader.start()
    assert (reader.health().state, reader.health().detail) == (Health.OK, Detail.NONE)
    reader.stop()


def test_a_log_that_prints_a_card_shows_nothing_of_it() -> None:
    assert repr(CARD) == "Card()"


def test_told_twice_to_end_it_ends_once(tmp_path: Path, heard: Heard) -> None:
    for reader in (
        build.card_reader(Hardware(), tmp_path, "K01", heard.on_card, heard.on_lifted),
        build.scanner(Hardware(), lambda line: None),
    ):
        reader.start()
        reader.stop()
        # Whatever opens next gets the numbers of the files that were closed: they must be left alone.
        with (tmp_path / "other").open("wb") as other, (tmp_path / "another").open("wb") as another:
            reader.stop()
            assert other.tell() == another.tell() == 0
        assert (tmp_path / "other").read_bytes() == (tmp_path / "another").read_bytes() == b""
