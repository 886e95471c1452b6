"""Heads that share keys and values (grouped-query attention; Ainslie et al., 2023)."""

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.messages.results import Site, Trace
from explorer.ui import theme
from explorer.ui.widgets.head_atlas import Layout
from explorer.ui.widgets.head_grid_layout import GAP, GridLayout

_THICK = 2
Groups = Mapping[Site, int]
"""How many different keys and values the heads of a site have; only sites that share."""


def groups_of(trace: Trace) -> Groups:
    """The sites whose heads share keys."""
    return {
        site: heads.groups
        for site, heads in trace.heads.items()
        if 0 < heads.groups < heads.shape[0]
    }


def sharing(trace: Trace, site: Site, head: int) -> str:
    """Which keys a head looks at, and who shares them; empty where each head has its own."""
    groups = groups_of(trace).get(site, 0)
    if not groups:
        return ""
    each = trace.heads[site].shape[0] // groups
    group = head // each
    mates = f"heads {group * each + 1}–{(group + 1) * each}"
    return f"keys {group + 1} of {groups}, shared by {mates}"


def paint_groups(painter: QPainter, layout: Layout, groups: Groups) -> None:
    """A bar below the maps of heads that share keys, where they stand side by side."""
    if not isinstance(layout, GridLayout) or not groups:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.colors().faint))
    for bar in _bars(layout, groups):
        painter.drawRoundedRect(bar, _THICK / 2, _THICK / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _bars(layout: GridLayout, groups: Groups) -> Iterator[QRectF]:
    for row in layout.rows:
        each = row.heads // groups[row.site] if row.site in groups else 0
        for first in range(0, row.heads if each else 0, each or 1):
            at = first
            while at < first + each:  # A group may go on in the next line of maps.
                line_end = (at // layout.columns + 1) * layout.columns
                last = min(first + each, line_end) - 1
                left, right = layout.left(at), layout.left(last) + layout.side
                top = layout.top(row, at) + layout.side + (GAP - _THICK) / 2
                yield QRectF(left, top, right - left, _THICK)
                at = last + 1
