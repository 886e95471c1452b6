"""Where the plots of a chart stand."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF

from explorer.ui.widgets.curve_plot import CurvePlot

_WIDE = 2.4
"""Width over height from which the plots stand side by side."""


def arrange(plots: Sequence[CurvePlot], whole: QRectF, first: CurvePlot) -> None:
    """Plots side by side or one above the other; `first` takes twice the room of another.

    Plots above each other have their steps at the same places.
    """
    shares = [2.0 if plot is first else 1.0 for plot in plots]
    wide, at = whole.width() > _WIDE * whole.height(), 0.0
    common = max((plot.gutter(whole.width()) for plot in plots), default=0.0)
    for plot, share in zip(plots, shares, strict=True):
        size = share / sum(shares)
        if wide:
            width = size * whole.width()
            frame = QRectF(at * whole.width(), 0, width, whole.height())
            plot.place(frame, plot.gutter(width))
        else:
            plot.place(QRectF(0, at * whole.height(), whole.width(), size * whole.height()), common)
        at += size
