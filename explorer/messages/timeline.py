"""One sentence through a run's weights of many steps.

Axes: S kept step, H head, Q query position, K key position, N decision, C candidate.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats
from explorer.messages.results import SignalPicture, Site, SiteKind, Token, Trace

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reading:
    """What stays the same at all steps: the texts as the model reads them, and what it decides.

    `places` are positions of the last stack at which a token is decided, `expected` the tokens
    that are due there: those of the target, or (`own_target`) what the newest weights say.
    """

    model: str
    source_text: str
    target_text: str
    own_target: bool
    source: tuple[Token, ...]
    target: tuple[Token, ...]
    places: tuple[int, ...]
    expected: tuple[Token, ...]
    allowed: Mapping[SiteKind, NDArray[np.bool_]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    signal: SignalPicture | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The sentence at some kept steps, rising; parts of it come first, the whole in the end.

    `weights[site]` is S×H×Q×K, empty for a text so long that it would not fit (`notes` say so).
    `losses_SN` are −ln of the probability of the expected token, `probabilities_SN` that
    probability; `candidates_SNC` are the likeliest tokens, falling, with their probabilities.
    `moved[site]`, S×H×K, is ‖v·W_O‖ of each key. `entropies_SN` are those of the whole
    distributions, in nats; `words` has the tokens of all candidates by their ids.
    """

    reading: Reading
    steps_S: Ids
    weights: Mapping[Site, Floats]
    losses_SN: Floats
    probabilities_SN: Floats
    candidates_SNC: Ids
    likelihoods_SNC: Floats
    milliseconds: float = 0.0
    moved: Mapping[Site, Floats] = field(default_factory=dict)
    entropies_SN: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    words: Mapping[int, Token] = field(default_factory=dict)

    def place(self, step: int) -> int:
        """Where the newest kept step that is not after `step` stands; the first one before it."""
        return max(0, int(np.searchsorted(self.steps_S, step, side="right")) - 1)

    @property
    def loss_S(self) -> Floats:
        """The mean loss of each step; NaN where nothing is decided."""
        if not self.losses_SN.shape[1]:
            return np.full(len(self.steps_S), np.nan, np.float32)
        return self.losses_SN.mean(axis=1)

    def trace(self, place: int) -> Trace:
        """One step of it, as panels draw it: without queries, keys and values."""
        reading = self.reading
        return Trace(
            reading.model, int(self.steps_S[place]), reading.source_text, reading.target_text,
            reading.own_target, reading.source, reading.target,
            {site: weights[place] for site, weights in self.weights.items()}, reading.notes,
            0.0, reading.signal, reading.allowed,
        )  # fmt: skip

    def traces(self) -> tuple[Trace, ...]:
        """All steps, as panels draw them."""
        return tuple(self.trace(place) for place in range(len(self.steps_S)))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as plain arrays by name, for a file."""
        named = {f"weights.{site}": weights for site, weights in self.weights.items()}
        named |= {f"moved.{site}": moved for site, moved in self.moved.items()}
        return {
            "steps": self.steps_S, **named, "losses": self.losses_SN,
            "probabilities": self.probabilities_SN, "candidates": self.candidates_SNC,
            "likelihoods": self.likelihoods_SNC, "places": np.array(self.reading.places, np.int64),
            "expected": np.array([token.id for token in self.reading.expected], np.int64),
            "source": np.array([token.text for token in self.reading.source], np.str_),
            "target": np.array([token.text for token in self.reading.target], np.str_),
        }  # fmt: skip


def joined(parts: Iterable[Timeline]) -> Timeline:
    """Parts of one timeline as one, in the order of steps; raises `ValueError` without any."""
    given = list(parts)
    steps = np.concatenate([part.steps_S for part in given])
    order = np.argsort(steps, kind="stable")

    def all_of(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in given])[order]

    def of_sites(name: str) -> dict[Site, Floats]:
        sites: Mapping[Site, Floats] = getattr(given[0], name)
        return {s: np.concatenate([getattr(part, name)[s] for part in given])[order] for s in sites}

    return replace(
        given[0], steps_S=steps[order], weights=of_sites("weights"), losses_SN=all_of("losses_SN"),
        probabilities_SN=all_of("probabilities_SN"), candidates_SNC=all_of("candidates_SNC"),
        likelihoods_SNC=all_of("likelihoods_SNC"),
        milliseconds=sum(part.milliseconds for part in given), moved=of_sites("moved"),
        entropies_SN=all_of("entropies_SN"),
        words={id: token for part in given for id, token in part.words.items()},
    )  # fmt: skip
