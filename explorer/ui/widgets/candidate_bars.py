"""The tokens that the decoder could have written, with their probabilities."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.messages.results import Candidate
from explorer.ui import theme
from explorer.ui.widgets.attention_words import number, token_help
from explorer.ui.widgets.bar_rows import BarPainter, BarRow
from explorer.ui.widgets.decision_words import chip_text
from explorer.ui.widgets.painting import paint_safely

MOST_ROWS, FEW_ROWS = 12, 5
"""More candidates than this are counted with the others, so that the attention stays in sight."""


class CandidateBars(QWidget):
    """A row for each candidate, falling, and one for all others together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = BarPainter()
        self._candidates: tuple[Candidate, ...] = ()
        self._chosen = -1
        self._rows: list[BarRow] = []
        self._dimmed = False
        self._most = MOST_ROWS
        self._needed = 8
        self._take_room()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Most likely tokens and their probabilities")
        self.setToolTip("The tokens that could have come here, and p of each.")
        theme.theme().changed.connect(self.update)

    def rows(self) -> Sequence[BarRow]:
        """What is drawn, from the top."""
        return tuple(self._rows)

    def show_candidates(self, candidates: Sequence[Candidate], chosen: int) -> None:
        """Show these, falling; `chosen` is the id of the token that was written."""
        if tuple(candidates) == self._candidates and chosen == self._chosen:
            return
        self._candidates, self._chosen = tuple(candidates), chosen
        self._needed = max(self._needed, len(candidates))
        self._take_room()
        self._make_rows()

    def set_most(self, most: int) -> None:
        """Show at most so many candidates; the others are counted together."""
        if most != self._most:
            self._most = most
            self._take_room()
            self._make_rows()

    def set_dimmed(self, dimmed: bool) -> None:
        """Pale, while another sentence was asked for."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self._make_rows()

    def _make_rows(self) -> None:
        shown = self._candidates[: self._most]
        self._rows = [self._row(candidate) for candidate in shown]
        rest = max(0.0, 1.0 - sum(c.probability for c in shown))
        if self._candidates:
            self._rows.append(BarRow("all others", rest, number(rest), "faint", "faint"))
        said = ", ".join(f"{row.label} {row.number}" for row in self._rows)
        self.setAccessibleDescription(said)
        self.update()

    def _row(self, candidate: Candidate) -> BarRow:
        here = candidate.token.id == self._chosen
        quiet = self._dimmed or (candidate.token.special and not here)
        return BarRow(
            chip_text(candidate.token),
            candidate.probability,
            number(candidate.probability),
            "line" if self._dimmed else "accent" if here else "faint",
            "faint" if self._dimmed else "muted" if quiet else "text",
            bold=here and not self._dimmed,
        )

    def _take_room(self) -> None:
        """Room for the most candidates seen so far: it never shrinks, and nothing below jumps."""
        needed = (min(self._needed, self._most) + 1) * self._bars.row_height
        if needed != self.minimumHeight():
            self.setFixedHeight(needed)

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(30 * theme.SPACE, self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        for index, row in enumerate(self._rows):
            top = index * self._bars.row_height
            self._bars.paint(painter, QRect(0, top, self.width(), self._bars.row_height), row)

    def event(self, event: QEvent) -> bool:
        """Explain the row under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.help_at(event.pos().y()), self)
            return True
        return super().event(event)

    def help_at(self, y: int) -> str:
        """What the row at a height is, as rich text; empty where there is none."""
        index = y // self._bars.row_height
        if not 0 <= index < len(self._rows):
            return ""
        if index == len(self._rows) - 1:
            return (
                "<b>All others</b><br>What is left of the probability, over the whole vocabulary."
            )
        found = self._candidates[index]
        return f"{escape(token_help(found.token))}<br>p = {found.probability:.6g}"
