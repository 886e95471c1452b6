"""The large window that compares runs: what it shows, and that nothing of it stays."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from explorer.messages import events
from explorer.messages.config import RunConfig, TrainingConfig
from explorer.messages.results import Baseline, History, Measurement, ModelInfo
from explorer.messages.runs import ReadCurves, RunCurve
from explorer.ui import theme
from explorer.ui.panels.loss_panel import LossPanel
from explorer.ui.runs.comparing import RunsCompared
from explorer.ui.widgets.run_shelf import MOST


def opened(name: str, size: int = 100, loss: float = 2.0) -> events.ModelOpened:
    at = np.arange(1, size + 1)
    history = History(
        at, np.full(size, loss, np.float32), np.full(size, 1e-3, np.float32),
        (Measurement(size, loss + 0.5, 0.5, 9, 0.75),), (),
        (Baseline("unigram", "unigram", 3.0, 0.1, "counted"),),
    )  # fmt: skip
    return events.ModelOpened(ModelInfo(name, "", RunConfig(), 0, 1, 1, "", history))


@pytest.fixture
def panel(qtbot: QtBot) -> LossPanel:
    made = LossPanel()
    qtbot.addWidget(made)
    made.resize(900, 240)
    made.show()
    made.receive([opened("first", loss=2.0)])
    made.receive([opened("second", loss=1.0)])
    made._redraw()
    return made


def names(window) -> list[str]:
    return [window.list.item(row).text() for row in range(window.list.count())]


def test_that_start_does_not_import_pyqtgraph() -> None:
    code = "import sys, explorer.ui.main_window; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_that_the_runs_of_the_session_stand_side_by_side(panel: LossPanel) -> None:
    panel.compare.trigger()
    window = panel.compared.window
    assert window is not None and window.isVisible()
    assert not any(menu.isVisible() for menu in window.findChildren(QMenu))
    assert names(window) == ["second", "first"]
    assert window.plot.words_at(50) == (
        "step 50 · second: training 1 · second: validation 1.5"
        " · first: training 2 · first: validation 2.5"
    )
    window.close()


def test_that_a_run_can_be_put_away(panel: LossPanel) -> None:
    panel.compare.trigger()
    window = panel.compared.window
    assert window is not None
    window.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert "second" not in window.plot.words_at(50) and "first" in window.plot.words_at(50)
    window.close()


def test_that_another_quantity_can_be_drawn(panel: LossPanel) -> None:
    panel.compare.trigger()
    window = panel.compared.window
    assert window is not None
    window.quantity.setCurrentIndex(1)
    assert window.plot.words_at(100).endswith("first: token accuracy 75")
    assert [line.value() for line in window.plot._lines] == [10.0]
    window.close()


def test_that_logarithms_move_baselines_and_the_crosshair(panel: LossPanel) -> None:
    panel.compare.trigger()
    window = panel.compared.window
    assert window is not None
    window.log_y.setChecked(True)
    assert window.plot._lines[0].value() == pytest.approx(np.log10(3.0))
    window.baselines.setChecked(False)
    assert not window.plot._lines
    window.log_x.setChecked(True)
    QApplication.processEvents()
    box = window.plot._plot.vb
    window.plot._point(box.mapViewToScene(QPointF(np.log10(50), 0.1)))
    assert window.readout.text().startswith("step 50 ·")
    window.close()


def test_that_new_steps_arrive_while_the_window_is_open(panel: LossPanel) -> None:
    panel.compare.trigger()
    window = panel.compared.window
    assert window is not None
    panel.receive([events.TrainStep(101, 200, 0.25, 1e-3, 1.0, 9, 9.0, 1.0)])
    panel._redraw()
    assert "second: training 0.25" in window.plot.words_at(101)
    window.close()


def test_that_a_closed_window_is_gone_and_can_be_opened_again(panel: LossPanel) -> None:
    panel.compare.trigger()
    window = panel.compared.window
    assert window is not None
    window.close()
    QApplication.sendPostedEvents(None, 52)  # Deletion that was put off.
    assert not shiboken6.isValid(window) and panel.compared.window is None
    panel.receive([events.TrainStep(101, 200, 0.25, 1e-3, 1.0, 9, 9.0, 1.0)])
    panel._redraw()
    theme.theme().choose("dark")
    panel.compare.trigger()
    again = panel.compared.window
    assert again is not None and again is not window
    background = again.plot.backgroundBrush().color().name()
    assert background == theme.DARK.surface
    again.close()


def test_that_the_shelf_keeps_the_newest_runs(panel: LossPanel) -> None:
    for number in range(MOST + 3):
        panel.receive([opened(f"run {number}")])
    kept = [run.name for run in panel.compared.shelf.runs]
    assert len(kept) == MOST and kept[-1] == f"run {MOST + 1}" and "first" not in kept


def test_that_the_plot_is_saved_as_a_picture(panel: LossPanel, tmp_path: Path) -> None:
    panel.compare.trigger()
    window = panel.compared.window
    assert window is not None
    window.save_png(str(tmp_path / "plot.png"))
    assert QImage(str(tmp_path / "plot.png")).width() >= window.plot.width()
    window.save_png(str(tmp_path / "nowhere" / "plot.png"))
    assert "could not be written" in window.notice.text()
    window.close()


def test_that_runs_of_the_list_are_aligned_and_their_differences_shown(panel: LossPanel) -> None:
    compared = RunsCompared(panel, lambda _: False)
    compared.ask(ReadCurves(("a", "b")))
    at = np.arange(1, 11)
    floats = np.linspace(3.0, 1.0, 10).astype(np.float32)
    clock = np.linspace(0.5, 5.0, 10)
    looks = (Measurement(10, 0.5, 0.25, 9),)
    runs = [
        RunCurve(
            f"/{name}", name, RunConfig(training=TrainingConfig(batch_size=size)),
            History(at, floats, floats, looks, (), (), clock * 200 * size, clock),
        )
        for name, size in (("small", 8), ("large", 16))
    ]  # fmt: skip
    compared.show(runs)
    window = compared.window
    assert window is not None and names(window) == ["small", "large"]
    table = window.table
    heads = [table.verticalHeaderItem(row) for row in range(table.rowCount())]
    heads = [head.text() for head in heads if head is not None]
    assert heads == ["Steps taken", "Held-out loss", "Exact match", "Batch size"]
    cells = [table.item(3, column) for column in (0, 1)]
    assert [cell.text() for cell in cells if cell is not None] == ["8", "16"]
    window.along.setCurrentIndex(window.along.findData("tokens"))
    assert window.plot.words_at(8000).startswith("tokens learned from 8,000 · small: training 1 ·")
    window.along.setCurrentIndex(window.along.findData("seconds"))
    assert [drawn.x[-1] for drawn in window.plot._drawn if "training" in drawn.name] == [5.0, 5.0]
    window.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert table.columnCount() == 1
    window.close()
