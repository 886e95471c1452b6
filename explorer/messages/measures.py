"""What is measured of a head, in words, and the table of all heads.

Axes: N heads of all sites, M measures, in the order of `MEASURES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.messages.heads import Floats
from explorer.messages.results import Site, SiteKind

SELF = (SiteKind.ENCODER, SiteKind.DECODER)
EVERYWHERE = (*SELF, SiteKind.CROSS)


@dataclass(frozen=True, slots=True)
class Measure:
    """One column: its stable key, its title, what it is, its unit and where it comes from.

    `kinds` are the attentions that it makes sense for; elsewhere it is NaN. A `share` lies between
    0 and 1.
    """

    key: str
    title: str
    definition: str
    unit: str
    source: str
    kinds: tuple[SiteKind, ...] = EVERYWHERE

    @property
    def share(self) -> bool:
        """Whether its values lie between 0 and 1."""
        return self.unit == "share"


CHOICE = "over the queries that have a choice of keys"
MEASURES = (
    Measure(
        "entropy", "Entropy",
        "−Σ α ln α of a query's weights, mean over all queries: 0 when each looks at one key, "
        "ln n when spread evenly over n. What a learned sink takes counts as one key more.",
        "nats", "Shannon, 1948; of heads: Clark et al., 2019",
    ),
    Measure(
        "evenness", "Evenness",
        f"Entropy over the largest possible, ln of the number of open keys; mean {CHOICE}.",
        "share", "Pielou, 1966",
    ),
    Measure(
        "peak", "Largest weight", f"The largest weight of a query, mean {CHOICE}.",
        "share", "“confidence” in Voita et al., 2019",
    ),
    Measure(
        "distance", "Distance",
        "Σ α |q − k| over Σ α: how many tokens away a query looks, mean over all queries.",
        "tokens", "Vig and Belinkov, 2019", SELF,
    ),
    Measure(
        "first", "First token",
        f"Weight on the very first key, mean {CHOICE}. Heads that have nothing to say rest there.",
        "share", "attention sink, Xiao et al., 2024",
    ),
    Measure(
        "last", "Last token",
        "Weight on the very last key, often the end mark, mean over the queries. A decoder may not "
        "look there.",
        "share", "“no-op” on [SEP], Clark et al., 2019", (SiteKind.ENCODER, SiteKind.CROSS),
    ),
    Measure(
        "previous", "Previous",
        "Weight on the token right before, mean over the queries that have one.",
        "share", "Clark et al., 2019; Voita et al., 2019", SELF,
    ),
    Measure(
        "next", "Next",
        "Weight on the token right after, mean over the queries that may look there. A decoder's "
        "may not.",
        "share", "Clark et al., 2019; Voita et al., 2019", (SiteKind.ENCODER,),
    ),
    Measure(
        "same", "Same place", f"Weight on the query's own token, mean {CHOICE}.",
        "share", "Clark et al., 2019", SELF,
    ),
    Measure(
        "duplicate", "Duplicate",
        "Weight on other occurrences of the query's own token that it may look at, mean over the "
        "queries that have one.",
        "share", "duplicate token heads, Wang et al., 2022", SELF,
    ),
    Measure(
        "induction", "Induction",
        "Weight on the tokens that followed earlier occurrences of the query's own token, mean "
        "over the queries that have one: “A B … A” looks at B.",
        "share", "prefix matching, Olsson et al., 2022", SELF,
    ),
    Measure(
        "diagonal", "Diagonal",
        "Weight on the source word at the same relative place as the target word that the query "
        "decides, special tokens apart; mean over the words.",
        "share", "monotonic alignment, cf. Raganato and Tiedemann, 2018", (SiteKind.CROSS,),
    ),
    Measure(
        "antidiagonal", "Anti-diagonal",
        "The same with the source read backwards.",
        "share", "as Diagonal", (SiteKind.CROSS,),
    ),
    Measure(
        "positional", "Positional part",
        "Share of the variance of the scores before the softmax, within a query's row, that the "
        "relative position k − q explains by itself (adjusted R²: chance gives 0; of the first 512 "
        "tokens at most). What is left, 1 − this, depends on contents.",
        "share", "two-way analysis of variance (Fisher, 1925)", SELF,
    ),
    Measure(
        "variability", "Content part",
        "How far the weights of the first ten tokens differ from their mean over the examples, "
        "Σ|α − ᾱ| / 2Σα: 0 when only positions matter, towards 1 when only contents do. Needs a "
        "sample.",
        "share", "attention variability, Vig and Belinkov, 2019",
    ),
    Measure(
        "moved", "Moved",
        "Σ α ‖v·W_O‖: the length of all that a query lets move, mean over the queries. A head may "
        "look hard at a key and take nothing from it.",
        "length", "Kobayashi et al., 2020",
    ),
)  # fmt: skip
COLUMN = {measure.key: number for number, measure in enumerate(MEASURES)}


@dataclass(frozen=True, slots=True)
class Role:
    """One automatic label: its key, its name, and when it is given."""

    key: str
    title: str
    definition: str


SURE = 0.4
"""Least confidence with which a role is given."""
BROAD = 0.9
"""Least evenness of a head that is called broad."""
FEWEST = 3
"""Fewest queries that a role may rest on."""
ROLES = (
    Role("previous", "previous token", "Looks at the token before."),
    Role("next", "next token", "Looks at the token after."),
    Role("same", "same token", "Looks at its own place."),
    Role("first", "first token", "Rests on the first token: a sink."),
    Role("last", "last token", "Rests on the last token, often the end mark."),
    Role("induction", "induction", "Looks at what followed the same token earlier."),
    Role("duplicate", "duplicate", "Looks at other occurrences of the same token."),
    Role("diagonal", "aligner, diagonal", "Pairs target and source words in order."),
    Role("antidiagonal", "aligner, anti-diagonal", "Pairs target and source in reverse order."),
    Role("broad", "broad", f"Spread nearly evenly: evenness of {BROAD} or more."),
    Role("mixed", "mixed", "Measured, and none of the other roles fits."),
    Role("", "not measured", f"Fewer than {FEWEST} queries have a choice: nothing can be said."),
)  # fmt: skip
ROLE = {role.key: role for role in ROLES}
RULE = (
    "A head gets the role whose share exceeds chance the most: confidence is (share − chance) / "
    "(1 − chance), where chance is what even attention over the open keys would pay there. It "
    f"takes a confidence of {SURE} and at least {FEWEST} queries to rest on."
)


@dataclass(frozen=True, slots=True)
class HeadLabel:
    """A head's role, from 0 to 1 how sure it is, and on how many queries that rests."""

    role: str
    confidence: float
    queries: int

    @property
    def title(self) -> str:
        """The role in a word or two."""
        return ROLE[self.role].title


NOT_MEASURED = HeadLabel("", float("nan"), 0)


@dataclass(frozen=True)
class HeadMeasures:
    """All heads measured on a sentence, or on so many held-out `examples` (0: the sentence).

    `values_NM` has a row for each of `heads` and a column for each of `MEASURES`, NaN where a
    measure does not apply or nothing could be measured; `queries_NM` are the queries (of
    variability: the examples) that each rests on.
    """

    model: str
    step: int
    source_text: str
    target_text: str
    examples: int
    heads: tuple[tuple[Site, int], ...]
    values_NM: Floats
    queries_NM: Floats
    labels: tuple[HeadLabel, ...]
    milliseconds: float = 0.0

    @cached_property
    def rows(self) -> dict[tuple[Site, int], int]:
        """Where each head stands."""
        return {head: row for row, head in enumerate(self.heads)}

    def value(self, site: Site, head: int, key: str) -> float:
        """One figure; NaN for a head that was not measured."""
        row = self.rows.get((site, head))
        return float("nan") if row is None else float(self.values_NM[row, COLUMN[key]])

    def label(self, site: Site, head: int) -> HeadLabel:
        """A head's role; that of nothing for one that was not measured."""
        row = self.rows.get((site, head))
        return NOT_MEASURED if row is None else self.labels[row]

    @property
    def measured(self) -> tuple[Measure, ...]:
        """The columns in which there is any number."""
        return tuple(m for m in MEASURES if not np.isnan(self.values_NM[:, COLUMN[m.key]]).all())

    @property
    def on(self) -> str:
        """What they were measured on, in words."""
        if not self.examples:
            return f"this sentence, step {self.step:,}"
        return f"{self.examples:,} held-out examples, step {self.step:,}"


def ordered(found: HeadMeasures, key: str, *, rising: bool = False) -> tuple[tuple[Site, int], ...]:
    """All heads by a measure, the largest first unless `rising`; those without it come last.

    Equal ones stay in the order of layers and heads. `label` orders by role, the surest first, and
    `confidence` by how sure the role is.
    """
    if key == "label":
        return tuple(found.heads[row] for row in _by_role(found, rising))
    if key == "confidence":
        values_N = np.array([label.confidence for label in found.labels])
    else:
        values_N = found.values_NM[:, COLUMN[key]].astype(np.float64)
    missing_N = np.isnan(values_N)
    rank_N = np.where(missing_N, np.inf, values_N if rising else -values_N)
    return tuple(found.heads[row] for row in np.argsort(rank_N, kind="stable"))


def _by_role(found: HeadMeasures, rising: bool) -> Iterator[int]:
    place = {role.key: number for number, role in enumerate(ROLES)}

    def rank(row: int) -> tuple[int, float]:
        label = found.labels[row]
        return (-1 if rising else 1) * place[label.role], -np.nan_to_num(label.confidence)

    return iter(sorted(range(len(found.heads)), key=rank))


def with_role(found: HeadMeasures, *roles: str) -> tuple[tuple[Site, int], ...]:
    """The heads that have one of these roles."""
    pairs = zip(found.heads, found.labels, strict=True)
    return tuple(head for head, label in pairs if label.role in roles)
