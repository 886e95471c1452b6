"""One answer about flow as a page: its labels, its places, and what its lines carry."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtGui import QFontMetrics, QPainter

from explorer.messages.flow import FlowMaps, FlowPath, carried
from explorer.messages.heads import Floats
from explorer.ui.attention import flow_layout, flow_map, flow_paint, flow_words
from explorer.ui.attention.flow_layout import Counts, FlowLayout
from explorer.ui.attention.page_view import page_font
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets import token_axis

_LABEL, _TURNED = 110.0, 96.0
"""Room for labels at most, across and turned."""
Pair = tuple[int | None, int | None]
"""A query and a key, as tokens of the trace."""


class FlowPicture:
    """Draws an answer; labels are measured once."""

    def __init__(self, found: FlowMaps) -> None:
        self.found = found
        self.path: FlowPath | None = None
        self.inputs = token_axis.key_labels(found.keys)
        self.queries = token_axis.query_labels(found.queries, found.choice.kind)
        self.font = page_font().key()
        """What labels were measured in; paper may have another typeface."""
        metrics, small = QFontMetrics(page_font()), QFontMetrics(page_font("small"))
        left, right = (
            min(token_axis.widest(side, metrics) + 2.0, _LABEL)
            for side in (self.inputs, self.queries)
        )
        self._longest = float(token_axis.widest(self.inputs, small))
        rows = max(found.tokens(level) for level in range(len(found.levels)))
        self._counts = Counts(
            rows, len(self.queries), len(self.inputs), len(found.levels), left, right,
            min(self._longest + 8.0, _TURNED),
        )  # fmt: skip
        self.layout = lru_cache(maxsize=4)(self._arranged)
        """Where everything stands on a page of a width."""
        self._carried = lru_cache(maxsize=2)(self._shares)

    def in_print(self) -> "FlowPicture":
        """The same in the typeface of now, which on paper may be another."""
        if self.font == page_font().key():
            return self
        again = FlowPicture(self.found)
        again.path = self.path
        return again

    def _arranged(self, width: float) -> FlowLayout:
        return flow_layout.arrange(self._counts, width)

    def _shares(self, query: int) -> tuple[Floats, ...]:
        return carried(self.found, query)

    def paint(
        self, painter: QPainter, width: float, seen: tuple[float, float], style: MapStyle,
        chosen: Pair, *, screen: bool,
    ) -> None:  # fmt: skip
        """Draw what is seen of graph, tokens and map."""
        found, layout = self.found, self.layout(width)
        amounts = self.amounts(chosen[0])
        if amounts is not None:
            least = flow_paint.LEAST if chosen[0] is not None else flow_words.WHOLE_FROM
            flow_paint.paint_graph(painter, layout, found, amounts, seen, least)
        passing = None if amounts is None else self._passing(amounts, chosen[0])
        flow_paint.paint_nodes(painter, layout, found, passing, seen)
        row_K = None if chosen[0] is None else found.map_QK[chosen[0]]
        sides = self.inputs, self.queries
        flow_paint.paint_tokens(painter, layout, sides, row_K, chosen, seen)
        flow_paint.paint_titles(painter, layout, flow_words.level_names(found))
        peak = self._peak(style)
        flow_map.paint_map(painter, layout, found.map_QK, style, peak, seen, screen=screen)
        flow_map.paint_axes(painter, layout, *sides, self._longest)
        unit = "length" if self._lengths else "largest flow" if self._flows else "share"
        flow_map.paint_range(painter, layout, unit, peak)
        flow_map.paint_marks(painter, layout, chosen)

    @property
    def _lengths(self) -> bool:
        return self.found.choice.method == "value" and not self.found.choice.normalise

    @property
    def _flows(self) -> bool:
        return self.found.choice.method == "flow"

    def _peak(self, style: MapStyle) -> flow_map.Peak:
        map_QK = self.found.map_QK
        if style.range == "row":
            return map_QK.max(axis=1, keepdims=True)
        if style.range == "map" or self._lengths:
            return float(map_QK.max(initial=0.0))
        return 1.0

    def amounts(self, query: int | None) -> Sequence[Floats] | None:
        """What the lines carry: the chosen query's shares, or all weights while none is chosen."""
        found = self.found
        if query is None:
            small = max(len(found.queries), len(found.keys)) <= flow_words.WHOLE
            return [step.weights_QK for step in found.steps] if small else None
        if self._flows:
            return self.path.carried if self.path is not None and self.path.query == query else None
        if self._lengths:
            largest = float(found.map_QK.max(initial=0.0)) or 1.0
            return [amount / largest for amount in self._carried(query)]
        return self._carried(query)

    def _passing(self, amounts: Sequence[Floats], query: int | None) -> list[Floats] | None:
        """How much of a query passes each token of each level."""
        if query is None:
            return None
        found = self.found
        passing = [np.zeros(found.tokens(level), np.float32) for level in range(len(found.levels))]
        passing[-1][query] = 1
        for step, amount_QK in zip(found.steps, amounts, strict=True):
            passing[step.lower] += amount_QK.sum(axis=0)
        return passing
