"""One text of a beam search: what became of it, its own attention, and what can be done with it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from explorer.messages.decoding import Decoding, Node
from explorer.ui import theme
from explorer.ui.decoder import beam_words as words
from explorer.ui.widgets.attention_bars import AttentionBars
from explorer.ui.widgets.attention_choice import AttentionChoice
from explorer.ui.widgets.attention_words import number, quoted
from explorer.ui.widgets.note_line import NoteLine
from explorer.ui.widgets.text_line import TextLine


class BeamDetail(QWidget):
    """Tells of the node that is chosen in the tree; its buttons are about that node."""

    only = Signal()
    kept = Signal()
    dropped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Decoding, Node, int] | None = None
        self.text = TextLine("The text up to the chosen token", color="text", bold=True)
        self.fate = NoteLine("What became of this text, and why")
        self.numbers = TextLine("Score of the text, and its last token", color="text")
        self.keep = _button("Keep", "Keep this text", _KEEP)
        self.drop = _button("Drop", "Drop this text", _DROP)
        self.alone = _button("Only this", "Follow this text alone", _ONLY)
        self.choice, self.bars = AttentionChoice(self), AttentionBars()
        self._arrange()
        self.bars.setToolTip("The attention that this text's last decision paid, from 0 to 1.")
        self.bars.explain_with(self._bar_help)
        self.keep.clicked.connect(self.kept)
        self.drop.clicked.connect(self.dropped)
        self.alone.clicked.connect(self.only)
        self.choice.changed.connect(self._show_attention)
        theme.theme().changed.connect(self._show_attention)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE // 2)
        for button in (self.keep, self.drop, self.alone):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        for part in (self.text, self.fate, self.numbers):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self.choice)
        column.addWidget(self.bars, 1)

    def show_node(self, decoding: Decoding, node: Node, begun: int) -> None:
        """Tell of a node of the search's tree, whose first token is decision `begun`."""
        self._shown = decoding, node, begun
        self.text.set_text(words.whole_text(decoding, node, begun))
        said, color = words.fate(node)
        self.fate.say(said, color)
        self.numbers.set_text(f"{words.numbers(node)} · {words.token_numbers(node)}")
        self.numbers.setToolTip(words.SCORE_HELP)
        followed = node.state in ("kept", "finished")
        self.keep.setVisible(not followed)
        self.drop.setVisible(followed)
        if node.step is not None:
            self.choice.fit(node.step)
        self._show_attention()

    def _show_attention(self) -> None:
        if self._shown is None or self._shown[1].step is None:
            return
        decoding, node, begun = self._shown
        assert node.step is not None
        tokens = words.looked_at_by(decoding, node, begun, self.choice.kind)
        self.bars.show_attention(tokens, self.choice.weights(node.step), self.choice.color())

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back."""
        self.bars.set_dimmed(dimmed)

    def _bar_help(self, index: int) -> str:
        if self._shown is None:
            return ""
        row = self.bars.row(index)
        return (
            f"Deciding {quoted(self._shown[1].token)}, this text paid {number(row.share)} to "
            f"“{row.label}”.<br>{self.choice.said()}."
        )


_KEEP = (
    "<b>Keep</b><br>Follow this text too, in place of the worst one that was followed beside it, "
    "and search on from there."
)
_DROP = "<b>Drop</b><br>Search on from here without this text; it stays in the tree as pruned."
_ONLY = "<b>Only this</b><br>Prune all others that stood beside this text, and search on from it."


def _button(text: str, name: str, tip: str) -> QToolButton:
    made = QToolButton()
    made.setText(text)
    made.setFont(theme.font("small"))
    made.setAccessibleName(name)
    made.setToolTip(tip)
    return made
