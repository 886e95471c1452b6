"""What a given text costs a model, in words; knows no Qt."""

import math
from html import escape

from explorer.messages.decoding import Candidate, DecodeStep, Decoding
from explorer.ui.widgets.attention_words import number, quoted, token_help
from explorer.ui.widgets.decision_words import chip_text

FULL = 5.0
"""Nats from which on a loss has the strongest colour: a probability below 0.7 %."""


def share(loss: float) -> float:
    """A loss as a place among the colours, 0 to 1; what is no number stays none."""
    return min(max(loss, 0.0), FULL) / FULL if math.isfinite(loss) or loss > 0 else math.nan


def otherwise(step: DecodeStep) -> Candidate | None:
    """The model's own first choice, where that is another token."""
    if step.rank <= 1 or not step.candidates:
        return None
    first = step.candidates[0]
    return None if first.token.id == step.token.id else first


def total(decoding: Decoding) -> str:
    """The loss of the whole text, and of a token on average."""
    return f"{-decoding.log_probability:.3f} nats · {decoding.loss:.3f} a token"


def perplexity(mean: float) -> str:
    """The exponential of a mean loss."""
    if not math.isfinite(mean):
        return number(mean)
    return f"{math.exp(mean):,.3f}" if mean < 12 else f"e^{mean:.1f}"


TOTAL_HELP = "<b>Loss of the text</b> −Σ ln p over its tokens, and the mean of a token."
PERPLEXITY_HELP = (
    "<b>Perplexity</b>, e to the mean loss: as if the model had wavered between so many equally "
    "likely tokens each time."
)


def own_way(decoding: Decoding) -> str:
    """How many of the tokens the model would have chosen by itself."""
    own = sum(step.rank <= 1 for step in decoding.steps)
    return f"{own} of {len(decoding.steps)} tokens"


def row_help(step: DecodeStep) -> str:
    """What a token cost, and what the model would have said; rich text."""
    said = (
        f"{escape(token_help(step.token))}<br>p = {step.probability:.6g}, rank {step.rank:,}, "
        f"loss {step.loss:.6g} nats"
    )
    first = otherwise(step)
    if first is None:
        return f"{said}<br>It is the model's own first choice here."
    return (
        f"{said}<br>The model itself would have said {escape(quoted(first.token))}, "
        f"p = {first.probability:.6g}."
    )


def row_said(step: DecodeStep) -> str:
    """A token, its figures and the model's own choice, for the ear."""
    first = otherwise(step)
    more = "" if first is None else f", it would say {chip_text(first.token)}"
    return f"{chip_text(step.token)} {number(step.probability)} rank {step.rank}{more}"
