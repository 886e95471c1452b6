"""One control for each kind of setting, all with the same three words: value, edited, mark."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from explorer.messages.settings import Setting

_LARGEST = 2**31 - 1


class Doubling(QSpinBox):
    """A whole number whose arrows double and halve it, as sizes in a model are chosen."""

    def stepBy(self, steps: int) -> None:
        """Double `steps` times, or halve."""
        value = self.value() * 2.0**steps
        self.setValue(int(min(max(value, self.minimum()), self.maximum())))


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

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        self.setting = setting
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
        doubles = setting.default >= 16 and setting.default.bit_count() == 1
        box = Doubling(parent) if doubles else QSpinBox(parent)
        low = int(setting.minimum if setting.minimum is not None else 0)
        high = int(setting.maximum if setting.maximum is not None else _LARGEST)
        box.setRange(low, high)
        box.setGroupSeparatorShown(True)
        box.lineEdit().setTextMargins(6, 0, 0, 0)
        if high > 1000 and not doubles:
            box.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
        box.valueChanged.connect(self._tell)
        return box

    def _combo(self, parent: QWidget) -> QComboBox:
        box = QComboBox(parent)
        box.addItems(list(self.setting.choices))
        box.setMinimumContentsLength(6)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.currentTextChanged.connect(self._tell)
        return box

    def _switch(self, parent: QWidget) -> QCheckBox:
        box = QCheckBox(parent)
        box.toggled.connect(self._tell)
        return box

    def _line(self, parent: QWidget) -> QLineEdit:
        line = QLineEdit(parent)
        line.textEdited.connect(self._tell)
        return line

    def _tell(self, value: object) -> None:
        self.edited.emit(self.setting.path, value)

    def show_value(self, value: Any) -> None:
        """Show a value without saying that it was edited."""
        control = self.widget
        control.blockSignals(True)
        if isinstance(control, QSpinBox):
            control.setValue(int(value))
        elif isinstance(control, QComboBox):
            control.setCurrentText(str(value))
        elif isinstance(control, QCheckBox):
            control.setChecked(bool(value))
        elif isinstance(control, QLineEdit):
            control.setText(written(value))
        control.blockSignals(False)

    def mark(self, wrong: bool) -> None:
        """Tint the control when its value does not fit."""
        if bool(self.widget.property("wrong")) != wrong:
            self.widget.setProperty("wrong", wrong)
            self.widget.style().unpolish(self.widget)
            self.widget.style().polish(self.widget)


def written(value: Any) -> str:
    """A number with all its digits, `0.001` or `1e-05`; texts as they are."""
    return repr(value) if isinstance(value, float) else str(value)


def tooltip(setting: Setting) -> str:
    """What a setting means, its symbol, what it may be, and its name in files and commands."""
    head = f"<b>{setting.title}</b>" + (f" &nbsp;<i>{setting.symbol}</i>" if setting.symbol else "")
    span = allowed(setting)
    return f"<p>{head}<br>{setting.help}</p><p>{span}<code>{setting.path}</code></p>"


def allowed(setting: Setting) -> str:
    """The range of a number, in words, or nothing."""
    if setting.minimum is None or setting.maximum is None:
        return ""
    low, high = (f"{bound:,.10g}" for bound in (setting.minimum, setting.maximum))
    unit = f" {setting.unit}" if setting.unit else ""
    return f"{low} to {high}{unit} · "
