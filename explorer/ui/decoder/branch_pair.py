"""Two branches compared: both texts with all their attention, and one decision of each in full."""

from html import escape

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from explorer.messages.branches import Branch
from explorer.ui import theme
from explorer.ui.decoder.branch_paint import other_color
from explorer.ui.decoder.pair_map import PairMap
from explorer.ui.decoder.pair_sides import Pair, Side, pair_of
from explorer.ui.decoder.tried_words import score
from explorer.ui.widgets.attention_bars import AttentionBars
from explorer.ui.widgets.attention_choice import AttentionChoice
from explorer.ui.widgets.attention_words import number, quoted, token_help
from explorer.ui.widgets.text_line import TextLine


class BranchPair(QWidget):
    """A is the branch on show, B the other; the part they share stands in grey."""

    chosen = Signal(int)
    """The decision to look at."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pair: Pair | None = None
        self._branches: tuple[Branch, Branch] | None = None
        self._index = 0
        self.said = TextLine("Where the two part", color="text")
        self.end = QToolButton()
        self.names = TextLine("A"), TextLine("B")
        self.choice = AttentionChoice(self)
        self.map, self.bars = PairMap(), AttentionBars()
        self.deciding = TextLine("Which two decisions these are")
        self._arrange()
        self.choice.changed.connect(self._show)
        self.map.chosen.connect(self._choose)
        self.end.clicked.connect(self.closed)
        self.map.explain_with(self._cell_help)
        self.bars.explain_with(self._bar_help)
        self.bars.setToolTip("The weights of both decisions: of A above and first, of B below.")
        theme.theme().changed.connect(self._dress)

    def _arrange(self) -> None:
        half = theme.SPACE // 2
        self.end.setText("End")
        self.end.setFont(theme.font("small"))
        self.end.setAccessibleName("End the comparison")
        self.end.setToolTip("Compare no more; both branches stay in the tree.")
        head, names = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.said, 1)
        head.addWidget(self.end)
        names.setSpacing(2 * theme.SPACE)
        for name in self.names:
            names.addWidget(name, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(half)
        column.addLayout(head)
        column.addWidget(self.choice)
        column.addLayout(names)
        column.addWidget(self.map, 3)
        column.addWidget(self.deciding)
        column.addWidget(self.bars, 2)

    def compare(self, one: Branch, other: Branch, index: int) -> None:
        """Show these two, at a decision."""
        self._branches, self._index = (one, other), index
        self.choice.fit(max(one.steps[0], other.steps[0], key=lambda step: len(step.attention)))
        self._show()

    def _show(self) -> None:
        if self._branches is None:
            return
        one, other = self._branches
        pair = self.pair = pair_of(one, other, self.choice.weights)
        self.said.set_text(_parting(pair))
        for name, mark, branch, color in (
            (self.names[0], "A", one, "accent"), (self.names[1], "B", other, other_color()),
        ):  # fmt: skip
            name.set_text(
                f"{mark} · {branch.number} · log p {score(branch)}", color,
                brief=f"{mark} · {score(branch)}",
            )  # fmt: skip
        self.map.show_pair(pair)
        self.show_index(self._index)

    def show_index(self, index: int) -> None:
        """Look at another decision, of both."""
        self._index = index
        pair, kind = self.pair, self.choice.kind
        if pair is None:
            return
        self.map.show_row(index)
        tokens, mine, its = pair.at(index, kind)
        self.bars.show_pair(tokens, mine, "accent", its, other_color())
        sides = [_decided(side, index) for side in (pair.one, pair.other)]
        self.deciding.set_text(f"Token {index + 1}: A {sides[0]}, B {sides[1]}")

    def _choose(self, row: int) -> None:
        """Look there; where the text on show is shorter, only here."""
        self.show_index(row)
        if self.pair is not None and row < len(self.pair.one.tokens):
            self.chosen.emit(row)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back."""
        self.bars.set_dimmed(dimmed)

    def _dress(self) -> None:
        self._show()

    def _cell_help(self, side: int, row: int, key: int) -> str:
        if self.pair is None:
            return ""
        of = (self.pair.one, self.pair.other)[side]
        token, probability = of.tokens[row], of.branch.steps[row].probability
        said = f"{escape(token_help(token))}<br>p = {number(probability)}"
        keys, weights = of.keys(row, self.choice.kind), of.weights(row)
        if 0 <= key < len(weights):
            paid = f"Deciding {quoted(token)}, it paid {number(float(weights[key]))} to "
            said += f"<br>{escape(paid + quoted(keys[key]))}."
        return said

    def _bar_help(self, index: int) -> str:
        row = self.bars.row(index)
        return f"{escape(row.label)}<br>A paid {row.number}, B paid {row.after_number}."


def _parting(pair: Pair) -> str:
    one, other = pair.one.branch.number, pair.other.branch.number
    if pair.parted >= pair.rows:
        return f"{one} and {other} are the same text"
    if pair.parted == 0:
        return f"{one} and {other} part at once"
    return f"{one} and {other} part at token {pair.parted + 1}"


def _decided(side: Side, row: int) -> str:
    if row >= len(side.tokens):
        return "has ended"
    return f"{quoted(side.tokens[row])} {number(side.branch.steps[row].probability)}"
