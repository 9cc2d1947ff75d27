"""How words sound. A process of its own finds it and ends: the dictionaries for it take 55 MB, and a while.

`python -m kiosk.spelling` is that process: a JSON list of words in, one of their syllables out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SPELLING_SECONDS = 30.0
"""For some thousand words, which take one or two."""


def syllables(words: Sequence[str]) -> list[list[str]]:
    """The syllables of each word, without tones; signs that have no sound are passed over.

    :raises OSError: where the process can't be started.
    :raises subprocess.SubprocessError: where it fails, or takes too long.
    """
    told = subprocess.run(
        [sys.executable, "-m", "kiosk.spelling"],
        cwd=Path(__file__).parents[1],
        input=json.dumps(list(words)),
        stdout=subprocess.PIPE,
        text=True,
        timeout=SPELLING_SECONDS,
        check=True,
    )
    spelt: list[list[str]] = json.loads(told.stdout)
    return spelt


def main() -> int:
    from pypinyin import lazy_pinyin

    json.dump([lazy_pinyin(word, errors="ignore") for word in json.load(sys.stdin)], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
