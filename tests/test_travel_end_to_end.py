"""The slider of time in the real window, with the real worker and a real run."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.messages.events import TrainStep, Travelled, TravelPart, WentTo
from explorer.messages.results import Trace
from explorer.ui.travel.track import TimeTrack
from tests.desk import Desk
from tests.small import begin, finish

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
OFTEN = {"training.checkpoint_every": 2, "training.keep_checkpoints": 50}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished small run."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    finish(begin(folder, [], OFTEN))
    return folder


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, run: Path) -> Iterator[Desk]:
    """The window on that run, the sentence through all of its kept steps."""
    desk = Desk(qtbot, tmp_path / "settings.ini", str(run))
    desk.wait(lambda: whole(desk))
    yield desk
    desk.close()


def whole(desk: Desk) -> bool:
    return desk.window.travel.voyage.whole


def spot(track: TimeTrack, step: int | None) -> QPoint:
    return QPoint(round(track.x_of(step)) + (3 if step is None else 0), track.height() - 8)


def weights(trace: Trace) -> list[np.ndarray]:
    return [np.asarray(found) for found in trace.weights.values()]


def apart(one: Trace, other: Trace) -> float:
    pairs = zip(weights(one), weights(other), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


def test_that_dragging_shows_each_kept_step_at_once_and_resting_the_very_weights(
    desk: Desk, run: Path
) -> None:
    track, travel = desk.window.travel.track, desk.window.travel
    now = desk.trace
    assert now is not None and now.step == 20 and travel.at is None
    QTest.mousePress(track, LEFT, NONE, spot(track, None))
    dragged: dict[int, Trace] = {}
    for step in (16, 12, 8):
        QTest.mouseMove(track, spot(track, step))
        assert travel.at == step and desk.loss.chart.place == step
        assert desk.trace is not None and desk.trace.step == step, "without the worker"
        dragged[step] = desk.trace
    assert desk.outbox.last(WentTo) is None
    assert apart(dragged[8], now) > 1e-3
    QTest.mouseRelease(track, LEFT, NONE, spot(track, 8))
    desk.wait(lambda: desk.trace is not None and bool(desk.trace.heads) and desk.trace.step == 8)
    told = desk.outbox.last(WentTo)
    assert told is not None and told.step == 8
    then = desk.trace
    assert then is not None and apart(dragged[8], then) <= 1e-5
    assert then.target_text == now.target_text, "the same axes at all steps"
    desk.wait(lambda: getattr(desk.decoder.course.decoding, "step", 0) == 8)

    QTest.keyClick(track, Qt.Key.Key_End)
    desk.wait(lambda: desk.trace is not None and desk.trace.step == 20)
    assert travel.at is None and desk.loss.chart.place is None
    assert desk.trace is not None and apart(desk.trace, now) == 0

    desk.window.open_model(f"{run}/checkpoints/step-00000008")
    desk.wait(lambda: desk.trace is not None and desk.trace.step == 8)
    desk.attention.target.set_text(then.target_text)
    desk.attention.target.edited.emit(then.target_text)
    desk.wait(lambda: desk.trace is not None and desk.trace.target_text == then.target_text)
    assert apart(desk.trace or now, then) == 0, "bit for bit what the checkpoint says"


def test_that_keys_and_wheel_lead_through_time_and_space_plays_it(desk: Desk) -> None:
    track, travel = desk.window.travel.track, desk.window.travel
    track.setFocus()
    steps: list[int | None] = []
    travel.looked.connect(lambda step, _, __: steps.append(step))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageDown):
        QTest.keyClick(track, key)
    assert steps == [20, 19, 20, 15]
    QTest.keyClick(track, Qt.Key.Key_Home)
    assert travel.at == 0 and travel.parts.where.text() == "Step 0"
    travel.parts.set_speed("30")
    steps.clear()
    QTest.keyClick(track, Qt.Key.Key_Space)
    assert travel.playing
    desk.wait(lambda: not travel.playing)
    # A step is told again when its very weights have been asked.
    assert [step for step, _ in groupby(steps) if step] == list(range(1, 21)), "and holds at last"
    QTest.mouseClick(travel.parts.now, LEFT)
    assert travel.at is None
    desk.wait(lambda: desk.trace is not None and desk.trace.step == 20)


def test_that_a_sentence_typed_in_the_past_is_read_by_the_weights_of_then(desk: Desk) -> None:
    track = desk.window.travel.track
    QTest.mouseClick(track, LEFT, NONE, spot(track, 4))
    desk.wait(lambda: desk.trace is not None and desk.trace.step == 4)
    mark = len(desk.outbox.told)
    desk.clear()
    desk.type("7 7 1")
    desk.wait(lambda: desk.shown == "7 7 1")
    assert desk.trace is not None and desk.trace.step == 4
    desk.wait(lambda: whole(desk) and desk.window.travel.voyage.sentence == ("7 7 1", ""))
    parts = [told for told in desk.outbox.told[mark:] if isinstance(told, TravelPart)]
    assert parts[-1].done == 21 and len(parts) > 2, "from coarse to fine"
    QTest.keyClick(track, Qt.Key.Key_Left)
    assert desk.trace is not None and (desk.trace.step, desk.shown) == (3, "7 7 1")


@pytest.mark.slow
def test_that_a_run_trains_on_while_its_past_is_on_screen(qtbot: QtBot, tmp_path: Path) -> None:
    from explorer.messages.commands import StartTraining
    from tests.small import small_config

    desk = Desk(qtbot, tmp_path / "settings.ini")
    config = small_config({"training.steps": 4000, "training.evaluate_every": 1000})
    desk.window.send(StartTraining(config, str(tmp_path / "run")))
    desk.window.set_text("3 1 4")
    desk.wait(lambda: desk.outbox.step >= 16 and desk.shown == "3 1 4")
    travel = desk.window.travel
    desk.wait(lambda: 8 in travel.voyage.kept and desk.window.travel.isEnabled())
    travel.go_to(8)
    desk.wait(lambda: desk.trace is not None and desk.trace.step == 8)
    before = desk.outbox.step
    desk.wait(lambda: desk.outbox.step > before + 20)
    assert desk.trace is not None and desk.trace.step == 8
    desk.wait(lambda: desk.outbox.last(Travelled) is not None)
    QTest.mouseClick(travel.parts.now, LEFT)
    desk.wait(lambda: desk.trace is not None and desk.trace.step > before)
    assert desk.outbox.all(TrainStep)
    desk.click("Stop")
    desk.wait(lambda: desk.state == "stopped")
    desk.close()
