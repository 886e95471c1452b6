"""Where an axis has its marks, and how they read."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of numbers laid out from 0 to 1, evenly or by their logarithm."""

    low: float
    high: float
    log: bool = False

    def place(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where values lie; what has no logarithm is NaN."""
        if not self.log:
            return (values - self.low) / (self.high - self.low)
        with np.errstate(invalid="ignore", divide="ignore"):
            logs = np.where(values > 0, np.log(values), np.nan)
        return (logs - math.log(self.low)) / math.log(self.high / self.low)

    def place_of(self, value: float) -> float:
        """Where one value lies."""
        return float(self.place(np.array([value]))[0])

    def at(self, place: float) -> float:
        """The number that lies there."""
        if self.log:
            return self.low * (self.high / self.low) ** place
        return self.low + place * (self.high - self.low)

    def zoomed(self, place: float, factor: float) -> "Scale":
        """A stretch `factor` times as long in which the number at `place` keeps its place."""
        return Scale(
            self.at(place - place * factor), self.at(place + (1 - place) * factor), self.log
        )


def ticks(scale: Scale, most: int) -> list[float]:
    """At most about `most` round numbers within the scale."""
    if scale.log:
        decades = math.log10(scale.high / scale.low)
        if decades >= 1:
            return _decade_ticks(scale, decades, most)
    return _even_ticks(scale.low, scale.high, most)


def _even_ticks(low: float, high: float, most: int) -> list[float]:
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def _decade_ticks(scale: Scale, decades: float, most: int) -> list[float]:
    first, last = math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high))
    digits = (1, 2, 5) if decades * 3 <= most else (1,)
    every = max(1, math.ceil(decades / max(1, most)))
    marks = [d * 10.0**p for p in range(first, last + 1, every) for d in digits]
    return [m for m in marks if scale.low * 0.999 <= m <= scale.high * 1.001]


def label(value: float) -> str:
    """A mark in few letters: `0.05`, `2e-4`, `1.5k`, `20k`, `2M`."""
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g}{unit}"
    if 0 < abs(value) < 1e-3:
        digits, _, power = f"{value:.1e}".partition("e")
        return f"{float(digits):g}e{int(power)}"
    return f"{value:.4g}"
