"""The curves of a race: by step or by seconds, and who came in first."""

import pytest
from pytestqt.qtbot import QtBot

from explorer.messages.config import RunConfig
from explorer.messages.race import By, Lane, LaneMeasured, LaneStep, RaceChanged
from explorer.messages.results import Measurement
from explorer.ui.race.race_curves import RaceCurves
from explorer.ui.race.race_window import RaceWindow

LANES = tuple(Lane(name, f"/{name}", 10, RunConfig()) for name in ("quick", "thorough"))


def changed(state: str, by: By) -> RaceChanged:
    return RaceChanged(state, by, 0.95, LANES)  # pyright: ignore[reportArgumentType]


def seen(lane: int, step: int, accuracy: float, seconds: float) -> LaneMeasured:
    return LaneMeasured(lane, Measurement(step, 1.0, 0.5, 100, accuracy), seconds)


@pytest.mark.parametrize(("by", "axis"), [("step", [1, 2]), ("seconds", [0.5, 1.5])])
def test_that_the_axis_counts_what_turns_count(qtbot: QtBot, by: By, axis: list[float]) -> None:
    curves = RaceCurves()
    qtbot.addWidget(curves.chart)
    curves.begin(changed("running", by))
    for step, seconds in ((1, 0.5), (2, 1.5)):
        curves.step(LaneStep(0, step, 10, 3.0 - step, seconds))
    curves.catch_up()
    loss, accuracy = curves.chart.plots
    assert loss.curves[0].series.x.tolist() == axis and loss.curves[0].series.y.tolist() == [2, 1]
    assert not len(loss.curves[1].series)
    assert [line.value for line in accuracy.lines] == [95]
    assert curves.chart.by_seconds is (by == "seconds")


def test_that_only_the_first_look_at_the_target_is_an_arrival(qtbot: QtBot) -> None:
    curves = RaceCurves()
    qtbot.addWidget(curves.chart)
    curves.begin(changed("running", "step"))
    for told in (
        seen(0, 20, 0.9, 1),
        seen(1, 20, 0.96, 9),
        seen(0, 40, 0.95, 2),
        seen(1, 40, 1, 18),
    ):
        curves.measured(told)
    assert [(a.lane, a.step) for a in curves.arrivals] == [(1, 20), (0, 40)]
    assert curves.places == {1: 1, 0: 2}
    assert curves.newest(0) == (None, 95.0)


def test_that_by_time_another_lane_can_win(qtbot: QtBot) -> None:
    window = RaceWindow()
    qtbot.addWidget(window)
    window.receive([changed("running", "seconds"), seen(1, 20, 0.96, 9), seen(0, 40, 0.95, 2)])
    window.refresh()
    assert [card.place.text() for card in window.cards] == [
        "1st · step 40 · 0:02", "2nd · step 20 · 0:09",
    ]  # fmt: skip
    assert window.said.text() == "Racing: quick first reached 95 % of tokens right (least work)."
    window.receive([changed("finished", "seconds")])
    assert window.start.isEnabled() and not window.hold.isEnabled()
