"""Pictures of the panel of runs, with a fork: `python -m docs.runs_pictures [--out FOLDER]`.

Trains a small run without a screen, branches it off with a higher rate, and shows both in the list
and the fork minus its parent.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel

from docs.pictures import LIST, LOOKS, SIZES, Act, Photographer
from explorer import app
from explorer.messages.commands import StartTraining
from explorer.messages.events import Event, TrainingChanged
from explorer.messages.presets import load_preset
from explorer.messages.runs import ForkRun
from explorer.messages.settings import with_values
from explorer.ui.panels.attention_panel import AttentionPanel
from explorer.ui.panels.runs_panel import RunsPanel

STEPS = 300
LEAVES = 100
"""The step at which the fork leaves its parent."""


class RunsPhotographer(Photographer):
    """Trains, branches off, compares, and takes the window in both looks."""

    def __init__(self, out: Path) -> None:
        super().__init__(out, ())
        self._folder = ""
        self._finished: list[str] = []
        ready = [(lambda: True, self._begin), (lambda: len(self._finished) > 0, self._fork)]
        self._plan: list[Act] = [*ready, (lambda: len(self._finished) > 1, self._look)]
        self._plan.append((self._is_listed, self._choose))
        for look in LOOKS:
            self._plan.append((lambda: True, lambda k=look: self._pose(SIZES[0], k)))
            self._plan.append((self._is_subtracted, self._show_runs))
            self._plan.append((lambda: True, lambda n=f"runs-{look}.png": self._take(n)))

    def receive(self, events: Sequence[Event]) -> None:
        """Note which runs have come to their end."""
        super().receive(events)
        for event in events:
            if isinstance(event, TrainingChanged) and event.state == "finished":
                self._folder = event.folder
                self._finished = list(dict.fromkeys([*self._finished, event.folder]))

    def _begin(self) -> None:
        values = {
            "training.steps": STEPS, "training.checkpoint_every": LEAVES,
            "training.keep_checkpoints": 5, "training.evaluate_every": LEAVES,
        }  # fmt: skip
        self._window.send(StartTraining(with_values(load_preset("reverse"), values)))

    def _fork(self) -> None:
        values = (("training.learning_rate", "0.01"),)
        self._window.send(ForkRun(self._folder, LEAVES, values))

    def _look(self) -> None:
        self._window.set_text(LIST)
        self._show_runs()

    def _show_runs(self) -> None:
        next(d for d in self._window.docks.docks if d.panel.key == "runs").raise_()

    def _is_listed(self) -> bool:
        there = {run.path for run in self._panel(RunsPanel).model.runs}
        return there.issuperset(self._finished) and self._answered()

    def _choose(self) -> None:
        panel = self._panel(RunsPanel)
        chosen, order = panel.list.selectionModel(), panel.order
        rows = [order.index(row, 0) for row in range(order.rowCount())]
        for index in rows:
            if order.run(index).path in self._finished:
                chosen.select(index, QItemSelectionModel.SelectionFlag.Select)
        self._panel(AttentionPanel).view.side.comparing.parent_.click()

    def _is_subtracted(self) -> bool:
        shown = self._panel(AttentionPanel).view.shown
        return shown is not None and shown.signed


def main() -> int:
    """Take both pictures; returns 1 when something failed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="docs.runs_pictures")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "pictures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": home,
            "ATTENTION_EXPLORER_HOME": home,
        }  # fmt: skip
        return app.run(None, None, observer=RunsPhotographer(options.out))


if __name__ == "__main__":
    sys.exit(main())
