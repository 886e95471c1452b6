"""A large plot of one quantity of several runs, by pyqtgraph: pan, zoom, logarithms, a crosshair.

Imported when the window that holds it is opened, and never at start: pyqtgraph takes 0.2 seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from explorer.messages.results import Baseline
from explorer.ui import theme
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.run_shelf import KeptRun
from explorer.ui.widgets.series import Floats

pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is plotted: a title, the names of its curves, the main one last."""

    title: str
    curves: tuple[str, ...]
    factor: float = 1.0


QUANTITIES = (
    Quantity("Loss, nats per token", ("training", "validation")),
    Quantity("Token accuracy, %", ("token accuracy",)),
    Quantity("Exact match, %", ("exact match",)),
    Quantity("Learning rate", ("learning rate",)),
)

ALONG = {"step": "step", "tokens": "tokens learned from", "seconds": "seconds of work"}
"""What runs can be aligned by, in words."""


@dataclass(slots=True)
class _Drawn:
    name: str
    x: Floats
    y: Floats
    item: pg.PlotDataItem


class ComparePlot(pg.PlotWidget):
    """Curves of several runs, each run in a colour of its own."""

    pointed = Signal(str)
    """The values at the step under the pointer, in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot: Any = self.getPlotItem()
        self.quantity = QUANTITIES[0]
        self.show_baselines = True
        self.along = "step"
        """What runs are laid out along: `step`, `tokens` or `seconds`."""
        self._logs = (False, False)
        self._drawn: list[_Drawn] = []
        self._lines: list[pg.InfiniteLine] = []
        self._cross = pg.InfiniteLine(angle=90)
        self._cross.setVisible(False)
        self._plot.addItem(self._cross, ignoreBounds=True)
        self._plot.setMenuEnabled(False)  # Its forms know nothing of the theme.
        self._plot.hideButtons()
        for menu in (self._plot.ctrlMenu, self._plot.vb.menu):
            if menu is not None:  # Without a parent they would outlive the window.
                menu.setParent(self, menu.windowFlags())
        self.setAccessibleName("Curves of several runs")
        self.setToolTip("Turn the wheel to zoom, drag to move, drag with the right button to zoom.")
        scene: Any = self.scene()
        scene.sigMouseMoved.connect(self._point)
        theme.theme().changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        colors = theme.colors()
        self.setBackground(colors.surface)
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(colors.line)
            axis.setTextPen(colors.muted)
            axis.setTickFont(theme.font("small"))
        self._cross.setPen(pg.mkPen(colors.muted, style=Qt.PenStyle.DashLine))

    def set_logs(self, *, x: bool, y: bool) -> None:
        """Lay steps or values out by their logarithm; the next `show_runs` draws them so."""
        self._logs = x, y
        self._plot.setLogMode(x, y)

    def fit(self) -> None:
        """Show everything."""
        self._plot.enableAutoRange()

    def show_runs(self, runs: Sequence[tuple[KeptRun, QColor]]) -> None:
        """Draw the quantity of these runs; the view stays where the user left it."""
        for item in [*(drawn.item for drawn in self._drawn), *self._lines]:
            self._plot.removeItem(item)
        self._drawn = [drawn for run, color in runs for drawn in self._curves_of(run, color)]
        self._lines = list(self._baselines_of(runs[0][0])) if runs else []
        self.setLabel("left", self.quantity.title, color=theme.colors().muted)
        self.setLabel("bottom", ALONG[self.along], color=theme.colors().muted)

    def _curves_of(self, run: KeptRun, color: QColor) -> Iterator[_Drawn]:
        main = self.quantity.curves[-1]
        for name in self.quantity.curves:
            if name not in run.curves:
                continue
            steps, y = run.curves[name]
            x = run.placed(steps, self.along)
            if x is None:
                continue
            good = (
                np.isfinite(y) & ((y > 0) | (not self._logs[1])) & ((x > 0) | (not self._logs[0]))
            )
            light = QColor(color)
            light.setAlphaF(1.0 if name == main else 0.35)
            few = len(x) <= 200 and name == main
            marks = {"symbol": "o", "symbolSize": 5, "symbolBrush": light, "symbolPen": None}
            item = self._plot.plot(
                x[good], y[good], pen=pg.mkPen(light, width=1), **(marks if few else {})
            )
            item.setDownsampling(auto=True, method="peak")
            item.setClipToView(True)
            yield _Drawn(f"{run.name}: {name}", x[good], y[good], item)

    def _baselines_of(self, run: KeptRun) -> Iterator[pg.InfiniteLine]:
        """Those of the first run, as far as this quantity has any."""
        colors = theme.colors()
        pen = pg.mkPen(colors.muted, style=Qt.PenStyle.DashLine)
        fill = QColor(colors.surface)
        fill.setAlphaF(0.7)
        for number, baseline in enumerate(run.baselines if self.show_baselines else ()):
            value = _value(baseline, self.quantity)
            if value is None or (self._logs[1] and value <= 0):
                continue
            line = pg.InfiniteLine(
                np.log10(value) if self._logs[1] else value, angle=0, pen=pen,
                label=f"{baseline.title} {value:.3g}",
                labelOpts={
                    "position": 0.98 - 0.14 * (number % 4), "color": colors.muted, "fill": fill,
                    "anchors": [(1, 0), (1, 1)],
                },
            )  # fmt: skip
            self._plot.addItem(line, ignoreBounds=True)
            yield line

    def _point(self, spot: QPointF) -> None:
        box = self._plot.vb
        inside = box.sceneBoundingRect().contains(spot)
        self._cross.setVisible(inside)
        if inside:
            at = box.mapSceneToView(spot).x()
            self._cross.setPos(at)
            self.pointed.emit(self.words_at(10**at if self._logs[0] else at))
        else:
            self.pointed.emit("")

    def words_at(self, step: float) -> str:
        """Every curve's value at the point nearest to a step."""
        said = [f"{ALONG[self.along]} {count(max(0.0, step))}"]
        for drawn in self._drawn:
            if len(drawn.x):
                place = int(np.abs(drawn.x - step).argmin())
                said.append(f"{drawn.name} {drawn.y[place]:.4g}")
        return " · ".join(said)


def _value(baseline: Baseline, quantity: Quantity) -> float | None:
    if quantity.title.startswith("Loss"):
        return baseline.loss
    accuracy = baseline.accuracy
    return 100 * accuracy if accuracy is not None and "accuracy" in quantity.title else None
