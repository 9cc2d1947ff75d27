"""Hanzi for pinyin: words of the hall first, then those of a dictionary, where the machine has one.

The dictionary is Debian's libgooglepinyin. It ends the whole process on some input (a letter held
down long enough does it), so it runs in a child process that may end and is started anew. What it
learns goes into a file in memory that each visit gets afresh, and nothing is ever chosen in it:
nobody's words are offered to the next.

`python -m kiosk.pinyin LIBRARY` is the child: a line of letters in, a line of JSON out.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kiosk.spelling import syllables

log = logging.getLogger(__name__)

LIBRARY = "libgooglepinyin.so.0"
DICTIONARIES = (
    "/usr/lib/x86_64-linux-gnu/googlepinyin/data/dict_pinyin.dat",
    "/usr/lib/aarch64-linux-gnu/googlepinyin/data/dict_pinyin.dat",
    "/usr/lib/googlepinyin/data/dict_pinyin.dat",
)
MOST_LETTERS = 24
"""More are not made Hanzi at once."""
MOST_CANDIDATES = 40
MOST_LOCAL = 6
"""Words of the hall that stand before the dictionary's."""
LEAST_BEGINNING = 4
"""So many letters before a word of the hall is offered by its beginning alone."""
ANSWER_SECONDS = 0.3
READ_BYTES = 65536
END_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be meant, and how many of the letters it stands for."""

    hanzi: str
    letters: int


class Local:
    """Words of the hall and its region, by their pinyin and their initials. Immutable once made."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """:raises OSError: and subprocess.SubprocessError, where it can't be found how they sound."""
        self._by_letters: dict[str, list[str]] = {}
        self._spelt: list[tuple[str, str]] = []
        known = list(dict.fromkeys(words))
        for word, sounds in zip(known, syllables(known) if known else (), strict=True):
            if len(word) > 1 and len(sounds) == len(word) and all(one.isascii() and one for one in sounds):
                spelt = "".join(sounds)
                self._spelt.append((spelt, word))
                for letters in {spelt, "".join(one[0] for one in sounds)}:
                    self._by_letters.setdefault(letters, []).append(word)

    def words(self, letters: str) -> list[str]:
        """Those that the letters are the whole of, by sound or initials, then those that they begin."""
        found = list(self._by_letters.get(letters, ()))
        if len(letters) >= LEAST_BEGINNING:
            begun = [one for one in self._spelt if one[0].startswith(letters) and one[1] not in found]
            found += [word for _, word in sorted(begun, key=lambda one: len(one[1]))]
        return found[:MOST_LOCAL]


class Speller:
    """Offers Hanzi for letters. All but `learn` belongs to one thread."""

    def __init__(self, library: str = LIBRARY) -> None:
        self._library = library
        self._local = Local()
        self._child: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._has_dictionary = True

    def learn(self, words: Iterable[str]) -> None:
        """Take these as the words of the hall, in the place of those before; from any thread."""
        try:
            self._local = Local(words)
        except (OSError, subprocess.SubprocessError):
            log.exception("how the hall's words sound could not be found; the dictionary's are offered alone")

    def start(self) -> None:
        """Get ready, so that the first letter needn't wait."""
        if self._has_dictionary and self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "kiosk.pinyin", self._library],
                cwd=Path(__file__).parents[1],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
            self._rest = b""

    def stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait(END_SECONDS)
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()

    def forget(self) -> None:
        """A visit is over: go on with a dictionary that has seen nothing."""
        self.stop()
        self.start()

    def candidates(self, letters: str) -> list[Candidate]:
        """What the letters may mean, best first; nothing for none."""
        letters = letters[:MOST_LETTERS]
        if not letters:
            return []
        local = [Candidate(word, len(letters)) for word in self._local.words(letters)]
        known = {one.hanzi for one in local}
        return [*local, *(one for one in self._asked(letters) if one.hanzi not in known)]

    def _asked(self, letters: str) -> list[Candidate]:
        """What the dictionary says; nothing where there is none, or it has just ended."""
        self.start()
        if self._child is None:
            return []
        try:
            return [Candidate(*one) for one in self._answer(self._child, letters)]
        except OSError:
            self._ended(self._child, len(letters))
            return []

    def _answer(self, child: subprocess.Popen[bytes], letters: str) -> list[tuple[str, int]]:
        """Nothing where it takes too long; its late answer is passed over the next time.

        :raises OSError: when the child has ended.
        """
        assert child.stdin and child.stdout
        child.stdin.write(f"{letters}\n".encode())
        give_up_at = time.monotonic() + ANSWER_SECONDS
        while (left := give_up_at - time.monotonic()) > 0:
            if not select.select([child.stdout], [], [], left)[0]:
                break
            part = child.stdout.read(READ_BYTES)
            if not part:
                raise BrokenPipeError
            *lines, self._rest = (self._rest + part).split(b"\n")
            for asked, found in map(json.loads, lines):
                if asked == letters:
                    return [tuple(one) for one in found]
        return []

    def _ended(self, child: subprocess.Popen[bytes], count: int) -> None:
        """Start anew for the next letter, unless there is no dictionary on this machine."""
        self._has_dictionary = child.wait(END_SECONDS) != NO_DICTIONARY
        if self._has_dictionary:
            log.info("the pinyin dictionary ended at %d letters; it starts anew", count)
        else:
            log.info("no pinyin dictionary here: the keyboard offers words of the hall only")
        self.stop()


# --- the child ---------------------------------------------------------------------------------------

NO_DICTIONARY = 3
"""The child's exit code where the library or its dictionary is missing."""


class Dictionary:
    """The library, by ctypes. `user` is a file that it may write to."""

    def __init__(self, library: str, user: Path) -> None:
        """:raises OSError: where there is none."""
        self._library = ctypes.CDLL(library)
        self._library.im_search.restype = ctypes.c_size_t
        self._library.im_get_candidate.restype = ctypes.c_void_p
        self._library.im_get_spl_start_pos.restype = ctypes.c_size_t
        self._buffer = (ctypes.c_uint16 * 64)()
        path = next((one for one in DICTIONARIES if Path(one).exists()), "")
        if not self._library.im_open_decoder(path.encode(), str(user).encode()):
            raise OSError(f"no pinyin dictionary at {', '.join(DICTIONARIES)}")
        self._library.im_set_max_lens(ctypes.c_size_t(32), ctypes.c_size_t(16))

    def candidates(self, letters: str) -> list[tuple[str, int]]:
        """Hanzi, and how many of the letters they stand for."""
        self._library.im_reset_search()
        count = self._library.im_search(letters.encode("ascii"), ctypes.c_size_t(len(letters)))
        starts = self._starts()
        words = [self._candidate(at) for at in range(min(count, MOST_CANDIDATES))]
        return [(word, starts[len(word)]) for word in words if 0 < len(word) < len(starts)]

    def _candidate(self, at: int) -> str:
        size = ctypes.c_size_t(len(self._buffer))
        if not self._library.im_get_candidate(ctypes.c_size_t(at), self._buffer, size):
            return ""
        return bytes(self._buffer).decode("utf-16-le", "replace").split("\0")[0]

    def _starts(self) -> list[int]:
        """Where each syllable begins in the letters, and where the last one ends."""
        starts = ctypes.POINTER(ctypes.c_uint16)()
        count = self._library.im_get_spl_start_pos(ctypes.byref(starts))
        return [starts[at] for at in range(count + 1)]


def main() -> int:
    # A file in memory: whatever ends this process, nothing of it is left.
    user = os.memfd_create("pinyin-user")
    try:
        dictionary = Dictionary(sys.argv[1], Path(f"/proc/self/fd/{user}"))
    except OSError:
        return NO_DICTIONARY
    for line in sys.stdin:
        letters = line.strip().lower()
        known = letters.isascii() and letters.isalpha()
        print(json.dumps([letters, dictionary.candidates(letters) if known else []]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
