"""How tokens, heads and weights are said to people; knows no Qt."""

import math
import unicodedata

from explorer.messages.foreign import Foreign, at_step
from explorer.messages.results import Site, SiteKind, Token, Trace
from explorer.messages.shown import Shown

KINDS = (SiteKind.ENCODER, SiteKind.DECODER, SiteKind.CROSS)
NAMES = {
    SiteKind.ENCODER: "Encoder self-attention",
    SiteKind.DECODER: "Decoder self-attention",
    SiteKind.CROSS: "Cross-attention",
}
SHORT_NAMES = {SiteKind.ENCODER: "Encoder", SiteKind.DECODER: "Decoder", SiteKind.CROSS: "Cross"}
MEANINGS = {
    SiteKind.ENCODER: "Every source token looks at all source tokens.",
    SiteKind.DECODER: (
        "Every token that the decoder reads looks at itself and at those before it. "
        "Row “x” is the query that decides the token after “x”."
    ),
    SiteKind.CROSS: (
        "Every target token looks at all source tokens. "
        "Row “x” is the query that decides the token after “x”."
    ),
}
ROUTES = {
    "interface": "attention interface", "told": "weights told by its family", "own": "our layers",
}  # fmt: skip
"""How a model from outside lets its attention be seen."""
KEY_TITLE = "key (is looked at)"
LONGEST_LABEL = 60
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def head_name(site: Site, head: int) -> str:
    """A head as people count: from one."""
    return f"{NAMES[site.kind]}, layer {site.layer + 1}, head {head + 1}"


def query_title(kind: SiteKind) -> str:
    """The title of the rows."""
    if kind is SiteKind.ENCODER:
        return "query (looks)"
    return "query (looks) → decides"


def readable(text: str) -> str:
    """Text on one line with nothing unseen in it: control characters by number, spaces as ␣."""
    shown = "".join(_visible(char) for char in text[: LONGEST_LABEL + 1])
    if len(shown) > LONGEST_LABEL:
        shown = shown[: LONGEST_LABEL - 1] + "…"
    return "␣" * len(shown) if shown.isspace() else shown


def _visible(char: str) -> str:
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Cn", "Zl", "Zp"):
        return "\ufffd"
    # Joiners hold emoji and Arabic words together; other invisible marks could turn the line.
    return "" if category == "Cf" and char not in "\u200c\u200d" else char


def label(token: Token) -> str:
    """A token as it stands on an axis; never empty."""
    return readable(token.text) or readable(token.piece) or "∅"


def quoted(token: Token) -> str:
    """A token in a sentence, held apart from it where the scripts run in different directions."""
    return f"“{_ISOLATE}{label(token)}{_END_ISOLATE}”"


def brief_head_name(site: Site, head: int) -> str:
    """The same where there is little room."""
    return f"{SHORT_NAMES[site.kind]} · layer {site.layer + 1} · head {head + 1}"


def briefest_head_name(site: Site, head: int) -> str:
    """The same where there is hardly any: layer and head by their numbers."""
    return f"{SHORT_NAMES[site.kind]} {site.layer + 1} · {head + 1}"


def row_label(tokens: tuple[Token, ...], index: int, kind: SiteKind) -> tuple[str, ...]:
    """A query's label; of a decoder's query also the token that it decides."""
    own = label(tokens[index])
    if kind is SiteKind.ENCODER:
        return (own,)
    return own, label(tokens[index + 1]) if index + 1 < len(tokens) else "…"


def joined(parts: tuple[str, ...]) -> str:
    """The parts of a label in a row, from left to right whatever their scripts."""
    return " → ".join(f"{_ISOLATE}{part}{_END_ISOLATE}" for part in parts)


def reading(trace: Trace, kind: SiteKind, query: int, key: int, weight: float) -> str:
    """One weight as a sentence, such as “chat” looks at “cat”: 0.830."""
    queries, keys = trace.queries(kind), trace.keys(kind)
    seen = quoted(keys[key])
    value = number(weight)
    if weight == 0 and not may_look(trace, kind, query, key):
        ahead = kind is SiteKind.DECODER and key > query
        value = "0, as it may not look " + ("ahead" if ahead else "there")
    who = quoted(queries[query])
    if kind is SiteKind.ENCODER:
        return f"{who} looks at {seen}: {value}"
    if query + 1 < len(queries):
        return f"{who}, deciding {quoted(queries[query + 1])}, looks at {seen}: {value}"
    return f"{who}, deciding what follows, looks at {seen}: {value}"


def reading_of(shown: Shown, kind: SiteKind, query: int, key: int, weight: float) -> str:
    """One weight as it is shown, as a sentence; of a difference, what changed."""
    axes = shown.axes(kind)
    if not shown.signed and all(axis.plain for axis in axes):
        return reading(shown.trace, kind, query, key, weight)
    who, seen = quoted(shown.queries(kind)[query]), quoted(shown.keys(kind)[key])
    if shown.signed:
        return f"{who} looks at {seen}: {weight:+.3f} than before"
    return f"{who} looks at {seen}: {number(weight)}"


def may_look(trace: Trace, kind: SiteKind, query: int, key: int) -> bool:
    """Whether no mask and no pattern closes a key to a query."""
    allowed_QK = trace.allowed.get(kind)
    if allowed_QK is None:
        return kind is not SiteKind.DECODER or key <= query
    return bool(allowed_QK[query, key])


def number(weight: float) -> str:
    """A weight with three decimals, or two digits where these would say nothing."""
    if not math.isfinite(weight):
        return "not a number"
    if weight == 0:
        return "0"
    return f"{weight:.3f}" if weight >= 0.0005 else f"{weight:.2g}"


def signed_number(weight: float, *, signed: bool) -> str:
    """A weight as `number`, a difference with its sign."""
    if not signed or weight == 0:
        return number(weight)
    return ("−" if weight < 0 else "+") + number(abs(weight))


def token_help(token: Token) -> str:
    """What a token is to the model, in a sentence or two."""
    said = quoted(token)
    if token.id < 0:
        return f"{said} is a part of the picture or sound, which the model reads as numbers"
    if token.unknown:
        return f"{said} is not in the vocabulary: what the model really sees is {token.piece}"
    if token.special:
        return f"{said} is a mark that the model gets besides the words ({readable(token.piece)})"
    return f"{said} · in the vocabulary “{readable(token.piece)}”, number {token.id:,}"


def status(trace: Trace, foreign: Foreign | None = None) -> str:
    """Which model, step and effort a picture belongs to; of one from outside, how it was seen."""
    parts = [at_step(trace.model, trace.step, " · ")]
    if foreign is not None:
        parts.append(ROUTES[foreign.route])
    if trace.milliseconds:
        parts.append(f"{trace.milliseconds:,.0f} ms" if trace.milliseconds >= 1 else "< 1 ms")
    return " · ".join(parts)
