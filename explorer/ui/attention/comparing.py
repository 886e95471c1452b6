"""Keep a picture and compare what comes after with it: other sentences, models and steps.

Of a fork the same step of its parent can be subtracted, whatever step is looked at.
"""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from explorer.messages.events import Event, Failed
from explorer.messages.foreign import at_step
from explorer.messages.results import Branch, Trace
from explorer.messages.shown import comparable
from explorer.messages.travel import InspectParent, ParentInspected
from explorer.ui import theme

_KEEP = (
    "Keep this picture. Then type another sentence, open another model or train on: the views "
    "show the new one beside it or minus it."
)
_SUBTRACT = (
    "Show the weights of now minus those that were kept: red where more, blue where less. "
    "Needs the same layers, heads and numbers of tokens."
)
_PARENT = (
    "Show the weights of this fork minus those of its parent at the same step: red where the fork "
    "pays more, blue where less. Drag the bar of time, and both go along."
)
_WAITS = "The parent has yet to read this."


class Comparing(QWidget):
    """Holds the trace that was kept, and whether it is subtracted."""

    changed = Signal()
    requested = Signal(object)
    """A `Command` for the worker."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kept: Trace | None = None
        self._newest: Trace | None = None
        self.keep = _button("Compare", "Keep this picture to compare", _KEEP)
        self.subtract = _button("Difference", "Show the difference to what was kept", _SUBTRACT)
        self.parent_ = _button("Parent", "Show the difference to the parent", _PARENT)
        self.subtract.hide()
        self.parent_.hide()
        self._asked: InspectParent | None = None
        self._answered: InspectParent | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        for part in (self.keep, self.subtract, self.parent_):
            row.addWidget(part)
        self.keep.toggled.connect(self._keep)
        self.subtract.toggled.connect(lambda _: self.changed.emit())
        self.parent_.toggled.connect(self._turn_to_parent)

    def opened(self, branch: Branch | None) -> None:
        """Another model is here, a fork or none."""
        self.parent_.setChecked(False)
        self.parent_.setVisible(branch is not None)

    def receive(self, events: Sequence[Event]) -> None:
        """Take what the parent says of what is on screen."""
        for event in events:
            match event:
                case ParentInspected(asked, trace) if asked == self._asked:
                    self.kept, self._answered = trace, asked
                    self.changed.emit()
                case Failed(about="model") if self._asked != self._answered:
                    self.parent_.setChecked(False)
                case _:
                    pass

    def _turn_to_parent(self, on: bool) -> None:
        if on:
            self.keep.setChecked(False)
        self.keep.setEnabled(not on and self._newest is not None)
        self.kept = self._asked = self._answered = None
        self._ask_parent()
        self.changed.emit()

    def _ask_parent(self) -> None:
        new = self._newest
        if not self.parent_.isChecked() or new is None:
            return
        wanted = InspectParent(new.source_text, new.target_text, new.step)
        if wanted != self._asked:
            self._asked = wanted
            self.requested.emit(wanted)

    def take(self, newest: Trace | None) -> None:
        """What the model says now."""
        self._newest = newest
        if not self.parent_.isChecked():
            self.keep.setEnabled(newest is not None or self.kept is not None)
        self._ask_parent()
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
        on = self.subtract.isChecked() or self.parent_.isChecked()
        return self.kept if on and not self.trouble else None

    @property
    def trouble(self) -> str:
        """Why the two cannot be subtracted."""
        if self.kept is None or self._newest is None:
            return ""
        if self.parent_.isChecked() and self._asked != self._answered:
            return _WAITS
        return comparable(self._newest, self.kept)

    @property
    def note(self) -> str:
        """What is compared, for the screen."""
        if self.kept is None:
            return ""
        if self.parent_.isChecked():
            return self._parent_note(self.kept)
        kept = f"“{self.kept.source_text or self.kept.target_text}”"
        kept = f"kept: {kept}, {at_step(self.kept.model, self.kept.step)}"
        if self.subtract.isChecked() and self.trouble:
            return f"{kept}. No difference: {self.trouble[0].lower()}{self.trouble[1:]}"
        return kept

    def _parent_note(self, parent: Trace) -> str:
        """Whose weights are subtracted; where the parent keeps no such step, that it is another."""
        if self._newest is None or self.trouble:
            return f"no difference to the parent: {self.trouble[0].lower()}{self.trouble[1:]}"
        said = f"minus the parent: {at_step(parent.model, parent.step)}"
        other = parent.step != self._newest.step
        return f"{said}, the closest that it keeps" if other else said

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
