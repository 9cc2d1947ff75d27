"""The operator's commands against a real hall: tokens, backup and restore, check, reload."""

from __future__ import annotations

import re
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from queue_server.environment import ROOT, Environment
from tests.conftest import Hall, lay_out, until


def take(hall: Hall, token: str) -> str:
    """The id of a new ticket."""
    taken = hall.post("/tickets", {"group": "general"}, token)
    assert taken.status == 201, taken.json
    return str(taken.json["id"])


def change(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute(statement)


def epoch(database: Path) -> str:
    with closing(sqlite3.connect(database)) as db:
        return str(db.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0])


# --- token ----------------------------------------------------------------------------------------


def test_a_token_stands_alone_on_the_last_line_and_works_while_the_hall_runs(hall: Hall) -> None:
    made = hall.command("token", "api", "app", "--role", "manager")
    token = made.stdout.splitlines()[-1]
    assert " " not in token
    assert hall.get("/windows", token).status == 200


def test_a_program_is_a_clerk_unless_told_otherwise(hall: Hall) -> None:
    token = hall.token("api", "app")
    assert hall.get("/windows", token).status == 200
    assert hall.post("/hall/close", {}, token).status == 403


def test_a_revoked_token_stops_at_once(hall: Hall) -> None:
    token = hall.token("api", "app")
    revoked = hall.command("token", "api", "app", "--revoke")
    assert revoked.stdout == "api app: 1 token revoked\n"
    assert hall.get("/windows", token).status == 401


def test_a_token_can_be_made_before_the_first_start(still_hall: Hall) -> None:
    token = still_hall.command("token", "api", "app").stdout.splitlines()[-1]
    still_hall.start()
    assert still_hall.get("/windows", token).status == 200


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("keypad", "east"), "window's number"),
        (("kiosk", "K01", "--role", "admin"), "only a token of kind api"),
        (("printer", "P1"), "invalid choice"),
        (("kiosk", "a b"), "letters, digits"),
    ],
)
def test_what_no_token_is_for_is_refused_in_words(
    still_hall: Hall, arguments: tuple[str, ...], said: str
) -> None:
    refused = still_hall.command("token", *arguments)
    assert refused.returncode != 0
    assert said in refused.stderr


# --- backup and restore ---------------------------------------------------------------------------


def test_a_backup_of_a_running_hall_comes_back_with_a_new_epoch(hall: Hall, tmp_path: Path) -> None:
    token = hall.token("api", "app")
    before = take(hall, token)
    copy = tmp_path / "copy.db"
    assert hall.command("backup", str(copy)).returncode == 0
    after = take(hall, token)
    hall.stop()

    restored = hall.command("restore", str(copy))

    assert restored.returncode == 0, restored.stderr
    assert epoch(hall.data / "hall.db") != epoch(copy)
    hall.start()
    assert hall.get(f"/tickets/{before}", token).status == 200
    assert hall.get(f"/tickets/{after}", token).status == 404


def test_a_restore_keeps_what_stood_before(hall: Hall, tmp_path: Path) -> None:
    token = hall.token("api", "app")
    copy = tmp_path / "copy.db"
    hall.command("backup", str(copy))
    after = take(hall, token)
    hall.kill()  # the last ticket is still in the journal, not in the file
    assert hall.command("restore", str(copy)).returncode == 0
    (kept,) = hall.data.glob("hall.db.before-*[0-9]")
    with closing(sqlite3.connect(kept)) as db:
        assert db.execute("SELECT id FROM tickets").fetchall() == [(after,)]


def test_a_backup_is_one_private_file_without_the_key(hall: Hall, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    hall.command("backup", str(copy))
    key = (hall.data / "hall.key").read_text("ascii").strip()
    assert list(tmp_path.glob("copy*")) == [copy]
    assert copy.stat().st_mode & 0o077 == 0
    assert key.encode() not in copy.read_bytes()
    assert bytes.fromhex(key) not in copy.read_bytes()


def test_nobody_else_may_read_the_halls_data(still_hall: Hall, tmp_path: Path) -> None:
    """Those of a hall that were readable once are put right, their journals too."""
    text = still_hall.config.read_text("utf-8")
    still_hall.config.write_text(text.replace('provider = "off"', 'provider = "simulated"'), "utf-8")
    still_hall.start()
    token = still_hall.token("api", "app")
    taken = still_hall.post("/tickets", {"group": "general", "phone": "13812345678"}, token)
    assert taken.status == 201
    still_hall.post("/windows/1/open", {}, token)
    still_hall.post("/windows/1/next", {}, token)
    until(lambda: (still_hall.data / "texts.log").exists())
    assert readable_by_others(still_hall.data) == []
    still_hall.kill()
    for file in still_hall.data.glob("hall.db*"):
        file.chmod(0o644)
    assert len(readable_by_others(still_hall.data)) == 3
    still_hall.start()
    assert readable_by_others(still_hall.data) == []
    copy = tmp_path / "copy.db"
    still_hall.command("backup", str(copy))
    still_hall.stop()
    assert still_hall.command("restore", str(copy)).returncode == 0
    assert readable_by_others(still_hall.data) == []


def readable_by_others(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if file.is_file() and file.stat().st_mode & 0o077]


def test_a_backup_overwrites_nothing(hall: Hall, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("precious", "utf-8")
    refused = hall.command("backup", str(copy))
    assert refused.returncode == 1
    assert copy.read_text("utf-8") == "precious"


def test_a_backup_needs_a_hall(still_hall: Hall, tmp_path: Path) -> None:
    refused = still_hall.command("backup", str(tmp_path / "copy.db"))
    assert refused.returncode == 1
    assert "no hall's data" in refused.stderr


def test_nothing_is_restored_under_a_running_hall(hall: Hall, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    hall.command("backup", str(copy))
    refused = hall.command("restore", str(copy))
    assert refused.returncode == 1
    assert "stop it first" in refused.stderr


@pytest.mark.parametrize("content", [b"", b"not a database" * 400])
def test_what_is_no_backup_is_not_restored(still_hall: Hall, tmp_path: Path, content: bytes) -> None:
    still_hall.command("token", "kiosk", "K01")
    before = epoch(still_hall.data / "hall.db")
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(content)
    assert still_hall.command("restore", str(wrong)).returncode == 1
    assert epoch(still_hall.data / "hall.db") == before


def test_a_backup_of_a_newer_release_is_not_restored(still_hall: Hall, tmp_path: Path) -> None:
    still_hall.command("token", "kiosk", "K01")
    copy = tmp_path / "copy.db"
    still_hall.command("backup", str(copy))
    change(copy, "PRAGMA user_version = 9999")
    refused = still_hall.command("restore", str(copy))
    assert refused.returncode == 1
    assert "newer release" in refused.stderr


# --- check ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def a_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data of a stopped hall that has one ticket, at window 1."""
    hall = lay_out(tmp_path_factory.mktemp("a-day"))
    hall.start()
    token = hall.token("api", "app")
    take(hall, token)
    hall.post("/windows/1/open", {}, token)
    hall.post("/windows/1/next", {}, token)
    hall.stop()
    yield hall.data


def test_a_sound_hall_passes_while_it_runs(hall: Hall) -> None:
    token = hall.token("api", "app")
    take(hall, token)
    assert hall.post("/windows/1/open", {}, token).status == 200
    assert hall.post("/windows/1/next", {}, token).status == 200
    checked = hall.command("check")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count("in order") == 2


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE tickets SET state = 'parked'", "a ticket and its step stand differently"),
        ("DELETE FROM steps", "a ticket lacks steps"),
        ("UPDATE steps SET ticket = 'nobody'", "a row of steps refers to one of tickets that is gone"),
        ("UPDATE windows SET ticket = 'nobody'", "a window holds a ticket that is not at it: window 1"),
        ("UPDATE windows SET ticket = NULL", "a ticket is at a window that does not hold it"),
        ("UPDATE meta SET value = '1' WHERE key = 'seq'", "the record is ahead"),
        (
            "DROP INDEX one_ticket_a_window; DROP INDEX idx_tickets_day_number;"
            "CREATE TABLE twins AS SELECT * FROM tickets; UPDATE twins SET id = 'twin';"
            "INSERT INTO tickets SELECT * FROM twins",
            "a number was given twice in a day",
        ),
    ],
)
def test_a_spoilt_day_is_told_in_words(still_hall: Hall, a_day: Path, statement: str, said: str) -> None:
    shutil.copytree(a_day, still_hall.data)
    with closing(sqlite3.connect(still_hall.data / "hall.db")) as db:
        db.executescript(statement)
    checked = still_hall.command("check")
    assert checked.returncode == 1
    assert said in checked.stderr


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE tickets SET note = '证号11010519491231002x的老人'",
            "table tickets, column note, row 1: an ID number in plain words",
        ),
        (
            "UPDATE ratings SET comment = '请打13812345678'; UPDATE steps SET results = '[\"13812345678\"]'",
            "table steps, column results, row 1: a phone number in plain words",
        ),
        (
            "INSERT INTO draft_values VALUES ('d', 'phone', CAST('13812345678' AS BLOB))",
            "table draft_values, column sealed, row 1: a phone number in plain words",
        ),
    ],
)
def test_a_citizens_number_in_plain_words_is_a_fault_and_is_not_shown(
    still_hall: Hall, a_day: Path, statement: str, said: str
) -> None:
    shutil.copytree(a_day, still_hall.data)
    assert still_hall.command("check").returncode == 0
    with closing(sqlite3.connect(still_hall.data / "hall.db")) as db:
        db.executescript(statement)
    checked = still_hall.command("check")
    assert checked.returncode == 1
    assert said in checked.stderr
    assert not re.search(r"13812345678|1101051949", checked.stderr + checked.stdout)


def test_a_number_in_a_log_is_a_fault_too(still_hall: Hall, a_day: Path) -> None:
    shutil.copytree(a_day, still_hall.data)
    (still_hall.data / "server.log").write_text("all is well\ncalled 13812345678\n", "utf-8")
    other = still_hall.folder / "journal"
    other.write_text("at 1795512345678 ms, ticket A13812345678, 11010519491231002Y\n", "utf-8")
    checked = still_hall.command("check", "--log", str(other))
    assert checked.returncode == 1
    assert "server.log, line 2: a phone number in plain words" in checked.stderr
    assert f"log {other}: in order" in checked.stdout


def test_a_missing_key_is_a_fault(still_hall: Hall) -> None:
    still_hall.command("token", "kiosk", "K01")
    (still_hall.data / "hall.key").unlink()
    checked = still_hall.command("check")
    assert checked.returncode == 1
    assert "key" in checked.stderr


def test_every_mistake_of_the_config_is_told(still_hall: Hall) -> None:
    text = still_hall.config.read_text("utf-8")
    still_hall.config.write_text(
        text.replace('letter = "B"', 'letter = "bb"').replace("returns = 2", 'returns = "two"'), "utf-8"
    )
    checked = still_hall.command("check")
    assert checked.returncode == 1
    assert "letter" in checked.stderr
    assert "returns" in checked.stderr


# --- reload ---------------------------------------------------------------------------------------


def test_a_running_hall_takes_a_changed_config_over(hall: Hall) -> None:
    text = hall.config.read_text("utf-8")
    hall.config.write_text(text.replace("帮办代办", "帮办服务"), "utf-8")
    reloaded = hall.command("reload")
    assert reloaded.returncode == 0, reloaded.stderr
    names = [group["name"]["zh"] for group in hall.get("/hall").json["groups"]]
    assert "帮办服务" in names


def test_a_wrong_config_changes_nothing(hall: Hall) -> None:
    before = hall.get("/hall").json["groups"]
    text = hall.config.read_text("utf-8")
    hall.config.write_text(
        text.replace("帮办代办", "帮办服务").replace("capacity = 6", "capacity = -1"), "utf-8"
    )
    refused = hall.command("reload")
    assert refused.returncode == 1
    assert "appointments.capacity" in refused.stderr
    assert hall.get("/hall").json["groups"] == before


def test_a_hall_that_stands_still_cannot_reload(still_hall: Hall) -> None:
    refused = still_hall.command("reload")
    assert refused.returncode == 1
    assert "when it starts" in refused.stderr


def test_nobody_else_may_reload(hall: Hall) -> None:
    assert hall.post("/reload", {}, hall.token("api", "app", "admin")).status == 401


# --- where the hall lives -------------------------------------------------------------------------


def test_without_variables_the_hall_lives_beside_its_programs() -> None:
    env = Environment.read({})
    assert env.config == ROOT / "config" / "hall.toml"
    assert env.database == ROOT / "var" / "hall.db"
    assert env.key_file == ROOT / "var" / "hall.key"
    assert env.url == "http://127.0.0.1:8080"


def test_a_server_that_listens_everywhere_is_reached_on_this_machine() -> None:
    assert Environment.read({"HALL_HOST": "0.0.0.0", "HALL_PORT": "81"}).url == "http://127.0.0.1:81"


@pytest.mark.parametrize(
    ("name", "value"),
    [("HALL_PORT", "http"), ("HALL_PORT", "65536"), ("HALL_LOG", "loud"), ("HALL_HOST", "no such place"),
     ("HALL_DATA", __file__)],
)  # fmt: skip
def test_a_wrong_variable_is_told_in_words(still_hall: Hall, name: str, value: str) -> None:
    still_hall.variables = {name: value}
    for command in ("serve", "run", "check", "demo"):
        refused = still_hall.command(command)
        assert refused.returncode == 2
        assert refused.stderr.startswith(f"{name} is ") and refused.stderr.count("\n") == 1


def test_what_keeps_a_hall_from_starting_is_one_line_with_the_variable_and_the_cure(still_hall: Hall) -> None:
    hall = still_hall
    hall.data.mkdir()
    junk = hall.folder / "junk.key"
    junk.write_bytes(b"\xff junk")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for variables, said in (
            ({"HALL_HOST": "hall.invalid"}, "HALL_HOST is an address of this machine"),
            ({"HALL_HOST": "192.0.2.1"}, "HALL_HOST is an address of this machine"),
            ({"HALL_PORT": str(taken.getsockname()[1])}, "stop it, or choose another port"),
            (
                {"HALL_ADMIN_PASSWORD": "seven77"},
                "HALL_ADMIN_PASSWORD: a password has 8 to 256 signs; found 7",
            ),
            ({"HALL_KEY_FILE": str(junk)}, f"HALL_KEY_FILE: {junk} holds no key of a hall"),
            ({"HALL_SIGNING_KEYS": str(junk)}, f"HALL_SIGNING_KEYS: {junk} holds no signing keys of a hall"),
        ):
            hall.variables = variables
            refused = hall.command("serve")
            assert refused.returncode == 2, refused.stderr
            assert said in refused.stderr and refused.stderr.count("\n") == 1, refused.stderr
    hall.variables = {"HALL_KEY_FILE": str(junk)}
    for command in (("token", "kiosk", "K01"), ("check",)):
        refused = hall.command(*command)
        assert refused.returncode in (1, 2) and "HALL_KEY_FILE" in refused.stderr, refused.stderr


def test_data_that_cant_be_read_are_named_with_the_cure(still_hall: Hall) -> None:
    still_hall.command("token", "kiosk", "K01")
    database = still_hall.data / "hall.db"
    database.write_bytes(b"not a database" * 400)
    refused = still_hall.command("serve")
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1
    assert refused.stderr.startswith(f"{database} can't be read") and "restore FILE" in refused.stderr
    for command in (("token", "kiosk", "K01"), ("backup", str(still_hall.folder / "copy.db")), ("check",)):
        refused = still_hall.command(*command)
        assert refused.returncode == 1 and refused.stderr.startswith(f"{database} can't be "), refused.stderr
    assert not list(still_hall.folder.glob("copy.db*"))
