"""A line of the settings form: name and symbol, control, and below it a note."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from explorer.messages.settings import Setting
from explorer.ui import theme
from explorer.ui.widgets.painting import paint_safely
from explorer.ui.widgets.setting_editor import SettingEditor, tooltip
from explorer.ui.widgets.setting_note import Offer, SettingNote

EDITOR_WIDTHS = (80, 150)
_NARROW = 242
"""Pixels of a line in a panel of usual width."""
_DOT = 5


class SettingName(QWidget):
    """A setting's title with the paper's symbol after it, and a dot when it was changed."""

    clicked = Signal()

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        self._title, self._symbol = setting.title, setting.symbol
        self._changed = self._quiet = False
        self._font, self._small = theme.font("body"), theme.font("small")
        self._small.setItalic(True)
        self.setToolTip(tooltip(setting))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_changed(self, changed: bool) -> None:
        """Mark that the value differs from the preset's."""
        if changed != self._changed:
            self._changed = changed
            self.update()

    def set_quiet(self, quiet: bool) -> None:
        """Step back: the setting has no effect with the others as they are."""
        if quiet != self._quiet:
            self._quiet = quiet
            self.update()

    def whole_width(self) -> int:
        """Room for the title in full."""
        title = QFontMetrics(self._font).horizontalAdvance(self._title)
        return title + _DOT + theme.SPACE

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
        painter.setPen(QColor(colors.faint if self._quiet else colors.text))
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


@dataclass(frozen=True, slots=True)
class RowState:
    """How a setting stands: changed, wrong (`error`), worth a `hint`, `live` to be applied.

    `fitting` are the choices that fit, where some do not.
    """

    changed: bool = False
    idle: bool = False
    error: str = ""
    hint: str = ""
    live: bool = False
    fitting: tuple[str, ...] = ()


class SettingRow(QWidget):
    """Name and control of one setting, and a note below them."""

    edited = Signal(str, object)
    applied = Signal(str)
    """The path of a setting whose value shall go to the run that trains now."""

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        self.setting = setting
        self.name = SettingName(setting, self)
        self.editor = SettingEditor(setting, self)
        self.note: SettingNote | None = None
        self.state = RowState()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.SPACE // 2)
        self._grid.addWidget(self.name, 0, 0)
        self._grid.addWidget(self.editor.widget, 0, 1)
        self._grid.setColumnStretch(0, 5)
        self._grid.setColumnStretch(1, 4)
        self.editor.widget.setMinimumWidth(self._least_width())
        self.editor.widget.setMaximumWidth(EDITOR_WIDTHS[1])
        self.editor.widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.editor.edited.connect(self.edited)
        self.editor.entered.connect(self._apply)
        self.name.clicked.connect(self.editor.widget.setFocus)

    def _least_width(self) -> int:
        """Choices are read in full where the name leaves room for that in a narrow panel."""
        least, most = EDITOR_WIDTHS
        if self.setting.kind != "choice":
            return least
        room = _NARROW - self.name.whole_width()
        return max(least, min(self.editor.widget.sizeHint().width(), room, most))

    @property
    def said(self) -> str:
        """What stands below the control; empty when nothing."""
        return self.note.text() if self.note is not None else ""

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self.editor.show_value(value)

    def show_state(self, state: RowState) -> None:
        """Show how the setting stands, without touching what is being typed."""
        if state == self.state:
            return
        self.state = state
        self.name.set_changed(state.changed)
        self.name.set_quiet(state.idle)
        self.editor.prefer(state.fitting)
        self.editor.mark(bool(state.error))
        self.editor.widget.setAccessibleDescription(state.error or state.hint or self.setting.help)
        self._say(state)

    def _say(self, state: RowState) -> None:
        text, color = state.error or state.hint, "bad" if state.error else "muted"
        text = text[:1].upper() + text[1:]
        if not text and self.note is None:
            return
        if self.note is None:
            self.note = SettingNote(self)
            self._grid.addWidget(self.note, 1, 0, 1, 2)
        self.note.say(text, color, self._offers(state))

    def _offers(self, state: RowState) -> Sequence[Offer]:
        if state.live:
            return [
                Offer("Apply to this run", "From its next step on. Enter does it too.", self._apply)
            ]
        if not state.error:
            return []
        return [
            Offer(self.editor.title_of(choice), "Choose this instead.",
                  lambda c=choice: self._choose(c))
            for choice in state.fitting
        ]  # fmt: skip

    def _choose(self, choice: str) -> None:
        self.editor.show_value(choice)
        self.edited.emit(self.setting.path, choice)

    def _apply(self) -> None:
        if self.state.live and not self.state.error:
            self.applied.emit(self.setting.path)
