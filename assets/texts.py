"""The hall's sentences, Chinese and English, from `assets/texts/*.toml`.

Each file is a table of keys: `[home.title]` with `zh` and `en`. The file's name comes first in
the key: `kiosk.toml` holds `kiosk.home.title`. A missing key or language is an error at once.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
LANGUAGES = ("zh", "en")


@cache
def all_texts() -> dict[str, dict[str, str]]:
    """Every text: `{key: {"zh": …, "en": …}}`.

    :raises ValueError: when a text lacks a language; all such keys are named at once.
    """
    texts: dict[str, dict[str, str]] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        _collect(file.stem, tomllib.loads(file.read_text("utf-8")), texts)
    wrong = [key for key, words in texts.items() if set(words) != set(LANGUAGES)]
    if wrong:
        raise ValueError(f"texts need exactly zh and en: {', '.join(wrong)}")
    return texts


def _collect(path: str, table: dict[str, object], texts: dict[str, dict[str, str]]) -> None:
    words = {name: value for name, value in table.items() if isinstance(value, str)}
    if words:
        texts[path] = words
    for name, value in table.items():
        if isinstance(value, dict):
            _collect(f"{path}.{name}", value, texts)


def say(key: str, language: str = "zh", **values: object) -> str:
    """The sentence of a key in a language, its `{places}` filled from `values`.

    :raises KeyError: when there is no such text or a place has no value.
    """
    return all_texts()[key][language].format(**values)


def both(key: str, **values: object) -> dict[str, str]:
    """The sentence in every language; a value that has languages itself is said in each."""
    return {
        language: say(
            key,
            language,
            **{name: value[language] if isinstance(value, dict) else value for name, value in values.items()},
        )
        for language in LANGUAGES
    }


def texts_of(*files: str) -> dict[str, dict[str, str]]:
    """All texts whose key begins with one of the file names (a web page gets its own)."""
    return {key: words for key, words in all_texts().items() if key.split(".")[0] in files}
