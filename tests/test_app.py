"""The real application: window, session and engine together."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer import app
from explorer.messages.events import Event, Failed, TrainStep
from explorer.runs.folder import RunFolder
from explorer.ui.main_window import MainWindow
from explorer.ui.session import Session


class Person(QObject):
    """Sits at the window and acts on what is seen."""

    def __init__(self, act: Callable[["Person", Event], None]) -> None:
        super().__init__()
        self._act = act
        self.window: MainWindow | None = None
        self.seen: list[Event] = []

    def watch(self, window: MainWindow, session: Session) -> None:
        self.window = window
        session.attach(self)
        QTimer.singleShot(120_000, window.close)

    def receive(self, events: Sequence[Event]) -> None:
        for event in events:
            self.seen.append(event)
            self._act(self, event)

    def click(self, qtbot: QtBot, name: str) -> None:
        assert self.window is not None
        buttons = self.window.toolbar.findChildren(QToolButton)
        (button,) = [button for button in buttons if button.accessibleName() == name]
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def leave(self) -> None:
        assert self.window is not None
        self.window.close()
        self.window = None


def test_that_leaving_in_the_middle_of_training_saves_the_run(
    qtbot: QtBot, user_folder: Path
) -> None:
    def act(person: Person, event: Event) -> None:
        if isinstance(event, Failed) and event.about == "model":
            person.click(qtbot, "Train")
        elif isinstance(event, TrainStep) and event.step >= 3 and person.window is not None:
            person.leave()

    person = Person(act)
    assert app.run(model=str(user_folder / "nothing here"), observer=person) == 0
    (run,) = (user_folder / "runs").iterdir()
    last = max(event.step for event in person.seen if isinstance(event, TrainStep))
    assert last >= 3
    assert RunFolder(run).checkpoints()[-1].name == f"step-{last:08}"


def test_that_an_error_in_the_window_is_told_to_the_person(qtbot: QtBot, user_folder: Path) -> None:
    texts: list[str] = []

    def act(person: Person, event: Event) -> None:
        if isinstance(event, Failed) and person.window is not None:
            QTimer.singleShot(0, person, fail)
            QTimer.singleShot(100, person, lambda: read(person))

    def read(person: Person) -> None:
        assert person.window is not None
        texts.append(person.window.status.text)
        person.leave()

    def fail() -> None:
        raise ZeroDivisionError("a bug")

    with qtbot.captureExceptions():
        app.run(model=str(user_folder / "nothing here"), observer=Person(act))
    assert "ZeroDivisionError: a bug" in texts[0]
