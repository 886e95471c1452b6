"""The signal below the line that describes it, and beside it what it is and what the tint means."""

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.messages.results import Floats, Token, Trace
from explorer.ui import theme
from explorer.ui.widgets.attention_words import label, number, quoted
from explorer.ui.widgets.signal_view import SignalView
from explorer.ui.widgets.text_line import TextLine

_HINT = "Point at a part to see its column in the map, or at a row of the map to see its parts."


class SignalStrip(QWidget):
    """Hidden where the source is text."""

    pointed = Signal(int)
    """The source token whose part is under the pointer, -1 for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = SignalView()
        self.what = TextLine("What kind of signal it is", color="text")
        self.tint = TextLine("What the tint shows")
        self.picture.pointed.connect(self.pointed)
        self._tokens: tuple[Token, ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.SPACE)
        said = QVBoxLayout()
        said.setSpacing(theme.SPACE // 2)
        said.addWidget(self.what)
        said.addWidget(self.tint)
        said.addStretch(1)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(said, 1)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the words beside a long sound."""
        super().resizeEvent(event)
        self.picture.setMaximumWidth(round(0.6 * self.contentsRect().width()))

    def show_trace(self, trace: Trace) -> None:
        """Show the signal of a trace, or nothing."""
        signal = trace.signal
        self.setVisible(signal is not None)
        if signal is None:
            return
        self._tokens = trace.source
        self.picture.show_signal(signal, tuple(label(token) for token in trace.source))
        rows, columns = signal.values.shape[:2]
        parts = int((signal.boxes[:, 2:].min(axis=1) > 0).sum()) if len(signal.boxes) else 0
        if signal.kind == "picture":
            self.what.set_text(f"{columns} × {rows} pixels in {parts} patches; a patch is a token")
        else:
            self.what.set_text(f"{parts} moments of {rows} pitches; a moment is a token")
        if not self.tint.text():
            self.tint.set_text(_HINT)

    def show_row(self, query: Token | None, weights: Floats | None, key: int = -1) -> None:
        """Tint by what one query pays to the source, and frame the part that it is read for."""
        self.picture.set_pointed(key)
        self.picture.show_weights(weights)
        if query is None or weights is None:
            self.tint.set_text(_HINT)
            return
        largest = number(float(np.nanmax(weights, initial=0.0)))
        self.tint.set_text(f"Tint: attention of {quoted(query)}, from 0 to {largest}, its largest")
