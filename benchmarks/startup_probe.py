"""One start of the application, watched from within; prints its phases as a line of JSON."""

import time

MARKS = {"interpreter": time.time()}

import gc  # noqa: E402

gc.disable()  # As `explorer.__main__` does.

import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402

from PySide6.QtCore import QObject, Qt, QTimer  # noqa: E402

from explorer import app  # noqa: E402
from explorer.messages.events import (  # noqa: E402
    EngineReady,
    Event,
    Failed,
    Inspected,
    ModelOpened,
)
from explorer.ui.main_window import MainWindow  # noqa: E402
from explorer.ui.session import Session  # noqa: E402

MARKS["imports"] = time.time()
_BEAT = 10
_GIVE_UP = 60_000


class Probe(QObject):
    """Watches paint, events and the event loop's lateness; closes at the first attention."""

    def watch(self, window: MainWindow, session: Session) -> None:
        """Begin; the window is built and about to be shown."""
        MARKS["window"] = time.time()
        self._window = window
        self._worst, self._last = 0.0, 0.0
        self._beat = QTimer(self, interval=_BEAT)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._tick)
        window.painted.connect(self._painted)
        session.attach(self)
        QTimer.singleShot(_GIVE_UP, lambda: self._give_up("nothing was drawn within a minute"))

    def _painted(self) -> None:
        MARKS["painted"] = time.time()
        self._last = time.perf_counter()
        self._beat.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._worst = max(self._worst, (now - self._last) * 1000 - _BEAT)
        self._last = now

    def receive(self, events: Sequence[Event]) -> None:
        """Note when things arrive; the last is attention, drawn one turn of the loop later."""
        for event in events:
            match event:
                case EngineReady():
                    MARKS.setdefault("ready", time.time())
                case ModelOpened():
                    MARKS.setdefault("opened", time.time())
                case Failed(message=message):
                    self._give_up(message)
                case Inspected():
                    # The panels came before us, in turns of their own, and so did their paints.
                    QTimer.singleShot(0, self._drawn)
                case _:
                    pass

    def _drawn(self) -> None:
        if not self._beat.isActive():
            return
        MARKS.update({"attention": time.time(), "worst stall": self._worst})
        self._beat.stop()
        self._window.close()

    def _give_up(self, why: str) -> None:
        print(why, file=sys.stderr)
        MARKS.clear()
        self._window.close()


if __name__ == "__main__":
    model = sys.argv[1] if len(sys.argv) > 1 else None
    app.run(model=model, observer=Probe())
    print(json.dumps(MARKS))
    sys.exit(0 if MARKS else 1)
