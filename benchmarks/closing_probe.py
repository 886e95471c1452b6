"""A window that trains and is closed in the middle: `closing_probe STEPS MOMENT FOLDER`.

Its last line tells when it was closed, in seconds since 1970, and at which step.
"""

import gc

gc.disable()  # As `explorer.__main__` does.

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402

from PySide6.QtCore import QTimer  # noqa: E402

from benchmarks.closing import LINE, settings  # noqa: E402
from explorer import app  # noqa: E402
from explorer.messages.commands import StartTraining  # noqa: E402
from explorer.messages.events import Event, TrainStep  # noqa: E402
from explorer.ui.main_window import MainWindow  # noqa: E402
from explorer.ui.session import Session  # noqa: E402


class Person:
    """Presses Train, and closes the window at a step."""

    def __init__(self, steps: int, moment: int, folder: str) -> None:
        self._start = StartTraining(settings(steps), folder)
        self._moment = moment
        self.told: dict[str, float] = {}

    def watch(self, window: MainWindow, session: Session) -> None:
        """Train."""
        self._window = window
        session.attach(self)
        session.send(self._start)

    def receive(self, events: Sequence[Event]) -> None:
        """Close when it is time."""
        steps = [event.step for event in events if isinstance(event, TrainStep)]
        if steps and steps[-1] >= self._moment and not self.told:
            self.told = {"closed": time.time(), "step": steps[-1]}
            QTimer.singleShot(0, self._window.close)


if __name__ == "__main__":
    person = Person(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    status = app.run(model="reverse", text=LINE, observer=person)
    print(json.dumps(person.told))
    sys.exit(status)
