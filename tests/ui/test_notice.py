"""What went wrong, and the buttons that go on."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.messages.commands import ResumeTraining
from explorer.messages.events import Failed, Remedy, TrainingChanged
from explorer.ui.panels.model_panel import ModelPanel

HALF = Remedy(
    "Go on from step 1,200 with half the learning rate", (("training.learning_rate", 0.0005),)
)
TENTH = Remedy(
    "Go on from step 1,200 with a tenth of the learning rate", (("training.learning_rate", 0.0001),)
)
FAILED = Failed("training", "Training diverged at step 1,231.", remedies=(HALF, TENTH))


@pytest.fixture
def panel(qtbot: QtBot) -> ModelPanel:
    made = ModelPanel()
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    return made


def test_that_a_remedy_is_a_button_that_resumes_with_its_settings(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    asked: list[object] = []
    panel.requested.connect(asked.append)
    panel.receive([FAILED])
    first, second = panel.notice.buttons
    assert (first.accessibleName(), second.accessibleName()) == (HALF.label, TENTH.label)
    assert "training.learning_rate = 0.0005" in first.toolTip()
    qtbot.waitUntil(first.isVisible)
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert asked == [ResumeTraining(HALF.values)]


def test_that_the_buttons_go_when_the_run_goes_on_or_something_else_is_said(
    panel: ModelPanel,
) -> None:
    panel.receive([FAILED])
    panel.receive([TrainingChanged("running", "/runs/one", 1200, 5000)])
    assert not panel.notice.buttons and not panel.notice.text()
    panel.receive([FAILED])
    panel.receive([Failed("training", "The disk is full.")])
    assert not panel.notice.buttons and panel.notice.text() == "The disk is full."


def test_that_no_button_is_wider_than_a_narrow_panel(qtbot: QtBot, panel: ModelPanel) -> None:
    panel.receive([FAILED])
    panel.resize(300, 700)
    (first, _) = panel.notice.buttons
    qtbot.waitUntil(first.isVisible)
    assert first.mapTo(panel, first.rect().topRight()).x() < panel.width()
