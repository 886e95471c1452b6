"""What a lens shows, in words: cells of the grid and parts of a logit; knows no Qt."""

from html import escape

from explorer.messages.lenses import LogitParts, Part
from explorer.messages.tokens import SiteKind
from explorer.ui.decoder.lens_store import Column
from explorer.ui.widgets.attention_words import number, quoted, token_help
from explorer.ui.widgets.decision_words import chip_text

_SITES = {SiteKind.CROSS: "cross", SiteKind.DECODER: "self", SiteKind.ENCODER: "self"}
_LOOK = "<br>Click to see what it looked at."
_BEST = 3
"""Tokens told of a cell in a line."""


def layer_name(column: Column, layer: int) -> str:
    """A row of the grid in full; the last one is what the model says."""
    name = column.layers[layer]
    said = "Embedding" if layer == 0 else name[:1].upper() + name[1:]
    return f"{said} (the last)" if layer == len(column.layers) - 1 else said


def layer_label(layer: int) -> str:
    """A row of the grid where there is little room."""
    return "emb" if layer == 0 else str(layer)


def would_say(column: Column, layer: int) -> str:
    """The likeliest tokens of a layer, in a line."""
    best = ", ".join(
        f"{chip_text(column.words[int(id)])} {number(float(share))}"
        for id, share in list(zip(column.top_LK[layer], column.probability_LK[layer], strict=True))[
            :_BEST
        ]
    )
    return f"{layer_name(column, layer)}: {best}"


def choice_there(column: Column, layer: int) -> str:
    """The rank and the probability of the token decided for, in a line."""
    rank, share = int(column.rank_L[layer]), float(column.chosen_L[layer])
    return (
        f"{quoted(column.chosen)} rank {rank:,} · {number(share)} · "
        f"H {float(column.entropy_L[layer]):.3f} nats"
    )


def cell_help(column: Column, layer: int) -> str:
    """All that is known of a cell; rich text."""
    rows = "".join(
        f"<tr><td>{escape(chip_text(column.words[int(id)]))}&nbsp;&nbsp;</td>"
        f"<td align='right'>{float(share):.6g}</td></tr>"
        for id, share in zip(column.top_LK[layer], column.probability_LK[layer], strict=True)
    )
    return (
        f"<b>{escape(layer_name(column, layer))}</b>, after reading "
        f"{escape(quoted(column.read))}, would say:<table>{rows}</table>"
        f"{escape(choice_there(column, layer))}<br>{escape(token_help(column.chosen))}"
    )


def part_label(part: Part) -> str:
    """A part where there is little room: its layer, then what it is."""
    place = f"{part.layer + 1} " if part.layer >= 0 else ""
    where = _SITES[part.site.kind] if part.site is not None else ""
    match part.kind:
        case "embedding":
            return "embedding"
        case "head":
            return f"{place}{where} {(part.head or 0) + 1}"
        case "attention bias":
            return f"{place}{where} bias"
        case "feed-forward":
            return f"{place}feed-fwd"
        case "output bias":
            return "output bias"
        case "norm bias":
            return f"{place}norm bias" if place else "last norm"


def part_help(part: Part, parts: LogitParts) -> str:
    """What a part adds, at length; rich text."""
    what = f"the logit of {quoted(parts.token)}"
    if parts.against is not None:
        what = f"the lead of {quoted(parts.token)} over {quoted(parts.against)}"
    adds = "adds" if part.logit >= 0 else "takes"
    title = part.title[:1].upper() + part.title[1:]
    return (
        f"<b>{escape(title)}</b><br>It {adds} {abs(part.logit):.6g} "
        f"{'to' if part.logit >= 0 else 'from'} {escape(what)}, directly: what later layers make "
        f"of it is counted as theirs.{_LOOK if part.kind == 'head' else ''}"
    )


def signed(value: float) -> str:
    """A share with its sign, always as wide."""
    return f"{value:+.3f}".replace("-", "−")


def title_of(parts: LogitParts) -> str:
    """What is taken apart."""
    if parts.against is None:
        return f"Logit of {quoted(parts.token)}"
    return f"Lead of {quoted(parts.token)} over {quoted(parts.against)}"


def sum_of(parts: LogitParts) -> str:
    """The sum of all parts beside what the model says."""
    what = "logit" if parts.against is None else "lead"
    return f"Σ {signed(parts.total)} · {what} {signed(parts.logit)}"


def sum_help(parts: LogitParts) -> str:
    """The same to more places, and how the parts were found; rich text."""
    off = abs(parts.total - parts.logit)
    return (
        f"<b>Sum of {len(parts.parts)} parts</b> {parts.total:.8g}<br>The model itself says "
        f"{parts.logit:.8g}; they differ by {off:.1g}.<br>{escape(parts.note)}"
    )
