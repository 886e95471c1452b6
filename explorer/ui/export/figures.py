"""A view on its own, made to be drawn into a file, for what is shown and chosen elsewhere."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication

from explorer.messages.commands import Command
from explorer.messages.events import Event
from explorer.messages.shown import Shown
from explorer.ui.attention.grid_figure import GridFigure
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.view import View
from explorer.ui.attention.views import VIEWS
from explorer.ui.widgets.head_selection import HeadSelection

FIGURES: dict[str, type[View]] = {kind.key: kind for kind in (GridFigure, *VIEWS)}
"""Every view that can be drawn, by its key; `all` is the one with every head."""


Answer = Callable[[Command], Sequence[Event]]
"""Who does what a view asks the worker for, where there is no worker."""


def figure(
    key: str, shown: Shown, selection: HeadSelection, style: MapStyle, answer: Answer | None = None
) -> View:
    """A view of this kind; the caller deletes it (`deleteLater`) when it is drawn."""
    made = FIGURES[key](selection)
    if answer is not None:
        made.requested.connect(lambda command: made.receive(answer(command)))
        QApplication.sendEvent(made, QShowEvent())  # A view that is not seen asks for nothing.
    made.restyle(style)
    made.show_attention(shown)
    made.resize(made.paper_size().toSize())
    return made


def needs_worker(key: str) -> bool:
    """Whether a view shows what the worker has to find out first."""
    return FIGURES[key].receive is not View.receive


def copy_of(selection: HeadSelection) -> HeadSelection:
    """The same choice, which does not follow what is chosen later."""
    copy = HeadSelection()
    copy.site, copy.head, copy.pinned = selection.site, selection.head, selection.pinned
    copy.query, copy.key = selection.query, selection.key
    copy.threshold, copy.side = selection.threshold, selection.side
    return copy
