"""The window of a race: what shall race, all curves on one chart, and the lanes side by side."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.events import Event, Failed
from explorer.messages.race import (
    ControlRace,
    LaneEnded,
    LaneMeasured,
    LaneStep,
    LaneTraced,
    RaceChanged,
    RaceState,
    WatchRace,
)
from explorer.ui import theme
from explorer.ui.race.head_choice import HeadChoice
from explorer.ui.race.lane_card import LaneCard
from explorer.ui.race.race_curves import RaceCurves, standing
from explorer.ui.race.race_setup import RaceSetup
from explorer.ui.widgets.empty_page import EmptyPage
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.sentence_line import SentenceLine
from explorer.ui.widgets.text_line import TextLine

REFRESH = 300
"""Milliseconds between two drawings of what grows."""
_HINT = (
    "Two to four models learn the same examples in turns. Their curves grow here on one chart, and "
    "below it each shows the same sentence through the same head."
)
_SOURCE = "A sentence for all lanes; each is looked at with it while it learns."
_STATES = {"running": "Racing", "paused": "Held", "stopped": "Stopped", "finished": "Over"}


class RaceWindow(QWidget):
    """`requested` carries commands; closing it holds the race."""

    requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Race")
        self.resize(150 * theme.SPACE, 94 * theme.SPACE)
        self.folder: str | None = None
        """Where the lanes' folders go; None: among the user's runs."""
        self.state: RaceState | None = None
        self._starting = False
        self._request = 0
        self._race: RaceChanged | None = None
        self.selection = HeadSelection()
        self.setup, self.curves = RaceSetup(self), RaceCurves()
        self.cards: list[LaneCard] = []
        self.notice = Notice(self)
        self.source = SentenceLine("sentence", _SOURCE, self)
        self.heads = HeadChoice(self.selection, self)
        self.said = TextLine("Where the race stands", "body", color="text")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH)
        self._timer.timeout.connect(self.refresh)
        self._make_buttons()
        self._arrange()
        self.setup.changed.connect(self._show_state)
        self.setup.preset.currentIndexChanged.connect(lambda _: self._take_example())
        self.source.edited.connect(lambda _: self._watch())
        self._take_example()
        self._show_state()

    def _make_buttons(self) -> None:
        self.start = QPushButton("Start", self)
        self.start.setProperty("primary", True)
        self.start.setToolTip("Begin the race: every lane writes a run of its own.")
        self.hold = QPushButton("Pause", self)
        self.stop = QPushButton("Stop", self)
        self.stop.setToolTip("Save every lane and end the race; each can be continued as a run.")
        for button in (self.start, self.hold, self.stop):
            button.setAccessibleName(button.text())
        self.start.clicked.connect(self._start)
        self.hold.clicked.connect(self._hold_or_go_on)
        self.stop.clicked.connect(lambda: self.requested.emit(ControlRace("stop")))

    def _arrange(self) -> None:
        self.setup.put_beside(self.start, self.hold, self.stop)
        looked = QHBoxLayout()
        looked.setSpacing(theme.SPACE)
        looked.addWidget(self.source, 1)
        looked.addWidget(self.heads)
        self._lanes = QHBoxLayout()
        self._lanes.setSpacing(2 * theme.SPACE)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, theme.SPACE, 0, 0)
        column.setSpacing(theme.SPACE)
        column.addLayout(looked)
        column.addLayout(self._lanes, 1)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(_framed(self.curves.chart))
        parts.addWidget(below)
        parts.setStretchFactor(0, 1)
        parts.setStretchFactor(1, 2)
        parts.setSizes([27 * theme.SPACE, 54 * theme.SPACE])
        self._empty = EmptyPage()
        self._empty.say("Nothing races yet", _HINT)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(parts)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(2 * theme.SPACE,) * 4)
        box.setSpacing(theme.SPACE)
        box.addWidget(self.setup)
        box.addWidget(self.said)
        box.addWidget(self.notice)
        box.addWidget(self._pages, 1)

    # What a person does

    def _start(self) -> None:
        self.notice.clear()
        self._starting = True
        self._show_state()
        self.requested.emit(self.setup.command(self.folder))

    def _hold_or_go_on(self) -> None:
        self.requested.emit(ControlRace("pause" if self.state == "running" else "resume"))

    def _take_example(self) -> None:
        self.source.set_text(self.setup.config.example)

    def _watch(self) -> None:
        """Ask for the sentence in all lanes."""
        self._request += 1
        for card in self.cards:
            card.dim(True)
        if self.cards:
            self.requested.emit(WatchRace(self.source.text(), request=self._request))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hold the race: nobody looks."""
        if self.state == "running":
            self.requested.emit(ControlRace("pause"))
        super().closeEvent(event)

    # What the worker tells

    def receive(self, events: Sequence[Event]) -> None:
        """Take in what happened since the last frame."""
        traced: dict[int, LaneTraced] = {}
        for event in events:
            match event:
                case RaceChanged():
                    self._change(event)
                case LaneStep():
                    self.curves.step(event)
                    self.cards[event.lane].take_step(event)
                    self._soon()
                case LaneMeasured():
                    self.curves.measured(event)
                    self._soon()
                case LaneTraced() if event.request == self._request:
                    traced[event.lane] = event
                case LaneEnded():
                    self.cards[event.lane].end(event.trouble)
                case Failed() if self._starting:
                    self._starting = False
                    self.notice.say(event.message)
                    self._show_state()
                case _:
                    pass
        for told in traced.values():
            self._show_trace(told)

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _change(self, race: RaceChanged) -> None:
        before, self._race, self.state = self._race, race, race.state
        if before is None or before.lanes != race.lanes:
            self._begin(race)
        self._starting = False
        self.refresh()
        self._show_state()

    def _begin(self, race: RaceChanged) -> None:
        self.curves.begin(race)
        for card in self.cards:
            self._lanes.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.selection = HeadSelection()
        self.heads.attend(self.selection)
        self.cards = [LaneCard(n, lane, self.selection) for n, lane in enumerate(race.lanes)]
        for card in self.cards:
            self._lanes.addWidget(card, 1)
        self._pages.setCurrentIndex(1)
        self._watch()

    def _show_trace(self, told: LaneTraced) -> None:
        card = self.cards[told.lane]
        card.show_trace(told)
        card.dim(False)
        self.heads.offer([site for one in self.cards for site in one.sites])

    def refresh(self) -> None:
        """Draw the newest points and standings."""
        self.curves.catch_up()
        placed = self.curves.places
        for number, card in enumerate(self.cards):
            came = standing(number, self.curves.arrivals, placed)
            card.refresh(came, self.curves.newest(number))
        self._say(placed)

    def _say(self, placed: dict[int, int]) -> None:
        race = self._race
        if race is None:
            self.said.set_text("")
            return
        goal = f"{100 * race.target:g} % of tokens right"
        firsts = [race.lanes[lane].name for lane, place in placed.items() if place == 1]
        if firsts:
            what = "fewest steps" if race.by == "step" else "least work"
            won = f"{' and '.join(firsts)} first reached {goal} ({what})"
        else:
            over = race.state in ("stopped", "finished")
            won = f"no lane {'' if over else 'yet '}at {goal}"
        self.said.set_text(f"{_STATES[race.state]}: {won}.")

    def _show_state(self) -> None:
        live = self.state in ("running", "paused")
        self.start.setEnabled(self.setup.ready and not live and not self._starting)
        self.start.setText("Preparing…" if self._starting else "Start")
        self.hold.setEnabled(live)
        self.hold.setText("Resume" if self.state == "paused" else "Pause")
        self.hold.setToolTip(
            "Go on with all lanes." if self.state == "paused"
            else "Hold all lanes after the step in progress."
        )  # fmt: skip
        self.stop.setEnabled(live)
        self.setup.lock(live or self._starting)


class _Ground(QFrame):
    """A surface with an edge all round."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ground")
        theme.theme().changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        c = theme.colors()
        self.setStyleSheet(
            f"QFrame#ground {{ background: {c.surface}; border: 1px solid {c.line};"
            " border-radius: 6px; }"
        )


def _framed(chart: QWidget) -> QFrame:
    """The chart on the ground that its curves are drawn for."""
    frame = _Ground()
    box = QVBoxLayout(frame)
    box.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
    box.addWidget(chart)
    return frame
