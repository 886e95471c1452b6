"""The list of runs, with the real worker and real folders, used by mouse and keys."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from explorer.engine.watching import watched_trace
from explorer.messages.commands import PauseTraining, StartTraining
from explorer.messages.events import ModelOpened
from explorer.messages.runs import CurvesRead, RunInfo
from explorer.messages.shown import Shown
from explorer.messages.travel import Watched
from explorer.resources import sample_models
from explorer.runs.folder import RunFolder
from explorer.runs.notes import read_notes
from explorer.runs.watch import WatchFolder
from explorer.subjects.opening import open_subject
from explorer.ui.panels.runs_panel import RunsPanel
from explorer.ui.runs.fork_dialog import ForkDialog
from tests.desk import Desk
from tests.small import CPU, begin, finish, small_config
from tests.whole import whole

SAMPLES = len(sample_models())


@pytest.fixture
def runs(user_folder: Path) -> Path:
    """Two runs of the user's own."""
    folder = user_folder / "runs"
    finish(begin(folder / "first", [], {"training.keep_checkpoints": 3}))
    half = begin(folder / "second", [], {"training.seed": 5})
    for _ in range(10):
        half.step()
    half.close()
    return folder


@pytest.fixture
def desk(qtbot: QtBot, runs: Path, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path / "settings.ini")
    next(d for d in made.window.docks.docks if d.panel.key == "runs").raise_()
    made.wait(lambda: len(names(made)) == 2 + SAMPLES and bool(panel(made).total.text()))
    yield made
    if made.worker.is_alive():  # A test may have closed it.
        made.close()


def panel(desk: Desk) -> RunsPanel:
    return desk.panel(RunsPanel)


def names(desk: Desk) -> list[str]:
    order = panel(desk).order
    return [order.run(order.index(row, 0)).name for row in range(order.rowCount())]


def run(desk: Desk, name: str) -> RunInfo:
    return next(run for run in panel(desk).model.runs if run.name == name)


def click(desk: Desk, name: str, *, more: bool = False) -> None:
    """Click a run; with `more` beside those that are chosen."""
    shown, row = panel(desk).list, names(desk).index(name)
    shown.scrollTo(panel(desk).order.index(row, 0))
    spot = shown.visualRect(panel(desk).order.index(row, 0)).topLeft() + QPoint(30, 12)
    held = Qt.KeyboardModifier.ControlModifier if more else Qt.KeyboardModifier.NoModifier
    desk.qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, held, spot)
    shown.setFocus()


def press(desk: Desk, key: Qt.Key) -> None:
    desk.qtbot.keyClick(panel(desk).list, key)


def test_that_all_runs_stand_there_and_are_searched_and_sorted(desk: Desk) -> None:
    first = run(desk, "first")
    assert (first.kind, first.step, first.steps) == ("own", 20, 20)
    assert first.loss is not None and first.bytes > 10_000 and not first.trouble
    assert len(first.curve_steps) == 20 and first.curve_steps[-1] == 20
    assert [k.step for k in first.kept if k.whole] == [10, 20]
    assert {run(desk, name).kind for name in ("reverse", "dates", "translate-en-fr")} == {"sample"}
    assert panel(desk).total.text().startswith("2 runs of your own")
    desk.qtbot.keyClicks(panel(desk).search, "finished reverse")
    assert names(desk) == ["first"]
    panel(desk).search.clear()
    panel(desk).sorting.setCurrentIndex(panel(desk).sorting.findData("steps"))
    assert names(desk)[-2:] == ["first", "second"]


def test_that_enter_opens_a_run_and_the_menu_opens_it_at_a_step(desk: Desk) -> None:
    click(desk, "second")
    press(desk, Qt.Key.Key_Return)
    desk.wait(lambda: (told := desk.outbox.last(ModelOpened)) is not None
              and (told.model.name, told.model.step) == ("second", 10))  # fmt: skip
    menu = panel(desk).actions_.kept
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()][:2] == ["Step 10", "Step 9"]
    next(action for action in menu.actions() if action.text() == "Step 2").trigger()
    desk.wait(lambda: (told := desk.outbox.last(ModelOpened)) is not None and told.model.step == 2)


def test_that_a_name_is_edited_in_place_and_the_old_one_comes_back(desk: Desk, runs: Path) -> None:
    click(desk, "second")
    press(desk, Qt.Key.Key_F2)
    (field,) = panel(desk).list.viewport().findChildren(QLineEdit)
    field.selectAll()
    desk.qtbot.keyClicks(field, "slower")
    desk.qtbot.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: "slower" in names(desk) and "second" not in names(desk))
    assert (runs / "slower" / "run.toml").exists() and not (runs / "second").exists()
    desk.qtbot.mouseClick(panel(desk).done.undo, Qt.MouseButton.LeftButton)
    desk.wait(lambda: "second" in names(desk) and "slower" not in names(desk))
    click(desk, "second")
    press(desk, Qt.Key.Key_F2)
    (field,) = panel(desk).list.viewport().findChildren(QLineEdit)
    field.setText("first")
    desk.qtbot.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: "already" in panel(desk).notice.text())


def test_that_deleted_runs_lie_in_the_bin_and_come_back(desk: Desk, runs: Path) -> None:
    before = sorted(path.relative_to(runs) for path in runs.rglob("*"))
    click(desk, "second")
    click(desk, "first", more=True)
    press(desk, Qt.Key.Key_Delete)
    assert not list(runs.iterdir())
    assert "2 runs are in the recycle bin" in panel(desk).done.said.text()
    desk.wait(lambda: len(names(desk)) == SAMPLES)
    desk.qtbot.mouseClick(panel(desk).done.undo, Qt.MouseButton.LeftButton)
    desk.wait(lambda: len(names(desk)) == 2 + SAMPLES)
    assert sorted(path.relative_to(runs) for path in runs.rglob("*")) == before
    click(desk, "reverse")
    press(desk, Qt.Key.Key_Delete)
    assert run(desk, "reverse").kind == "sample" and "reverse" in names(desk)


def test_that_a_run_that_trains_here_is_neither_deleted_nor_renamed(desk: Desk) -> None:
    desk.window.send(StartTraining(small_config({"training.steps": 5000})))
    desk.wait(lambda: desk.outbox.step > 2)
    desk.window.send(PauseTraining())
    desk.wait(lambda: len(names(desk)) == 3 + SAMPLES and desk.state == "paused")
    (name,) = set(names(desk)) - {"first", "second", *sample_models()}
    click(desk, name)
    press(desk, Qt.Key.Key_Delete)
    assert "press Stop, then delete it" in panel(desk).notice.text()
    assert Path(run(desk, name).path).exists()
    panel(desk).model.setData(panel(desk).model.index(panel(desk).model.rowCount() - 1), "other")
    desk.wait(lambda: "press Stop, then rename it" in panel(desk).notice.text())


def test_that_a_comparison_goes_on_with_a_run_that_trains_and_does_not_come_forward(
    desk: Desk,
) -> None:
    desk.window.send(StartTraining(small_config({"training.steps": 100_000})))
    desk.wait(lambda: desk.outbox.step > 2 and len(names(desk)) == 3 + SAMPLES)
    (name,) = set(names(desk)) - {"first", "second", *sample_models()}
    click(desk, name)
    click(desk, "first", more=True)
    desk.qtbot.mouseClick(panel(desk).compare_button, Qt.MouseButton.LeftButton)
    desk.wait(lambda: panel(desk).compared.window is not None)
    window, begun = panel(desk).compared.window, steps_read(desk, name)[0]
    assert window is not None and window.isVisible()
    window.hide()

    def draws_newest() -> bool:
        step, loss = steps_read(desk, name)
        return step > begun and f"{name}: training {loss:.4g} " in window.plot.words_at(step)

    desk.wait(draws_newest)
    assert not window.isVisible(), "newer points bring no window forward"
    desk.click("Stop")
    desk.wait(lambda: desk.state == "stopped")
    last = desk.outbox.step
    desk.wait(lambda: steps_read(desk, name)[0] == last)
    window.close()


def steps_read(desk: Desk, name: str) -> tuple[int, float]:
    """The last step of a run's curve and its loss, as the comparison was told them."""
    told = desk.outbox.last(CurvesRead)
    assert told is not None
    history = next(one.history for one in told.runs if one.name == name)
    return int(history.steps[-1]), float(history.losses[-1])


def test_that_notes_are_kept_in_the_folder_even_when_the_window_closes_at_once(
    desk: Desk, runs: Path
) -> None:
    click(desk, "first")
    desk.qtbot.keyClicks(panel(desk).notes, "the good one")
    click(desk, "second")
    desk.wait(lambda: read_notes(runs / "first") == "the good one")
    desk.qtbot.keyClicks(panel(desk).notes, "in a hurry")
    click(desk, "first")
    assert panel(desk).notes.toPlainText() == "the good one"
    QTest.keyClicks(panel(desk).notes, "!", delay=0)
    panel(desk).actions_.copy.trigger()
    assert QGuiApplication.clipboard().text() == str(runs / "first")
    desk.close()
    kept = read_notes(runs / "first")
    assert "!" in kept and kept.replace("!", "") == "the good one"
    assert read_notes(runs / "second") == "in a hurry"


def test_that_a_fork_is_made_in_a_dialog_and_stands_before_its_parents_curve(desk: Desk) -> None:
    click(desk, "first")
    desk.qtbot.mouseClick(panel(desk).fork_button, Qt.MouseButton.LeftButton)
    (dialog,) = panel(desk).findChildren(ForkDialog)
    assert (dialog.step.step.step, dialog.step.step.whole) == (10, True)
    assert "bit for bit" in dialog.words.text()
    rate = dialog.editors["training.learning_rate"].widget
    assert isinstance(rate, QLineEdit)
    rate.selectAll()
    desk.qtbot.keyClicks(rate, "0.01")
    assert "learning rate" in dialog.words.text() and "0.01" in dialog.words.text()
    desk.qtbot.mouseClick(dialog.train, Qt.MouseButton.LeftButton)
    desk.wait(lambda: desk.state == "finished" and "first from 10" in names(desk))
    desk.wait(lambda: run(desk, "first from 10").step == 20)
    fork = run(desk, "first from 10")
    assert fork.parent_step == 10 and fork.changed == (("training.learning_rate", "0.01"),)
    watched = WatchFolder.of(RunFolder(Path(fork.path))).steps()
    assert watched[-1] > 10, "its sentences are watched like its parent's"
    curves = desk.loss.curves
    assert len(curves.parent.series) == 20 and curves.marks[0].step == 10
    assert "Branched off first at step 10" in panel(desk).done.said.text()
    differs_from_its_parent_at_equal_steps(desk)


def differs_from_its_parent_at_equal_steps(desk: Desk) -> None:
    """One press subtracts the parent, and goes along when another step is looked at."""
    desk.window.set_text("3 1 4")
    desk.wait(lambda: desk.shown == "3 1 4" and desk.trace is not None and desk.trace.step == 20)
    button = desk.attention.view.side.comparing.parent_
    assert button.isVisible()
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.wait(lambda: signed(desk) is not None)
    assert "minus the parent: first, step 20" in desk.attention.view.done.text()
    trace, shown = desk.trace, signed(desk)
    assert trace is not None and shown is not None
    parent = open_subject(run(desk, "first").path, CPU)
    theirs = watched_trace(parent, Watched(trace.source_text, trace.target_text))
    for site in trace.weights:
        apart = whole(trace.weights[site]) - whole(theirs.weights[site])
        assert apart.shape[1:] == (1, 1) or np.abs(apart).max() > 0
        for head, weights in enumerate(apart):
            np.testing.assert_allclose(shown.weights(site, head), weights, atol=1e-6)
    desk.window.travel.go_to(10)
    desk.wait(lambda: (found := signed(desk)) is not None and found.trace.step == 10)
    shown = signed(desk)
    assert shown is not None, "where it branched off, it is its parent"
    assert all(not whole(shown.weights(site, 0)).any() for site in shown.trace.weights)
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert signed(desk) is None and not desk.attention.view.done.text()


def signed(desk: Desk) -> Shown | None:
    """The difference on screen, if it is one."""
    shown = desk.attention.view.shown
    return shown if shown is not None and shown.signed else None
