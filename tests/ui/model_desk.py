"""The model panel on its own, for the tests of its form and of its run."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.messages import commands, events
from explorer.messages.config import RunConfig
from explorer.messages.results import History, ModelInfo
from explorer.ui.panels.model_panel import ModelPanel
from explorer.ui.widgets.setting_row import SettingRow


def shown_panel(qtbot: QtBot) -> ModelPanel:
    """A panel on the screen, its common settings in sight."""
    made = ModelPanel()
    qtbot.addWidget(made)
    made.resize(320, 700)
    made.show()
    qtbot.waitUntil(lambda: made.form.groups[0].heading.isChecked())
    return made


def model(config: RunConfig, step: int = 0, history: History | None = None) -> events.ModelOpened:
    origin = "/runs/a run"
    info = ModelInfo("a run", origin, config, step, 1_234_567, 48, "3 1 4", history)
    return events.ModelOpened(info)


def changed(state: events.TrainingState, step: int = 0) -> events.TrainingChanged:
    return events.TrainingChanged(state, "/runs/a run", step, 2000)


def step(number: int, seconds: float) -> events.TrainStep:
    return events.TrainStep(number, 2000, 1.5, 1e-3, 1.0, 640, 41_200.0, seconds)


def type_into(qtbot: QtBot, row: SettingRow, text: str) -> None:
    control = row.editor.widget
    control.setFocus()
    assert isinstance(control, QLineEdit | QSpinBox)
    control.selectAll()
    qtbot.keyClicks(control, text)


def click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def choose(combo: QComboBox, data: str) -> None:
    """Choose as a person does: the list's signal `activated` fires too."""
    index = combo.findData(data)
    assert index >= 0
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def started(asked: list[commands.Command]) -> RunConfig:
    assert isinstance(asked[0], commands.StartTraining)
    return asked[0].config
