"""The bar of time under all views: the track, playing, and whose weights are looked at."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from explorer.messages.commands import Command
from explorer.messages.events import (
    Event,
    Inspected,
    ModelOpened,
    Moments,
    TrainingChanged,
    TrainStep,
    Travelled,
    TravelPart,
    TravelWritten,
    WentTo,
)
from explorer.messages.happenings import in_words
from explorer.messages.travel import GoTo
from explorer.ui import theme
from explorer.ui.travel import words
from explorer.ui.travel.axis import neighbour
from explorer.ui.travel.bar_layout import BarParts
from explorer.ui.travel.happened import Happened
from explorer.ui.travel.voyage import Voyage
from explorer.ui.widgets.head_selection import HeadSelection

REST, CALM, LIVE = 160, 300, 250
"""Milliseconds after which the worker is asked for all of a step that is looked at; after which a
sentence that came to rest is sent through all steps; between pictures of a run that goes on."""


class TravelBar(QWidget):
    """Where a person is in the run's time; all views follow what it says.

    What is dragged over is shown from the timeline that lies here, without the worker; where it
    rests the worker answers from the weights of that step until the way leads back to now.
    """

    key = "travel"
    requested = Signal(object)
    """A `Command` for the worker."""
    looked = Signal(object, object, int)
    """The kept step that is looked at, None being now, a `Glimpse` of it or None, and openings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.voyage = Voyage()
        self.happened = Happened()
        self.at: int | None = None
        """The kept step that is looked at; None: now."""
        self._selection: HeadSelection | None = None
        self._training = False
        self._wanted: int | None = None
        self._answered: int | None = None
        self.parts = BarParts(self)
        self.track = self.parts.track
        self._rest, self._calm = self._timer(REST, self._settle), self._timer(CALM, self._travel)
        self._live, self._frames = self._timer(LIVE, self._show_all), QTimer(self)
        self._frames.timeout.connect(self._play_on)
        self._connect()
        self._show_all()

    def _timer(self, interval: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(act)
        return timer

    def _connect(self) -> None:
        track, parts = self.track, self.parts
        track.moved.connect(self._moved_by_hand)
        track.let_go.connect(self._settle)
        track.touched.connect(self._travel)
        track.played.connect(self.toggle_playing)
        parts.play.clicked.connect(self.toggle_playing)
        parts.now.clicked.connect(lambda: self.go_to(None))
        parts.log.toggled.connect(track.show_log)
        theme.theme().changed.connect(self._dress)

    def follow(self, selection: HeadSelection) -> None:
        """Draw the curves of the head that is chosen there."""
        self._selection = selection
        selection.follow(self._show_curves)

    # Going

    def go_to(self, step: int | None) -> None:
        """Look at the kept step nearest to this one, or at now, exactly and at once."""
        self.hold()
        self._wanted = None
        if step is not None and not self.voyage.travels:
            return
        self._go(None if step is None else self.voyage.nearest(step))
        self._settle()

    def _moved_by_hand(self, step: int | None) -> None:
        self.hold()
        self._wanted = None
        self._go(step)

    def _go(self, step: int | None) -> None:
        """Show what lies here of a step, and ask for the rest of it when it comes to rest."""
        if step == self.at:
            return
        self.at = step
        self.track.show_step(step)
        self._travel()
        self._tell()
        self._show_where()
        self._rest.start()

    def _tell(self) -> None:
        """Let all views show what lies here of this step."""
        seen = None if self.at is None else self.voyage.glimpse(self.at)
        self.looked.emit(self.at, seen, self.voyage.openings)

    def _settle(self) -> None:
        """Everything about this step, from the worker."""
        self._rest.stop()
        if self.playing or self.track.dragging or self.at == self._answered:
            return
        self._answered = self.at
        self._send(GoTo(self.at))
        if self.at is None and self._training and not self.track.underMouse():
            self._send(self.voyage.ended())  # What nobody looks at costs the run nothing.
            self._show_curves()

    def _travel(self) -> None:
        """Send the sentence on screen through all kept steps, unless it is on its way."""
        self._calm.stop()
        command = self.voyage.wanted()
        if command is not None:
            self._send(command)
            self._show_curves()

    def _send(self, command: Command | None) -> None:
        if command is not None:
            self.requested.emit(command)

    # Playing

    @property
    def playing(self) -> bool:
        """Whether time goes on by itself."""
        return self._frames.isActive()

    def toggle_playing(self) -> None:
        """Play from here, from the start when at the end, or hold."""
        if self.playing:
            self.hold()
            self._settle()
            return
        if not self.voyage.travels:
            return
        if self.at is None or neighbour(self.voyage.kept, self.at, 1) is None:
            self._go(self.voyage.kept[0])
        self._frames.start(round(1000 / self.parts.speed))
        self.parts.show_playing(True)

    def hold(self) -> None:
        """Play no more."""
        if self.playing:
            self._frames.stop()
            self.parts.show_playing(False)

    def _play_on(self) -> None:
        self._frames.setInterval(round(1000 / self.parts.speed))
        step = neighbour(self.voyage.kept, self.at, 1)
        if step is None:
            self.hold()
            self._settle()
        else:
            self._go(step)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: hold."""
        self.hold()
        super().hideEvent(event)

    # What the worker says

    def receive(self, events: Sequence[Event]) -> None:
        """Follow the run, and take in what is found out about its past."""
        changed = marked = False
        for event in events:
            changed, marked = self._take(event) or changed, self.happened.take(event) or marked
        self._send(self.happened.wanted())
        if marked:
            self.track.show_marks(self.happened.marks, [in_words(m) for m in self.happened.marks])
        if changed:
            self._show_all()

    def _take(self, event: Event) -> bool:
        voyage = self.voyage
        match event:
            case ModelOpened(model):
                self._open(model.step)
            case Moments():
                voyage.take_moments(event)
                if self.at is not None and self.at not in voyage.kept:
                    self.go_to(self.at if voyage.travels else None)
            case TravelPart():
                if voyage.take_part(event) and self.at is not None and self._answered != self.at:
                    self._tell()
            case TravelWritten(decodings=found):
                if voyage.take_written(event) and self.at in {one.step for one in found}:
                    self._show_where()
                    if self._answered != self.at:
                        self._tell()
                return False
            case Travelled():
                return voyage.take_end(event)
            case WentTo(step):
                self._arrive(step)
                self._go_where_wanted()
            case Inspected(trace=trace):
                voyage.look(trace)
                if self.at is not None or not self._training:
                    self._calm.start()
                return False
            case TrainStep(step=step):
                voyage.newest = step
                if not self._live.isActive():  # Steps come by the dozen; each moves the axis.
                    self._live.start()
                return False
            case TrainingChanged(state=state, step=step):
                self._training, voyage.newest = state == "running", step
            case _:
                return False
        return True

    def _open(self, step: int) -> None:
        self.hold()
        self.voyage.opened(step)
        self._answered = None
        if self.at is not None:
            self.at = None
            self._tell()

    def _arrive(self, step: int | None) -> None:
        """The worker went to the closest step that is still kept."""
        resting = not self._rest.isActive() and not self.playing and not self.track.dragging
        if resting and step is not None and self.at is not None and step != self.at:
            self.at = self._answered = step
            self._tell()

    # Sessions

    def memory(self) -> dict[str, object]:
        """Where a person is and how the bar is set, to be kept with the session."""
        return {"step": self.at, "log": self.parts.log.isChecked(), "speed": self.parts.pace_key}

    def remember(self, values: Mapping[str, object]) -> None:
        """Set it again; the step is gone to when the worker answers, having told what is kept."""
        self.parts.log.setChecked(values.get("log") is True)
        self.parts.set_speed(str(values.get("speed", "")))
        step = values.get("step")
        self._wanted = step if isinstance(step, int) else None
        if self._wanted is not None:
            self._send(GoTo(None))

    def _go_where_wanted(self) -> None:
        if self._wanted is not None:
            self.go_to(self._wanted)

    # What is shown

    def _show_all(self) -> None:
        voyage = self.voyage
        self.setEnabled(voyage.travels)
        last = max((voyage.newest, *voyage.kept[-1:]))
        self.track.show_kept(voyage.kept if voyage.travels else (), last)
        self.track.show_step(self.at)
        self._show_curves()

    def _dress(self) -> None:
        self.parts.show_playing(self.playing)
        self._show_curves()

    def _show_curves(self) -> None:
        courses = self.voyage.drawn(self._selection)
        self.track.colors = words.colors(courses, self._head)
        self.track.show_courses(courses)
        self._show_where()

    @property
    def _head(self) -> int:
        return 0 if self._selection is None else self._selection.head

    def _show_where(self) -> None:
        voyage, track = self.voyage, self.track
        self.parts.show_where(self.at, voyage.newest, voyage.wrote(self.at))
        values = words.values(track.courses, track.colors, self.at, self.parts.fits)
        self.parts.show_values(values, words.state(voyage, training=self._training))
