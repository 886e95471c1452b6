"""How a run is drawn in the list: four lines, and its curve at the right."""

import logging

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.messages.runs import RunInfo
from explorer.ui import theme
from explorer.ui.runs.row_words import figures, origin, settings, state_words
from explorer.ui.runs.run_model import RUN, RunModel
from explorer.ui.style_sheet import mix
from explorer.ui.widgets.curve import draw_dot, draw_line

_log = logging.getLogger(__name__)
Index = QModelIndex | QPersistentModelIndex
_CURVE = 9 * theme.SPACE
_GAP = 2
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RunDelegate(QStyledItemDelegate):
    """Draws a row, and edits its name in place."""

    def __init__(self, model: RunModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The same for every run."""
        name, small = _metrics()
        return QSize(
            24 * theme.SPACE, name.height() + 3 * (small.height() + _GAP) + 2 * theme.SPACE
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the run; an error must not leave this call."""
        painter.save()
        try:
            self._paint(painter, option, index.data(RUN))
        except Exception:
            _log.exception("A run could not be drawn")
        finally:
            painter.restore()

    def _paint(self, painter: QPainter, option: QStyleOptionViewItem, run: RunInfo) -> None:
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue]
        _paint_ground(painter, rect, state, opened=run.path == self._model.here.opened)
        area = QRectF(rect).adjusted(theme.SPACE + 4, theme.SPACE, -theme.SPACE, -theme.SPACE)
        word, color = state_words(run, self._model.here)
        line = _Line(painter, area)
        line.write(run.name, "name", word, color)
        if run.trouble:
            line.write(run.trouble, "bad")
            return
        top = line.top
        narrow = area.adjusted(0, 0, -_CURVE - theme.SPACE, 0)
        line.area = narrow
        line.write(figures(run), "text")
        line.write(settings(run), "muted")
        bottom = line.top - _GAP
        line.area = area
        line.write(origin(run), "faint")
        _paint_curve(painter, QRectF(narrow.right() + theme.SPACE, top, _CURVE, bottom - top), run)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field for the name."""
        field = QLineEdit(parent)
        field.setAccessibleName("Name of the run")
        return field

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Over the name."""
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue]
        height = editor.sizeHint().height()
        editor.setGeometry(
            rect.left() + theme.SPACE // 2, rect.top() + 3, rect.width() - theme.SPACE, height
        )


class _Line:
    """Writes lines below each other."""

    def __init__(self, painter: QPainter, area: QRectF) -> None:
        self._painter, self.area, self.top = painter, area, area.top()

    def write(self, text: str, role: str, right: str = "", color: str = "muted") -> None:
        """One line in a colour of the theme (`name`: bold), and a word at its right end."""
        painter, colors = self._painter, theme.colors()
        font = theme.font("body", bold=True) if role == "name" else theme.font("small")
        height = QFontMetrics(font).height()
        spot = QRectF(self.area.left(), self.top, self.area.width(), height)
        if right:
            small = theme.font("small")
            painter.setFont(small)
            painter.setPen(QColor(getattr(colors, color)))
            painter.drawText(
                spot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right
            )
            spot.setWidth(spot.width() - QFontMetrics(small).horizontalAdvance(right) - theme.SPACE)
        painter.setFont(font)
        painter.setPen(QColor(colors.text if role == "name" else getattr(colors, role)))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(spot.width()))
        painter.drawText(spot, _LEFT, shown)
        self.top += height + _GAP


def _paint_ground(painter: QPainter, rect: QRect, state: QStyle.StateFlag, *, opened: bool) -> None:
    colors, flag = theme.colors(), QStyle.StateFlag
    painter.setPen(Qt.PenStyle.NoPen)
    if state & flag.State_Selected:
        painter.fillRect(rect, QColor(mix(colors.surface, colors.accent, 0.16)))
    elif state & flag.State_MouseOver:
        painter.fillRect(rect, QColor(mix(colors.surface, colors.text, 0.04)))
    if opened:
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(colors.accent))
    painter.setPen(QColor(colors.line))
    painter.drawLine(rect.left() + theme.SPACE, rect.bottom(), rect.right(), rect.bottom())
    if state & flag.State_HasFocus and state & flag.State_KeyboardFocusChange:
        painter.setPen(QColor(colors.accent))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))


def _paint_curve(painter: QPainter, area: QRectF, run: RunInfo) -> None:
    """The training loss from the first step to the last; a dot where a fork left its parent."""
    steps, losses = run.curve_steps.astype(float), run.curve_losses.astype(float)
    good = np.isfinite(losses)
    if good.sum() < 2:
        return
    low, high = losses[good].min(), losses[good].max()
    x = area.left() + (steps - steps[0]) / max(1.0, steps[-1] - steps[0]) * area.width()
    y = area.bottom() - 1 - (losses - low) / max(1e-12, high - low) * (area.height() - 2)
    draw_line(painter, x, y, QColor(theme.colors().curves[0]))
    if run.parent and steps[0] <= run.parent_step <= steps[-1]:
        place = int(np.abs(steps - run.parent_step).argmin())
        draw_dot(painter, x[place], y[place], QColor(theme.colors().curves[1]), 3.0)


def _metrics() -> tuple[QFontMetrics, QFontMetrics]:
    return QFontMetrics(theme.font("body", bold=True)), QFontMetrics(theme.font("small"))
