"""What stands beside the curves: baselines, changed settings, the best loss, token accuracy."""

import csv
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from explorer.messages import events
from explorer.messages.config import RunConfig
from explorer.messages.results import Baseline, Change, History, Measurement, ModelInfo
from explorer.ui.panels.loss_panel import LossPanel
from explorer.ui.widgets.baseline_lines import Line, spread, with_near
from explorer.ui.widgets.step_flag import changed_near
from explorer.ui.widgets.ticks import Scale

UNIFORM = Baseline("uniform", "uniform", 4.17, 1 / 65, "Each token is equally likely.")
NGRAM = Baseline("n-gram", "7-gram", 1.52, 0.548, "The 6 tokens before decide.")
COPY = Baseline("copy", "copy the source", None, 0.25, "Says the source again.")
NOTE = Baseline("note", "", None, None, "Some need libraries.")


@pytest.fixture
def panel(qtbot: QtBot) -> LossPanel:
    made = LossPanel()
    qtbot.addWidget(made)
    made.resize(1200, 240)
    made.show()
    return made


def opened(history: History | None) -> events.ModelOpened:
    return events.ModelOpened(ModelInfo("m", "", RunConfig(), 0, 1, 1, "", history))


def history(low: float, high: float, **more: Any) -> History:
    at = np.arange(1, 1001)
    losses = np.linspace(high, low, 1000).astype(np.float32)
    return History(at, losses, np.full(1000, 1e-3, np.float32), **more)


def show(panel: LossPanel, *told: events.Event) -> None:
    panel.receive(told)
    panel._redraw()
    panel.chart.repaint()


def beside(plot) -> dict[str, tuple[str, float | None]]:
    return {item.line.title: (item.text, item.at) for item in plot._placed}


def test_that_a_baseline_is_drawn_at_its_value_and_named(panel: LossPanel) -> None:
    show(panel, opened(history(1.4, 4.2)), events.BaselinesFound((UNIFORM, NGRAM)))
    plot = panel.loss_plot
    lines = beside(plot)
    assert lines["uniform"][0] == "uniform 4.17" and lines["7-gram"][0] == "7-gram 1.52"
    at = lines["7-gram"][1]
    assert at is not None and at == pytest.approx(plot.y_of(np.array([1.52]))[0])
    row = panel.chart.grab().toImage()
    colors = {row.pixelColor(x, round(at)).name() for x in range(60, 200)}
    assert len(colors) > 1  # Dashes on the ground.
    assert beside(panel.accuracy_plot)["7-gram"][0] == "7-gram 54.8 %"


def test_that_a_far_baseline_stays_outside_and_says_where_it_lies(panel: LossPanel) -> None:
    show(panel, opened(history(0.01, 0.5)))
    before = panel.loss_plot.values
    show(panel, events.BaselinesFound((UNIFORM, NGRAM)))
    assert panel.loss_plot.values.high == pytest.approx(before.high, rel=0.01)
    assert beside(panel.loss_plot) == {
        "uniform": ("uniform 4.17 ↑", None), "7-gram": ("7-gram 1.52 ↑", None),
    }  # fmt: skip


def test_that_a_baseline_below_the_axis_says_so(panel: LossPanel) -> None:
    show(panel, opened(history(3.0, 3.5)), events.BaselinesFound((NGRAM,)))
    assert beside(panel.loss_plot)["7-gram"] == ("7-gram 1.52 ↓", None)


def test_that_a_near_baseline_moves_the_axis_a_little() -> None:
    scale = Scale(0.0, 2.0)
    near = with_near(scale, [Line("a", 2.2, "2.2"), Line("b", 3.0, "3")])
    assert near.low == 0 and near.high == pytest.approx(2.3)
    log = with_near(Scale(1.0, 10.0, True), [Line("a", 12.0, "12"), Line("b", 0.0, "0")])
    assert log.log and 12 < log.high < 14


def test_that_baselines_hold_on_a_logarithmic_axis(panel: LossPanel) -> None:
    panel.log_loss.trigger()
    show(panel, opened(history(0.9, 4.2)), events.BaselinesFound((UNIFORM, NGRAM)))
    at = beside(panel.loss_plot)["7-gram"][1]
    assert at == pytest.approx(panel.loss_plot.y_of(np.array([1.52]))[0])


def test_that_baselines_can_be_switched_off(panel: LossPanel) -> None:
    show(panel, opened(history(1.4, 4.2)), events.BaselinesFound((UNIFORM,)))
    narrow = panel.loss_plot.area.width()
    assert panel.show_baselines in panel.more.actions()
    panel.show_baselines.trigger()
    panel.chart.repaint()
    assert not beside(panel.loss_plot) and panel.loss_plot.area.width() > narrow
    panel.show_baselines.trigger()
    panel.chart.repaint()
    assert "uniform" in beside(panel.loss_plot)


def test_that_another_model_has_its_own_baselines(panel: LossPanel) -> None:
    show(panel, opened(history(1.4, 4.2, baselines=(NGRAM,))))
    assert list(beside(panel.loss_plot)) == ["7-gram"]
    show(panel, opened(history(1.4, 4.2)))
    assert not beside(panel.loss_plot)


def test_that_a_baseline_without_a_loss_is_only_on_the_accuracy(panel: LossPanel) -> None:
    show(panel, opened(history(1.4, 4.2)), events.BaselinesFound((UNIFORM, COPY, NOTE)))
    assert list(beside(panel.loss_plot)) == ["uniform"]
    assert set(beside(panel.accuracy_plot)) == {"uniform", "copy the source"}
    assert NOTE.detail in panel.show_baselines.toolTip()


def test_that_pointing_at_a_baseline_explains_it(panel: LossPanel) -> None:
    show(panel, opened(history(1.4, 4.2)), events.BaselinesFound((UNIFORM, NGRAM)))
    box = next(i.box for i in panel.loss_plot._placed if i.line.title == "7-gram")
    spot = box.center().toPoint()
    help = QHelpEvent(QEvent.Type.ToolTip, spot, panel.chart.mapToGlobal(spot))
    QApplication.sendEvent(panel.chart, help)
    assert NGRAM.detail in QToolTip.text()
    QToolTip.hideText()


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6).map(sorted))
def test_that_names_do_not_overlap_and_stay_in_order(wanted: list[float]) -> None:
    found = spread(np.array(wanted), 14, 7, 93)
    assert all(b - a >= 14 - 1e-9 for a, b in pairwise(found))
    assert found[0] >= 7 - 1e-9 and found[-1] <= 93 + 1e-9
    alone = [place for place in wanted if 7 <= place <= 93]
    if len(wanted) == 1 and alone:
        assert found == wanted


def test_that_too_many_names_share_the_room_evenly() -> None:
    found = spread(np.linspace(0, 1, 12), 14, 7, 93)
    assert found[0] == 7 and found[-1] == 93 and len(set(np.diff(found).round(6))) == 1


def test_that_a_changed_setting_is_marked_and_named_under_the_pointer(
    qtbot: QtBot, panel: LossPanel
) -> None:
    changes = (Change(500, "training.learning_rate", 5e-4),)
    show(panel, opened(history(1.4, 4.2)), events.SettingsChanged(changes))
    plot = panel.loss_plot
    x = float(plot.x_of(panel.chart.view.scale(), np.array([500.0]))[0])
    image = panel.chart.grab().toImage()
    assert image.pixelColor(int(x), int(plot.area.bottom()) - 2).name() == "#9a6200"
    assert panel.curves.marks[0].text == "η 0.001 → 5e-4"
    at = QPoint(int(x) + 1, int(plot.area.center().y()))
    qtbot.mouseMove(panel.chart, at)
    qtbot.waitUntil(lambda: panel.chart.hover is not None)
    steps = panel.chart.view.scale()
    marks = panel.chart.marks
    assert changed_near(plot, steps, x + 1, marks) == ["η 0.001 → 5e-4"]
    assert changed_near(plot, steps, x + 40, marks) == []


def test_that_a_second_change_starts_from_the_first(panel: LossPanel) -> None:
    first = Change(10, "training.batch_size", 32)
    show(panel, opened(history(1.4, 4.2, changes=(first,))))
    show(panel, events.SettingsChanged((Change(20, "training.batch_size", 16),)))
    assert [m.text for m in panel.curves.marks] == ["batch size 64 → 32", "batch size 32 → 16"]


def test_that_marks_of_steps_taken_again_are_gone(panel: LossPanel) -> None:
    show(panel, opened(history(1.4, 4.2, changes=(Change(900, "training.clip_norm", 2.0),))))
    show(panel, events.TrainStep(1001, 2000, 1.0, 1e-3, 1.0, 9, 9.0, 1.0))
    assert len(panel.curves.marks) == 1
    show(panel, events.TrainStep(801, 2000, 1.0, 1e-3, 1.0, 9, 9.0, 1.0))
    assert panel.curves.marks == () and panel.chart.marks == ()


def test_that_a_change_between_two_drawings_stays(panel: LossPanel) -> None:
    show(panel, opened(history(1.4, 4.2)))
    steps = [events.TrainStep(n, 2000, 1.0, 1e-3, 1.0, 9, 9.0, 1.0) for n in (1001, 1002, 1003)]
    changed = events.SettingsChanged((Change(1002, "training.clip_norm", 2.0),))
    show(panel, *steps[:2], changed, steps[2])
    assert [mark.step for mark in panel.curves.marks] == [1002]


def test_that_token_accuracy_shows_alone_where_nothing_is_matched_whole(panel: LossPanel) -> None:
    show(panel, opened(history(1.4, 4.2)),
         events.Evaluated(Measurement(1000, 1.5, math.nan, 200, 0.55)))  # fmt: skip
    assert [c.name for c in panel.accuracy_plot.curves if c.known] == ["token accuracy"]
    assert panel.curves.accuracy.series.y.tolist() == pytest.approx([55.0])


def test_that_the_best_loss_has_a_ring_until_it_is_beaten(panel: LossPanel) -> None:
    points = tuple(Measurement(s, v, 0.5, 9) for s, v in ((250, 2.0), (500, 1.5), (750, 1.8)))
    show(panel, opened(history(1.4, 4.2, measurements=points)))
    assert panel.loss_plot.best == (500, 1.5)
    show(panel, events.Evaluated(Measurement(1000, 1.4, 0.5, 9)))
    assert panel.loss_plot.best is None


def test_that_baselines_and_changes_are_in_the_csv(
    qtbot: QtBot, panel: LossPanel, tmp_path: Path
) -> None:
    changes = (Change(500, "training.learning_rate", 5e-4),)
    show(panel, opened(history(1.4, 4.2, changes=changes, baselines=(NGRAM, COPY))))
    panel.saving.save_csv(tmp_path / "curves.csv")
    qtbot.waitUntil(lambda: panel.said.text() == "Saved")
    with (tmp_path / "curves.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1000
    assert {row["baseline_n_gram_loss"] for row in rows} == {"1.52"}
    assert {row["baseline_copy_accuracy_percent"] for row in rows} == {"25.0"}
    assert [row["step"] for row in rows if row["changed"]] == ["500"]
    assert rows[499]["changed"] == "η 0.001 → 5e-4"


def test_that_stacked_plots_have_their_steps_at_the_same_places(panel: LossPanel) -> None:
    panel.resize(420, 600)
    show(panel, opened(history(1.4, 4.2)), events.BaselinesFound((UNIFORM, NGRAM)))
    plots = panel.loss_plot, panel.accuracy_plot, panel.rate_plot
    assert len({(p.area.left(), p.area.right()) for p in plots}) == 1
    assert panel.loss_plot.line_at(QPointF(1, 1)) is None
