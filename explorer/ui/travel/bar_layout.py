"""The parts of the bar of time, and where they stand."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.decoding import Decoding
from explorer.messages.foreign import NO_STEP
from explorer.ui import theme
from explorer.ui.icons import icon
from explorer.ui.travel.track import TimeTrack
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.text_line import TextLine

SPEEDS = ("2", "5", "10", "20", "30")
_USUAL = "5"
_WORDS = 35 * theme.SPACE
_STEP = 13 * theme.SPACE
"""Room for "Step 100,000", whatever was written there."""
_PLAY = "<b>Play</b> (Space)<br>Let training pass before your eyes, kept step by kept step."
_HOLD = "<b>Hold</b> (Space)"
_NOW = "<b>Now</b> (End)<br>Back to the weights as they are now, live while a run trains."
_LOG = (
    "Lay the steps out by the logarithm of one more than their number: the first ones show, where "
    "most happens."
)


class BarParts:
    """Makes the widgets of a bar, and puts them in a row."""

    def __init__(self, bar: QWidget) -> None:
        self.track = TimeTrack()
        self.play = _button("", "Play through training", _PLAY)
        self.play.setFixedSize(QSize(30, 26))
        self.play.setStyleSheet("padding: 0px;")
        self.now = _button("Now", "Back to now", _NOW)
        self.now.setCheckable(True)
        self.log = _button("Log", "Steps by their logarithm", _LOG)
        self.log.setCheckable(True)
        self.pace = _pace()
        self.where = TextLine("Which step is looked at", "body", color="text", bold=True)
        self.wrote = TextLine("What the weights of this step write", color="text")
        self.values = QLabel()
        self._arrange(bar)
        self.show_playing(False)

    def _arrange(self, bar: QWidget) -> None:
        self.values.setFont(theme.font("small"))
        self.values.setAccessibleName("Figures at this step")
        self.values.setTextFormat(Qt.TextFormat.RichText)
        self.values.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        words, said = QWidget(), QVBoxLayout()
        words.setFixedWidth(_WORDS)
        words.setLayout(said)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(0)
        said.addStretch()
        first = QHBoxLayout()
        first.setSpacing(theme.SPACE)
        self.where.setMinimumWidth(_STEP)
        first.addWidget(self.where)
        first.addWidget(self.wrote, 1)
        said.addLayout(first)
        said.addWidget(self.values)
        said.addStretch()
        row = QHBoxLayout(bar)
        half = theme.SPACE // 2
        row.setContentsMargins(theme.SPACE, half, theme.SPACE, half)
        row.setSpacing(theme.SPACE)
        for part in (self.play, self.pace, words):
            row.addWidget(part)
        row.addWidget(self.track, 1)
        for part in (self.now, self.log):
            row.addWidget(part)
        bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def speed(self) -> float:
        """Kept steps a second while playing."""
        return float(self.pace.currentData())

    @property
    def pace_key(self) -> str:
        """The speed as it is kept."""
        return str(self.pace.currentData())

    def set_speed(self, speed: str) -> None:
        """Play at one of the speeds; another changes nothing."""
        if speed in SPEEDS:
            self.pace.setCurrentIndex(SPEEDS.index(speed))

    def show_playing(self, playing: bool) -> None:
        """Let the button show what it would do."""
        c = theme.colors()
        self.play.setIcon(icon("pause" if playing else "train", c.text, c.faint))
        self.play.setToolTip(_HOLD if playing else _PLAY)
        self.play.setAccessibleName("Hold" if playing else "Play through training")

    def show_where(self, step: int | None, newest: int, wrote: Decoding | None) -> None:
        """Name the step, None being now, and what its weights wrote by themselves."""
        known = wrote is not None
        self.wrote.set_text(f"wrote: {wrote.text or '(nothing)'}" if wrote is not None else "")
        self.wrote.setVisible(known)
        self.now.setChecked(step is None)
        if step is None and newest == NO_STEP:
            self.where.set_text("Pre-trained", "text")
        elif step is None:
            self.where.set_text(f"Now, step {count(newest)}", "text")
        else:
            self.where.set_text(f"Step {count(step)}", "accent")

    def fits(self, text: str) -> bool:
        """Whether so much can be read in the line of figures."""
        return self.values.fontMetrics().horizontalAdvance(text) <= _WORDS

    def show_values(self, values: str, state: str) -> None:
        """The figures of this step; where there are none, how far it is."""
        color = theme.colors().muted
        text = f'<span style="color:{color}">{state}</span>' if state and not values else values
        if text != self.values.text():
            self.values.setText(text)
        self.values.setToolTip(state)


def _button(text: str, name: str, help: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setFont(theme.font("small"))
    button.setAccessibleName(name)
    button.setToolTip(help)
    return button


def _pace() -> QComboBox:
    pace = QComboBox()
    pace.setFont(theme.font("small"))
    pace.setAccessibleName("Speed of playing through training")
    pace.setToolTip("<b>Speed</b><br>How many kept steps a second are shown while playing.")
    for speed in SPEEDS:
        pace.addItem(f"{speed}/s", speed)
    pace.setCurrentIndex(SPEEDS.index(_USUAL))
    return pace
