"""The curves of a run: by scripted events, wheel, mouse and keys."""

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages import events
from explorer.messages.config import RunConfig
from explorer.messages.results import History, Measurement, ModelInfo
from explorer.ui import theme
from explorer.ui.panels.loss_panel import LossPanel
from explorer.ui.widgets.curve_plot import CurvePlot
from explorer.ui.widgets.series import Curve
from explorer.ui.widgets.ticks import Scale, label, ticks


@pytest.fixture
def panel(qtbot: QtBot) -> LossPanel:
    made = LossPanel()
    qtbot.addWidget(made)
    made.resize(1200, 240)
    made.show()
    return made


def step(number: int, loss: float = 1.0) -> events.TrainStep:
    return events.TrainStep(number, 100_000, loss, 1e-3, 1.0, 640, 4e4, 1.0)


def evaluated(number: int, loss: float, exact: float) -> events.Evaluated:
    return events.Evaluated(Measurement(number, loss, exact, 200))


def history(size: int) -> History:
    at = np.arange(1, size + 1)
    losses = (4 * np.exp(-at / size)).astype(np.float32)
    return History(at, losses, np.full(size, 1e-3, np.float32), (Measurement(size, 2.0, 0.5, 9),))


def opened(curves: History | None) -> events.ModelOpened:
    return events.ModelOpened(ModelInfo("m", "", RunConfig(), 0, 1, 1, "", curves))


def show(panel: LossPanel, curves: History) -> None:
    panel.receive([opened(curves)])
    panel._redraw()
    panel.chart.repaint()


def turn_wheel(panel: LossPanel, at: QPointF, clicks: int) -> None:
    event = QWheelEvent(
        at, panel.chart.mapToGlobal(at), QPoint(), QPoint(0, 120 * clicks),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(panel.chart, event)


def colored(image: QImage, color: str) -> int:
    """How many pixels have just this colour."""
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32)
    return int((pixels & 0xFFFFFF == int(color[1:], 16)).sum())


def test_that_each_event_becomes_a_point_of_its_curve(panel: LossPanel) -> None:
    panel.receive([step(1, 3.0), step(2, 2.5), evaluated(2, 2.75, 0.25)])
    panel._redraw()
    assert panel.curves.training.series.x.tolist() == [1, 2]
    assert panel.curves.training.series.y.tolist() == [3.0, 2.5]
    assert panel.curves.rate.series.y.tolist() == [1e-3, 1e-3]
    assert panel.curves.validation.series.y.tolist() == [2.75]
    assert panel.curves.exact.series.y.tolist() == [25.0]


def test_that_curves_appear_by_themselves_after_a_moment(qtbot: QtBot, panel: LossPanel) -> None:
    assert colored(panel.chart.grab().toImage(), theme.colors().curves[0]) == 0
    panel.receive([step(n, 4 - n / 30) for n in range(1, 100)])
    qtbot.waitUntil(lambda: panel.chart.view.extent == (1.0, 99.0))
    image = panel.chart.grab().toImage()
    assert colored(image, theme.colors().curves[0]) > 20
    assert colored(image, theme.colors().curves[3]) > 20


def test_that_many_events_make_one_drawing(qtbot: QtBot, panel: LossPanel) -> None:
    for n in range(1, 200):
        panel.receive([step(n)])
        assert panel.chart.view.extent is None
    qtbot.waitUntil(lambda: panel.chart.view.extent is not None)
    assert panel.chart.view.extent == (1.0, 199.0)


def test_that_events_without_a_pause_do_not_keep_the_curves_waiting(
    qtbot: QtBot, panel: LossPanel
) -> None:
    stream, numbers = QTimer(panel), itertools.count(1)
    stream.timeout.connect(lambda: panel.receive([step(next(numbers))]))
    stream.start(10)
    qtbot.waitUntil(lambda: panel.chart.view.extent is not None, timeout=3000)
    assert stream.isActive()


def test_that_a_hidden_panel_keeps_points_and_draws_when_shown(panel: LossPanel) -> None:
    panel.hide()
    panel.receive([step(1), step(2)])
    assert panel.chart.view.extent is None and not panel._timer.isActive()
    panel.show()
    assert panel.chart.view.extent == (1.0, 2.0)


def test_that_another_run_brings_its_own_curves(panel: LossPanel) -> None:
    panel.receive([step(1), step(2)])
    panel.receive([opened(history(50))])
    panel._redraw()
    assert len(panel.curves.training.series) == 50 and panel.curves.exact.series.y.tolist() == [
        50.0
    ]


def test_that_a_fresh_model_empties_the_curves(panel: LossPanel) -> None:
    show(panel, history(50))
    panel.receive([opened(None)])
    panel._redraw()
    assert panel.chart.view.extent is None and len(panel.curves.training.series) == 0


def test_that_a_change_without_curves_keeps_them(panel: LossPanel) -> None:
    show(panel, history(50))
    panel.receive([events.TrainingChanged("paused", "/runs/a", 50, 100_000), step(51)])
    panel._redraw()
    assert len(panel.curves.training.series) == 51


def test_that_a_run_that_goes_on_from_an_earlier_step_replaces_what_came_after(
    panel: LossPanel,
) -> None:
    show(panel, history(50))
    panel.receive([step(40, 9.0)])
    panel._redraw()
    assert panel.curves.training.series.x[-1] == 40 and panel.curves.training.series.y[-1] == 9.0


def test_that_steps_before_a_restart_within_one_frame_do_not_mix(panel: LossPanel) -> None:
    panel.receive([step(90), step(91), step(1), step(2)])
    panel._redraw()
    assert panel.curves.training.series.x.tolist() == [1, 2]


def test_that_the_panel_says_when_a_point_is_a_mean(panel: LossPanel) -> None:
    show(panel, history(300))
    steps = panel.chart.view.scale()
    assert panel.loss_plot.note(steps) == ""
    rough = history(50_000)
    rough.losses[::2] *= 2
    show(panel, rough)
    note = panel.loss_plot.note(panel.chart.view.scale())
    assert note == "line: mean of 128 steps · band: least to most"


def test_that_pointing_shows_the_value_of_that_very_step(qtbot: QtBot, panel: LossPanel) -> None:
    show(panel, history(50_000))
    area = panel.loss_plot.area
    qtbot.mouseMove(panel.chart, QPoint(int(area.center().x()), int(area.center().y())))
    qtbot.waitUntil(lambda: panel.chart.hover is not None)
    step_there = panel.chart.hover
    assert step_there is not None and abs(step_there - 25_000) < 200
    index = panel.curves.training.series.nearest(step_there)
    assert index is not None and panel.curves.training.series.x[index] == step_there
    panel.chart.repaint()
    assert colored(panel.chart.grab().toImage(), theme.colors().curves[0]) > 20
    QApplication.sendEvent(panel.chart, QEvent(QEvent.Type.Leave))
    assert panel.chart.hover is None


def test_that_the_wheel_zooms_about_the_pointer(panel: LossPanel) -> None:
    show(panel, history(1000))
    area = panel.loss_plot.area
    spot = QPointF(area.left() + area.width() / 4, area.center().y())
    before = panel.chart.view.scale().at(0.25)
    turn_wheel(panel, spot, 3)
    scale = panel.chart.view.scale()
    assert scale.high - scale.low == pytest.approx(1000 * 0.8**3)
    assert scale.at(0.25) == pytest.approx(before)
    assert panel.fit.isEnabled()


def test_that_dragging_moves_and_a_double_click_shows_everything(
    qtbot: QtBot, panel: LossPanel
) -> None:
    show(panel, history(1000))
    panel.chart.zoom(0.25, 0.5)
    before = panel.chart.view.scale()
    spot = panel.loss_plot.area.center().toPoint()
    qtbot.mousePress(panel.chart, Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseMove(panel.chart, spot + QPoint(100, 0))
    qtbot.mouseRelease(panel.chart, Qt.MouseButton.LeftButton, pos=spot + QPoint(100, 0))
    after = panel.chart.view.scale()
    moved = 100 / panel.loss_plot.area.width() * 250
    assert before.low - after.low == pytest.approx(moved)
    assert after.high - after.low == pytest.approx(250)
    qtbot.mouseDClick(panel.chart, Qt.MouseButton.LeftButton, pos=spot)
    assert panel.chart.view.whole and not panel.fit.isEnabled()


def test_that_keys_zoom_move_and_fit(qtbot: QtBot, panel: LossPanel) -> None:
    show(panel, history(1000))
    panel.chart.setFocus()
    for _ in range(4):
        qtbot.keyClick(panel.chart, Qt.Key.Key_Up)
    zoomed = panel.chart.view.scale()
    assert zoomed.high - zoomed.low < 500
    qtbot.keyClick(panel.chart, Qt.Key.Key_Left)
    assert panel.chart.view.scale().low < zoomed.low
    qtbot.keyClick(panel.chart, Qt.Key.Key_Home)
    assert panel.chart.view.whole


def test_that_a_view_of_the_newest_steps_follows_the_run(panel: LossPanel) -> None:
    show(panel, history(1000))
    panel.chart.zoom(0.1, 1.0)
    panel.receive([step(n) for n in range(1001, 1201)])
    panel._redraw()
    scale = panel.chart.view.scale()
    assert scale.high == 1200 and scale.low == pytest.approx(900, abs=1)


def test_that_a_view_never_leaves_the_run(panel: LossPanel) -> None:
    show(panel, history(1000))
    panel.chart.zoom(0.1, 0.5)
    panel.chart.pan(-100)
    assert panel.chart.view.scale().low == pytest.approx(0)
    panel.chart.pan(100)
    assert panel.chart.view.scale().high == 1000
    panel.chart.zoom(1e-9)
    assert panel.chart.view.scale().high - panel.chart.view.scale().low >= 1


def test_that_axes_can_be_logarithmic(panel: LossPanel) -> None:
    show(panel, history(1000))
    panel.log_loss.trigger()
    panel.log_steps.trigger()
    panel.chart.repaint()
    assert panel.loss_plot.values.log and panel.loss_plot.values.low > 0
    assert panel.chart.view.scale() == Scale(1, 1000, True)


def test_that_a_loss_that_is_no_number_leaves_a_gap_and_no_trace_in_the_log(
    panel: LossPanel,
) -> None:
    panel.log_loss.trigger()
    panel.receive([step(1, float("nan")), step(2, float("inf")), step(3, 0.0), step(4, -1.0)])
    panel._redraw()
    panel.chart.repaint()
    assert np.isnan(panel.curves.training.series.y[0])


def test_that_plots_can_be_put_away(panel: LossPanel) -> None:
    show(panel, history(1000))
    before = panel.loss_plot.area.width()
    panel.show_accuracy.trigger()
    panel.show_rate.trigger()
    panel.chart.repaint()
    assert panel.loss_plot.area.width() > 1.5 * before
    assert colored(panel.chart.grab().toImage(), theme.colors().curves[3]) == 0


def test_that_plots_stand_above_each_other_when_the_panel_is_narrow(panel: LossPanel) -> None:
    panel.resize(320, 600)
    show(panel, history(1000))
    assert panel.accuracy_plot.area.top() > panel.loss_plot.area.bottom()


def test_that_the_dark_appearance_reaches_the_curves(panel: LossPanel) -> None:
    show(panel, history(1000))
    theme.theme().choose("dark")
    assert colored(panel.chart.grab().toImage(), theme.DARK.curves[0]) > 20


def test_that_every_point_is_saved_as_csv(qtbot: QtBot, panel: LossPanel, tmp_path: Path) -> None:
    show(panel, history(2500))
    target = tmp_path / "curves.csv"
    panel.saving.save_csv(target)
    panel.receive([opened(None)])
    qtbot.waitUntil(lambda: panel.said.text() == "Saved")
    with target.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2500
    assert float(rows[9]["training_loss"]) == float(history(2500).losses[9])
    assert rows[9]["validation_loss"] == "" and float(rows[-1]["validation_loss"]) == 2.0
    assert [file.name for file in tmp_path.iterdir()] == ["curves.csv"]


def test_that_a_file_that_cannot_be_written_is_said(
    qtbot: QtBot, panel: LossPanel, tmp_path: Path
) -> None:
    show(panel, history(10))
    panel.saving.save_csv(tmp_path / "nowhere" / "curves.csv")
    qtbot.waitUntil(lambda: "was not saved" in panel.notice.text())
    panel.saving.save_png(tmp_path / "nowhere" / "curves.png")
    assert "could not be written" in panel.notice.text()


def test_that_the_picture_is_saved_twice_as_fine(panel: LossPanel, tmp_path: Path) -> None:
    show(panel, history(1000))
    panel.saving.save_png(tmp_path / "curves.png")
    image = QImage(str(tmp_path / "curves.png"))
    assert image.width() == 2 * panel.chart.width()
    assert colored(image, theme.colors().curves[0]) > 20


def test_that_the_picture_can_be_copied(panel: LossPanel) -> None:
    show(panel, history(1000))
    panel.copy_picture.trigger()
    assert QGuiApplication.clipboard().image().width() == 2 * panel.chart.width()


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (Scale(0, 1000), ["0", "200", "400", "600", "800", "1k"]),
        (Scale(0, 0.0011), ["0", "2e-4", "4e-4", "6e-4", "8e-4", "0.001"]),
        (Scale(0.01, 10, True), ["0.01", "0.1", "1", "10"]),
        (Scale(2, 3, True), ["2", "2.2", "2.4", "2.6", "2.8", "3"]),
        (Scale(1, 2_000_000, True), ["1", "100", "10k", "1M"]),
    ],
)
def test_that_axes_are_marked_at_round_numbers(scale: Scale, expected: list[str]) -> None:
    assert [label(mark) for mark in ticks(scale, 6)] == expected


def test_that_the_shown_mean_is_the_mean_of_the_steps() -> None:
    curve = Curve("training", 0, str)
    curve.series.append(np.arange(1, 641), np.tile([1.0, 3.0], 320))
    plot = CurvePlot("", (curve,))
    plot.place(QRectF(0, 0, 154, 200))
    plot.measure(Scale(0, 640))
    buckets = plot._drawn[0].buckets
    assert buckets.largest == 8
    assert set(buckets.mean) == {2.0} and set(buckets.low) == {1.0} and set(buckets.high) == {3.0}
