"""Which stretch of a run is in view: all of it as it grows, or a part."""

import math

from explorer.ui.widgets.ticks import Scale

_FEWEST = 4
"""Steps below which a view does not shrink."""


class StepView:
    """The stretch of steps in view. A view that reaches the newest step follows it."""

    def __init__(self) -> None:
        self.log = False
        self.extent: tuple[float, float] | None = None
        """First and last step that there is; None while there is none."""
        self._part: tuple[float, float] | None = None

    @property
    def whole(self) -> bool:
        """Whether the whole run is in view."""
        return self._part is None

    def scale(self) -> Scale:
        """What is in view, as an axis."""
        first, last = self._bounds()
        low, high = self._part or (first, last)
        high = max(min(high, last), low + 1)
        return Scale(low, high, self.log)

    def _bounds(self) -> tuple[float, float]:
        """The whole run: from the origin, where an axis has one."""
        first, last = self.extent or (0.0, 1.0)
        low = max(1.0, first) if self.log else 0.0
        return low, max(last, low + 1)

    def fit(self) -> None:
        """Show the whole run, also as it grows."""
        self._part = None

    def zoom(self, factor: float, place: float = 0.5) -> None:
        """Show `factor` times as much; what lies at `place`, 0 to 1, stays there."""
        self.show(self.scale().zoomed(place, factor))

    def pan(self, share: float) -> None:
        """Move on by a share of what is in view; at an end it stops."""
        scale = self.scale()
        first, last = self._bounds()
        whole = Scale(first, last, self.log)
        low, high = (float(whole.place_of(v)) for v in (scale.low, scale.high))
        move = min(max(share * (high - low), -low), 1 - high)
        self.show(Scale(whole.at(low + move), whole.at(high + move), self.log))

    def show(self, scale: Scale) -> None:
        """Show this stretch, as far as there is something."""
        if self.extent is None:
            return
        first, last = self._bounds()
        low, high = max(first, scale.low), min(last, scale.high)
        if low <= first and high >= last * (1 - 1e-9):
            self._part = None
        elif high - low >= min(_FEWEST, last - first):
            self._part = (low, math.inf if high >= last * (1 - 1e-9) else high)
