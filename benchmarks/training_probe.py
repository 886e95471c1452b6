"""A training run that begins and holds as it is told, with the window or without.

`python -m benchmarks.training_probe window|bare PRESET CORPUS FOLDER` reads `go`, `hold` and `end`
from its input, a line each, and answers `held` once it holds; the last line is its figures.
"""

import gc

gc.disable()  # As `explorer.__main__` does.

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402

from explorer.messages.commands import (  # noqa: E402
    Command,
    PauseTraining,
    ResumeTraining,
    Shutdown,
    StartTraining,
)
from explorer.messages.config import RunConfig  # noqa: E402
from explorer.messages.events import Event, Failed, TrainingChanged, TrainStep  # noqa: E402
from explorer.messages.mailbox import Inbox, Outbox  # noqa: E402
from explorer.messages.presets import all_presets  # noqa: E402
from explorer.messages.settings import with_values  # noqa: E402

WARM = 4
"""Steps before the run holds for the first time; they are not counted."""
_BEAT = 10
_STEPS: list[tuple[int, int, float]] = []
"""Step, tokens and seconds of every step that was counted."""
_LATE: list[float] = []
"""Milliseconds by which the beats of the event loop were late while the run was running."""
_BUSY: list[float] = []
"""Milliseconds that the window's thread computed from one beat to the next."""
_SENTENCE = "My little sister has never eaten so many apples."


class TimedOutbox(Outbox):
    """Notes when each step was told, on the worker's thread; holds after the first few."""

    hold: Callable[[], None]

    def put(self, event: Event) -> None:
        """Tell an event, and note its time."""
        now = time.perf_counter()
        if isinstance(event, TrainStep):
            if event.step > WARM:
                _STEPS.append((event.step, event.tokens, now - self._before))
            elif event.step == WARM:
                self.hold()
            self._before = now
        elif isinstance(event, TrainingChanged) and event.state == "running":
            self._before = now
        elif isinstance(event, TrainingChanged) and event.state == "paused":
            print("held", flush=True)
        elif isinstance(event, Failed) and event.about != "model":
            print(f"failed: {event.message}", flush=True)
        super().put(event)


def main() -> int:
    """Train as told."""
    kind, preset, corpus, folder = sys.argv[1:5]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    start = StartTraining(_config(preset, corpus), folder)
    (_in_window if kind == "window" else _bare)(start)
    print(json.dumps({"steps": _STEPS, "late": _LATE, "busy": _BUSY}), flush=True)
    return 0


def _config(preset: str, corpus: str) -> RunConfig:
    config = next(p.config for p in all_presets() if p.name == preset)
    if not config.task.own:
        return config
    own = {"file": corpus, "target_file": "", "validation_file": "", "test_file": ""}
    return with_values(config, {f"task.{name}": value for name, value in own.items()})


def _obey(send: Callable[[Command], None], end: Callable[[], None]) -> None:
    """Pass on what is read from the input, on a thread of its own."""

    def read() -> None:
        for line in sys.stdin:
            match line.strip():
                case "go":
                    send(ResumeTraining())
                case "hold":
                    send(PauseTraining())
                case _:
                    break
        end()

    threading.Thread(target=read, daemon=True).start()


def _bare(start: StartTraining) -> None:
    from explorer.engine import loop

    inbox, outbox = Inbox(), TimedOutbox()
    outbox.hold = lambda: inbox.put(PauseTraining())
    inbox.put(start)
    worker = loop.start(inbox, outbox)
    _obey(inbox.put, lambda: inbox.put(Shutdown()))
    while worker.is_alive():
        worker.join(0.08)
        outbox.drain()  # As the window does, so that it does not grow.


def _in_window(start: StartTraining) -> None:
    from PySide6.QtCore import QObject, Qt, QTimer, Signal

    from explorer import app
    from explorer.ui.main_window import MainWindow
    from explorer.ui.session import Session

    outbox = TimedOutbox()

    class Probe(QObject):
        asked, ended = Signal(object), Signal()

        def watch(self, window: MainWindow, session: Session) -> None:
            self._last: float | None = None
            self._computed = 0.0
            self._beat = QTimer(self, interval=_BEAT, timerType=Qt.TimerType.PreciseTimer)
            self._beat.timeout.connect(self._tick)
            self.asked.connect(self._send)
            self.ended.connect(window.close)
            self._session, self._state = session, ""
            outbox.hold = lambda: self.asked.emit(PauseTraining())
            _obey(self.asked.emit, self.ended.emit)
            session.send(start)
            self._beat.start()

        def _send(self, command: Command) -> None:
            self._last = time.perf_counter() if isinstance(command, ResumeTraining) else None
            self._computed = time.thread_time()
            self._session.send(command)

        def _tick(self) -> None:
            if self._last is not None:
                now, computed = time.perf_counter(), time.thread_time()
                _LATE.append(max(0.0, (now - self._last) * 1000 - _BEAT))
                _BUSY.append((computed - self._computed) * 1000)
                self._last, self._computed = now, computed

    app.Outbox = lambda: outbox  # The window's own, timed.
    app.run(text=start.config.example or _SENTENCE, observer=Probe())


if __name__ == "__main__":
    sys.exit(main())
