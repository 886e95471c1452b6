"""The curves of all lanes of a race, a colour a lane, and where each arrived."""

from collections.abc import Sequence

from PySide6.QtGui import QPainter

from explorer.messages.race import Arrival, LaneMeasured, LaneStep, RaceChanged, places
from explorer.ui import theme
from explorer.ui.widgets.baseline_lines import Line
from explorer.ui.widgets.curve_plot import CurvePlot
from explorer.ui.widgets.figures import count, duration
from explorer.ui.widgets.run_chart import RunChart
from explorer.ui.widgets.run_curves import nats, percent
from explorer.ui.widgets.series import Curve
from explorer.ui.widgets.step_flag import draw_flag
from explorer.ui.widgets.ticks import Scale


class RaceChart(RunChart):
    """A chart whose axis counts steps or, where turns go by time, seconds of a lane's own work."""

    by_seconds = False

    def _paint_hint(self, painter: QPainter) -> None:
        """The first steps are still to come."""

    def _paint_step(self, painter: QPainter, steps: Scale) -> None:
        plot = self._pointed
        if not self.by_seconds or plot is None or self.hover is None:
            super()._paint_step(painter, steps)
            return
        x = plot.area.left() + steps.place_of(self.hover) * plot.area.width()
        draw_flag(painter, plot, x, f"{count(self.hover)} s of work")


class RaceCurves:
    """Keeps every point; `chart` draws them when it is told to."""

    def __init__(self) -> None:
        self.chart = RaceChart(())
        self.chart.setAccessibleName("Curves of the race")
        self.arrivals: list[Arrival] = []
        self._race: RaceChanged | None = None
        self._loss: list[Curve] = []
        self._accuracy: list[Curve] = []
        self._waiting: list[LaneStep] = []

    @property
    def places(self) -> dict[int, int]:
        """The places of the lanes that have arrived."""
        return {} if self._race is None else places(self.arrivals, self._race.by)

    def begin(self, race: RaceChanged) -> None:
        """Forget everything: these lanes start now."""
        self._race, self.arrivals, self._waiting = race, [], []
        names = [lane.name for lane in race.lanes]
        self._loss = [Curve(name, n, nats) for n, name in enumerate(names)]
        self._accuracy = [Curve("", n, percent, "evaluations") for n in range(len(names))]
        loss = CurvePlot("Loss, nats per token", self._loss)
        accuracy = CurvePlot("Accuracy", self._accuracy, fixed=(0.0, 100.0))
        goal = 100 * race.target
        words = f"The first lane whose token accuracy on held-out data reaches {goal:g} % has won."
        accuracy.lines = (Line("target", goal, f"{goal:g} %", words),)
        self.chart.by_seconds = race.by == "seconds"
        self.chart.plots = (loss, accuracy)
        self.chart.fit()
        self.chart.refresh_data()

    def step(self, told: LaneStep) -> None:
        """Gather a step; `catch_up` makes a point of it."""
        self._waiting.append(told)

    def measured(self, told: LaneMeasured) -> None:
        """Keep a lane's accuracy, and whether it has arrived."""
        found, race = told.measurement, self._race
        if race is None:
            return
        x = told.seconds if race.by == "seconds" else found.step
        self._accuracy[told.lane].series.append(x, 100 * found.accuracy)
        arrived = found.accuracy >= race.target
        if arrived and told.lane not in {arrival.lane for arrival in self.arrivals}:
            arrival = Arrival(told.lane, found.step, told.seconds, found.accuracy)
            self.arrivals.append(arrival)

    def catch_up(self) -> None:
        """Draw what came since the last time."""
        race, told = self._race, self._waiting
        if race is None or not told:
            return
        self._waiting = []
        for number, curve in enumerate(self._loss):
            own = [one for one in told if one.lane == number]
            if own:
                x = [one.seconds if race.by == "seconds" else one.step for one in own]
                curve.series.append(x, [one.loss for one in own])
        self.chart.refresh_data()

    def newest(self, lane: int) -> tuple[float | None, float | None]:
        """A lane's newest loss and accuracy in per cent."""
        loss, accuracy = self._loss[lane].series, self._accuracy[lane].series
        return (
            float(loss.y[-1]) if len(loss) else None,
            float(accuracy.y[-1]) if len(accuracy) else None,
        )


def lane_color(lane: int) -> str:
    """The colour that stands for a lane in curves and cards."""
    return theme.colors().curves[lane]


def standing(lane: int, arrivals: Sequence[Arrival], placed: dict[int, int]) -> str:
    """How a lane came in: `1st · step 300 · 0:04`; empty while it is on its way."""
    for arrival in arrivals:
        if arrival.lane == lane:
            place = ("1st", "2nd", "3rd", "4th")[placed[lane] - 1]
            return f"{place} · step {count(arrival.step)} · {duration(arrival.seconds)}"
    return ""
