"""The sentence itself, coloured by what one of its tokens attends to, or by who attends to it."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from explorer.messages.results import SiteKind, Token
from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention import legend, parts, text_layout, text_paint
from explorer.ui.attention.page_view import PageView, page_font, typeface
from explorer.ui.attention.text_layout import EDGE, Paragraph
from explorer.ui.attention.text_reading import TextReading
from explorer.ui.attention.weight_colors import fills
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import HeadSelection, Side
from explorer.ui.widgets.segments import Segment, Segments
from explorer.ui.widgets.text_line import TextLine

_EMPTY = "Type a sentence to see it coloured by attention."
_LINE = 22.0
_SIDES = (
    Segment("query", "Looks at", "Coloured by what the framed token pays to each: its row."),
    Segment(
        "key", "Is looked at by",
        "Coloured by what each token pays to the framed one: its column. Only rows add up to 1; "
        "a column may add up to more or less.",
    ),
)  # fmt: skip
_ROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}


class TextView(PageView):
    """Tokens flow like words; the framed one is chosen by pointer or arrow keys."""

    key = "text"
    title = "Text"
    help = (
        "The text itself, coloured by what the framed token attends to, or by who attends to it. "
        "Click another token, or go there with the arrow keys."
    )

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(selection, parent)
        self.sides = Segments("What the colours mean", _SIDES)
        self.words = TextLine("Weight under the pointer", color="text")
        self.tools.addWidget(self.sides)
        self.tools.addWidget(self.words, 1)
        self.sides.chosen.connect(self._turn)
        self.hovered: tuple[Side, int] | None = None
        self._reading: TextReading | None = None
        self._pages: dict[float, tuple[Paragraph, ...]] = {}
        self._laid_out: tuple[object, ...] = ()

    # What is shown

    @property
    def side(self) -> Side:
        """On which side the framed token is: the one that looks, or the one looked at."""
        return self.selection.side

    @property
    def reading(self) -> TextReading | None:
        """The framed token and its weights; None: there is nothing."""
        heads, others = parts.heads_here(self.selection, self.shown)
        if self.shown is None or not heads:
            return None
        kind = heads[0][0].kind
        tokens = (self.shown.queries if self.side == "query" else self.shown.keys)(kind)
        chosen = self._chosen(tokens)
        if chosen < 0:
            return None
        found, asked = self._reading, (heads, self.side, chosen, others)
        kept = found is not None and found.shown is self.shown
        if (
            found is None
            or not kept
            or asked != (found.heads, found.side, found.chosen, found.others)
        ):
            self._reading = found = TextReading(self.shown, heads, self.side, chosen, others)
        return found

    def _chosen(self, tokens: tuple[Token, ...]) -> int:
        """The picked token, else the first that is text; −1: there is none."""
        picked = self.selection.query if self.side == "query" else self.selection.key
        if picked is not None and picked < len(tokens):
            return picked
        plain = (place for place, token in enumerate(tokens) if not token.special)
        return next(plain, 0 if tokens else -1)

    def show_attention(self, shown: Shown | None) -> None:
        """Show another trace."""
        self.hovered = self._reading = None
        super().show_attention(shown)

    def follow_selection(self) -> None:
        """Other heads or tokens were chosen; a token picked on one side alone turns the view."""
        picked = self.selection.query is not None, self.selection.key is not None
        if picked[0] != picked[1]:
            self.selection.side = "query" if picked[0] else "key"
        self.sides.choose(self.side)
        super().follow_selection()

    def _turn(self, side: Side) -> None:
        """Look from the other side; of self-attention, at the same token."""
        reading = self.reading
        query, key = self.selection.query, self.selection.key
        place = key if side == "query" else query
        if reading is not None and reading.kind is not SiteKind.CROSS and place is not None:
            self._pick(side, place)
        self.selection.turn(side)

    # The page

    def _entries(self, reading: TextReading) -> list[legend.Entry]:
        return [
            legend.Entry(words.brief_head_name(*head), theme.head_color(head[1]))
            for head in reading.heads
        ]

    def page(self, width: float) -> tuple[Paragraph, ...]:
        """The paragraphs at a width."""
        reading = self.reading
        if reading is None:
            return ()
        texts: list[tuple[Side | None, str, tuple[Token, ...]]] = [
            ("key", "Source: is looked at", reading.tokens("key")),
            ("query", "Target: looks", reading.tokens("query")),
        ]
        if reading.kind is not SiteKind.CROSS:
            texts = [(None, "", reading.tokens("query"))]
        asked = (reading.heads, *(id(tokens) for _, _, tokens in texts), typeface())
        if asked != self._laid_out or len(self._pages) > 8:
            self._pages.clear()
            self._laid_out = asked
        if width not in self._pages:
            legend_height = legend.height(self._entries(reading), width - 2 * EDGE)
            top = EDGE / 2 + legend_height + 2 * _LINE + EDGE
            self._pages[width] = text_layout.paragraphs(texts, width, top)
        return self._pages[width]

    def page_height(self, width: float) -> float:
        """All paragraphs."""
        page = self.page(width)
        return page[-1].bottom + EDGE if page else 0.0

    def on_screen(self) -> tuple[Paragraph, ...]:
        """The paragraphs on the canvas now."""
        return self.page(float(self.canvas.viewport().width()))

    def paint_page(
        self, painter: QPainter, size: QSizeF, top: float, bottom: float, *, screen: bool
    ) -> None:
        """Draw what is said above the text, and the tokens in sight."""
        reading = self.reading
        if reading is None:
            self.say_nothing(painter, size, _EMPTY)
            return
        self._paint_head(painter, reading, size.width())
        for paragraph in self.page(size.width()):
            self._paint_paragraph(painter, reading, paragraph, (top, bottom), screen)

    def _paint_paragraph(
        self, painter: QPainter, reading: TextReading, paragraph: Paragraph,
        sight: tuple[float, float], screen: bool,
    ) -> None:  # fmt: skip
        seen, side = paragraph.between(*sight), paragraph.side
        colors, open_L = None, None
        if side in (None, reading.other_side):
            weights, open_L = reading.weights[seen.start : seen.stop], reading.open
            peak = reading.peak(self.style_.range)
            colors = fills(weights, peak, self.style_, signed=reading.shown.signed)
        chosen = reading.chosen if side in (None, reading.side) else -1
        hovered = self.hovered if screen else None
        over = hovered[1] if hovered is not None and hovered[0] == (side or "query") else -1
        text_paint.paint_paragraph(painter, paragraph, seen, chosen, over, colors, open_L)

    def _paint_head(self, painter: QPainter, reading: TextReading, width: float) -> None:
        entries, room = self._entries(reading), width - 2 * EDGE
        legend.paint(painter, entries, EDGE, EDGE / 2, room)
        box = QRectF(EDGE, EDGE / 2 + legend.height(entries, room), room, _LINE)
        painter.setFont(page_font(bold=True))
        painter.setPen(QColor(theme.colors().text))
        elide = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(reading.headline, elide, int(room))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        box.translate(0, _LINE)
        painter.setFont(page_font("small"))
        painter.setPen(QColor(theme.colors().muted))
        text = painter.fontMetrics().elidedText(
            reading.average, elide, int(room - text_paint.KEY_WIDTH)
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        text_paint.paint_key(
            painter, width - EDGE, box.top() + 2, reading.peak(self.style_.range), self.style_,
            signed=reading.shown.signed,
        )  # fmt: skip

    def settle(self) -> None:
        """Say what is seen."""
        reading = self.reading
        if reading is None:
            self.words.set_text("")
            self.canvas.setAccessibleDescription("")
            return
        pointed = self.pointed_at()
        self.words.set_text(pointed or f"Most: {reading.most}", "text" if pointed else "muted")
        self.canvas.setAccessibleDescription(
            f"{self.subject()}. {reading.average}. {reading.headline} {reading.most}"
        )

    # Pointing

    def _at(self, point: QPointF) -> tuple[Side, int] | None:
        for paragraph in self.on_screen():
            index = paragraph.at(point.x(), point.y())
            if index is not None:
                return paragraph.side or "query", index
        return None

    def point_at(self, point: QPointF | None) -> None:
        """Say the weight of the token under the pointer."""
        at = None if point is None else self._at(point)
        if at != self.hovered:
            self.hovered = at
            self.settle()
            self.canvas.viewport().update()
            self.pointed.emit(self.pointed_at())

    def pointed_at(self) -> str:
        """The weight of the token under the pointer in words; empty: it has none."""
        reading = self.reading
        if self.hovered is None or reading is None:
            return ""
        colored = reading.kind is not SiteKind.CROSS or self.hovered[0] == reading.other_side
        return reading.weight_of(self.hovered[1]) if colored else ""

    def help_at(self, point: QPointF) -> str:
        """What a token is to the model, and its weight."""
        at, reading = self._at(point), self.reading
        if at is None or reading is None:
            return self.help
        lines = words.token_help(reading.tokens(at[0])[at[1]]), self.pointed_at()
        return "\n".join(line for line in lines if line)

    def press_at(self, point: QPointF) -> None:
        """Frame the token under the pointer; in the other text, look from there."""
        at, reading = self._at(point), self.reading
        if at is not None and reading is not None:
            self._pick(at[0] if reading.kind is SiteKind.CROSS else self.side, at[1])

    def _pick(self, side: Side, index: int) -> None:
        self.selection.turn(side)
        if side == "query":
            self.selection.pick(index, None)
        else:
            self.selection.pick(None, index)
        for paragraph in self.on_screen():
            if paragraph.side in (None, side):
                box = paragraph.box(index)
                self.reveal(box.top() - EDGE, box.bottom() + EDGE)

    def press_key(self, key: Qt.Key) -> bool:
        """Arrow keys, Home and End go from token to token; Enter looks from the other side."""
        reading = self.reading
        if reading is None:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.sides.button(reading.other_side).click()
            return True
        mine = next(p for p in self.on_screen() if p.side in (None, reading.side))
        target = _target(mine, reading.chosen, key)
        if target is not None:
            self._pick(reading.side, target)
        return target is not None


def _target(paragraph: Paragraph, index: int, key: Qt.Key) -> int | None:
    """Where a key leads from a token; None: it is not a key that leads anywhere."""
    last = len(paragraph.tokens) - 1
    onwards = Qt.Key.Key_Left if paragraph.from_right else Qt.Key.Key_Right
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        return min(max(index + (1 if key is onwards else -1), 0), last)
    if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        return 0 if key is Qt.Key.Key_Home else last
    return paragraph.beside(index, _ROWS[key]) if key in _ROWS else None
