"""One lane of a race: its standing, what its model writes, and the chosen head's map."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.messages.race import Lane, LaneStep, LaneTraced
from explorer.messages.results import Site, Trace
from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention.map_view import MapView
from explorer.ui.race.race_curves import lane_color
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.empty_page import EmptyPage
from explorer.ui.widgets.figures import count, duration, short
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.painting import paint_safely
from explorer.ui.widgets.text_line import TextLine


class _Dot(QWidget):
    """The lane's colour."""

    def __init__(self, lane: int) -> None:
        super().__init__()
        self._lane = lane
        self.setFixedSize(12, 12)
        theme.theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dot."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(lane_color(self._lane)))
        painter.drawEllipse(QRectF(1, 1, 10, 10))


class LaneCard(QWidget):
    """Follows the selection that all lanes share: the same head where its model has it.

    Where it has not, the nearest that it has is shown, and its title says so.
    """

    def __init__(self, number: int, lane: Lane, shared: HeadSelection) -> None:
        super().__init__()
        self._shared, self._own = shared, HeadSelection()
        self._trace: Trace | None = None
        self._step: LaneStep | None = None
        self._arrived = self._trouble = ""
        self._figures: tuple[float | None, float | None] = (None, None)
        self._parameters, self.lane = lane.parameters, lane
        self._dot = _Dot(number)
        self.name = TextLine("Lane", "body", color="text", bold=True)
        self.name.set_text(lane.name)
        self.place = TextLine("Place", "body", color="good", bold=True, right=True)
        self.facts = TextLine("How far")
        self.output = TextLine("What the model writes", "body", color="text")
        self.title = TextLine("What this map shows")
        self.map = MapView(self._own)
        self.map.setMinimumSize(200, 180)
        self._empty = EmptyPage()
        self._empty.say("", "Type a sentence above: every lane is looked at with it.")
        self._arrange()
        shared.follow(self._follow)
        self._own.follow(self._tell)
        self.setAccessibleName(f"Lane {lane.name}")
        self._say()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE // 2)
        head.addWidget(self._dot)
        head.addWidget(self.name, 1)
        head.addWidget(self.place, 1)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.map)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addLayout(head)
        for line in (self.facts, self.output, self.title):
            box.addWidget(line)
        box.addLayout(self._stack, 1)

    # What came

    def take_step(self, step: LaneStep) -> None:
        """The newest step; drawn with `refresh`."""
        self._step = step

    def refresh(self, arrived: str, figures: tuple[float | None, float | None]) -> None:
        """Say how far it is, and how it came in."""
        self._arrived, self._figures = arrived, figures
        self._say()

    def end(self, trouble: str) -> None:
        """It cannot go on, for this reason."""
        self._trouble = trouble
        self._say()

    def show_trace(self, told: LaneTraced) -> None:
        """Show the sentence as the lane reads it now."""
        self._trace = told.trace
        if told.trace is None:
            self.output.set_text("")
            self._empty.say("", told.refused)
            self._stack.setCurrentWidget(self._empty)
            return
        said = told.written or "(nothing yet)"
        self.output.set_text(f"writes  {said}", "text" if told.written else "faint")
        self.map.show_attention(Shown(told.trace))
        self._stack.setCurrentWidget(self.map)
        self._follow()

    def dim(self, dimmed: bool) -> None:
        """Step back: what is shown is not of the sentence in the line."""
        self.map.set_dimmed(dimmed)

    @property
    def sites(self) -> Sequence[tuple[Site, int]]:
        """The attentions of its model, and how many heads each has."""
        trace = self._trace
        return [] if trace is None else [(s, len(weights)) for s, weights in trace.weights.items()]

    def _say(self) -> None:
        if self._trouble:
            self.place.set_text("gave up", "bad")
            self.facts.set_text(self._trouble)
            return
        self.place.set_text(self._arrived or "on its way", "good" if self._arrived else "muted")
        said = [f"{short(self._parameters)} parameters"]
        if self._step is not None:
            step = self._step
            said.insert(0, f"step {count(step.step)} of {count(step.steps)}")
            said.append(f"{duration(step.seconds)} of work")
        loss, accuracy = self._figures
        if loss is not None:
            said.insert(1, f"loss {loss:.3f}")
        if accuracy is not None:
            said.insert(2, f"accuracy {accuracy:.1f} %")
        self.facts.set_text(" · ".join(said))

    # The head that all lanes show

    def _follow(self) -> None:
        """Show the shared head, or the nearest that there is."""
        shared = self._shared
        if self._trace is None or shared.site is None:
            return
        site, head = nearest(self.sites, shared.site, shared.head)
        there = (site, head) == (shared.site, shared.head)
        name = words.brief_head_name(site, head)
        missing = words.brief_head_name(shared.site, shared.head)
        self.title.set_text(name if there else f"{name}  (there is no {missing})")
        self._own.choose(site, head)
        if site.kind is shared.site.kind:
            self._own.pick(shared.query, shared.key)

    def _tell(self) -> None:
        """Tokens chosen here are chosen in every lane that shows the same kind."""
        own, shared = self._own, self._shared
        chosen = own.query, own.key
        if own.site is None or shared.site is None or own.site.kind is not shared.site.kind:
            return
        if chosen != (None, None) and chosen != (shared.query, shared.key):
            shared.pick(*chosen)


def nearest(sites: Sequence[tuple[Site, int]], site: Site, head: int) -> tuple[Site, int]:
    """The head of a model that is closest to a wished one: its kind first, then its layer."""
    kinds = [s.kind for s, _ in sites]
    kind = site.kind if site.kind in kinds else kinds[-1]
    own = [(s, heads) for s, heads in sites if s.kind is kind]
    found, heads = min(own, key=lambda one: abs(one[0].layer - site.layer))
    return found, min(head, heads - 1)
