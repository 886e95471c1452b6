"""The window as a person uses it: clicks, keys and drops, and scripted events for the worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMenuBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.data.preview import Previewer
from explorer.messages.commands import (
    Command,
    Inspect,
    OpenModel,
    PauseTraining,
    PreviewData,
    ResumeTraining,
    Shutdown,
    StartTraining,
    StepTraining,
    StopTraining,
)
from explorer.messages.config import RunConfig
from explorer.messages.events import (
    DataPreviewed,
    Ended,
    EngineReady,
    Event,
    Failed,
    ModelOpened,
    TrainingChanged,
    TrainStep,
)
from explorer.messages.mailbox import Inbox, Outbox
from explorer.messages.results import ModelInfo
from explorer.ui import theme
from explorer.ui.data_dialog import DataDialog
from explorer.ui.main_window import MainWindow
from explorer.ui.menus import kept_appearance
from explorer.ui.session import Session


class Desk:
    """A window with the two boxes that a worker would sit behind."""

    def __init__(self, qtbot: QtBot, settings: QSettings) -> None:
        self.qtbot = qtbot
        self.inbox, self.outbox = Inbox(), Outbox()
        self.session = Session(self.inbox, self.outbox)
        self.window = MainWindow(self.session, settings)
        qtbot.addWidget(self.window)
        self.window.resize(1280, 800)
        self.window.docks.arrange()
        with qtbot.waitExposed(self.window):
            self.window.show()

    def tell(self, *events: Event) -> None:
        """The worker says something, and every panel has heard it."""
        heard: list[Event] = []

        class Last:
            def receive(self, events: object) -> None:
                heard.extend(events)  # pyright: ignore[reportArgumentType]

        self.session.attach(Last())
        for event in events:
            self.outbox.put(event)
        self.qtbot.waitUntil(lambda: len(heard) == len(events))

    def asked(self) -> list[Command]:
        """All commands so far, once."""
        commands: list[Command] = []
        while (command := self.inbox.take(wait=False)) is not None:
            commands.append(command)
        return commands

    def button(self, name: str) -> QToolButton:
        """A button of the window's own, not of a panel, by its accessible name."""
        named = [b for b in self.window.findChildren(QToolButton) if b.accessibleName() == name]
        (found,) = [b for b in named if not any(p.isAncestorOf(b) for p in self.window.panels)]
        return found

    def click(self, name: str) -> None:
        button = self.button(name)
        assert button.isEnabled() and button.isVisible()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def menu_action(self, menu: str, text: str) -> QAction:
        """An entry of the menu bar, without its mnemonic."""
        (bar,) = self.window.findChildren(QMenuBar)
        titles = {a.text().replace("&", ""): a.menu() for a in bar.actions()}
        entries = titles[menu]
        assert isinstance(entries, QMenu)
        return next(a for a in entries.actions() if a.text().replace("&", "") == text)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def desk(qtbot: QtBot, settings: QSettings) -> Iterator[Desk]:
    yield Desk(qtbot, settings)


def opened(name: str = "dates", origin: str = "", step: int = 1500) -> ModelOpened:
    return ModelOpened(ModelInfo(name, origin, RunConfig(), step, 84_864, 14, ""))


def run(state: str, step: int = 10, steps: int = 100) -> TrainingChanged:
    return TrainingChanged(state, "/runs/reverse 1", step, steps)  # pyright: ignore[reportArgumentType]


def taken(step: int, steps: int, rate: float, seconds: float) -> TrainStep:
    return TrainStep(step, steps, 1.0, 1e-3, 0.5, 640, rate, seconds)


def drop(window: MainWindow, *paths: Path) -> bool:
    """Let files fall on the window; whether they were accepted."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = (
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(QPoint(50, 50), *how)
    QApplication.sendEvent(window, enter)
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), *how))
    return enter.isAccepted()


# Docks


def test_that_every_panel_has_a_dock_and_a_menu_entry_with_its_shortcut(desk: Desk) -> None:
    for panel in desk.window.panels:
        assert panel.isVisible()
        action = desk.menu_action("View", panel.title)
        assert action.shortcut().toString() == panel.shortcut
        assert action.isChecked()


def test_that_the_centre_is_the_largest_panel(desk: Desk) -> None:
    seen = [dock for dock in desk.window.docks.docks if not dock.visibleRegion().isEmpty()]
    areas = {dock.objectName(): dock.width() * dock.height() for dock in seen}
    assert max(areas, key=lambda name: areas[name]) == "attention"


def test_that_a_closed_panel_comes_back_with_its_shortcut(desk: Desk) -> None:
    loss = next(panel for panel in desk.window.panels if panel.key == "loss")
    desk.click(f"Close {loss.title}")
    assert not loss.isVisible()
    desk.window.activateWindow()
    number = getattr(Qt.Key, f"Key_{loss.shortcut[-1]}")
    desk.qtbot.keyClick(desk.window, number, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.waitUntil(loss.isVisible)


def test_that_a_panel_floats_and_docks_again(desk: Desk) -> None:
    dock = desk.window.docks.docks[0]
    desk.click(f"Float {dock.panel.title}")
    assert dock.isFloating()
    desk.click(f"Float {dock.panel.title}")
    assert not dock.isFloating()


def test_that_the_layout_comes_back_the_same(qtbot: QtBot, settings: QSettings, desk: Desk) -> None:
    docks = {dock.objectName(): dock for dock in desk.window.docks.docks}
    desk.window.resize(1100, 760)
    desk.window.tabifyDockWidget(docks["attention"], docks["decoder"])
    docks["loss"].close()
    docks["model"].setFloating(True)
    qtbot.wait(150)
    desk.window.close()
    again = MainWindow(Session(Inbox(), Outbox()), settings)
    qtbot.addWidget(again)
    again.show()
    found = {dock.objectName(): dock for dock in again.docks.docks}
    assert again.height() == desk.window.height()  # The width is cut where the test's screen ends.
    assert found["loss"].isHidden()
    assert found["model"].isFloating()
    assert again.tabifiedDockWidgets(found["attention"]) == [found["decoder"]]


def test_that_docks_keep_their_sizes_however_often_the_window_is_opened(
    qtbot: QtBot, settings: QSettings
) -> None:
    sizes = []
    for _ in range(4):
        window = MainWindow(Session(Inbox(), Outbox()), settings)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        qtbot.wait(150)
        sizes.append([dock.size() for dock in window.docks.docks])
        window.close()
    assert sizes[1:] == [sizes[1]] * 3  # The first is cut where the test's screen ends.


def test_that_the_standard_layout_can_be_had_again(desk: Desk) -> None:
    docks = [dock for dock in desk.window.docks.docks if dock.geometry().right() >= 0]
    assert len(docks) == 5, "one is a tab behind another"
    before = [dock.geometry() for dock in docks]
    docks[1].setFloating(True)
    docks[0].close()
    desk.window.tabifyDockWidget(docks[2], docks[3])
    desk.menu_action("View", "Reset layout").trigger()

    def as_before() -> bool:
        now = [dock.geometry() for dock in docks]
        moved = [
            max(abs(a.x() - b.x()), abs(a.y() - b.y()), abs(a.width() - b.width()))
            for a, b in zip(before, now, strict=True)
        ]
        return max(moved) <= 8  # Qt rounds the shares of a window that was never shown.

    desk.qtbot.waitUntil(as_before)


def test_that_the_centre_takes_the_room_when_the_window_grows(desk: Desk) -> None:
    docks = {dock.objectName(): dock for dock in desk.window.docks.docks}
    desk.qtbot.wait(150)
    sizes = {name: dock.size() for name, dock in docks.items()}
    desk.window.resize(1700, 1000)

    def grown() -> bool:
        return docks["attention"].width() == sizes["attention"].width() + 420

    desk.qtbot.waitUntil(grown)
    assert docks["attention"].height() == sizes["attention"].height() + 200
    assert docks["model"].width() == sizes["model"].width()
    assert docks["decoder"].width() == sizes["decoder"].width()
    assert docks["loss"].height() == sizes["loss"].height()


def test_that_typing_goes_to_the_sentence_from_the_start(desk: Desk) -> None:
    desk.window.activateWindow()
    desk.qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    desk.asked()
    desk.qtbot.keyClicks(QApplication.focusWidget(), "a cat")
    asked = [command for command in desk.asked() if isinstance(command, Inspect)]
    assert asked[-1].source == "a cat"


# The toolbar


def test_that_train_starts_a_run_with_the_settings_of_the_panel(desk: Desk) -> None:
    desk.qtbot.waitUntil(lambda: not desk.asked())
    desk.click("Train")
    started = [c for c in desk.asked() if isinstance(c, StartTraining)]
    assert len(started) == 1 and not started[0].paused


def test_that_a_run_is_paused_and_resumed_by_the_same_button(desk: Desk) -> None:
    desk.tell(opened(), run("running"))
    desk.asked()
    desk.click("Pause")
    assert desk.asked() == [PauseTraining()]
    desk.tell(run("paused"))
    assert desk.button("Pause").text() == "Resume"
    desk.click("Pause")
    assert desk.asked() == [ResumeTraining()]


def test_that_a_paused_run_takes_single_steps_and_can_be_stopped(desk: Desk) -> None:
    desk.tell(opened(), run("paused"))
    desk.asked()
    desk.click("Step")
    desk.click("Stop")
    assert desk.asked() == [StepTraining(), StopTraining()]


def test_that_buttons_offer_only_what_the_run_allows(desk: Desk) -> None:
    names = ("Train", "Pause", "Step", "Stop")
    allowed = {}
    for state in ("running", "paused", "stopped", "finished"):
        desk.tell(run(state))
        allowed[state] = [name for name in names if desk.button(name).isEnabled()]
    assert allowed == {
        "running": ["Pause", "Stop"],
        "paused": ["Pause", "Step", "Stop"],
        "stopped": ["Train", "Pause", "Step"],
        "finished": ["Train", "Step"],
    }


def test_that_figures_are_shown_and_nothing_moves(desk: Desk) -> None:
    desk.tell(EngineReady("CPU", "two cores"), opened(), run("running", 0, 500_000))
    toolbar = desk.window.toolbar
    before = [child.geometry() for child in toolbar.children() if child.isWidgetType()]  # pyright: ignore
    desk.tell(taken(1, 500_000, 900.0, 1.0))
    desk.tell(taken(1201, 500_000, 41_234.0, 121.0))
    after = [child.geometry() for child in toolbar.children() if child.isWidgetType()]  # pyright: ignore
    assert [figure.text() for figure in toolbar.figures] == [
        "step 1,201 of 500,000",
        "41.2 k tokens/s",
        "13:51:20 left",
    ]
    assert before[:-1] == after[:-1]


def test_that_figures_give_way_in_a_narrow_window(desk: Desk) -> None:
    desk.tell(opened(), run("running"), taken(1, 100, 900.0, 1.0))
    toolbar = desk.window.toolbar
    assert all(figure.isVisible() for figure in toolbar.figures)
    desk.window.resize(desk.window.minimumSizeHint().width(), 800)
    desk.qtbot.waitUntil(lambda: not all(f.isVisible() for f in toolbar.figures))
    desk.qtbot.wait(50)
    shown = [w for w in toolbar.findChildren(QWidget) if w.isVisible() and w.height() > 2]
    assert all(widget.geometry().right() < toolbar.width() for widget in shown)


# What is open


def test_that_a_dropped_run_folder_is_opened(desk: Desk, tmp_path: Path) -> None:
    desk.asked()
    assert drop(desk.window, tmp_path)
    assert OpenModel(str(tmp_path)) in desk.asked()


def answered(desk: Desk, dialog: DataDialog) -> PreviewData:
    """Answer the dialog's newest question as the worker would."""
    asked = [c for c in desk.asked() if isinstance(c, PreviewData)][-1]
    found = Previewer().look(asked.settings, asked.sentence, guess=asked.guess)
    desk.tell(DataPreviewed(asked.request, found))
    desk.qtbot.waitUntil(lambda: dialog.facts.text() != "Looking at its beginning …")
    return asked


def data_dialog(desk: Desk) -> DataDialog:
    (dialog,) = desk.window.findChildren(DataDialog)
    assert dialog.isVisible()
    return dialog


def test_that_a_dropped_table_is_looked_at_and_goes_to_the_panel_that_trains(
    desk: Desk, tmp_path: Path
) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("ein Haus\ta house\n")
    desk.asked()
    assert drop(desk.window, pairs)
    dialog = data_dialog(desk)
    assert not dialog.use.isEnabled()
    assert answered(desk, dialog).guess
    desk.qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    desk.click("Train")
    (started,) = [c for c in desk.asked() if isinstance(c, StartTraining)]
    assert (started.config.task.name, started.config.task.file) == ("pairs", str(pairs))


def test_that_two_files_dropped_together_belong_together(desk: Desk, tmp_path: Path) -> None:
    files = [tmp_path / "a.de", tmp_path / "a.en"]
    for file, text in zip(files, ("Haus\n", "house\n"), strict=True):
        file.write_text(text)
    desk.asked()
    assert drop(desk.window, *files)
    dialog = data_dialog(desk)
    asked = answered(desk, dialog)
    assert [asked.settings.file, asked.settings.target_file] == [str(file) for file in files]
    assert dialog.settings.name == "pairs"


def test_that_a_dropped_folder_of_texts_is_running_text(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Once upon a time.\n")
    desk.asked()
    assert drop(desk.window, tmp_path)
    dialog = data_dialog(desk)
    answered(desk, dialog)
    assert dialog.settings.name == "text" and "folder of texts" in dialog.facts.text()


def test_that_data_put_away_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("ein Haus\ta house\n")
    assert drop(desk.window, pairs)
    dialog = data_dialog(desk)
    answered(desk, dialog)
    desk.qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    desk.click("Train")
    (started,) = [c for c in desk.asked() if isinstance(c, StartTraining)]
    assert started.config.task.name == "reverse"


def test_that_a_file_of_another_kind_is_not_taken(desk: Desk, tmp_path: Path) -> None:
    picture = tmp_path / "cat.gif"
    picture.touch()
    desk.asked()
    assert not drop(desk.window, picture)
    assert desk.asked() == []


def test_that_a_run_once_opened_is_offered_again(desk: Desk, tmp_path: Path) -> None:
    desk.tell(opened("reverse 1", str(tmp_path)))
    menu = desk.button("Model").menu()
    menu.aboutToShow.emit()
    desk.asked()
    (entry,) = [action for action in menu.actions() if action.text() == tmp_path.name]
    entry.trigger()
    assert desk.asked() == [OpenModel(str(tmp_path))]


def test_that_the_opened_model_is_named_on_top(desk: Desk) -> None:
    desk.tell(opened("dates"))
    assert desk.button("Model").text() == "dates"
    assert "dates" in desk.window.windowTitle()


# What went wrong


def test_that_a_failure_is_shown_until_it_is_dismissed(desk: Desk) -> None:
    desk.tell(opened(), Failed("training", "The disk is full."), run("paused"))
    status = desk.window.status
    assert status.text == "The disk is full."
    desk.click("Dismiss this message")
    assert status.text.startswith("Paused")
    assert not desk.button("Dismiss this message").isVisible()


def test_that_a_long_failure_is_readable_whole(desk: Desk) -> None:
    sentence = "Line 12 has no tab between source and target, so it is no pair. " * 4
    before = desk.window.status.height()
    desk.tell(Failed("training", sentence))
    desk.qtbot.waitUntil(lambda: desk.window.status.height() > before)
    assert desk.window.status.text == sentence


# Appearance


def test_that_the_chosen_appearance_is_kept(desk: Desk, settings: QSettings) -> None:
    entry = desk.menu_action("View", "Appearance").menu()
    assert isinstance(entry, QMenu)
    next(a for a in entry.actions() if "Dark" in a.text()).trigger()
    assert theme.colors().dark
    assert kept_appearance(settings) == "dark"


# Closing


def test_that_closing_hides_at_once_and_ends_when_the_worker_has(desk: Desk) -> None:
    desk.tell(opened(), run("running"))
    desk.asked()
    ends: list[bool] = []
    desk.window.finished.connect(lambda: ends.append(True))
    desk.window.close()
    assert not desk.window.isVisible()
    assert desk.asked() == [Shutdown()]
    assert ends == []
    desk.outbox.put(Ended())
    desk.qtbot.waitUntil(lambda: ends == [True])


def test_that_closing_twice_asks_once(desk: Desk) -> None:
    desk.asked()
    desk.window.close()
    desk.window.close()
    assert desk.asked() == [Shutdown()]


def test_that_a_window_whose_worker_has_ended_closes_at_once(desk: Desk) -> None:
    desk.tell(Ended())
    desk.asked()
    assert desk.window.close()
    assert desk.asked() == []
