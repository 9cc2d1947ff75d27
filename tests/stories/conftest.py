"""Stories that also pass through pages open them as the pages' own tests do."""

from tests.web.conftest import open_page

__all__ = ["open_page"]
