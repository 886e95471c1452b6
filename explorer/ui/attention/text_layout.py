"""Where the tokens of a text stand: paragraphs of rows that break as words do."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from explorer.messages.results import Token
from explorer.ui.attention.page_view import page_font
from explorer.ui.widgets.chip_layout import ChipLayout, flow
from explorer.ui.widgets.decision_words import chip_text, reads_from_right, starts_word
from explorer.ui.widgets.head_selection import Side

EDGE = 12
TITLE = 24
PARAGRAPH_GAP = 14
_PADDING, _WORD_GAP, _PIECE_GAP, _ROW_GAP = 4, 4, 1, 6
_PIXELS = 16


def text_font() -> QFont:
    """The typeface of the text, somewhat larger than that of the controls."""
    made = QFont(page_font())
    made.setPixelSize(_PIXELS)
    return made


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One text: what it is to the attention (None: both sides), its tokens and their places."""

    side: Side | None
    title: str
    tokens: tuple[Token, ...]
    texts: tuple[str, ...]
    top: float
    layout: ChipLayout
    from_right: bool

    @property
    def text_top(self) -> float:
        """Where the rows begin, below the title."""
        return self.top + (TITLE if self.title else 0)

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.text_top + self.layout.height

    def box(self, index: int) -> QRectF:
        """Where a token stands."""
        place = self.layout.places[index]
        top = self.text_top + place.y
        return QRectF(EDGE + place.x, top, place.width, self.layout.row_height)

    def between(self, top: float, bottom: float) -> range:
        """The tokens of the rows that are seen between two heights."""
        if not self.tokens:
            return range(0)
        start = round(self.text_top)
        return range(*self.layout.between(round(top) - start, max(round(bottom) - start, 1)))

    def at(self, x: float, y: float) -> int | None:
        """The token under a point."""
        return self.layout.at(round(x - EDGE), round(y - self.text_top))

    def beside(self, index: int, rows: int) -> int:
        """The token that many rows further down, nearest to straight below."""
        here = self.layout.places[index]
        row = min(max(here.row + rows, 0), len(self.layout.row_starts) - 1)
        if row == here.row:
            return 0 if rows < 0 else len(self.tokens) - 1
        starts = (*self.layout.row_starts, len(self.tokens))
        middle = here.x + here.width / 2
        return min(
            range(starts[row], starts[row + 1]),
            key=lambda i: abs(self.layout.places[i].x + self.layout.places[i].width / 2 - middle),
        )


def paragraphs(
    parts: Sequence[tuple[Side | None, str, tuple[Token, ...]]], width: float, top: float
) -> tuple[Paragraph, ...]:
    """Texts below each other, each as side, title and tokens."""
    metrics = QFontMetricsF(text_font())
    made: list[Paragraph] = []
    for side, title, tokens in parts:
        texts = tuple(chip_text(token) for token in tokens)
        widths = {
            text: round(metrics.horizontalAdvance(text)) + 2 * _PADDING for text in set(texts)
        }
        gaps = [_WORD_GAP if starts_word(token) else _PIECE_GAP for token in tokens]
        from_right = reads_from_right(tokens)
        places = flow(
            [widths[text] for text in texts], gaps, width=max(20, round(width) - 2 * EDGE),
            row_height=round(metrics.height()) + 6, row_gap=_ROW_GAP, from_right=from_right,
        )  # fmt: skip
        made.append(Paragraph(side, title, tokens, texts, top, places, from_right))
        top = made[-1].bottom + PARAGRAPH_GAP
    return tuple(made)
