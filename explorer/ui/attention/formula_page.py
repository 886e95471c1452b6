"""The page of a formula: each step with its symbol, a sentence, the pair's numbers and a check."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.messages.results import SiteKind, Token
from explorer.ui.attention.formula_blocks import (
    Block,
    CheckLine,
    Formula,
    Heading,
    Space,
    Words,
    figure,
)
from explorer.ui.attention.formula_cells import Cells, Vector
from explorer.ui.attention.formula_steps import Steps
from explorer.ui.attention.formula_table import KeyTable, rows_of
from explorer.ui.attention.typeset import (
    Fraction,
    Node,
    Root,
    Row,
    Script,
    Text,
    line,
    sub,
    sup,
    var,
    vec,
)
from explorer.ui.widgets import attention_words as words

_ZERO = "The model's weight is 0, which tells nothing of the score that it came from."
_CLOSED = "The mask closes this key, so the model's weight tells nothing of this number."
_SOFTMAX = Text("softmax")


@dataclass(frozen=True, slots=True)
class Pair:
    """The tokens that the steps are about, and what is to be known of how they are shown."""

    query: Token
    key: Token
    keys: tuple[Token, ...]
    notes: tuple[str, ...] = ()


def page(steps: Steps, pair: Pair) -> tuple[Block, ...]:
    """All blocks, from the formula as a whole to the mixed values."""
    made: list[Block] = list(_title(steps, pair))
    parts = [_product(steps, pair), _scaling(steps)]
    if steps.cap:
        parts.append(_cap(steps))
    if steps.slope:
        parts.append(_bias(steps))
    parts += [_mask(steps, pair), _softmax(steps, pair), _values(steps, pair)]
    for number, (title, blocks) in enumerate(parts, 1):
        made += [Space(18), Heading(str(number), title), *blocks]
    return tuple(made)


def _title(steps: Steps, pair: Pair) -> Sequence[Block]:
    scores = Fraction(line(vec("Q"), Script(vec("K"), var("T"), up=True)), Root(sub("d", "k")))
    whole = line("Attention(", vec("Q"), ", ", vec("K"), ", ", vec("V"), ") = ", _SOFTMAX, "( ")
    formula = Row((whole, scores, line(" + mask ) ", vec("V"))))
    query, key = words.quoted(pair.query), words.quoted(pair.key)
    said = (
        f"Why {query} pays {figure(steps.weight)} of its attention to {key}: "
        f"{words.head_name(steps.site, steps.head)}, with queries and keys of "
        f"{steps.width} numbers."
    )
    notes = [Words(note, "warning", "small", indent=0) for note in pair.notes]
    return [Formula((formula,), 23, 0), Space(4), Words(said, "text", indent=0), *notes]


def _held(steps: Steps, name: str) -> CheckLine:
    return CheckLine(steps.checks.get(name), _ZERO if steps.open else _CLOSED)


def _number(value: float, color: str = "text") -> Node:
    return Text(figure(value), color=color)


def _signed(value: float) -> Node:
    """A number within a product or sum, in brackets where it is negative."""
    return Text(f"({figure(value)})" if value < 0 else figure(value))


def _product(steps: Steps, pair: Pair) -> tuple[str, Sequence[Block]]:
    who, whom = words.quoted(pair.query), words.quoted(pair.key)
    said = (
        f"The query q of {who} says what it looks for, the key k of {whom} what it offers. "
        "Where both have the same sign the product is positive (red), else negative (blue); each "
        "row's strongest colour is its own largest number."
    )
    product = line(sub("q", "i"), " ", sub("k", "i"))
    cells = Cells((
        Vector(vec("q"), steps.query_D, f"query of {who}"),
        Vector(vec("k"), steps.key_D, f"key of {whom}"),
        Vector(product, steps.product_D, "product"),
    ))  # fmt: skip
    total = line(vec("q"), " · ", vec("k"), " = ", Script(Text("Σ"), var("i")), " ", product, " = ")
    return "Query times key, element by element, and their sum", (
        Words(said), Space(4), cells,
        Formula((Row((total, _number(steps.dot, "accent"))),)), _held(steps, "dot"),
    )  # fmt: skip


def _scaling(steps: Steps) -> tuple[str, Sequence[Block]]:
    said = (
        "Long vectors make large sums, with which the softmax would see one key only. Dividing "
        "by the square root of their length dₖ keeps scores of the same size at any length."
    )
    dot, root = line(vec("q"), " · ", vec("k")), Root(sub("d", "k"))
    under = Root(Text(str(steps.width)))
    formula = Row((
        line(var("s"), " = "), Fraction(dot, root), Text(" = "),
        Fraction(_number(steps.dot), under), Text(" = "), _number(steps.scaled, "accent"),
    ))  # fmt: skip
    return "Scaled by the length of the vectors", (
        Words(said), Formula((formula,)), _held(steps, "scaled"),
    )  # fmt: skip


def _cap(steps: Steps) -> tuple[str, Sequence[Block]]:
    said = f"This model bends scores so that none exceeds c = {steps.cap:g}."
    formula = line(
        var("c"), " tanh(", var("s"), " / ", var("c"), f") = {steps.cap:g} · tanh(",
        _number(steps.scaled), f" / {steps.cap:g}) = ", _number(steps.capped, "accent"),
    )  # fmt: skip
    return "Capped", (Words(said), Formula((formula,)), _held(steps, "capped"))


def _bias(steps: Steps) -> tuple[str, Sequence[Block]]:
    said = (
        "This model has no other sense of position (ALiBi): each head takes its slope m off the "
        f"score for each token of distance, here {steps.distance}."
    )
    formula = line(
        var("s"), " − ", var("m"), " · |", var("i"), " − ", var("j"), "| = ",
        _number(steps.capped), " − ", _number(steps.slope), f" · {steps.distance} = ",
        _number(steps.score, "accent"),
    )  # fmt: skip
    return "Less for what is far away", (Words(said), Formula((formula,)), _held(steps, "score"))


def _mask(steps: Steps, pair: Pair) -> tuple[str, Sequence[Block]]:
    closed = int(len(steps.score_K) - sum(map(math.isfinite, steps.score_K.tolist())))
    who, whom = words.quoted(pair.query), words.quoted(pair.key)
    if steps.open:
        said = f"{who} may look at {whom}: nothing is added to the score."
        formula = line(var("s"), " + 0 = ", _number(steps.score, "accent"))
    else:
        why = "it comes later" if _ahead(steps) else "the pattern leaves it out"
        said = f"{who} may not look at {whom}, as {why}: the score becomes −∞, the weight 0."
        formula = line(var("s"), " + (−∞) = ", Text("−∞", color="accent"))
    if closed:
        said += f" In this row the mask closes {closed:,} of {len(steps.score_K):,} keys."
    else:
        said += " In this row the mask closes no key."
    return "The mask", (Words(said), Formula((formula,)))


def _ahead(steps: Steps) -> bool:
    return steps.site.kind is SiteKind.DECODER and steps.key > steps.query


def _softmax(steps: Steps, pair: Pair) -> tuple[str, Sequence[Block]]:
    if steps.nowhere:
        said = "The mask closes every key of this row, so the weight is spread evenly."
        even = line(var("α"), f" = 1 / {len(steps.weight_K)} = ", _number(steps.weight, "accent"))
        return "The softmax", (Words(said), Formula((even,)), _held(steps, "weight"))
    said = (
        "All scores of the row compete: each becomes e to its power, divided by the sum Z of all, "
        "so that the weights are positive and add up to 1"
        + (" together with a sink, which takes its share and gives nothing." if steps.sink
           is not None else ".")
    )  # fmt: skip
    power = Script(var("e"), sub("s", "j"), up=True)
    total = Row((
        line("ln ", var("Z"), " = ln ", Script(Text("Σ"), var("j")), " ", power, " = "),
        _number(steps.normaliser, "accent"),
    ))  # fmt: skip
    exponent = line(_number(steps.score), " − ", _signed(steps.normaliser))
    weight = Row((
        line(var("α"), " = "), sup("e", line(var("s"), " − ln ", var("Z"))), Text(" = "),
        sup("e", exponent), Text(" = "), Text(figure(steps.weight), bold=True, color="accent"),
    ))  # fmt: skip
    table = KeyTable(tuple(rows_of(steps, [words.label(token) for token in pair.keys])), steps.key)
    kept = "Long text: the model's weight is itself made from its queries and keys when looked at."
    return "The softmax", (
        Words(said), Space(2), table, Formula((total,)), _held(steps, "normaliser"),
        Formula((weight,)), _held(steps, "weight"),
        *([Words(kept, role="small")] if steps.made else []),
    )  # fmt: skip


def _values(steps: Steps, pair: Pair) -> tuple[str, Sequence[Block]]:
    whom = words.quoted(pair.key)
    share = _share(steps)
    said = (
        f"The weight says how much of the value v of {whom} goes into the mixture z, which the "
        f"head passes on. {share}"
    )
    scaled = line(var("α"), " ", sub("v", "i"))
    cells = Cells((
        Vector(vec("v"), steps.value_D, f"value of {whom}"),
        Vector(scaled, steps.part_D, f"what {whom} gives"),
        Vector(vec("z"), steps.mixed_D, "mixture of all values"),
    ))  # fmt: skip
    index = Script(Text("Σ"), var("j"))
    whole = line(vec("z"), " = ", index, " ", sub("α", "j"), " ", sub(vec("v"), "j"))
    check = CheckLine(steps.checks.get("mixed"), what="length of z")
    return "The mixture of values", (
        Words(said), Space(4), cells, Formula((whole,)), check,
    )  # fmt: skip


def _share(steps: Steps) -> str:
    """How much of the mixture this key gives, by lengths."""
    part, whole = (sum(x * x for x in v.tolist()) ** 0.5 for v in (steps.part_D, steps.mixed_D))
    return f"Its part αv is {figure(part)} long, the whole z {figure(whole)}."
