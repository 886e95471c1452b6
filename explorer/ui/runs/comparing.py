"""The window that compares runs of the list, whatever the session has shown."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from explorer.messages.runs import ReadCurves, RunCurve
from explorer.ui.widgets.run_shelf import KeptRun
from explorer.ui.widgets.series import Floats

if TYPE_CHECKING:
    from explorer.ui.widgets.compare_window import CompareWindow

AGAIN = 1500
"""Milliseconds after which runs that are trained are read again."""


def kept(run: RunCurve) -> KeptRun:
    """A run's whole history as the window draws it."""
    history = run.history
    steps = history.steps.astype(float)
    curves: dict[str, tuple[Floats, Floats]] = {
        "training": (steps, history.losses.astype(float)),
        "learning rate": (steps, history.learning_rates.astype(float)),
    }
    looks = history.measurements
    at = np.array([look.step for look in looks], float)
    measured = {
        "validation": [look.loss for look in looks],
        "token accuracy": [100 * look.accuracy for look in looks],
        "exact match": [100 * look.exact_match for look in looks],
    }
    curves |= {name: (at, np.array(values, float)) for name, values in measured.items()}
    clocks = {"tokens": history.tokens, "seconds": history.seconds}
    return KeptRun(
        run.name, {name: points for name, points in curves.items() if len(points[0])},
        history.baselines, run.config,
        {name: (steps, values) for name, values in clocks.items() if len(values) == len(steps) > 0},
    )  # fmt: skip


class RunsCompared(QObject):
    """Opens the window once the runs have been read, and reads on while one of them grows."""

    requested = Signal(object)
    """A `ReadCurves` for the worker."""

    def __init__(self, owner: QWidget, grows: Callable[[str], bool]) -> None:
        super().__init__(owner)
        self._owner, self._grows = owner, grows
        self._window: CompareWindow | None = None
        self._paths: tuple[str, ...] = ()
        self._asked = False
        self._last = False
        self._timer = QTimer(self)
        self._timer.setInterval(AGAIN)
        self._timer.timeout.connect(self._read_on)

    def ask(self, command: ReadCurves) -> None:
        """A person wants to see these."""
        self._asked, self._paths = True, command.paths
        self.requested.emit(command)

    def _read_on(self) -> None:
        """Read again what grows; once more after it has ended, for its last points."""
        if self.window is None or self._asked:
            return
        grows = any(map(self._grows, self._paths))
        if grows or self._last:
            self.requested.emit(ReadCurves(self._paths))
        self._last = grows

    @property
    def window(self) -> "CompareWindow | None":
        """The window, while it is open."""
        if self._window is not None and not shiboken6.isValid(self._window):
            self._window = None
        return self._window

    def show(self, runs: Sequence[RunCurve]) -> None:
        """Show these runs; pyqtgraph is imported by the first window (0.2 seconds)."""
        from explorer.ui.widgets.compare_window import CompareWindow

        if self.window is None:
            if not self._asked:
                return  # It was closed meanwhile.
            self._window = CompareWindow(self._owner)
        assert self._window is not None
        self._window.show_runs([kept(run) for run in runs])
        self._timer.start()
        if not self._asked:
            return  # It is only that its points are newer.
        self._asked, self._last = False, True
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
