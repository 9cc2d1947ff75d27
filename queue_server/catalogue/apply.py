"""Puts an import's files in the catalogue's place: all of them or nothing, at any moment."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from queue_server.catalogue.importing import Plan

_EXCHANGE, _HERE = 2, -100
"""Linux's RENAME_EXCHANGE and AT_FDCWD."""


T = TypeVar("T")


def try_import(plan: Plan, folder: Path, prove: Callable[[Path], T]) -> T:
    """What `prove` says of the folder as the plan would make it; nothing is changed."""
    with tempfile.TemporaryDirectory() as made:
        return prove(_made(plan, folder, Path(made) / folder.name))


def apply_import(plan: Plan, folder: Path, prove: Callable[[Path], object], stamp: str) -> Path:
    """Put the plan's files in the folder's place; where the old ones are kept.

    `prove` is given the whole new folder, and raises when a hall could not work by it; then, and on
    any trouble with the disk, the folder stays as it was.
    """
    kept = folder.with_name(f"{folder.name}.before-{stamp}")
    with _alone(folder), tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as made:
        new = _made(plan, folder, Path(made) / folder.name)
        prove(new)
        _exchange(new, folder)
        new.rename(kept)
    return kept


def _made(plan: Plan, folder: Path, new: Path) -> Path:
    shutil.copytree(folder, new)
    for name in plan.removed:
        (new / name).unlink()
    for name, text in plan.files.items():
        _write(new / name, text)
    return new


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No two imports at a time."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as trouble:
        raise OSError(f"another import works on {folder}: wait for it") from trouble
    finally:
        os.close(handle)


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _exchange(new: Path, old: Path) -> None:
    """The two folders change places in one step, so that there is never none."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_HERE, os.fsencode(new), _HERE, os.fsencode(old), _EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(old))
    handle = os.open(old.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
