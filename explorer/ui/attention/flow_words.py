"""How flow is said to people; knows no Qt."""

import numpy as np

from explorer.messages.flow import FlowChoice, FlowMaps, FlowPath
from explorer.messages.results import SiteKind
from explorer.ui.widgets import attention_words as words

WHOLE_FROM = 0.05
"""Weights from which lines are drawn while no token is chosen."""
WHOLE = 24
"""Tokens up to which the whole graph is drawn then."""
METHODS = {"rollout": "Attention rollout", "flow": "Attention flow", "value": "Value-weighted"}


def of_what(choice: FlowChoice) -> str:
    """What the picture is of, for a line or a caption."""
    name = words.NAMES[choice.kind]
    if choice.method == "value":
        heads = ", ".join(str(head + 1) for _, head in choice.heads)
        heads = f"head{'s' if len(choice.heads) > 1 else ''} {heads}" if heads else "all heads"
        rows = ", rows to 1" if choice.normalise else ""
        return (
            f"{METHODS['value']} ‖α·v·W_O‖, {name.lower()}, layer {choice.layer + 1}, {heads}{rows}"
        )
    if choice.kind is SiteKind.CROSS:
        name = "Decoder · cross · encoder"
    layers = "layer 1" if not choice.layer else f"layers 1–{choice.layer + 1}"
    residual = "with residual" if choice.residual else "without residual"
    heads = f"{len(choice.heads)} heads" if choice.heads else "mean over heads"
    return f"{METHODS[choice.method]}, {name.lower()}, {layers}, {residual}, {heads}"


def lines(found: FlowMaps, query: int | None, path: FlowPath | None) -> str:
    """What the lines are."""
    if query is None:
        lines = f"lines: weights of each layer from {WHOLE_FROM} on; "
        few = max(len(found.queries), len(found.keys)) <= WHOLE
        return f"{lines if few else ''}point at a token at the right to see what it is made of"
    who = words.quoted(found.queries[query])
    if found.choice.method != "flow":
        return f"lines: what {who} takes"
    if path is None or path.query != query:
        return ""
    return f"lines: the largest flow from {words.quoted(found.keys[path.key])} to {who}"


def level_names(found: FlowMaps) -> list[str]:
    """A name for each level of the graph."""
    if found.choice.method == "value":
        return ["keys", "queries"]
    if found.choice.kind is not SiteKind.CROSS:
        return ["input", *(f"layer {n}" for n in range(1, len(found.levels)))]
    encoder = found.levels.count("source") - 1
    decoder = (len(found.levels) - encoder - 2) // 2
    names = ["source", *(f"enc {n}" for n in range(1, encoder + 1)), "target"]
    for layer in range(1, decoder + 1):
        names += [f"self {layer}", f"cross {layer}"]
    return names


def reading(found: FlowMaps, query: int, key: int | None) -> str:
    """What one query takes from the inputs, in a sentence."""
    row_K = found.map_QK[query]
    who = words.quoted(found.queries[query])
    unit = "" if found.choice.normalise or found.choice.method != "value" else " (length)"
    if key is not None:
        return (
            f"{who} from {words.quoted(found.keys[key])}: {words.number(float(row_K[key]))}{unit}"
        )
    best = np.argsort(-row_K, kind="stable")[:4].tolist()
    parts = ", ".join(f"{words.quoted(found.keys[k])} {row_K[k]:.2f}" for k in best)
    rest = _rest(found, query)
    return f"{who} takes most from {parts}{unit}{rest}"


def _rest(found: FlowMaps, query: int) -> str:
    """What of a rollout of cross-attention comes from the target itself."""
    choice = found.choice
    if choice.method != "rollout" or choice.kind is not SiteKind.CROSS:
        return ""
    rest = 1 - float(found.map_QK[query].sum())
    return f"; {rest:.2f} from the target's own tokens" if rest > 0.005 else ""
