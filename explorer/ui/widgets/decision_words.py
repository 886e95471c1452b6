"""How a decision of the decoder is said to people; knows no Qt."""

import math
import unicodedata
from collections.abc import Iterable
from html import escape

from explorer.messages.foreign import NO_STEP, at_step
from explorer.messages.results import DecodeStep, Decoding, Token
from explorer.ui.widgets.attention_words import label, number, readable, token_help

_MARKS = {"</s>": "end", "<s>": "start", "<pad>": "padding", "<unk>": "unknown"}
_WORD_STARTS = ("▁", "Ġ", " ")
SURE, FAIRLY_SURE, WAVERING = 0.1, 0.5, 1.2
"""Entropies, in nats, up to which a decision is called by that word."""


def chip_text(token: Token) -> str:
    """A token as it stands in a row of tokens; marks by their meaning."""
    return _MARKS.get(token.piece, label(token)) if token.special else label(token)


def starts_word(token: Token) -> bool:
    """Whether a space belongs before the token."""
    return token.special or token.id < 0 or token.piece.startswith(_WORD_STARTS)


def reads_from_right(tokens: Iterable[Token]) -> bool:
    """Whether the first letter with a direction belongs to a script that runs to the left."""
    for token in tokens:
        for char in "" if token.special else token.text:
            direction = unicodedata.bidirectional(char)
            if direction in ("L", "R", "AL"):
                return direction != "L"
    return False


def certainty(entropy: float) -> str:
    """The entropy of a decision in words."""
    if not math.isfinite(entropy):
        return "broken"
    for limit, word in ((SURE, "sure"), (FAIRLY_SURE, "fairly sure"), (WAVERING, "wavering")):
        if entropy < limit:
            return word
    return "torn"


def certainty_help(entropy: float) -> str:
    """What the entropy says, in a sentence."""
    about = "The model's probabilities are no numbers; its weights have gone astray."
    if math.isfinite(entropy):
        about = (
            f"At {entropy:.3f} nats the model wavers as if between {math.exp(entropy):,.2f} "
            "equally likely tokens."
        )
    return (
        "<b>Entropy</b> H = −Σ p ln p over the whole vocabulary: 0 is sure, more is torn.<br>"
        + about
    )


_HOW = {"greedy": "likeliest", "sampled": "drawn", "forced": "forced", "beam": "searched"}


def exact(step: DecodeStep) -> tuple[str, str]:
    """The chosen token as the vocabulary has it, its number, and how it came; the same in brief."""
    token = step.token
    if token.id < 0:
        return "", ""
    piece = f"{readable(token.piece)} · nr. {token.id:,}"
    how = _HOW[step.how] if step.how != "greedy" or step.rank == 1 else "chosen"
    came = f"{how}, rank {step.rank:,}" if step.rank > 1 else how
    return f"{piece} · {came}", f"{readable(token.piece)} · {came}"


def exact_help(step: DecodeStep) -> str:
    """The same at length; rich text."""
    return (
        f"<b>The exact token</b> and how it came to stand here<br>{escape(token_help(step.token))}"
        f"<br>It has rank {step.rank:,} of all tokens by the model's own probability, "
        f"{math.exp(step.log_probability):.6g}."
    )


def text_so_far(decoding: Decoding, index: int) -> str:
    """The probability of all decisions up to and with this one, and its logarithm."""
    logarithm = sum(step.log_probability for step in decoding.steps[: index + 1])
    if not math.isfinite(logarithm):
        return number(logarithm)
    said = f" · log p {logarithm:,.3f}".replace("-", "−")
    if logarithm < -700:  # Too small for a float.
        return f"10^{logarithm / math.log(10):.0f}{said}"
    return number(math.exp(logarithm)) + said


def origin(decoding: Decoding) -> str:
    """Whose answer this is, and whether it was cut off."""
    said = at_step(decoding.model, decoding.step, " · ")
    return said if decoding.finished else f"{said} · cut off at {len(decoding.steps)} tokens"


def brief_origin(decoding: Decoding) -> str:
    """The same where there is little room."""
    if decoding.step == NO_STEP:
        return "" if decoding.finished else "cut off"
    said = f"step {decoding.step:,}"
    return said if decoding.finished else f"{said} · cut off"


def step_help(step: DecodeStep) -> str:
    """A written token, what it is to the model, and how sure it was; rich text."""
    return (
        f"{escape(token_help(step.token))}<br>Decision {step.index + 1}, probability "
        f"{number(math.exp(step.log_probability))}. Click to see its rivals."
    )
