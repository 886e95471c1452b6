"""One weight taken apart: query, key, score, softmax and value with their real numbers."""

from PySide6.QtCore import QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLabel, QWidget

from explorer.messages.results import Site, Token
from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention.formula_blocks import Block
from explorer.ui.attention.formula_page import Pair, page
from explorer.ui.attention.formula_steps import Steps, steps, strongest_pair
from explorer.ui.attention.page_view import PageView, typeface
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.elided_combo import ElidedCombo
from explorer.ui.widgets.head_selection import HeadSelection

_EDGE, _WIDEST = 18.0, 860.0
_EMPTY = "Type a sentence to see how its attention is computed."
_UNKNOWN = "This picture does not tell the queries and keys of its heads."
_FAR = 1_000_000
_STEPS = {
    Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Home: (0, -_FAR), Qt.Key.Key_End: (0, _FAR),
}  # fmt: skip


class FormulaView(PageView):
    """The formula of attention with the numbers of one query and one key of the chosen head."""

    key = "formula"
    needs_heads = True
    title = "Query and key"
    help = (
        "How one weight comes about: query and key, their product, the scaling, the mask, the "
        "softmax and the values, with this pair's numbers, each held against the model's weight."
    )

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(selection, parent)
        self.queries = _PairCombo("Query", "The token that looks. Arrow up and down step through.")
        self.keys = _PairCombo("Key", "The token looked at. Arrow left and right step through.")
        for combo, name in ((self.queries, "Query"), (self.keys, "Key")):
            label = QLabel(name)
            label.setFont(theme.font("small"))
            label.setBuddy(combo)
            self.tools.addWidget(label)
            self.tools.addWidget(combo, 1)
        self.queries.chosen.connect(lambda index: self._pick(index, None))
        self.keys.chosen.connect(lambda index: self._pick(None, index))
        self._asked: tuple[object, ...] = ()
        self._steps: Steps | None = None
        self._blocks: tuple[Block, ...] = ()
        self._heights: tuple[tuple[float, object], tuple[float, ...]] = ((0.0, ""), ())

    # What is shown

    @property
    def site(self) -> Site | None:
        """The chosen site where the trace has it."""
        site, shown = self.selection.site, self.shown
        if shown is None or site is None or site not in shown.trace.weights:
            return None
        return site if self.selection.head < shown.trace.weights[site].shape[0] else None

    @property
    def pair(self) -> tuple[int, int] | None:
        """Row and column of what is shown that are taken apart."""
        self._compute()
        return self._pair

    @property
    def cell(self) -> tuple[int, int] | None:
        """The pair that is taken apart."""
        return self.pair

    @property
    def steps(self) -> Steps | None:
        """All numbers of the pair."""
        self._compute()
        return self._steps

    _pair: tuple[int, int] | None = None

    def show_attention(self, shown: Shown | None) -> None:
        """Show another trace."""
        self._asked = ()
        super().show_attention(shown)

    def _compute(self) -> None:
        """Take the chosen pair apart, unless that was done."""
        asked = (self.site, self.selection.head, self.selection.query, self.selection.key)
        if asked == self._asked:
            return
        self._asked, self._steps, self._blocks, self._pair = asked, None, (), None
        self._heights = ((0.0, ""), ())
        shown, site = self.shown, self.site
        if shown is None or site is None:
            return
        head = self.selection.head
        self._pair = strongest_pair(shown, site, head, self.selection.query, self.selection.key)
        if self._pair is None:
            return
        tokens = shown.place(site.kind, *self._pair)
        self._steps = steps(shown.trace, site, head, *tokens)
        if self._steps is not None:
            self._blocks = page(self._steps, self._words_of(shown, self._steps))

    def _words_of(self, shown: Shown, found: Steps) -> Pair:
        kind = found.site.kind
        queries, keys = shown.trace.queries(kind), shown.trace.keys(kind)
        return Pair(queries[found.query], keys[found.key], keys, self._notes(shown, found.site))

    def _notes(self, shown: Shown, site: Site) -> tuple[str, ...]:
        """What is to be known where more is shown than the model has."""
        assert self._pair is not None
        notes: list[str] = []
        axes = shown.axes(site.kind)
        groups = [axis.groups[place] for axis, place in zip(axes, self._pair, strict=True)]
        if any(end - start > 1 for start, end in groups):
            notes.append("Sub-words are joined: these are the numbers of each word's first token.")
        if shown.reading.hide_special:
            notes.append("Special tokens are hidden elsewhere; the formula counts them all.")
        if shown.other is not None:
            notes.append("The numbers of the newer picture, not of the difference.")
        return tuple(notes)

    # The page

    def _wide(self, width: float) -> float:
        return min(width - 2 * _EDGE, _WIDEST)

    def _tops(self, width: float) -> tuple[float, ...]:
        """Where each block begins, and where the last ends."""
        self._compute()
        of = width, typeface()
        if self._heights[0] != of:
            tops, wide = [_EDGE], self._wide(width)
            for block in self._blocks:
                tops.append(tops[-1] + block.height(wide))
            self._heights = (of, tuple(tops))
        return self._heights[1]

    def page_height(self, width: float) -> float:
        """All blocks."""
        return self._tops(width)[-1] + _EDGE

    def paint_page(
        self, painter: QPainter, size: QSizeF, top: float, bottom: float, *, screen: bool
    ) -> None:
        """Draw the blocks in sight."""
        tops = self._tops(size.width())
        if not self._blocks:
            known = self.site is not None and self._pair is not None
            self.say_nothing(painter, size, _UNKNOWN if known else _EMPTY)
            return
        left = max(_EDGE, (size.width() - _WIDEST) / 2)
        for block, start, end in zip(self._blocks, tops, tops[1:], strict=False):
            if start < bottom and end > top:
                painter.save()
                painter.translate(left, start)
                block.paint(painter, self._wide(size.width()))
                painter.restore()

    def settle(self) -> None:
        """Let both lists hold the tokens, and say what is taken apart."""
        self._compute()
        shown, site = self.shown, self.site
        if shown is None or site is None or self._pair is None:
            self.queries.offer((), -1)
            self.keys.offer((), -1)
            self.canvas.setAccessibleDescription("")
            return
        self.queries.offer(shown.queries(site.kind), self._pair[0])
        self.keys.offer(shown.keys(site.kind), self._pair[1])
        said = words.reading(shown.trace, site.kind, *self._places(), self._weight())
        self.canvas.setAccessibleDescription(f"{self.subject()}. {said}")

    def _places(self) -> tuple[int, int]:
        assert self.shown is not None and self._pair is not None and self.site is not None
        return self.shown.place(self.site.kind, *self._pair)

    def _weight(self) -> float:
        return 0.0 if self._steps is None else self._steps.weight

    def subject(self) -> str:
        """The chosen head alone."""
        site = self.site
        return "" if site is None else words.head_name(site, self.selection.head)

    # Choosing

    def _pick(self, query: int | None, key: int | None) -> None:
        if self._pair is not None:
            self.selection.pick(
                self._pair[0] if query is None else query, self._pair[1] if key is None else key
            )

    def press_key(self, key: Qt.Key) -> bool:
        """Up and down choose the query, left and right the key, Enter the strongest pair."""
        pair, site, shown = self.pair, self.site, self.shown
        if pair is None or site is None or shown is None:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.selection.pick(None, None)
        elif key in _STEPS:
            counts = (len(axis.tokens) for axis in shown.axes(site.kind))
            moved = (
                min(max(at + step, 0), count - 1)
                for at, step, count in zip(pair, _STEPS[key], counts, strict=True)
            )
            self.selection.pick(*moved)
        else:
            return False
        return True

    def _block_at(self, point: QPointF) -> tuple[Block, QPointF] | None:
        width = float(self.canvas.viewport().width())
        tops = self._tops(width)
        left = max(_EDGE, (width - _WIDEST) / 2)
        for block, start, end in zip(self._blocks, tops, tops[1:], strict=False):
            if start <= point.y() < end:
                return block, QPointF(point.x() - left, point.y() - start)
        return None

    def point_at(self, point: QPointF | None) -> None:
        """Say the number under the pointer."""
        self.pointed.emit("" if point is None else self._say(point))

    def _say(self, point: QPointF) -> str:
        found = self._block_at(point)
        if found is None:
            return ""
        wide = self._wide(float(self.canvas.viewport().width()))
        return found[0].say(found[1].x(), found[1].y(), wide)

    def help_at(self, point: QPointF) -> str:
        """The number under the pointer."""
        return self._say(point)

    def press_at(self, point: QPointF) -> None:
        """Take the key of the table's row instead."""
        found = self._block_at(point)
        key = found[0].key_at(found[1].y()) if found is not None else None
        if key is not None and self.shown is not None and self.site is not None:
            groups = self.shown.axes(self.site.kind)[1].groups
            at = (place for place, (start, end) in enumerate(groups) if start <= key < end)
            self._pick(None, next(at, None))


class _PairCombo(ElidedCombo):
    """One side of the pair."""

    chosen = Signal(int)

    def __init__(self, name: str, tip: str) -> None:
        super().__init__(name, tip)
        self.setFont(theme.font("small"))
        self._tokens: tuple[Token, ...] = ()
        self.activated.connect(self.chosen)

    def offer(self, tokens: tuple[Token, ...], current: int) -> None:
        """Hold these tokens, with one of them chosen; nothing is emitted."""
        if tokens is not self._tokens:
            self._tokens = tokens
            self.clear()
            self.addItems([f"{place + 1} · {words.label(t)}" for place, t in enumerate(tokens)])
        self.setCurrentIndex(current)
        self.setEnabled(bool(tokens))
