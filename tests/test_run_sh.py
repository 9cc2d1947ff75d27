"""The one door: every command explains itself, from any folder, and setting up mends what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, Hall
from tests.test_docs import COMMANDS

SET_UP_SECONDS = 120
EMPTY_LOCK = '{"name": "pages", "lockfileVersion": 3, "requires": true, "packages": {"": {"name": "pages"}}}'


def run(*arguments: str, folder: Path, door: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [door / "run.sh", *arguments],
        cwd=folder,
        env={**os.environ, "DISPLAY": "", **env},
        capture_output=True,
        text=True,
        timeout=SET_UP_SECONDS,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    told = run(command, *([] if command == "help" else ["--help"]), folder=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "usage:" in told.stdout.lower()


def test_what_is_not_there_yet_is_not_started(tmp_path: Path) -> None:
    told = run("panels", folder=tmp_path)
    assert told.returncode == 1
    assert "no driver for LED panels" in told.stdout and "./run.sh board" in told.stdout


def test_an_unknown_command_is_named(tmp_path: Path) -> None:
    refused = run("dance", folder=tmp_path)
    assert refused.returncode == 1
    assert 'no command "dance"' in refused.stderr


def test_file_names_mean_the_callers_folder(still_hall: Hall, tmp_path: Path) -> None:
    where = {"HALL_DATA": "data", "HALL_CONFIG": str(still_hall.config)}
    token = run("token", "kiosk", "K01", folder=tmp_path, **where)
    assert " " not in token.stdout.splitlines()[-1]
    assert run("backup", "copy.db", folder=tmp_path, **where).returncode == 0
    assert (tmp_path / "data" / "hall.db").exists()
    assert (tmp_path / "copy.db").exists()


# --- setting up -----------------------------------------------------------------------------------


@pytest.fixture
def door(tmp_path: Path) -> Path:
    """A project that needs no package of Python or npm."""
    folder = tmp_path / "a project"
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "run.sh", folder)
    (folder / "requirements" / "hall.txt").write_text("", "utf-8")
    (folder / "package.json").write_text('{"name": "pages"}', "utf-8")
    (folder / "package-lock.json").write_text(EMPTY_LOCK, "utf-8")
    return folder


def test_setting_up_again_does_nothing(door: Path, tmp_path: Path) -> None:
    first = run("setup", folder=tmp_path, door=door)
    assert first.returncode == 0, first.stderr
    assert "installing Python packages" in first.stderr
    again = run("setup", folder=tmp_path, door=door)
    assert again.stderr == "run.sh: everything is there\n"


def test_a_set_up_that_was_interrupted_is_mended(door: Path, tmp_path: Path) -> None:
    run("setup", folder=tmp_path, door=door)
    venv = door / ".venv"
    (venv / ".hall").unlink()
    for pip in venv.glob("lib/python*/site-packages/pip"):
        shutil.rmtree(pip)
    mended = run("setup", folder=tmp_path, door=door)
    assert mended.returncode == 0, mended.stderr
    assert subprocess.run([venv / "bin" / "python", "-m", "pip", "--version"], check=False).returncode == 0


def test_a_link_to_anothers_venv_leaves_that_venv_whole(door: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept").write_text("theirs", "utf-8")
    (door / ".venv").symlink_to(other)
    assert run("setup", folder=tmp_path, door=door).returncode == 0
    assert [path.name for path in other.iterdir()] == ["kept"]
    assert (door / ".venv" / "bin" / "python").exists()


def test_a_changed_lock_is_installed_anew(door: Path, tmp_path: Path) -> None:
    run("setup", folder=tmp_path, door=door)
    (door / "requirements" / "hall.txt").write_text("# newer\n", "utf-8")
    assert "installing Python packages" in run("setup", folder=tmp_path, door=door).stderr


def test_without_rights_the_missing_packages_are_named(door: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bin"
    bare.mkdir()
    for name, script in {"dpkg-query": "exit 1", "id": "echo 1000", "sudo": "exit 1"}.items():
        (bare / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (bare / name).chmod(0o755)
    refused = run("setup", folder=tmp_path, door=door, PATH=f"{bare}:{os.environ['PATH']}")
    assert refused.returncode == 1
    assert "let an administrator run: apt-get install" in refused.stderr
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk" in refused.stderr
    assert "libgl1 libgl1-mesa-dri libmtdev1 espeak-ng alsa-utils libgooglepinyin0" in refused.stderr
