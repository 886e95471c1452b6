"""Back and forth among decisions: first, back, play, forward, last."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from explorer.ui import theme
from explorer.ui.icons import icon
from explorer.ui.widgets.decision_cursor import DecisionCursor

SPEEDS = ("0.5", "1", "2", "5", "10", "30")
"""Decisions a second."""
USUAL = "2"
KEYS = (Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End)
COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
"""Keys that, held down, make a command of a letter."""
_TIPS = {
    "first": "<b>First decision</b> (Home)",
    "back": "<b>Back</b> (Left)<br>To the decision before.",
    "forward": "<b>Forward</b> (Right)<br>To the next decision.",
    "last": "<b>Last decision</b> (End)<br>Stays on the last one when the answer changes.",
    "play": "<b>Play</b> (Space)<br>Watch the model write, decision by decision.",
    "pause": "<b>Hold</b> (Space)",
}
_NAMES = {"first": "First decision", "back": "Back", "forward": "Forward", "last": "Last decision"}


class _Button(QToolButton):
    """A button that leaves the keys of the transport to the panel."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in KEYS:
            event.ignore()
        else:
            super().keyPressEvent(event)


class Transport(QWidget):
    """Five buttons that say where to go; while playing it goes on by itself to the end."""

    moved = Signal(int)
    """The decision to go to."""
    sped = Signal(str)
    """How many decisions a second a person chose."""

    def __init__(self, cursor: DecisionCursor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cursor = cursor
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play_on)
        self.pace = self._make_pace()
        self.set_speed(USUAL)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 4)
        self.buttons = {name: self._button(name) for name in _ORDER}
        for button in self.buttons.values():
            row.addWidget(button)
        row.addWidget(self.pace)
        self._dress()
        self.show_place()
        theme.theme().changed.connect(self._dress)

    def _button(self, name: str) -> _Button:
        button = _Button(self)
        button.setFixedSize(QSize(30, 26))
        button.setStyleSheet("padding: 0px;")
        button.clicked.connect(lambda: self.act(name))
        button.setToolTip(_TIPS[name])
        button.setAccessibleName(_NAMES.get(name, "Play"))
        return button

    def _make_pace(self) -> QComboBox:
        pace = QComboBox()
        pace.setFont(theme.font("small"))
        pace.setAccessibleName("Speed of playing")
        pace.setToolTip("<b>Speed</b><br>How many decisions a second are shown while playing.")
        for speed in SPEEDS:
            pace.addItem(f"{speed}/s", speed)
        pace.activated.connect(lambda index: self._choose_speed(SPEEDS[index]))
        return pace

    @property
    def speed(self) -> str:
        """Decisions a second while playing."""
        return str(self.pace.currentData())

    def set_speed(self, speed: str) -> None:
        """Play at one of the speeds; another changes nothing."""
        if speed in SPEEDS:
            self.pace.setCurrentIndex(SPEEDS.index(speed))
            self.set_pace(round(1000 / float(speed)))

    def _choose_speed(self, speed: str) -> None:
        self.set_speed(speed)
        self.sped.emit(speed)

    def set_pace(self, milliseconds: int) -> None:
        """How long each decision is shown while playing."""
        self._timer.setInterval(milliseconds)

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    def act(self, name: str) -> None:
        """Do what the button of this name does."""
        if name == "play":
            self.toggle_playing()
            return
        self.stop()
        here, last = self._cursor.index, self._cursor.count - 1
        self.moved.emit({"first": 0, "back": here - 1, "forward": here + 1, "last": last}[name])

    def toggle_playing(self) -> None:
        """Play from here, or from the start when at the end; or hold."""
        if self.playing:
            self.stop()
            return
        if self._cursor.count < 2:
            return
        if not self._cursor.can_go_on:
            self.moved.emit(0)
        self._timer.start()
        self._dress()

    def stop(self) -> None:
        """Hold."""
        if self.playing:
            self._timer.stop()
            self._dress()

    def _play_on(self) -> None:
        if self._cursor.can_go_on:
            self.moved.emit(self._cursor.index + 1)
        if not self._cursor.can_go_on:
            self.stop()

    def show_place(self) -> None:
        """Enable what can be done from here."""
        self._enable(("first", "back"), self._cursor.can_go_back)
        self._enable(("forward", "last"), self._cursor.can_go_on)
        self._enable(("play",), self._cursor.count > 1)

    def _enable(self, names: tuple[str, ...], can: bool) -> None:
        for name in names:
            if self.buttons[name].isEnabled() != can:
                self.buttons[name].setEnabled(can)

    def _dress(self) -> None:
        c = theme.colors()
        for name, button in self.buttons.items():
            shown = name if name != "play" else "pause" if self.playing else "train"
            button.setIcon(icon(shown, c.text, c.faint))
        play = self.buttons["play"]
        play.setToolTip(_TIPS["pause" if self.playing else "play"])
        play.setAccessibleName("Hold" if self.playing else "Play")


_ORDER = ("first", "back", "play", "forward", "last")
