"""The kiosk's program with screens that can't be built, as a mistake in one of them would have it.

`python -m tests.kiosk.broken` takes what `python -m kiosk` takes. "I have an appointment" never comes up;
the second time, what says sorry for that doesn't either.
"""

from __future__ import annotations

import sys

from assets import screen
from kiosk import __main__ as program
from kiosk.visit import Place


def main() -> int:
    # A window is made as soon as the app is imported.
    screen.window(1080, 1920)
    from kivy.lang import Builder

    from kiosk import app
    from kiosk.screens.moments import SorryPage
    from kiosk.screens.parts import Page

    class Broken(Page):
        """What its rule asks for isn't there."""

    class Sulky(SorryPage):
        """As above. A visit ends when it fails, and at home."""

        def sulks(self) -> str:
            second_time: bool = self.state.visits == 3
            return self.there_is_no_such_thing() if second_time else ""  # type: ignore[no-any-return]

    Builder.load_string("<Broken>:\n    Fit:\n        text: root.there_is_no_such_thing()\n")
    Builder.load_string("<Sulky>:\n    Fit:\n        size_hint_y: None\n        text: root.sulks()\n")
    app.PAGES |= {Place.HAVE: Broken, Place.SORRY: Sulky}
    return program.main()


if __name__ == "__main__":
    sys.exit(main())
