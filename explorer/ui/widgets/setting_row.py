"""A line of the settings form: name and symbol, control, and below it what does not fit."""

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from explorer.messages.settings import Setting
from explorer.ui import theme
from explorer.ui.widgets.painting import paint_safely
from explorer.ui.widgets.setting_editor import SettingEditor, tooltip

EDITOR_WIDTHS = (80, 136)
_DOT = 5


class SettingName(QWidget):
    """A setting's title with the paper's symbol after it, and a dot when it was changed."""

    clicked = Signal()

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        self._title, self._symbol = setting.title, setting.symbol
        self._changed = False
        self._font, self._small = theme.font("body"), theme.font("small")
        self._small.setItalic(True)
        self.setToolTip(tooltip(setting))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_changed(self, changed: bool) -> None:
        """Mark that the value differs from the preset's."""
        if changed != self._changed:
            self._changed = changed
            self.update()

    def sizeHint(self) -> QSize:
        """One line; it elides when narrower."""
        return QSize(10 * theme.SPACE, QFontMetrics(self._font).height() + theme.SPACE // 2)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(6 * theme.SPACE, self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Point out that the name was clicked, so that its control takes the focus."""
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the name."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        colors, metrics = theme.colors(), QFontMetrics(self._font)
        area = self.rect().adjusted(_DOT + theme.SPACE // 2 + 1, 0, -theme.SPACE // 2, 0)
        if self._changed:
            self._paint_dot(painter)
        painter.setFont(self._font)
        painter.setPen(QColor(colors.text if self.isEnabled() else colors.faint))
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, title)
        rest = area.adjusted(metrics.horizontalAdvance(title) + 6, 0, 0, 0)
        self._paint_symbol(painter, rest)

    def _paint_dot(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colors().accent))
        painter.drawEllipse(1, (self.height() - _DOT) // 2, _DOT, _DOT)

    def _paint_symbol(self, painter: QPainter, area: QRect) -> None:
        if not self._symbol or self._symbol == self._title:
            return
        if QFontMetrics(self._small).horizontalAdvance(self._symbol) > area.width():
            return
        painter.setFont(self._small)
        painter.setPen(QColor(theme.colors().muted))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._symbol)


class SettingRow(QWidget):
    """Name, control and complaint of one setting."""

    edited = Signal(str, object)

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        self.setting = setting
        self.name = SettingName(setting, self)
        self.editor = SettingEditor(setting, self)
        self.complaint: QLabel | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.SPACE // 2)
        self._grid.addWidget(self.name, 0, 0)
        self._grid.addWidget(self.editor.widget, 0, 1)
        self._grid.setColumnStretch(0, 5)
        self._grid.setColumnStretch(1, 4)
        self.editor.widget.setMinimumWidth(EDITOR_WIDTHS[0])
        self.editor.widget.setMaximumWidth(EDITOR_WIDTHS[1])
        self.editor.widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.editor.edited.connect(self.edited)
        self.name.clicked.connect(self.editor.widget.setFocus)

    def show_value(self, value: Any, changed: bool) -> None:
        """Show a value, and whether it differs from the preset's."""
        self.editor.show_value(value)
        self.name.set_changed(changed)

    def complain(self, sentence: str) -> None:
        """Say below the control what does not fit; an empty sentence: nothing."""
        if not sentence and self.complaint is None:
            return
        label = self.complaint or self._make_complaint()
        if label.text() == sentence:
            return
        label.setText(sentence)
        label.setVisible(bool(sentence))
        self.editor.mark(bool(sentence))
        self.editor.widget.setAccessibleDescription(sentence or self.setting.help)

    def _make_complaint(self) -> QLabel:
        self.complaint = QLabel(self)
        self.complaint.setWordWrap(True)
        self.complaint.setFont(theme.font("small"))
        self.complaint.setTextFormat(Qt.TextFormat.PlainText)
        self.complaint.setIndent(_DOT + theme.SPACE // 2 + 1)
        self._grid.addWidget(self.complaint, 1, 0, 1, 2)
        self._recolor()
        theme.theme().changed.connect(self._recolor)
        return self.complaint

    def _recolor(self) -> None:
        if self.complaint is not None:
            palette = self.complaint.palette()
            palette.setColor(self.complaint.foregroundRole(), QColor(theme.colors().bad))
            self.complaint.setPalette(palette)
