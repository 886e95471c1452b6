"""The sentences that are watched while a run trains: their maps, and what watching costs."""

from collections.abc import Mapping, Sequence
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from explorer.messages.events import Event, Inspected, ModelOpened
from explorer.messages.results import Trace
from explorer.messages.travel import SentencesWatched, Watch, WatchAt, Watched, WatchState
from explorer.ui import theme
from explorer.ui.panel import Panel
from explorer.ui.travel.glimpse import Glimpse
from explorer.ui.travel.presence import Presence
from explorer.ui.travel.watch_row import WatchRow
from explorer.ui.widgets.figures import count, size
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.text_line import TextLine

_ADD = (
    "Watch the sentence that stands in the lines: while a run trains, its attention at many steps "
    "goes into the run's folder, and its map stays here. Takes 3 % of the training time at most, "
    "and changes nothing that is learned."
)
_EMPTY = "None yet. Type a sentence, then press Watch."


class WatchPanel(Panel):
    """A row a sentence; the worker keeps the list, and says what it costs."""

    key = "watch"
    title = "Watched sentences"
    area = Qt.DockWidgetArea.BottomDockWidgetArea
    shortcut = "Ctrl+6"
    asked = Signal(str, str)
    """A source and a target, or none, to be shown in all views."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add = QToolButton()
        self.cost = TextLine("What watching costs", right=True)
        self.step = TextLine("Which step the maps are of")
        self.empty = TextLine("Watched sentences")
        self.rows: list[WatchRow] = []
        self._selection: HeadSelection | None = None
        self._seen: Watched | None = None
        self._state = WatchState(())
        self._traces: dict[str, Trace] = {}
        self._presence = Presence()
        self._arrange()
        self._show()

    def _arrange(self) -> None:
        self.add.setText("Watch")
        self.add.setFont(theme.font("small"))
        self.add.setAccessibleName("Watch this sentence")
        self.add.setToolTip(_ADD)
        self.add.clicked.connect(self._watch_seen)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE)
        head.addWidget(self.add)
        head.addWidget(self.cost, 1)
        page = QWidget()
        page.setObjectName("scrolled")
        self._list = QVBoxLayout(page)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addWidget(self.empty)
        self._list.addStretch()
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Its rows take the keys.
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        self.empty.set_text(_EMPTY)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.SPACE, theme.SPACE // 2, theme.SPACE, theme.SPACE // 2)
        box.setSpacing(theme.SPACE // 2)
        box.addLayout(head)
        box.addWidget(scroll, 1)
        box.addWidget(self.step)

    def follow(self, selection: HeadSelection) -> None:
        """Show the maps of the head that is chosen there."""
        self._selection = selection
        selection.follow(self._show_maps)

    def look_back(self, step: int | None, glimpse: Glimpse | None, openings: int) -> None:
        """Follow the run's time, at every step of it that the worker keeps up with."""
        holds = self._presence.look(step, openings)
        if holds and step is not None and self.rows and self.isVisible():
            self.requested.emit(WatchAt(step))

    # What the worker says

    def receive(self, events: Sequence[Event]) -> None:
        """Follow the list, its cost, and the sentences as they are."""
        for event in events:
            self._presence.take(event)
            match event:
                case ModelOpened():
                    self._traces.clear()
                case WatchState():
                    self._state = event
                    self._show()
                case SentencesWatched(step=step) if self._presence.at not in (None, step):
                    pass  # Time has been dragged on since.
                case SentencesWatched(step=step, traces=traces):
                    self._traces = {trace.source_text: trace for trace in traces}
                    self.step.set_text(f"as of step {count(step)}")
                    self._show_maps()
                case Inspected(trace=trace):
                    target = "" if trace.own_target else trace.target_text
                    self._seen = Watched(trace.source_text, target)
                    self._offer()
                case _:
                    pass

    def _show(self) -> None:
        """The rows of the list, anew where it is another one."""
        wanted = self._state.sentences
        if tuple(row.watched for row in self.rows) != wanted:
            for row in self.rows:
                self._list.removeWidget(row)
                row.deleteLater()
            self.rows = [self._row(watched) for watched in wanted]
        self.empty.setVisible(not wanted)
        self.step.setVisible(bool(wanted))
        self.cost.set_text(self._cost(), "warning" if self._state.refused else "muted")
        self._offer()
        self._show_maps()

    def _row(self, watched: Watched) -> WatchRow:
        row = WatchRow(watched)
        row.chosen.connect(lambda one: self.asked.emit(one.source, one.target))
        row.removed.connect(self._remove)
        self._list.insertWidget(self._list.count() - 1, row)
        return row

    def _cost(self) -> str:
        state = self._state
        if state.refused:
            return state.refused
        if not state.records:
            return "recorded while a run trains" if state.sentences else ""
        cost = f"{state.share:.1%} of the time · " if state.share else ""
        looks = "look" if state.records == 1 else "looks"
        return f"{cost}{count(state.records)} {looks}, {size(state.bytes)}"

    def _show_maps(self) -> None:
        chosen = self._selection
        head = None if chosen is None or chosen.site is None else (chosen.site, chosen.head)
        for row in self.rows:
            row.show_trace(self._traces.get(row.watched.source), head)

    # What a person does

    def _offer(self) -> None:
        seen = self._seen
        self.add.setEnabled(seen is not None and seen not in self._state.sentences)

    def _watch_seen(self) -> None:
        if self._seen is not None:
            self.requested.emit(Watch((*self._state.sentences, self._seen)))

    def _remove(self, watched: Watched) -> None:
        left = tuple(one for one in self._state.sentences if one != watched)
        self.requested.emit(Watch(left))

    def memory(self) -> dict[str, object]:
        """The list, to be kept with the session."""
        return {"sentences": [[one.source, one.target] for one in self._state.sentences]}

    def remember(self, values: Mapping[str, object]) -> None:
        """Watch them again; what is strange is left out."""
        given = values.get("sentences")
        if not isinstance(given, list):
            return
        pairs = [cast("list[object]", pair) for pair in given if isinstance(pair, list)]
        self.requested.emit(
            Watch(tuple(Watched(str(pair[0]), str(pair[1])) for pair in pairs if len(pair) == 2))
        )
