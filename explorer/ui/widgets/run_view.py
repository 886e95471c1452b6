"""The run: its buttons, why it cannot start, its facts, and its folder."""

from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from explorer.messages.events import (
    EngineReady,
    Evaluated,
    Event,
    Failed,
    ModelOpened,
    RunSaved,
    TrainingChanged,
    TrainStep,
)
from explorer.messages.foreign import NO_STEP
from explorer.messages.results import Measurement, ModelInfo
from explorer.messages.settings import all_settings
from explorer.ui import theme
from explorer.ui.icons import icon
from explorer.ui.widgets.figures import count, duration, short
from explorer.ui.widgets.model_words import shape, weights
from explorer.ui.widgets.run_buttons import RunButtons, State
from explorer.ui.widgets.run_facts import Pace, RunFacts
from explorer.ui.widgets.text_line import TextLine

REFRESH = 300
"""Milliseconds between two changes of the figures while training."""


class RunView(QWidget):
    """Follows a run by its events; figures change a few times a second at most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state: State = "none"
        self.folder = self._device = self._precision = ""
        self._before: State = "none"
        self._fits, self._resumable = True, False
        self._errors: dict[str, str] = {}
        self._newest: TrainStep | None = None
        self._pace = Pace()
        self.buttons = RunButtons(self)
        self.reason = self._make_reason()
        self.facts = RunFacts(self)
        self.place = TextLine("Run folder")
        self.copy_button = self._tool("copy", "Copy the path of the run's folder.", self._copy)
        self.open_button = self._tool("open", "Show the run's folder.", self._open_folder)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show_newest)
        self._arrange()
        self._dress()
        theme.theme().changed.connect(self._dress)

    def _make_reason(self) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setFont(theme.font("small"))
        label.setAccessibleName("Why training cannot start")
        label.hide()
        return label

    def _tool(self, name: str, tip: str, action: object) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setProperty("quiet", True)
        button.setToolTip(tip)
        button.setAccessibleName(tip.rstrip("."))
        button.setEnabled(False)
        button.clicked.connect(action)
        return button

    def _arrange(self) -> None:
        place = QHBoxLayout()
        place.setSpacing(0)
        place.addWidget(self.place, 1)
        place.addWidget(self.copy_button)
        place.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        column.addWidget(self.buttons)
        column.addWidget(self.reason)
        column.addWidget(self.facts)
        column.addLayout(place)
        self.place.set_text("No run yet", "faint")

    def _dress(self) -> None:
        c = theme.colors()
        for button in (self.copy_button, self.open_button):
            button.setIcon(icon(button.objectName(), c.muted, c.line))
        self.reason.setStyleSheet(f"color: {c.bad};")
        self.reason.setText(self._first_error())

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say what keeps a run from starting, by path of the setting."""
        self._errors = dict(errors)
        self._fits = not errors
        self.reason.setText(self._first_error())
        self.reason.setVisible(bool(errors))
        self._show_state(self.state)

    def _first_error(self) -> str:
        if not self._errors:
            return ""
        path, sentence = next(iter(self._errors.items()))
        title = next((s.title for s in all_settings() if s.path == path), path)
        from html import escape  # Seldom needed, and not free at start.

        link = f'<a href="{path}" style="color:{theme.colors().bad}">{title}</a>'
        more = f" ({len(self._errors) - 1} more below.)" if len(self._errors) > 1 else ""
        return f"{link}: {escape(sentence)}.{more}"

    def show_starting(self) -> None:
        """A run was asked for; the answer is on its way."""
        self._before = self.state
        self._show_state("starting")

    def _show_state(self, state: State) -> None:
        self.state = state
        self.buttons.show_state(state, fits=self._fits, resumable=self._resumable)

    def receive(self, events: Sequence[Event]) -> None:
        """Follow the run."""
        for event in events:
            match event:
                case TrainStep():
                    self._newest = event
                case EngineReady():
                    self._device = event.device
                    self._show_device("")
                    self.facts.setToolTip(event.detail or self.facts.toolTip())
                case ModelOpened():
                    self._open(event.model)
                case TrainingChanged():
                    self._change(event)
                case Evaluated():
                    self._show_losses(event.measurement)
                case RunSaved():
                    self._show_folder(event.folder)
                case Failed() if event.about in ("training", "engine") and self.state == "starting":
                    self._show_state(self._before)
                case _:
                    pass
        if self._newest is not None and not self._timer.isActive() and self.isVisible():
            self._timer.start(REFRESH)

    def _open(self, model: ModelInfo) -> None:
        steps = model.config.training.steps
        self._newest = None
        self._pace.forget()
        figures = {
            "Architecture": shape(model.config.model),
            "Parameters": count(model.parameters),
            "Weights": weights(model),
            "Vocabulary": f"{count(model.vocabulary_size)} tokens",
            "Held-out loss": "",
            "Step": _steps(model),
            "Tokens/s": "", "Time left": "",
        }  # fmt: skip
        self.facts.show_values(figures, max(0, model.step) / steps)
        if model.history is not None and model.history.measurements:
            self._show_losses(model.history.measurements[-1])
        self._show_device(model.config.training.precision)
        self._resumable = model.history is not None and model.step < steps
        if self.state not in ("starting", "running", "paused"):
            self._show_folder(model.origin if Path(model.origin).is_absolute() else "")
            self._show_state("none")

    def _show_device(self, precision: str) -> None:
        """What is computed on, and in which number format."""
        self._precision = precision or self._precision
        parts = [part for part in (self._device, self._precision) if part]
        self.facts.show_values({"Device": " · ".join(parts)})

    def _change(self, event: TrainingChanged) -> None:
        if self.state == "starting" and event.state in ("stopped", "finished"):
            self._before = event.state  # The run before, which makes room for the one to come.
            return
        if event.state == "running":
            self._pace.forget()
        self._newest = None
        self._resumable = event.state == "stopped" and event.step < event.steps
        self._show_folder(event.folder)
        steps = f"{count(event.step)} of {count(event.steps)}"
        figures = {"Step": steps} | ({} if event.state == "running" else {"Time left": ""})
        self.facts.show_values(figures, event.step / max(1, event.steps))
        self._show_state(event.state)

    def _show_losses(self, measured: Measurement) -> None:
        """The loss beside that of full precision; one alone where there is no other."""
        full = measured.full_precision_loss
        text = f"{measured.loss:.3f}" + ("" if isnan(full) else f", unrounded {full:.3f}")
        self.facts.show_values({"Held-out loss": text})

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        self._show_newest()

    def _show_newest(self) -> None:
        event, self._newest = self._newest, None
        if event is None:
            return
        left = self._pace.left(event)
        figures = {
            "Step": f"{count(event.step)} of {count(event.steps)}",
            "Tokens/s": short(event.tokens_per_second),
            "Time left": "" if left is None else duration(left),
        }
        self.facts.show_values(figures, event.step / max(1, event.steps))

    def _show_folder(self, folder: str) -> None:
        if folder == self.folder:
            return
        self.folder = folder
        self.place.set_text(Path(folder).name or "No run yet", "muted" if folder else "faint")
        self.place.setToolTip(folder)
        self.copy_button.setEnabled(bool(folder))
        self.open_button.setEnabled(bool(folder))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.folder)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder))


def _steps(model: ModelInfo) -> str:
    """How far it has learned; of a model from outside only that it has."""
    if model.step == NO_STEP:
        return "pre-trained"
    return f"{count(model.step)} of {count(model.config.training.steps)}"
