"""One decision in full: its rivals, how sure the model was, and the attention that it paid."""

from html import escape

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.messages.results import Decoding
from explorer.ui import theme
from explorer.ui.widgets import decision_words as words
from explorer.ui.widgets.answer_words import NO_MODEL, AnswerWords, looked_at, place_of
from explorer.ui.widgets.attention_bars import AttentionBars
from explorer.ui.widgets.attention_chips import AttentionChips
from explorer.ui.widgets.attention_choice import AttentionChoice
from explorer.ui.widgets.attention_words import label, number, quoted, token_help
from explorer.ui.widgets.candidate_bars import CandidateBars
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
        self.candidates = CandidateBars(self)
        self.entropy = FactLine("Entropy")
        self.so_far = FactLine("Text so far")
        self.choice = AttentionChoice(self)
        self.said = TextLine("Whose attention this is")
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
            "<b>Probability of the text so far</b><br>The product of the probabilities of all "
            "decisions up to this one."
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
        column.addWidget(self.rivals)
        column.addWidget(self.candidates)
        column.addWidget(self.entropy)
        column.addWidget(self.so_far)
        column.addSpacing(half)
        column.addWidget(self.paid)
        column.addWidget(self.choice)
        column.addWidget(self.said)
        column.addWidget(self.chips)
        column.addWidget(self.picture)
        column.addSpacing(half)
        column.addWidget(self.bars, 1)

    def use_words(self, said: AnswerWords) -> None:
        """Call the parts what they are to another model."""
        self.rivals.set_text(said.rivals)
        self.paid.set_text(said.paid)
        self.so_far.rename(said.so_far)

    def show_decision(self, decoding: Decoding, index: int) -> None:
        """Show one decision of an answer that has at least one."""
        self._decoding, self._index = decoding, index
        step = decoding.steps[index]
        self.candidates.show_candidates(step.candidates, step.token.id)
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
        weights = self.choice.weights(decoding.steps[index])
        tokens, place = looked_at(decoding, index), place_of(decoding, index)
        self.said.set_text(self.choice.said())
        self.chips.setVisible(decoding.signal is None)
        self.picture.setVisible(decoding.signal is not None)
        if decoding.signal is None:
            self.chips.set_tokens(tokens)
            self.chips.set_weights(weights, place)
            self.chips.reveal(place)
        else:
            self.picture.show_signal(decoding.signal, tuple(map(label, tokens)))
            self.picture.show_weights(weights)
        self.bars.show_attention(tokens, weights, self.choice.color())

    def _weight_help(self, index: int) -> str:
        decoding = self._decoding
        tokens = looked_at(decoding, self._index) if decoding is not None else ()
        if decoding is None or index >= len(tokens):
            return ""
        token, step = tokens[index], decoding.steps[self._index]
        weights = self.choice.weights(step)
        paid = number(float(weights[index])) if index < len(weights) else "no attention"
        deciding = escape(f"Deciding {quoted(step.token)}, it paid {paid} to {quoted(token)}.")
        return f"{deciding}<br>{escape(self.choice.said())}.<br>{escape(token_help(token))}"


def heading(text: str) -> TextLine:
    """The title of a part of a panel."""
    line = TextLine(text, bold=True)
    line.set_text(text)
    return line
