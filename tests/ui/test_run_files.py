"""Runs leave the window as one file and come in as one, by menu, by dropping and by command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer.cli import main
from explorer.messages.commands import StartTraining
from explorer.messages.run_file import RunExported
from explorer.runs.archive import at_once, pack
from explorer.ui.panels.runs_panel import RunsPanel
from tests.desk import Desk
from tests.small import begin, finish, small_config


@pytest.fixture
def run(user_folder: Path) -> Path:
    made = begin(user_folder / "runs" / "first", [])
    finish(made)
    return made.folder.path


@pytest.fixture
def desk(qtbot: QtBot, run: Path, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path / "settings.ini")
    next(d for d in made.window.docks.docks if d.panel.key == "runs").raise_()
    made.wait(lambda: "first" in names(made) and bool(made.panel(RunsPanel).total.text()))
    yield made
    made.close()


def names(desk: Desk) -> list[str]:
    order = desk.panel(RunsPanel).order
    return [order.run(order.index(row, 0)).name for row in range(order.rowCount())]


def choose(desk: Desk, entry: QAction) -> None:
    """Click an entry of the panel's menu."""
    panel = desk.panel(RunsPanel)
    panel.menu.popup(panel.mapToGlobal(panel.rect().center()))
    QTest.mouseClick(
        panel.menu, Qt.MouseButton.LeftButton, pos=panel.menu.actionGeometry(entry).center()
    )


def answer(desk: Desk, file: Path) -> None:
    """Name a file in the dialog that stands open, as a person does."""
    (dialog,) = desk.panel(RunsPanel).findChildren(QFileDialog)
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    desk.wait(lambda: not desk.panel(RunsPanel).findChildren(QFileDialog))


def test_that_a_run_is_exported_by_menu_and_imported_by_dropping_while_another_trains(
    desk: Desk, tmp_path: Path
) -> None:
    panel, file = desk.panel(RunsPanel), tmp_path / "given.run.zip"
    desk.window.send(StartTraining(small_config({"training.steps": 100_000})))
    desk.wait(lambda: desk.outbox.step > 2)
    panel.list.setCurrentIndex(panel.order.index(names(desk).index("first"), 0))
    choose(desk, panel.actions_.export)
    answer(desk, tmp_path / "given")
    desk.wait(lambda: desk.outbox.last(RunExported) is not None)
    assert file.exists()
    desk.wait(lambda: "“first” is in given.run.zip" in panel.done.said.text())
    desk.drop(file)
    desk.wait(lambda: "first (2)" in names(desk))
    assert "“first (2)” is among your runs" in panel.done.said.text()
    assert desk.state == "running", "training goes on through all of it"


def test_that_the_menu_imports_a_run_and_refuses_in_words_what_is_none(
    desk: Desk, run: Path, tmp_path: Path
) -> None:
    panel, file = desk.panel(RunsPanel), at_once(pack(run, tmp_path / "given.zip"))
    other = tmp_path / "other.run.zip"
    other.write_text("something else")
    for chosen in (other, file):
        choose(desk, panel.actions_.import_)
        answer(desk, chosen)
        if chosen == other:
            desk.wait(lambda: "is no exported run" in panel.notice.text())
    desk.wait(lambda: "first (2)" in names(desk))
    assert not panel.notice.isVisible()


def test_that_the_command_line_exports_and_imports(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.run.zip"
    assert main(["export-run", str(run), str(file)]) == 0
    assert main(["import-run", str(file)]) == 0
    assert (run.with_name("first (2)") / "run.toml").exists()
    assert capsys.readouterr().out.splitlines() == [str(file), str(run.with_name("first (2)"))]
    file.write_bytes(b"nothing")
    assert main(["import-run", str(file)]) == 1
    assert "is no exported run" in capsys.readouterr().err
