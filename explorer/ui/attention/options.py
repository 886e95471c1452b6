"""How tokens are read and weights are coloured: one button with a menu, the same for all views."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from explorer.messages.shown import AS_IT_IS, Reading
from explorer.ui import colormaps, theme
from explorer.ui.attention.style import MapStyle

_SCALES = (
    ("linear", "Linear", "Twice the weight is twice as far along the colours."),
    ("square root", "Square root", "Small weights get more of the colours."),
    ("log", "Logarithmic", "From 1/10,000 on, each factor takes the same step of colour."),
)
_RANGES = (
    ("fixed", "From 0 to 1", "The same colour is the same weight in every map."),
    ("map", "Up to each map's largest", "Faint maps show their pattern; maps cannot be compared."),
    ("row", "Up to each row's largest", "Every query shows where it looks most."),
)
_POOLINGS = (
    ("maximum", "The largest of them", "Nothing strong is overlooked in a small map."),
    ("mean", "Their mean", "A small map is as dark as its weights are on average."),
)


class Options(QToolButton):
    """A button whose menu holds the choices; it says when something is not as the model made it."""

    read_otherwise = Signal(object)
    """A `Reading`."""
    colored_otherwise = Signal(object)
    """A `MapStyle`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reading, self.style_ = AS_IT_IS, MapStyle()
        self.setText("Display")
        self.setFont(theme.font("small"))
        self.setAccessibleName("Display of attention")
        self.setToolTip("How tokens are read and weights are coloured, in all views")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addSection("Tokens")
        self.words = _switch(
            menu, "Join sub-words to words",
            "A word's weight as a key is the sum over its parts, as a query the mean.",
        )  # fmt: skip
        self.hide_special = _switch(
            menu, "Hide special tokens", "Leave out start, end and other tokens that are no text."
        )
        self.renormalise = _switch(
            menu, "Let rows add up to 1 again",
            "Divide what is left of each row by its sum, when special tokens are hidden.",
        )  # fmt: skip
        menu.addSection("Colour scale")
        self.scales = _choices(menu, _SCALES, self._restyle)
        menu.addSection("Strongest colour")
        self.ranges = _choices(menu, _RANGES, self._restyle)
        menu.addSection("Colours")
        self.colors = _choices(menu, colormaps.NAMES, self._restyle)
        menu.addSection("Where a pixel stands for several weights")
        self.poolings = _choices(menu, _POOLINGS, self._restyle)
        self.setMenu(menu)
        for switch in (self.words, self.hide_special, self.renormalise):
            switch.toggled.connect(self._reread)
        self.renormalise.setEnabled(False)

    def take(self, reading: Reading, style: MapStyle) -> None:
        """Choose from outside, as when a session is opened; both signals are emitted."""
        self.words.setChecked(reading.words)
        self.hide_special.setChecked(reading.hide_special)
        self.renormalise.setChecked(reading.renormalise)
        for group, value in (
            (self.scales, style.scale), (self.ranges, style.range), (self.colors, style.colors),
            (self.poolings, style.pooling),
        ):  # fmt: skip
            for action in group.actions():
                action.setChecked(action.data() == value)
        self._reread()
        self._restyle()

    def _reread(self) -> None:
        hidden = self.hide_special.isChecked()
        self.renormalise.setEnabled(hidden)
        self.reading = Reading(self.words.isChecked(), hidden, self.renormalise.isChecked())
        self._say()
        self.read_otherwise.emit(self.reading)

    def _restyle(self) -> None:
        self.style_ = replace(
            self.style_, scale=_value(self.scales), range=_value(self.ranges),
            colors=_value(self.colors), pooling=_value(self.poolings),
        )  # fmt: skip
        self._say()
        self.colored_otherwise.emit(self.style_)

    def _say(self) -> None:
        """A dot after the word tells that the picture is not the plain one."""
        changed = (self.reading, self.style_) != (AS_IT_IS, MapStyle())
        self.setText("Display •" if changed else "Display")


def _switch(menu: QMenu, text: str, help: str) -> QAction:
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setToolTip(help)
    return action


def _choices(
    menu: QMenu, choices: Sequence[tuple[str, str, str]], told: Callable[[], None]
) -> QActionGroup:
    group = QActionGroup(menu)
    for value, text, help in choices:
        action = _switch(menu, text, help)
        action.setData(value)
        group.addAction(action)
    group.actions()[0].setChecked(True)
    group.triggered.connect(lambda _: told())
    return group


def _value(group: QActionGroup) -> str:
    checked = group.checkedAction()
    return str(checked.data()) if checked is not None else ""
