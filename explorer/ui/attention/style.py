"""How weights become colours, the same for all views; knows no Qt."""

from dataclasses import dataclass
from typing import Literal

from explorer.messages.heads import Pooling

Scale = Literal["linear", "square root", "log"]
Range = Literal["fixed", "map", "row"]


@dataclass(frozen=True, slots=True)
class MapStyle:
    """The scale on which weights are coloured, what the strongest colour means, and the colours.

    `fixed`: 1 (of differences −1 and 1); `map`: the largest weight of the map; `row`: of each row.
    `pooling` says what a pixel of several weights shows. `colors` is a key of `colormaps.MAPS`.
    """

    scale: Scale = "linear"
    range: Range = "fixed"
    colors: str = "default"
    pooling: Pooling = "maximum"
