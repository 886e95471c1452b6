"""Two columns of tokens joined by lines: who looks at whom, for several heads at once."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from explorer.messages.results import SiteKind, Token
from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention import legend, line_finding, line_layout, line_paint, parts
from explorer.ui.attention.line_finding import Focus, Lines
from explorer.ui.attention.line_labels import Labels
from explorer.ui.attention.line_layout import EDGE, LineLayout
from explorer.ui.attention.line_picture import LinePicture
from explorer.ui.attention.page_view import PageView, page_font, typeface
from explorer.ui.attention.threshold import Threshold
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import Head, HeadSelection, Side
from explorer.ui.widgets.text_line import TextLine

_ON_PAPER = 20_000
_EMPTY = "Type a sentence to see its attention as lines."
_FAR = 1_000_000
_STEPS = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10,
    Qt.Key.Key_Home: -_FAR, Qt.Key.Key_End: _FAR,
}  # fmt: skip


class LinesView(PageView):
    """Queries at the left, keys at the right, a line for each weight above the threshold."""

    key = "lines"
    title = "Lines"
    help = (
        "Each line leads from a token that looks (left) to one that is looked at (right); the "
        "stronger, the larger the weight. Each head has its colour; pin heads to see several."
    )

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(selection, parent)
        self.threshold = Threshold()
        self.words = TextLine("How many lines are drawn")
        self.tools.addWidget(self.threshold)
        self.tools.addWidget(self.words, 1)
        self.threshold.show_value(selection.threshold)
        self.threshold.changed.connect(selection.limit)
        self.heads: tuple[Head, ...] = ()
        self.lines: Lines | None = None
        self.picture = LinePicture()
        self._found = 0
        self.hovered: Focus | None = None
        self._others = 0
        self._sides = Labels(), Labels()
        self._labelled: tuple[object, object] | None = None
        self._wide = (0.0, 0.0)

    @property
    def kind(self) -> SiteKind | None:
        """Which attention is shown; None: none."""
        return self.heads[0][0].kind if self.heads else None

    @property
    def kept(self) -> Focus | None:
        """The token that was picked, whose lines alone are shown when none is pointed at."""
        query, key = self.selection.query, self.selection.key
        if query is not None and query < len(self._sides[0]):
            return Focus("query", query)
        if key is not None and key < len(self._sides[1]):
            return Focus("key", key)
        return None

    @property
    def focus_(self) -> Focus | None:
        """The token under the pointer, else the one that was picked."""
        return self.hovered or self.kept

    def _marks(self, focus: Focus | None) -> tuple[int | None, int | None] | None:
        """The labels to frame; None: there is no focus."""
        if focus is None:
            return None
        if focus == self.kept:
            return self.selection.query, self.selection.key
        return (focus.index, None) if focus.side == "query" else (None, focus.index)

    def follow_selection(self) -> None:
        """Other heads, tokens or another threshold were chosen."""
        self.threshold.show_value(self.selection.threshold)
        super().follow_selection()

    def show_attention(self, shown: Shown | None) -> None:
        """Show another trace; what was pointed at is forgotten."""
        self.hovered = None
        super().show_attention(shown)

    def _take_heads(self) -> None:
        """Follow the selection, and make the labels of its tokens."""
        self.heads, self._others = parts.heads_here(self.selection, self.shown)
        if self.shown is None or self.kind is None:
            self._sides, self._labelled = (Labels(), Labels()), None
            return
        tokens = self.shown.axes(self.kind)
        face = typeface()
        known = self._labelled
        if known is not None and known[0] is tokens and known[1] == face:
            return
        self._labelled = tokens, face
        queries, keys = (axis.tokens for axis in tokens)
        self._sides = Labels(queries, self.kind), Labels(keys)
        metrics = QFontMetrics(page_font())
        self._wide = self._sides[0].widest(metrics), self._sides[1].widest(metrics)

    def _entries(self) -> list[legend.Entry]:
        inks = self._inks
        if inks.signed:
            names = ", ".join(words.brief_head_name(*head) for head in self.heads)
            ink = QColor(theme.colors().muted)
            return [*legend.differences(), legend.Entry(names, ink)]
        return [
            legend.Entry(words.brief_head_name(*head), inks.color(i, negative=False), inks.dash(i))
            for i, head in enumerate(self.heads)
        ]

    @property
    def _inks(self) -> line_paint.Inks:
        return line_paint.Inks(self.heads, self.shown is not None and self.shown.signed)

    # The page

    def _top(self, width: float) -> float:
        return EDGE + legend.height(self._entries(), width - 2 * EDGE) + line_paint.TITLE

    def page_height(self, width: float) -> float:
        """All rows of the longer column."""
        self._take_heads()
        queries, keys = (len(side) for side in self._sides)
        return line_layout.height(queries, keys, self._top(width))

    def layout_(self, size: QSizeF, share: float) -> LineLayout:
        """Where everything stands on a page of a size."""
        queries, keys = (len(side) for side in self._sides)
        return line_layout.arrange(
            queries, keys, self._wide, (size.width(), size.height()), self._top(size.width()), share
        )

    def on_screen(self) -> LineLayout:
        """Where everything stands on the canvas now."""
        bar, room = self.canvas.verticalScrollBar(), self.canvas.viewport()
        share = bar.value() / bar.maximum() if bar.maximum() else 0.5
        high = max(self.page_height(room.width()), room.height())
        return self.layout_(QSizeF(room.width(), high), share)

    def settle(self) -> None:
        """Find the lines of what is in sight, and say how many there are."""
        self.lines = None
        self._found += 1
        if self.shown is None or not self.heads:
            self.words.set_text("")
            return
        layout = self.on_screen()
        rows, columns = layout.sight(*self.seen())
        self.lines = line_finding.find(
            self.shown, self.heads, self.selection.threshold, rows, columns, self.focus_
        )
        whole = (rows, columns) == (slice(0, layout.queries), slice(0, layout.keys))
        brief = f"{100 * self.lines.hidden:.0f}% hidden"
        self.words.set_text(self._said(in_sight=not whole and self.focus_ is None), brief=brief)
        self._describe()

    def _said(self, *, in_sight: bool) -> str:
        assert self.lines is not None and self.shown is not None
        said = line_finding.said(self.lines, in_sight=in_sight, signed=self.shown.signed)
        if self._others:
            said += f"; {self._others} pinned heads of other attentions are not shown here"
        return said

    def _describe(self) -> None:
        kept = self.kept
        who = f", {words.quoted(self._token(kept))}" if kept is not None else ""
        self.canvas.setAccessibleDescription(f"{self.subject()}{who}. {self.words.text()}")

    def paint_page(
        self, painter: QPainter, size: QSizeF, top: float, bottom: float, *, screen: bool
    ) -> None:
        """Draw legend, lines and labels."""
        if self.shown is None or not self.heads:
            self.say_nothing(painter, size, _EMPTY)
            return
        layout = self.on_screen() if screen else self.layout_(size, 0.5)
        rows, columns = layout.sight(top, bottom)
        focus, lines = (self.focus_, self.lines) if screen else (self.kept, None)
        if lines is None:
            lines = line_finding.find(
                self.shown, self.heads, self.selection.threshold, rows, columns, focus, _ON_PAPER
            )
        self._paint_lines(
            painter, layout, lines, QRectF(0, top, size.width(), bottom - top), screen
        )
        painter.setFont(page_font())
        if not len(lines.weight_N):
            line_paint.say_empty(painter, layout, self.selection.threshold)
        line_paint.paint_labels(
            painter, layout, self._sides, (rows, columns), lines, self._marks(focus), size.width()
        )
        if focus is not None:
            painter.setFont(page_font("small", bold=True))
            line_paint.paint_numbers(painter, layout, lines, focus, self._inks)
        wide = size.width() - 2 * EDGE
        legend.paint(painter, self._entries(), EDGE, EDGE / 2, wide)
        line_paint.paint_titles(painter, layout, self.heads[0][0].kind, size.width())

    def _paint_lines(
        self, painter: QPainter, layout: LineLayout, lines: Lines, sight: QRectF, screen: bool
    ) -> None:
        """On the screen in slices: what is not drawn yet comes with the next turns."""
        assert self.shown is not None
        peak_N = line_finding.peaks(self.shown, self.heads, lines, self.style_.range)
        strength_N = line_paint.strengths(lines, peak_N, self.style_.scale)
        inks, dark = self._inks, theme.colors().dark
        if not screen:
            line_paint.paint_lines(painter, layout, lines, strength_N, inks)
            return
        self.picture.paint(
            painter, sight, (self._found, layout, self.style_, dark), len(lines.weight_N),
            lambda onto, part: line_paint.paint_lines(onto, layout, lines, strength_N, inks, part),
        )  # fmt: skip
        if not self.picture.is_whole:
            QTimer.singleShot(0, self.canvas.viewport(), self.canvas.viewport().update)

    # Pointing

    def _token(self, focus: Focus) -> Token:
        assert self.shown is not None and self.kind is not None
        axis = self.shown.queries if focus.side == "query" else self.shown.keys
        return axis(self.kind)[focus.index]

    def point_at(self, point: QPointF | None) -> None:
        """Show the lines of the token under the pointer alone."""
        at = None
        if point is not None and self.heads:
            at = self.on_screen().at(point.x(), point.y())
        if at != self.hovered:
            self.hovered = at
            self.refresh()
            self.pointed.emit(self._reading())

    def _reading(self) -> str:
        focus, lines = self.hovered, self.lines
        if focus is None or lines is None or self.shown is None or self.kind is None:
            return ""
        return line_finding.reading(self.shown, self.kind, focus, lines)

    def press_at(self, point: QPointF) -> None:
        """Keep the token under the pointer; a second click, or one beside, lets go."""
        at = self.on_screen().at(point.x(), point.y()) if self.heads else None
        self._pick(None if at == self.kept else at)

    def _pick(self, focus: Focus | None) -> None:
        query = focus.index if focus is not None and focus.side == "query" else None
        key = focus.index if focus is not None and focus.side == "key" else None
        self.selection.pick(query, key)

    def press_key(self, key: Qt.Key) -> bool:
        """Arrow keys go from token to token and from side to side; Escape lets go."""
        if not self.heads:
            return False
        if key is Qt.Key.Key_Escape and self.kept is not None:
            self._pick(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focus_ is not None:
            self._pick(self.focus_)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk("query" if key is Qt.Key.Key_Left else "key", 0)
        elif key in _STEPS:
            kept = self.kept
            self._walk(kept.side if kept is not None else "query", _STEPS[key])
        else:
            return False
        return True

    def _walk(self, side: Side, step: int) -> None:
        kept = self.kept
        count = len(self._sides[0 if side == "query" else 1])
        start = kept.index if kept is not None else -1 if step == 1 else 0
        self.hovered = None
        self._pick(Focus(side, min(max(start + step, 0), count - 1)))
        self._reveal_kept()

    def _reveal_kept(self) -> None:
        kept, layout = self.kept, self.on_screen()
        if kept is not None:
            y = layout.query_y(kept.index) if kept.side == "query" else layout.key_y(kept.index)
            self.reveal(y - 2 * layout.pitch, y + 2 * layout.pitch)

    def help_at(self, point: QPointF) -> str:
        """What a token is to the model."""
        at = self.on_screen().at(point.x(), point.y()) if self.heads else None
        return self.help if at is None else words.token_help(self._token(at))
