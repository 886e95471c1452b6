"""The tree of a beam search as a picture: a column a token, lines to what follows each text."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from explorer.messages.decoding import Node
from explorer.ui import theme
from explorer.ui.decoder.beam_layout import BeamLayout
from explorer.ui.widgets.decision_words import chip_text
from explorer.ui.widgets.painting import paint_safely

_COLUMN, _GAP, _LEAST_ROWS = 96, 22, 5
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class BeamTree(QAbstractScrollArea):
    """Texts that were followed in full ink, those given up struck through; one is framed."""

    chosen = Signal(int)
    """The id of a node."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = BeamLayout()
        self._current: int | None = None
        self._path: frozenset[int] = frozenset()
        self._dimmed = False
        self._help: Callable[[int], str] = lambda id: ""
        self._plain, self._struck = theme.font("small"), theme.font("small")
        self._struck.setStrikeOut(True)
        self._bold = theme.font("small", bold=True)
        self._metrics = QFontMetrics(self._plain)
        self._high = self._metrics.height() + 5
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight((_LEAST_ROWS + 1) * self._high)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Tree of the beam search")
        self.setToolTip(
            "<b>Beam tree</b><br>A column is a token of the output: above the texts that were "
            "followed, the best total first; below those given up. Click one, or choose it with Up "
            "and Down, to see why."
        )
        self.verticalScrollBar().setSingleStep(self._high)
        self.horizontalScrollBar().setSingleStep(_COLUMN + _GAP)
        theme.theme().changed.connect(self.viewport().update)

    def explain_with(self, help: Callable[[int], str]) -> None:
        """Say what the tooltip of a node is, as rich text."""
        self._help = help

    def show_tree(self, tree: BeamLayout) -> None:
        """Show this tree; it takes no more room than its fullest column."""
        self._layout = tree
        self._current, self._path = None, frozenset()
        bar = self.horizontalScrollBar().sizeHint().height()
        least = self.minimumHeight()
        self.setMaximumHeight(max(least, (tree.rows + 1) * self._high + bar))
        self._fit()
        self.viewport().update()

    def set_current(self, id: int | None) -> None:
        """Frame a node, mark its text, and bring it into sight."""
        self._current = id
        self._path = frozenset(() if id is None else self._layout.path(id))
        if id is not None:
            node = self._layout.nodes[id]
            self.setAccessibleDescription(f"{chip_text(node.token)}, {node.state}: {node.why}")
            self._reveal(id)
        self.viewport().update()

    @property
    def current(self) -> int | None:
        """The node in the frame."""
        return self._current

    def set_dimmed(self, dimmed: bool) -> None:
        """Pale, while another sentence was asked for."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.viewport().update()

    # Places

    def node_rect(self, id: int) -> QRect:
        """Where a node stands in the viewport now."""
        column, row = self._layout.place(id)
        left = column * (_COLUMN + _GAP) - self.horizontalScrollBar().value()
        top = (row + 1) * self._high - self.verticalScrollBar().value()
        return QRect(left, top, _COLUMN, self._high - 2)

    def _fit(self) -> None:
        seen, wide = self.viewport().size(), len(self._layout.columns) * (_COLUMN + _GAP) - _GAP
        high = (self._layout.rows + 1) * self._high
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setPageStep(seen.width())
        across.setRange(0, max(0, wide - seen.width()))
        down.setPageStep(seen.height())
        down.setRange(0, max(0, high - seen.height()))

    def _reveal(self, id: int) -> None:
        """The column before is seen too where there is room for it."""
        column, row = self._layout.place(id)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        left, seen = column * (_COLUMN + _GAP), self.viewport().width()
        before = max(0, left - (_COLUMN + _GAP) if seen >= 2 * _COLUMN + _GAP else left)
        across.setValue(max(min(across.value(), before), left + _COLUMN - seen))
        top = (row + 1) * self._high
        down.setValue(
            max(min(down.value(), top - self._high), top + self._high - self.viewport().height())
        )

    def sizeHint(self) -> QSize:
        """Room for a search of four beams."""
        return QSize(36 * theme.SPACE, 10 * self._high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scroll no further than needed."""
        super().resizeEvent(event)
        self._fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Everything is drawn where it stands."""
        self.viewport().update()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the columns that are seen."""
        paint_safely(self.viewport(), self._paint)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, wide = self.horizontalScrollBar().value(), self.viewport().width()
        first = max(0, left // (_COLUMN + _GAP))
        last = min(len(self._layout.columns), (left + wide) // (_COLUMN + _GAP) + 2)
        seen = [id for ids in self._layout.columns[first:last] for id in ids]
        for id in sorted(seen, key=lambda id: id in self._path):
            self._paint_line(painter, self._layout.nodes[id])
        for id in seen:
            self._paint_node(painter, self._layout.nodes[id])
        self._paint_heads(painter, first, last)

    def _paint_heads(self, painter: QPainter, first: int, last: int) -> None:
        c = theme.colors()
        here = None if self._current is None else self._layout.nodes[self._current].depth
        for column in range(first, last):
            left = column * (_COLUMN + _GAP) - self.horizontalScrollBar().value()
            rect = QRect(left, 0, _COLUMN, self._high)
            painter.fillRect(rect.adjusted(-_GAP, 0, _GAP, 0), QColor(c.window))
            painter.setFont(self._bold if column == here else self._plain)
            painter.setPen(QColor(c.text if column == here else c.faint))
            said = f"token {self._layout.begun + column + 1}"
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, said)

    def _paint_line(self, painter: QPainter, node: Node) -> None:
        if node.parent is None or node.parent not in self._layout.nodes:
            return
        c, on_path = theme.colors(), node.id in self._path
        start, end = self.node_rect(node.parent), self.node_rect(node.id)
        one = QPointF(start.right() + 1, start.center().y())
        other = QPointF(end.left(), end.center().y())
        line = QPainterPath(one)
        middle = (one.x() + other.x()) / 2
        line.cubicTo(QPointF(middle, one.y()), QPointF(middle, other.y()), other)
        followed = node.state in ("kept", "finished")
        color = c.accent if on_path and not self._dimmed else c.muted if followed else c.line
        painter.setPen(QPen(QColor(color), 2 if on_path else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(line)

    def _paint_node(self, painter: QPainter, node: Node) -> None:
        c, rect = theme.colors(), self.node_rect(node.id)
        followed, here = node.state in ("kept", "finished"), node.id == self._current
        edge = c.accent if here else c.good if node.state == "finished" else c.line
        painter.setPen(QPen(QColor(edge), 2 if here else 1))
        painter.setBrush(QColor(c.surface if followed else c.window))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        ink = c.text if followed and not self._dimmed else c.faint
        if node.id in self._layout.best and not self._dimmed:
            ink = c.accent
        painter.setPen(QColor(ink))
        inside = rect.adjusted(5, 0, -4, 0)
        painter.setFont(self._plain)
        said = f"{node.score:.2f}".replace("-", "−")
        wide = self._metrics.horizontalAdvance(said)
        painter.drawText(inside, _RIGHT, said)
        painter.setFont(self._plain if followed else self._struck)
        place = inside.adjusted(0, 0, -wide - 4, 0)
        text = self._metrics.elidedText(
            chip_text(node.token), Qt.TextElideMode.ElideRight, place.width()
        )
        painter.drawText(place, _LEFT, text)

    # Choosing

    def node_at(self, point: QPoint) -> int | None:
        """The node at a place in the viewport."""
        for ids in self._layout.columns:
            for id in ids:
                if self.node_rect(id).contains(point):
                    return id
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the node under the pointer."""
        found = self.node_at(event.position().toPoint())
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose within the column; all other keys belong to the page."""
        key = Qt.Key(event.key())
        if self._current is None or key not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
            return
        column, row = self._layout.place(self._current)
        ids = self._layout.columns[column]
        row += 1 if key is Qt.Key.Key_Down else -1
        self.chosen.emit(ids[max(0, min(row, len(ids) - 1))])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys go."""
        super().focusInEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain the node under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            found = self.node_at(event.pos())
            said = self.toolTip() if found is None else self._help(found)
            QToolTip.showText(event.globalPos(), said, self.viewport())
            return True
        return super().viewportEvent(event)
