"""Marks, texts of then, then and now, watching and sessions, by mouse and keys with the worker."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.messages.commands import StartTraining
from explorer.messages.events import Decoded, SentencesWatched, TravelPart, WatchState
from explorer.messages.travel import Watched
from explorer.ui.panels.watch_panel import WatchPanel
from explorer.ui.travel.axis import TimeAxis
from tests.desk import Desk
from tests.small import begin, finish, small_config
from tests.whole import whole

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
OFTEN = {
    "training.steps": 60, "training.learning_rate": 0.01,
    "training.checkpoint_every": 4, "training.keep_checkpoints": 50,
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished small run, fast enough that what it writes changes."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    finish(begin(folder, [], OFTEN))
    return folder


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, run: Path) -> Iterator[Desk]:
    """The window on that run, the sentence through all of its kept steps."""
    desk = Desk(qtbot, tmp_path / "settings.ini", str(run))
    desk.wait(lambda: desk.window.travel.voyage.whole)
    yield desk
    desk.close()


def spot(desk: Desk, step: int) -> QPoint:
    track = desk.window.travel.track
    return QPoint(round(track.x_of(step)), track.height() - 8)


def test_that_dragging_shows_the_text_that_each_step_wrote_without_the_worker(desk: Desk) -> None:
    travel, track = desk.window.travel, desk.window.travel.track
    steps = (48, 40, 28, 4)
    desk.wait(lambda: all(travel.voyage.wrote(step) is not None for step in travel.voyage.kept))
    assert not travel.parts.wrote.isVisible(), "the text of now stands in the line"
    watch = desk.panel(WatchPanel)
    next(d for d in desk.window.docks.docks if d.widget().isAncestorOf(watch)).raise_()
    desk.wait(lambda: watch.isVisible() and watch.step.text() == "as of step 60")
    told = len(desk.outbox.all(Decoded))
    QTest.mousePress(track, LEFT, NONE, spot(desk, 60))
    for step in steps:
        QTest.mouseMove(track, spot(desk, step))
        written, seen = travel.voyage.wrote(step), desk.decoder.course.decoding
        assert written is not None and seen is not None
        assert travel.parts.wrote.text() == f"wrote: {written.text or '(nothing)'}"
        assert seen.step == step and seen.steps == written.steps and not seen.reference
        desk.wait(lambda step=step: watch.step.text() == f"as of step {step}")
        shown = desk.outbox.last(SentencesWatched)
        assert shown is not None and shown.step == step and shown.traces[0].step == step
    assert len(desk.outbox.all(Decoded)) == told
    assert len({found.text for found in map(travel.voyage.wrote, steps) if found}) > 1
    dragged = desk.decoder.course.decoding
    QTest.mouseRelease(track, LEFT, NONE, spot(desk, 4))
    desk.wait(lambda: len(desk.outbox.all(Decoded)) > told)
    desk.wait(lambda: desk.decoder.course.decoding is not dragged)
    rested = desk.decoder.course.decoding
    assert dragged is not None and rested is not None and rested.step == 4
    assert rested.text == dragged.text
    assert [s.candidates for s in rested.steps] == [s.candidates for s in dragged.steps]


def test_that_then_and_now_shows_the_signed_difference_of_two_kept_steps(desk: Desk) -> None:
    travel, comparing = desk.window.travel, desk.attention.view.side.comparing
    QTest.mouseClick(travel.track, LEFT, NONE, spot(desk, 4))
    desk.wait(lambda: desk.trace is not None and desk.trace.step == 4 and bool(desk.trace.heads))
    QTest.mouseClick(comparing.keep, LEFT)
    QTest.mouseClick(travel.track, LEFT, NONE, spot(desk, 16))
    desk.wait(lambda: desk.trace is not None and desk.trace.step == 16 and bool(desk.trace.heads))
    QTest.mouseClick(comparing.subtract, LEFT)
    shown = desk.attention.view.shown
    parts = [p.timeline for p in desk.outbox.all(TravelPart)]
    then = next(p.trace(p.place(4)) for p in parts if 4 in p.steps_S)
    later = next(p.trace(p.place(16)) for p in parts if 16 in p.steps_S)
    assert shown is not None and shown.signed
    for site in later.weights:
        apart = whole(later.weights[site]) - whole(then.weights[site])
        assert apart.size < 8 or apart.min() < 0 < apart.max()
        for head, weights in enumerate(apart):
            np.testing.assert_allclose(shown.weights(site, head), weights, atol=1e-5)


def test_that_a_session_opens_at_the_step_that_was_looked_at(
    qtbot: QtBot, tmp_path: Path, desk: Desk
) -> None:
    QTest.mouseClick(desk.window.travel.track, LEFT, NONE, spot(desk, 8))
    desk.wait(lambda: desk.trace is not None and desk.trace.step == 8)
    file = tmp_path / "then.attention"
    desk.window.keeping.save(file)
    other = Desk(qtbot, tmp_path / "other.ini", str(file))
    other.wait(lambda: other.window.travel.at == 8)
    other.wait(lambda: other.trace is not None and other.trace.step == 8)
    place = other.loss.chart.place
    other.close()
    assert place == 8


@pytest.mark.slow
def test_that_a_click_on_a_mark_of_the_bar_or_of_the_curves_goes_to_its_step(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, tmp_path / "settings.ini", "induction")
    travel, chart = desk.window.travel, desk.loss.chart
    desk.wait(lambda: bool(travel.track.marks) and bool(chart.happened.marks))
    mark = travel.track.marks[0]
    kept, axis = travel.voyage.kept, TimeAxis(travel.track.axis.last)
    near = axis.nearest(axis.place(mark.step), kept)
    QTest.mouseClick(travel.track, LEFT, NONE, QPoint(round(travel.track.x_of(mark.step)), 4))
    assert travel.at == near
    desk.wait(lambda: desk.trace is not None and desk.trace.step == near)
    QTest.mouseClick(travel.parts.now, LEFT)
    assert travel.at is None
    area = desk.loss.loss_plot.area
    x = desk.loss.loss_plot.x_of(chart.view.scale(), np.array([mark.step], float))[0]
    QTest.mouseClick(chart, LEFT, NONE, QPoint(round(float(x)), round(area.top()) + 5))
    assert travel.at == near and chart.place == near
    desk.close()


@pytest.mark.slow
def test_that_a_sentence_is_watched_shown_with_its_cost_and_watched_no_more_while_training(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, tmp_path / "settings.ini")
    panel = desk.panel(WatchPanel)
    dock = next(dock for dock in desk.window.docks.docks if dock.widget().isAncestorOf(panel))
    dock.show()
    dock.raise_()
    config = small_config({"training.steps": 4000, "training.evaluate_every": 1000})
    desk.window.send(StartTraining(config, str(tmp_path / "run")))
    desk.window.set_text("7 7 1")
    desk.wait(lambda: desk.outbox.step >= 4 and desk.shown == "7 7 1")
    desk.wait(panel.add.isEnabled)
    QTest.mouseClick(panel.add, LEFT)
    wanted = Watched("7 7 1")
    desk.wait(lambda: wanted in [row.watched for row in panel.rows])
    assert not panel.add.isEnabled(), "it is watched already"
    desk.wait(lambda: "% of the time" in panel.cost.text() and "look" in panel.cost.text())
    desk.click("Stop")
    desk.wait(lambda: desk.state == "stopped")
    row = next(row for row in panel.rows if row.watched == wanted)
    QTest.mouseClick(row.away, LEFT)
    desk.wait(lambda: wanted not in [row.watched for row in panel.rows])
    told = desk.outbox.last(WatchState)
    assert told is not None and wanted not in told.sentences
    assert panel.add.isEnabled()
    desk.close()
