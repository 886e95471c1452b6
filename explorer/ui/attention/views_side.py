"""The large side of the attention panel: one of the views, and which head it shows."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from explorer.messages.events import Event
from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention.comparing import Comparing
from explorer.ui.attention.options import Options
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.view import View
from explorer.ui.attention.view_switch import ViewSwitch
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_dot import HeadDot
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.key_groups import sharing
from explorer.ui.widgets.segments import Segment
from explorer.ui.widgets.text_line import TextLine

_PIN = (
    "Pin this head: lines, text and “Side by side” then show all pinned heads together. "
    "Ctrl+click on a small map, or P, does the same."
)
_LEAST = (240, 150)


class ViewsSide(QWidget):
    """Only the view that is seen is told of traces; the others when their turn comes."""

    pointed = Signal(str)
    requested = Signal(object)
    """A `Command` of a view."""
    turned = Signal()
    """Another view is seen."""

    def __init__(
        self, selection: HeadSelection, kinds: Sequence[type[View]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.selection = selection
        self.views: dict[str, View] = {kind.key: kind(selection) for kind in kinds}
        self.name = TextLine("Head that is shown large", "body", color="text", bold=True)
        self.pin = QToolButton()
        self.options = Options()
        self.comparing = Comparing()
        self.switch = ViewSwitch([
            Segment(view.key, view.title, view.help) for view in self.views.values()
        ])  # fmt: skip
        self._dot = HeadDot()
        self._stack = QStackedWidget()
        self._stack.setMinimumSize(*_LEAST)  # Whatever the widest view would like.
        self._shown: Shown | None = None
        self._style = MapStyle()
        self._fresh: set[str] = set()
        self._waits = False
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.pin.setText("Pin")
        self.pin.setCheckable(True)
        self.pin.setFont(theme.font("small"))
        self.pin.setAccessibleName("Pin the chosen head")
        self.pin.setToolTip(_PIN)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE)
        head.addWidget(self._dot)
        head.addWidget(self.name, 1)
        for part in (self.pin, self.comparing, self.options):
            head.addWidget(part)
        for view in self.views.values():
            self._stack.addWidget(view)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE // 2)
        box.addWidget(self.switch)
        box.addLayout(head)
        box.addWidget(self._stack, 1)
        self.switch.setVisible(len(self.views) > 1)

    def _connect(self) -> None:
        self.selection.follow(self.say_head)
        self.switch.chosen.connect(self._turn_to)
        self.comparing.requested.connect(self.requested)
        self.pin.clicked.connect(self._pin)
        for view in self.views.values():
            view.pointed.connect(self.pointed)
            view.requested.connect(self.requested)

    @property
    def seen(self) -> View:
        """The view that is seen."""
        found = self._stack.currentWidget()
        assert isinstance(found, View)
        return found

    def turn_to(self, key: str) -> None:
        """See another view, by its key; one that is not there changes nothing."""
        if key in self.views:
            self.switch.choose(key)
            self._turn_to(key)

    def _turn_to(self, key: object) -> None:
        self._stack.setCurrentWidget(self.views[str(key)])
        self._bring_up_to_date()
        self.pointed.emit("")
        self.turned.emit()

    def show_attention(self, shown: Shown | None, *, passing: bool = False) -> None:
        """Show another trace, or read it otherwise.

        One that is only passing has no queries and keys: a view that needs them steps back.
        """
        self._shown = shown
        self._fresh.clear()
        if passing and self.seen.needs_heads:
            self.seen.set_dimmed(True)
            self._waits = True
            return
        if self._waits:
            self._waits = False
            self.seen.set_dimmed(False)
        self._bring_up_to_date()
        self.say_head()

    def receive(self, events: Sequence[Event]) -> None:
        """Tell every view what happened."""
        self.comparing.receive(events)
        for view in self.views.values():
            view.receive(events)

    def restyle(self, style: MapStyle) -> None:
        """Colour weights otherwise."""
        self._style = style
        self._fresh.clear()
        self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        view = self.seen
        if view.key not in self._fresh:
            self._fresh.add(view.key)
            view.restyle(self._style)
            view.show_attention(self._shown)

    def _pin(self) -> None:
        if self.selection.site is not None:
            self.selection.pin(self.selection.site, self.selection.head)

    def say_head(self) -> None:
        """Name the head."""
        site, head = self.selection.site, self.selection.head
        there = self._shown is not None and site in self._shown.trace.weights
        self.pin.setEnabled(there)
        if site is None or not there:
            return
        shared = sharing(self._shown.trace, site, head) if self._shown is not None else ""
        name = words.head_name(site, head)
        self.name.set_text(
            f"{name}, {shared}" if shared else name, brief=words.brief_head_name(site, head),
            briefest=words.briefest_head_name(site, head),
        )  # fmt: skip
        self.pin.setChecked((site, head) in self.selection.pinned)
        self._dot.show_head(head)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: the picture is not of the sentence that stands in the line."""
        for view in self.views.values():
            view.set_dimmed(dimmed)
