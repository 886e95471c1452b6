"""What stands between the model's scores and the distribution that a token is chosen from.

The definitions and their order are those of `transformers`' `generate`: repetition penalty and
bans for every method; temperature, top k, top p, min p and typical when tokens are drawn. A token
that is cut off has the score -inf. Scores are logits or log-probabilities. Axes: B batch,
T target position, V vocabulary.
"""

from collections.abc import Collection

import torch
from torch import Tensor

from explorer.messages.decoding_config import DecodingConfig

CUT = -torch.inf


def allowed_scores(
    scores_BV: Tensor, written_BT: Tensor, config: DecodingConfig, bans: Collection[int] = ()
) -> Tensor:
    """B×V scores after the repetition penalty for what is written, and without banned tokens."""
    if config.repetition_penalty != 1 and written_BT.shape[1]:
        scores_BV = penalised(scores_BV, written_BT, config.repetition_penalty)
    if bans:
        scores_BV = scores_BV.clone()
        scores_BV[:, list(bans)] = CUT
    return scores_BV


def truncated(scores_BV: Tensor, config: DecodingConfig) -> Tensor:
    """B×V scores at the temperature, with all cut off that shall not be drawn."""
    scores_BV = scores_BV / config.temperature
    if config.top_k:
        scores_BV = top_k(scores_BV, config.top_k)
    if config.top_p < 1:
        scores_BV = top_p(scores_BV, config.top_p)
    if config.min_p:
        scores_BV = min_p(scores_BV, config.min_p)
    if config.typical < 1:
        scores_BV = typical(scores_BV, config.typical)
    return scores_BV


def penalised(scores_BV: Tensor, written_BT: Tensor, penalty: float) -> Tensor:
    """Scores of written tokens divided by the penalty, negative ones multiplied.

    Keskar et al., 2019 (CTRL), section 4.1.
    """
    written_BV = torch.zeros_like(scores_BV, dtype=torch.bool).scatter_(1, written_BT, True)
    worse_BV = torch.where(scores_BV < 0, scores_BV * penalty, scores_BV / penalty)
    return torch.where(written_BV, worse_BV, scores_BV)


def top_k(scores_BV: Tensor, count: int) -> Tensor:
    """The `count` best, and all that are as good as the last of them (Fan et al., 2018)."""
    best_BK = scores_BV.topk(min(count, scores_BV.shape[1])).values
    return scores_BV.masked_fill(scores_BV < best_BK[:, -1:], CUT)


def top_p(scores_BV: Tensor, mass: float) -> Tensor:
    """The fewest best tokens whose probabilities reach `mass` (Holtzman et al., 2020)."""
    rising = scores_BV.sort()
    # What can go are the worst ones, as long as they are together no more than the rest.
    gone_BV = rising.values.softmax(-1).cumsum(-1) <= 1 - mass
    gone_BV[:, -1] = False
    return scores_BV.masked_fill(gone_BV.scatter(1, rising.indices, gone_BV), CUT)


def min_p(scores_BV: Tensor, share: float) -> Tensor:
    """Tokens with at least `share` of the best one's probability (Nguyen et al., 2024)."""
    chances_BV = scores_BV.softmax(-1)
    best_B1 = chances_BV.amax(-1, keepdim=True)
    return scores_BV.masked_fill(chances_BV < share * best_B1, CUT)


def typical(scores_BV: Tensor, mass: float) -> Tensor:
    """The fewest tokens of the most expected surprise that reach `mass` (Meister et al., 2023)."""
    log_BV = scores_BV.log_softmax(-1)
    chances_BV = log_BV.exp()
    # 0 · log 0 is 0; tokens that are cut off already stay so.
    entropy_B1 = -(log_BV * chances_BV).nansum(-1, keepdim=True)
    oddness_BV = (-log_BV - entropy_B1).abs()
    rising = oddness_BV.sort()
    reached_BV = scores_BV.gather(1, rising.indices).softmax(-1).cumsum(-1)
    last_B1 = (reached_BV < mass).sum(-1, keepdim=True).clamp(max=scores_BV.shape[1] - 1)
    worst_B1 = rising.values.gather(1, last_B1)
    gone_BV = oddness_BV > worst_B1
    gone_BV.scatter_(1, rising.indices[:, :1], False)
    return scores_BV.masked_fill(gone_BV, CUT)
