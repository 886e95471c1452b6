"""Keep a picture and compare what comes after with it: other sentences, models and steps."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from explorer.messages.foreign import at_step
from explorer.messages.results import Trace
from explorer.messages.shown import comparable
from explorer.ui import theme

_KEEP = (
    "Keep this picture. Then type another sentence, open another model or train on: the views "
    "show the new one beside it or minus it."
)
_SUBTRACT = (
    "Show the weights of now minus those that were kept: red where more, blue where less. "
    "Needs the same layers, heads and numbers of tokens."
)


class Comparing(QWidget):
    """Holds the trace that was kept, and whether it is subtracted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kept: Trace | None = None
        self._newest: Trace | None = None
        self.keep = _button("Compare", "Keep this picture to compare", _KEEP)
        self.subtract = _button("Difference", "Show the difference to what was kept", _SUBTRACT)
        self.subtract.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        for part in (self.keep, self.subtract):
            row.addWidget(part)
        self.keep.toggled.connect(self._keep)
        self.subtract.toggled.connect(lambda _: self.changed.emit())

    def take(self, newest: Trace | None) -> None:
        """What the model says now."""
        self._newest = newest
        self.keep.setEnabled(newest is not None or self.kept is not None)
        self._offer()

    def _keep(self, on: bool) -> None:
        self.kept = self._newest if on else None
        if not on:
            self.subtract.setChecked(False)
        self.subtract.setVisible(on)
        self._offer()
        self.changed.emit()

    @property
    def subtracted(self) -> Trace | None:
        """The trace to subtract, when that was asked for and is possible."""
        return self.kept if self.subtract.isChecked() and not self.trouble else None

    @property
    def trouble(self) -> str:
        """Why the two cannot be subtracted."""
        if self.kept is None or self._newest is None:
            return ""
        return comparable(self._newest, self.kept)

    @property
    def note(self) -> str:
        """What is compared, for the screen."""
        if self.kept is None:
            return ""
        kept = f"“{self.kept.source_text or self.kept.target_text}”"
        kept = f"kept: {kept}, {at_step(self.kept.model, self.kept.step)}"
        if self.subtract.isChecked() and self.trouble:
            return f"{kept}. No difference: {self.trouble[0].lower()}{self.trouble[1:]}"
        return kept

    def _offer(self) -> None:
        self.subtract.setToolTip(self.trouble or _SUBTRACT)


def _button(text: str, name: str, help: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setCheckable(True)
    button.setFont(theme.font("small"))
    button.setAccessibleName(name)
    button.setToolTip(help)
    return button
