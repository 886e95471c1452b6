"""One control for each kind of setting, all with the same words: value, edited, entered, mark."""

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from explorer.messages.settings import Setting
from explorer.ui import theme
from explorer.ui.widgets.elided_combo import ElidedCombo
from explorer.ui.widgets.number_box import NumberBox, means_least
from explorer.ui.widgets.setting_topics import choice_title

_LARGEST = 2**31 - 1


class _WheelGuard(QObject):
    """Lets the page scroll when the wheel turns over a control that does not have the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow such a wheel and hand it to the page."""
        if not isinstance(watched, QWidget) or watched.hasFocus():
            return False
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return False


class SettingEditor(QObject):
    """The control of one setting; `edited` carries its path and the value as given."""

    edited = Signal(str, object)
    entered = Signal()
    """Enter was pressed in it."""

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        self.setting = setting
        self._fitting: Collection[str] = ()
        self.widget = self._make(parent)
        self.widget.setObjectName(setting.path)
        self.widget.setAccessibleName(setting.title)
        self.widget.setAccessibleDescription(setting.help)
        self.widget.setToolTip(tooltip(setting))
        self.widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.widget.installEventFilter(_WheelGuard(self))

    def _make(self, parent: QWidget) -> QWidget:
        kind = self.setting.kind
        if kind == "integer":
            return self._spin_box(parent)
        if kind == "choice":
            return self._combo(parent)
        if kind == "switch":
            return self._switch(parent)
        return self._line(parent)

    def _spin_box(self, parent: QWidget) -> QSpinBox:
        setting = self.setting
        low = int(setting.minimum if setting.minimum is not None else 0)
        high = int(setting.maximum if setting.maximum is not None else _LARGEST)
        doubles = setting.default >= 16 and setting.default.bit_count() == 1
        box = NumberBox(low, high, setting.special, doubles=doubles, parent=parent)
        box.valueChanged.connect(self._tell)
        box.lineEdit().returnPressed.connect(self.entered)
        return box

    def _combo(self, parent: QWidget) -> QComboBox:
        box = ElidedCombo(self.setting.title, parent=parent)
        for choice in self.setting.choices:
            box.addItem(self.title_of(choice), choice)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.currentIndexChanged.connect(lambda index: self._tell(box.itemData(index)))
        return box

    def _switch(self, parent: QWidget) -> QCheckBox:
        box = QCheckBox(parent)
        box.toggled.connect(self._tell)
        return box

    def _line(self, parent: QWidget) -> QLineEdit:
        line = QLineEdit(parent)
        line.textEdited.connect(self._tell_text)
        line.returnPressed.connect(self.entered)
        if self.setting.special:
            line.editingFinished.connect(lambda: self._settle(line))
        return line

    def title_of(self, choice: str) -> str:
        """A choice as people read it."""
        return choice_title(self.setting.path, choice)

    def _tell_text(self, text: str) -> None:
        special = means_least(text, self.setting.special)
        self._tell(self.setting.minimum if special else text)

    def _settle(self, line: QLineEdit) -> None:
        """Write the word for the least value in full once it was typed in part."""
        if means_least(line.text(), self.setting.special):
            line.setText(self.setting.special)

    def _tell(self, value: object) -> None:
        self.edited.emit(self.setting.path, value)

    def show_value(self, value: Any) -> None:
        """Show a value without saying that it was edited."""
        control = self.widget
        control.blockSignals(True)
        if isinstance(control, QSpinBox):
            control.setValue(int(value))
        elif isinstance(control, QComboBox):
            control.setCurrentIndex(control.findData(value))
        elif isinstance(control, QCheckBox):
            control.setChecked(bool(value))
        elif isinstance(control, QLineEdit):
            control.setText(self._written(value))
        control.blockSignals(False)

    def _written(self, value: Any) -> str:
        least = self.setting.special and value == self.setting.minimum
        return self.setting.special if least else written(value)

    def mark(self, wrong: bool) -> None:
        """Tint the control when its value does not fit."""
        if bool(self.widget.property("wrong")) != wrong:
            self.widget.setProperty("wrong", wrong)
            self.widget.style().unpolish(self.widget)
            self.widget.style().polish(self.widget)

    def prefer(self, fitting: Collection[str]) -> None:
        """Let the choices step back that do not fit; none given: all fit."""
        if fitting == self._fitting or not isinstance(self.widget, QComboBox):
            return
        self._fitting = fitting
        faint = QColor(theme.colors().faint)
        for index, choice in enumerate(self.setting.choices):
            color = faint if fitting and choice not in fitting else None
            self.widget.setItemData(index, color, Qt.ItemDataRole.ForegroundRole)


def written(value: Any) -> str:
    """A number with all its digits, `0.001` or `1e-05`; texts as they are."""
    return repr(value) if isinstance(value, float) else str(value)


def tooltip(setting: Setting) -> str:
    """What a setting means, its symbol, what it may be, and its name in files and commands."""
    head = f"<b>{setting.title}</b>" + (f" &nbsp;<i>{setting.symbol}</i>" if setting.symbol else "")
    span = allowed(setting)
    live = "<br>Can be changed while a run trains." if setting.live else ""
    return f"<p>{head}<br>{setting.help}{live}</p><p>{span}<code>{setting.path}</code></p>"


def allowed(setting: Setting) -> str:
    """The range of a number, in words, or nothing."""
    if setting.minimum is None or setting.maximum is None:
        return ""
    low, high = (f"{bound:,.10g}" for bound in (setting.minimum, setting.maximum))
    least = f" ({setting.special})" if setting.special else ""
    unit = f" {setting.unit}" if setting.unit else ""
    return f"{low}{least} to {high}{unit} · "
