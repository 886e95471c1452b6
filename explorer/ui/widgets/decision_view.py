"""One decision in full: its rivals, how sure the model was, and the attention that it paid."""

from collections.abc import Collection
from html import escape

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.messages.results import Decoding, SiteKind
from explorer.ui import theme
from explorer.ui.widgets import decision_words as words
from explorer.ui.widgets.answer_words import NO_MODEL, AnswerWords, looked_at, place_of
from explorer.ui.widgets.attention_bars import AttentionBars
from explorer.ui.widgets.attention_chips import AttentionChips
from explorer.ui.widgets.attention_choice import AttentionChoice
from explorer.ui.widgets.attention_words import label, number, quoted, token_help
from explorer.ui.widgets.candidate_bars import CandidateBars
from explorer.ui.widgets.candidate_rows import changes
from explorer.ui.widgets.fact_line import FactLine
from explorer.ui.widgets.signal_view import SignalView
from explorer.ui.widgets.text_line import TextLine

_PICTURE = 72
"""Height of a picture or sound in the panel."""


class DecisionView(QWidget):
    """Shows decision `index` of a `Decoding`; all parts keep their places whatever it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._decoding: Decoding | None = None
        self._index = 0
        self._both = False
        self.candidates = CandidateBars(self)
        self.exact = TextLine("The exact token, and how it came", right=True)
        self.entropy = FactLine("Entropy")
        self.so_far = FactLine("Text so far")
        self.choice = AttentionChoice(self)
        self.said = TextLine("Whose attention this is", right=True)
        self.rivals, self.paid = heading(NO_MODEL.rivals), heading(NO_MODEL.paid)
        self.chips, self.bars = AttentionChips(), AttentionBars()
        self.picture = SignalView(_PICTURE)
        self.picture.hide()
        self._explain()
        self._arrange()
        self.choice.changed.connect(self._show_attention)
        self.chips.pointed.connect(self.bars.set_pointed)
        self.bars.pointed.connect(self.chips.set_pointed)
        self.bars.pointed.connect(self.picture.set_pointed)
        self.picture.pointed.connect(self.bars.set_pointed)
        theme.theme().changed.connect(self._show_attention)

    def _explain(self) -> None:
        self.so_far.setToolTip(
            "<b>Probability of the text so far</b> Π p and its natural logarithm Σ ln p<br>Of all "
            "decisions up to this one, as the model says them."
        )
        tip = "Weights of the attention: softmax(QKᵀ/√d_k), from 0 to 1 over all that is looked at."
        self.chips.setToolTip(tip)
        self.bars.setToolTip(tip)
        for view in (self.chips, self.bars):
            view.explain_with(self._weight_help)

    def _arrange(self) -> None:
        half = theme.SPACE // 2
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(half)
        column.addLayout(_beside(self.rivals, self.exact))
        column.addWidget(self.candidates)
        column.addWidget(self.entropy)
        column.addWidget(self.so_far)
        column.addLayout(_beside(self.paid, self.said))
        column.addWidget(self.choice)
        column.addWidget(self.chips)
        column.addWidget(self.picture)
        column.addWidget(self.bars, 1)

    def use_words(self, said: AnswerWords) -> None:
        """Call the parts what they are to another model."""
        self.rivals.set_text(said.rivals)
        self.paid.set_text(said.paid)
        self.so_far.rename(said.so_far)

    def show_decision(self, decoding: Decoding, index: int, bans: Collection[int] = ()) -> None:
        """Show one decision of an answer that has at least one."""
        if decoding is not self._decoding:
            self._both = changes(decoding.steps)
        self._decoding, self._index = decoding, index
        step = decoding.steps[index]
        self.candidates.show_candidates(step.candidates, step.token.id, bans, both=self._both)
        full, brief = words.exact(step)
        self.exact.set_text(full, "accent" if step.how == "forced" else "muted", brief=brief)
        self.exact.setToolTip(words.exact_help(step))
        sure = words.certainty(step.entropy)
        self.entropy.set_value(f"{step.entropy:.3f} nats · {sure}")
        self.entropy.setToolTip(words.certainty_help(step.entropy))
        self.so_far.set_value(words.text_so_far(decoding, index))
        self.choice.fit(step)
        self._show_attention()

    def set_dimmed(self, dimmed: bool) -> None:
        """Pale, while another sentence was asked for."""
        parts = (self.candidates, self.chips, self.picture, self.bars, self.entropy, self.so_far)
        for part in parts:
            part.set_dimmed(dimmed)

    def _show_attention(self) -> None:
        decoding, index = self._decoding, self._index
        if decoding is None:
            return
        weights, kind = self.choice.weights(decoding.steps[index]), self.choice.kind
        tokens, place = looked_at(decoding, index, kind), place_of(decoding, index, kind)
        self.said.set_text(self.choice.said(), brief=self.choice.brief())
        drawn = decoding.signal is not None and kind is not SiteKind.DECODER
        self.chips.setVisible(not drawn)
        self.picture.setVisible(drawn)
        if decoding.signal is None or not drawn:
            self.chips.set_tokens(tokens)
            self.chips.set_weights(weights, place)
            self.chips.reveal(place)
        else:
            self.picture.show_signal(decoding.signal, tuple(map(label, tokens)))
            self.picture.show_weights(weights)
        self.bars.show_attention(tokens, weights, self.choice.color())

    def _weight_help(self, index: int) -> str:
        decoding = self._decoding
        kind = self.choice.kind
        tokens = looked_at(decoding, self._index, kind) if decoding is not None else ()
        if decoding is None or index >= len(tokens):
            return ""
        token, step = tokens[index], decoding.steps[self._index]
        weights = self.choice.weights(step)
        paid = number(float(weights[index])) if index < len(weights) else "no attention"
        deciding = escape(f"Deciding {quoted(step.token)}, it paid {paid} to {quoted(token)}.")
        return f"{deciding}<br>{escape(self.choice.said())}.<br>{escape(token_help(token))}"


def _beside(title: QWidget, said: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.SPACE)
    row.addWidget(title, 2)
    row.addWidget(said, 3)
    return row


def heading(text: str) -> TextLine:
    """The title of a part of a panel."""
    line = TextLine(text, bold=True)
    line.set_text(text)
    return line
