"""One decision: what may come next, what is chosen, and what is told of it.

Axes: B batch, V vocabulary, H head, K key.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp

import torch
from torch import Tensor

from explorer.data.vocabulary import Vocabulary
from explorer.decoding.filters import allowed_scores, truncated
from explorer.decoding.sampling import drawn, luck
from explorer.messages.decoding import Candidate, DecodeStep, How
from explorer.messages.decoding_config import DecodingConfig
from explorer.messages.heads import Floats
from explorer.messages.tokens import Site

Attention = Mapping[Site, Floats]
Fact = tuple[int, float, float, int]
"""A token with its log-probability, its final probability and its rank."""


@dataclass(slots=True)
class Outlook:
    """What may come next in each row: as the model says it, and as it is chosen from.

    `log_BV` are the model's log-probabilities; `scores_BV` what the choice is made by, and
    `final_BV` the probabilities of that, after repetition penalty, bans, temperature and
    truncation.
    """

    log_BV: Tensor
    scores_BV: Tensor
    final_BV: Tensor
    entropies: list[float]
    best_ids: list[list[int]]
    words: Vocabulary
    _known: dict[int, tuple[Candidate, ...]] = field(default_factory=dict)

    def facts(self, rows: Sequence[int], ids: Sequence[int]) -> list[Fact]:
        """What is known of a token in each of these rows."""
        rows_N = torch.tensor(rows, device=self.log_BV.device)
        ids_N = torch.tensor(ids, device=self.log_BV.device)
        log_N = self.log_BV[rows_N, ids_N]
        rank_N = 1 + (self.log_BV[rows_N] > log_N[:, None]).sum(-1)
        final_N = self.final_BV[rows_N, ids_N]
        return list(
            zip(ids, log_N.tolist(), final_N.tolist(), rank_N.tolist(), strict=True)
        )  # fmt: skip

    def step(
        self, row: int, index: int, fact: Fact, how: How, attention: Attention | None = None
    ) -> DecodeStep:
        """The decision for a token in a row."""
        id, log, final, rank = fact
        candidates = self._candidates(row)
        if all(candidate.token.id != id for candidate in candidates):
            candidates = (*candidates, Candidate(self.words.token(id), exp(log), final, rank))
        return DecodeStep(
            index, self.words.token(id), log, self.entropies[row], candidates,
            attention or {}, how, rank, final,
        )  # fmt: skip

    def decided(
        self, index: int, id: int, how: How, attention: Attention | None = None
    ) -> DecodeStep:
        """The decision for a token in the only row."""
        return self.step(0, index, self.facts([0], [id])[0], how, attention)

    def _candidates(self, row: int) -> tuple[Candidate, ...]:
        if row not in self._known:
            ids = self.best_ids[row]
            log_K, final_K = self.log_BV[row, ids], self.final_BV[row, ids]
            rows = zip(
                ids, log_K.exp().tolist(), final_K.tolist(), ranked(log_K.tolist()), strict=True
            )
            self._known[row] = tuple(
                Candidate(self.words.token(id), p, final, rank) for id, p, final, rank in rows
            )
        return self._known[row]


def ranked(falling: Sequence[float]) -> list[int]:
    """The rank of each of falling numbers, from 1; equal ones have the same."""
    ranks: list[int] = []
    for place, number in enumerate(falling):
        same = place > 0 and number == falling[place - 1]
        ranks.append(ranks[-1] if same else place + 1)
    return ranks


def outlook(
    words: Vocabulary, logits_BV: Tensor, written_BT: Tensor, config: DecodingConfig,
    bans: Collection[int] = (),
) -> Outlook:  # fmt: skip
    """What may come next in each row, after these tokens."""
    log_BV = logits_BV.float().log_softmax(-1)
    searched = config.method == "beam"
    scores_BV = allowed_scores(log_BV if searched else logits_BV.float(), written_BT, config, bans)
    if config.method == "sample":
        scores_BV = truncated(scores_BV, config)
    # A search adds log-probabilities up as they are; what a ban takes away is not shared out.
    final_BV = scores_BV.exp() if searched else scores_BV.softmax(-1)
    entropies_B = -(log_BV.exp() * log_BV).sum(-1)
    best_BK = log_BV.topk(min(config.candidates, log_BV.shape[1])).indices
    return Outlook(log_BV, scores_BV, final_BV, entropies_B.tolist(), best_BK.tolist(), words)


def choose(found: Outlook, row: int, config: DecodingConfig, index: int) -> tuple[int, How]:
    """The token that the method takes as number `index` of the text."""
    if config.method == "sample":
        return drawn(found.final_BV[row], luck(config.seed, index)), "sampled"
    return int(found.scores_BV[row].argmax()), "greedy"
