"""The window that compares runs of the list, whatever the session has shown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shiboken6
from PySide6.QtWidgets import QWidget

from explorer.messages.runs import RunCurve
from explorer.ui.widgets.run_shelf import KeptRun
from explorer.ui.widgets.series import Floats

if TYPE_CHECKING:
    from explorer.ui.widgets.compare_window import CompareWindow


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


class RunsCompared:
    """Opens the window once the runs have been read."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self._window: CompareWindow | None = None

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
            self._window = CompareWindow(self._owner)
        assert self._window is not None
        self._window.show_runs([kept(run) for run in runs])
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
