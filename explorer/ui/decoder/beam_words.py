"""A text of a beam search in words: what became of it and why, and its numbers; no Qt."""

from html import escape

from explorer.messages.decoding import Decoding, Hypothesis, Node
from explorer.messages.tokens import SiteKind, Token
from explorer.ui.decoder.search_tree import nodes_to
from explorer.ui.decoder.tried_words import words
from explorer.ui.widgets.attention_words import number, token_help

_STATE = {"kept": "Kept", "finished": "Finished", "dropped": "Dropped", "pruned": "Pruned"}
_COLOR = {"kept": "text", "finished": "good", "dropped": "muted", "pruned": "warning"}
SCORE_HELP = (
    "<b>Score</b> Σ ln p ∕ |y|<sup>α</sup>: the total of the text's log-probabilities, divided by "
    "its length to the power of the length penalty. <b>Total</b> is what the search adds up, after "
    "repetition penalty and bans; <b>p</b> and <b>rank</b> are the last token's, by the model."
)


def whole_text(decoding: Decoding, node: Node, begun: int) -> str:
    """All that is written up to a node, the given beginning too."""
    given = [step.token for step in decoding.steps[:begun]]
    return words([*given, *(n.token for n in nodes_to(decoding.tree, node.id))])


def looked_at_by(
    decoding: Decoding, node: Node, begun: int, kind: SiteKind | None
) -> tuple[Token, ...]:
    """What the decision of a node looked at."""
    if decoding.source and kind is not SiteKind.DECODER:
        return decoding.source
    given = tuple(step.token for step in decoding.steps[:begun])
    own = tuple(n.token for n in nodes_to(decoding.tree, node.id)[:-1])
    return (*decoding.prefix, *given, *own)


def fate(node: Node) -> tuple[str, str]:
    """What became of a text and why, and the colour to say it in."""
    why = f": {node.why}" if node.why and node.why != "pruned by hand" else ""
    said = "Pruned by hand" if node.state == "pruned" else _STATE[node.state] + why
    return said, _COLOR[node.state]


def numbers(node: Node) -> str:
    """Its score and total, and how likely its last token was."""
    said = f"score {node.score:.3f} · total {node.total:.3f}"
    return said.replace("-", "−")


def token_numbers(node: Node) -> str:
    """The probability and the rank of its last token, as the model says them."""
    chance = number(node.step.probability) if node.step is not None else "?"
    return f"p {chance} · rank {node.rank:,}"


def node_help(node: Node) -> str:
    """A node at length; rich text."""
    return (
        f"{escape(token_help(node.token))}<br>{escape(fate(node)[0])}<br>"
        f"{escape(numbers(node))} · {escape(token_numbers(node))}"
    )


def best_entry(place: int, best: Hypothesis) -> str:
    """One of the best texts as a line of a list."""
    cut = "" if best.finished else " (cut off)"
    return f"{place + 1} · {best.score:.3f}".replace("-", "−") + f" · {best.text}{cut}"
