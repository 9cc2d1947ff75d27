"""The release, as `/healthz`, the API and pages tell it."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
