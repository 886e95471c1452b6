"""A logit's parts: they add up, and each is what it says, by taking it away.

Sums are checked in whatever model can be; low-bit layers round as they do when they run.
"""

import math
from functools import partial
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer.inspection.contributions import parts_of
from explorer.inspection.residuals import Residuals, residuals
from explorer.messages.config import ModelConfig
from explorer.messages.lenses import Part
from explorer.model.packed import pack_layers
from explorer.model.taps import Tap, hooks_left, watching
from explorer.model.transformer import Transformer
from tests.any_config import model_configs
from tests.model.test_every_combination import SOURCE, TARGET, VOCABULARY, random_model

PLACE, TOKEN = 4, 7


def logits(model: Transformer) -> Tensor:
    """T×V of the first sentence of the example."""
    source = SOURCE[:1] if model.config.has_encoder else None
    return model(source, TARGET[:1] if model.config.has_decoder else None)[0]


def taken_apart(
    model: Transformer, place: int = PLACE, token: int = TOKEN
) -> tuple[float, tuple[Part, ...]]:
    """The logit as the model says it, and its parts."""
    with residuals(model) as seen, torch.no_grad():
        logit = logits(model)[place, token].item()
        return logit, parts_of(seen, place, model.output.weight[token])


def total(parts: tuple[Part, ...]) -> float:
    return sum(part.logit for part in parts)


@given(config=model_configs(), place=st.integers(0, 7), token=st.integers(0, VOCABULARY - 1))
@settings(max_examples=120, deadline=None)
def test_that_parts_add_up_in_every_model(config: ModelConfig, place: int, token: int) -> None:
    model = random_model(config, rounding=True)
    logit, parts = taken_apart(model, place, token)
    assert abs(total(parts) - logit) <= 1e-8 * max(1, size(parts))
    assert hooks_left(model) == 0


@given(config=model_configs())
@settings(max_examples=120, deadline=None)
def test_that_parts_add_up_within_a_ten_thousandth_in_float32(config: ModelConfig) -> None:
    torch.manual_seed(4)
    model = Transformer(config, VOCABULARY).eval()
    logit, parts = taken_apart(model)
    assert abs(total(parts) - logit) <= 1e-4


def size(parts: tuple[Part, ...]) -> float:
    """That of the largest part, to which rounding is in proportion."""
    return max(abs(part.logit) for part in parts)


@pytest.mark.parametrize("weights", ["ternary", "binary"])
def test_that_parts_of_packed_layers_add_up(weights: str) -> None:
    torch.manual_seed(5)
    model = Transformer(config(weights=weights), VOCABULARY).eval()
    before = taken_apart(model)[1]
    pack_layers(model)
    logit, parts = taken_apart(model)
    assert total(parts) == pytest.approx(logit, abs=1e-4)
    assert [p.logit for p in parts] == pytest.approx([p.logit for p in before], abs=1e-5)


def config(**changes: Any) -> ModelConfig:
    values = {
        "width": 12, "heads": 3, "encoder_layers": 2, "decoder_layers": 2, "feed_forward": 20,
        "max_length": 24,
    }  # fmt: skip
    return ModelConfig.model_validate({**values, **changes})


# Each part is what it says


class Frozen(nn.Module):
    """A norm whose scale stays what it was for one input."""

    def __init__(self, norm: nn.Module, input_LM: Tensor) -> None:
        super().__init__()
        assert isinstance(norm, nn.LayerNorm | nn.RMSNorm) and norm.eps is not None
        self.norm, self.centred = norm, isinstance(norm, nn.LayerNorm)
        centre_LM = input_LM - input_LM.mean(-1, keepdim=True) if self.centred else input_LM
        self.scale_L1 = (centre_LM.square().mean(-1, keepdim=True) + norm.eps).sqrt()

    def forward(self, input_BLM: Tensor) -> Tensor:
        if self.centred:
            input_BLM = input_BLM - input_BLM.mean(-1, keepdim=True)
        bias = getattr(self.norm, "bias", None)
        output = input_BLM / self.scale_L1 * self.norm.weight
        return output if bias is None else output + bias


def without(model: Transformer, seen: Residuals, part: Part) -> float:
    """The logit when a head or a feed-forward layer adds nothing, and all others what they did."""
    probes: dict[Tap, Any] = {}
    for number, each in enumerate(seen.sums):
        own = each.layer == part.layer and each.site == part.site
        if not own:
            probes[each.residual.added] = partial(always, seen.added_LM(number))
        elif part.kind == "feed-forward":
            probes[each.residual.added] = torch.zeros_like
        else:
            assert each.attention is not None
            mixed = seen.mixed_HLD(number).clone()
            mixed[part.head] = 0
            probes[each.attention.mixed] = partial(always, mixed)
    with watching(probes), torch.no_grad():
        return logits(model)[PLACE, TOKEN].item()


def always(kept: Tensor, _: Tensor) -> Tensor:
    return kept[None]


def frozen(model: Transformer, seen: Residuals) -> None:
    """Take the scales of the norms that parts pass through as they came out."""
    for number, each in enumerate(seen.sums):
        if not each.residual.norm_first:
            sum_LM = seen.after_LM(number) + seen.added_LM(number)
            each.residual.norm = Frozen(each.residual.norm, sum_LM)
    if not isinstance(seen.norm, nn.Identity):
        last = Frozen(seen.norm, seen.after_LM(len(seen.sums)))
        model.set_submodule("decoder_norm" if model.config.has_decoder else "encoder_norm", last)


@pytest.mark.parametrize("norm_kind", ["layer", "rms"])
@pytest.mark.parametrize("norm", ["before", "after"])
@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
def test_that_taking_a_part_away_takes_its_share(
    architecture: str, norm: str, norm_kind: str
) -> None:
    model = random_model(config(architecture=architecture, norm=norm, norm_kind=norm_kind))
    with residuals(model) as seen, torch.no_grad():
        logit = logits(model)[PLACE, TOKEN].item()
        parts = parts_of(seen, PLACE, model.output.weight[TOKEN])
    frozen(model, seen)
    tried = [part for part in parts if part.kind in ("head", "feed-forward")]
    per_layer = (6 if architecture == "encoder-decoder" else 3) + 1
    assert len(tried) == 2 * per_layer
    for part in tried:
        assert logit - without(model, seen, part) == pytest.approx(part.logit, abs=1e-8), part.title


def test_that_parts_are_named_in_the_order_of_computing() -> None:
    parts = taken_apart(random_model(config(norm="before", bias=True, decoder_layers=1)))[1]
    assert [part.title for part in parts] == [
        "embedding and position",
        "layer 1, decoder head 1", "layer 1, decoder head 2", "layer 1, decoder head 3",
        "layer 1, decoder output bias",
        "layer 1, cross head 1", "layer 1, cross head 2", "layer 1, cross head 3",
        "layer 1, cross output bias", "layer 1, feed-forward", "last norm's bias",
    ]  # fmt: skip


def test_that_norms_after_each_sum_have_their_own_biases() -> None:
    model = random_model(config(architecture="decoder-only", norm="after", decoder_layers=1))
    titles = [part.title for part in taken_apart(model)[1]]
    assert titles[-1] == "layer 1, bias of the norm after feed-forward"
    assert "layer 1, bias of the norm after decoder" in titles
    assert "last norm's bias" not in titles


def test_that_a_head_that_is_cut_off_adds_nothing() -> None:
    model = random_model(config(architecture="decoder-only"))
    attention = next(model.sites())[1]
    with torch.no_grad():
        attention.output.weight[:, 4:8] = 0
    shares = [part.logit for part in taken_apart(model)[1] if part.kind == "head"]
    assert shares[1] == 0 and all(math.fabs(s) > 0 for s in (shares[0], shares[2]))
