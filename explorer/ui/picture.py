"""A trace as a picture on disk: every head small, the most telling one large, and a caption."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QWidget

from explorer.messages.results import Trace
from explorer.ui import theme
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_grid import HeadGrid
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.heatmap import Heatmap

_SIZE = (1400, 760)
_PASSES = 1000
"""The grid paints in slices; more than any number of them that a sentence takes."""


def save_picture(trace: Trace, path: Path) -> None:
    """Write a PNG; raises `OSError` when it cannot be written."""
    _application()
    selection = HeadSelection()
    selection.reopen(trace.weights)
    grid, heatmap = HeadGrid(selection), Heatmap()
    page = _page(trace, selection, grid, heatmap)
    grid.show_heads(trace.weights, trace.allowed)
    _show_chosen(trace, selection, heatmap)
    page.resize(*_SIZE)
    page.ensurePolished()
    image = page.grab()
    for _ in range(_PASSES):
        if grid.is_whole:
            break
        image = page.grab()
    written = image.save(str(path), "PNG")
    page.deleteLater()
    if not written:
        raise OSError(None, "The picture cannot be written", str(path))


def _application() -> None:
    if QApplication.instance() is None:
        if sys.platform.startswith("linux") and not _has_screen():
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _kept.append(QApplication(sys.argv[:1]))


_kept: list[QApplication] = []
"""Qt's application object lives as long as the process."""


def _has_screen() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _page(trace: Trace, selection: HeadSelection, grid: HeadGrid, heatmap: Heatmap) -> QWidget:
    page = QWidget()
    page.setAutoFillBackground(True)
    page.setBackgroundRole(QPalette.ColorRole.Base)
    site = selection.site
    assert site is not None
    title = QLabel(f"{trace.model} · step {trace.step:,}")
    title.setFont(theme.font("title", bold=True))
    texts = (trace.source_text, trace.target_text)
    caption = QLabel("  →  ".join(text for text in texts if text))
    caption.setWordWrap(True)
    name = QLabel(words.head_name(site, selection.head) + " · colour from 0 to 1")
    for label in (title, caption, name):
        label.setTextFormat(Qt.TextFormat.PlainText)
    layout = QGridLayout(page)
    layout.setContentsMargins(2 * theme.SPACE, 2 * theme.SPACE, 2 * theme.SPACE, 2 * theme.SPACE)
    layout.setSpacing(theme.SPACE)
    layout.addWidget(title, 0, 0, 1, 2)
    layout.addWidget(caption, 1, 0, 1, 2)
    layout.addWidget(grid, 2, 0, 2, 1)
    layout.addWidget(name, 2, 1)
    layout.addWidget(heatmap, 3, 1)
    layout.setColumnStretch(0, 1)
    layout.setColumnStretch(1, 1)
    layout.setRowStretch(3, 1)
    return page


def _show_chosen(trace: Trace, selection: HeadSelection, heatmap: Heatmap) -> None:
    site = selection.site
    assert site is not None
    heatmap.show_map(
        trace.weights[site][selection.head], trace.queries(site.kind), trace.keys(site.kind),
        site.kind, trace.allowed.get(site.kind),
    )  # fmt: skip
