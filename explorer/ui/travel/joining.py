"""Ties the bar of time to the panels that can follow it."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from explorer.ui.travel.bar import TravelBar
from explorer.ui.travel.glimpse import Glimpse
from explorer.ui.widgets.head_selection import HeadSelection


@runtime_checkable
class LooksBack(Protocol):
    """A panel that follows where a person is in the run's time."""

    def look_back(self, step: int | None, glimpse: Glimpse | None, openings: int) -> None:
        """Show what lies here of a kept step; None is now.

        `openings` is how many models the bar has seen opened (`Presence`).
        """
        ...


@runtime_checkable
class ChoosesHeads(Protocol):
    """A panel in which heads are chosen."""

    selection: HeadSelection


@runtime_checkable
class FollowsHeads(Protocol):
    """A panel that shows the chosen head."""

    def follow(self, selection: HeadSelection) -> None:
        """Show this one's head from now on."""
        ...


@runtime_checkable
class AsksForSentences(Protocol):
    """A panel in which sentences are clicked to be shown everywhere."""

    asked: SignalInstance


@runtime_checkable
class ReadsPairs(Protocol):
    """A panel with lines for a source and a target."""

    def set_pair(self, source: str, target: str) -> None:
        """Put both in and ask for them."""
        ...


@runtime_checkable
class LeadsBack(Protocol):
    """A panel in which a step is clicked to be looked at."""

    went: SignalInstance


def join(bar: TravelBar, panels: Sequence[QWidget]) -> None:
    """Let every panel that can follow the bar, and the bar the chosen head."""
    _join_sentences(panels)
    for panel in panels:
        if isinstance(panel, LooksBack):
            bar.looked.connect(panel.look_back)
        if isinstance(panel, LeadsBack):
            panel.went.connect(bar.go_to)
        if isinstance(panel, ChoosesHeads):
            bar.follow(panel.selection)


def _join_sentences(panels: Sequence[QWidget]) -> None:
    for asker in panels:
        for other in panels:
            if isinstance(asker, AsksForSentences) and isinstance(other, ReadsPairs):
                asker.asked.connect(other.set_pair)
            if isinstance(asker, ChoosesHeads) and isinstance(other, FollowsHeads):
                other.follow(asker.selection)
