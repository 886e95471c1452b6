"""Dropout acts where its setting says, and nowhere else."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.messages.config import ModelConfig
from explorer.model.attention import MultiHeadAttention
from explorer.model.feed_forward import FeedForward
from explorer.model.mask import EVERYTHING
from explorer.model.transformer import Transformer

SOURCE = torch.tensor([[4, 5, 6, 7, 10, 8, 9, 3]])
TARGET = torch.tensor([[2, 5, 6, 7, 9, 9, 4]])
EVERYWHERE = {"embedding", "attention", "hidden", "residual"}
NONE = {"dropout": 0.0, "embedding_dropout": 0.0, "attention_dropout": 0.0, "hidden_dropout": 0.0}


def made(**changes: Any) -> Transformer:
    values = {
        "width": 32, "heads": 4, "encoder_layers": 1, "decoder_layers": 1, "feed_forward": 64,
        "max_length": 12, "activation": "gelu",
    }  # fmt: skip
    torch.manual_seed(3)
    return Transformer(ModelConfig.model_validate({**values, **changes}), 11).train()


def moments(model: Transformer) -> Iterator[tuple[str, Any]]:
    """Every place that could drop something, by its kind: modules whose output is looked at."""
    yield "embedding", model.dropout
    for module in model.modules():
        if isinstance(module, FeedForward):
            yield "hidden", module.dropout
    for block in [*getattr(model, "encoder", []), *getattr(model, "decoder", [])]:
        for name, module in block.named_children():
            if name.startswith("residual"):
                yield "residual", module.dropout


def dropped(model: Transformer) -> dict[str, float]:
    """Share of the values at each place that become zero, from a pass with gradients."""
    shares: dict[str, list[float]] = {}

    def watch(kind: str) -> Any:
        def look(_module: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            gone = (output == 0) & (inputs[0] != 0)
            shares.setdefault(kind, []).append(gone.float().mean().item())

        return look

    handles = [module.register_forward_hook(watch(kind)) for kind, module in moments(model)]
    config = model.config
    model(SOURCE if config.has_encoder else None, TARGET if config.has_decoder else None)
    for handle in handles:
        handle.remove()
    return {kind: sum(each) / len(each) for kind, each in shares.items()}


def attends_at_random(model: Transformer) -> bool:
    """Whether an attention in the model mixes other values each time."""
    attention = next(m for m in model.modules() if isinstance(m, MultiHeadAttention))
    tokens = torch.randn(1, 8, 32)
    return not torch.equal(
        attention(tokens, tokens, EVERYTHING), attention(tokens, tokens, EVERYTHING)
    )


@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
@pytest.mark.parametrize("place", sorted(EVERYWHERE))
def test_that_dropout_of_a_place_acts_there_alone(architecture: str, place: str) -> None:
    own = "dropout" if place == "residual" else f"{place}_dropout"
    model = made(**{**NONE, own: 0.4, "architecture": architecture})
    shares = dropped(model)
    for kind in EVERYWHERE - {"attention"}:
        assert shares[kind] == pytest.approx(0.4 if kind == place else 0.0, abs=0.1), kind
    assert attends_at_random(model) == (place == "attention")


def test_that_places_without_a_share_of_their_own_take_that_of_the_model() -> None:
    model = made(dropout=0.4)
    for kind, share in dropped(model).items():
        assert share == pytest.approx(0.4, abs=0.1), kind
    assert attends_at_random(model)


def test_that_a_place_can_be_spared() -> None:
    shares = dropped(made(dropout=0.4, embedding_dropout=0.0))
    assert shares["embedding"] == 0
    assert shares["residual"] == pytest.approx(0.4, abs=0.1)


@pytest.mark.parametrize("changes", [{}, {"sink": "zero"}, {"score_cap": 2.0}], ids=str)
def test_that_dropped_attention_keeps_its_mean(changes: dict[str, Any]) -> None:
    """On every path: PyTorch's own kernel, and the formula."""
    model = made(**NONE, **changes).eval()
    attention = next(m for m in model.modules() if isinstance(m, MultiHeadAttention))
    attention.dropout = 0.5
    tokens = torch.randn(1, 8, 32).expand(4000, 8, 32)
    still = attention(tokens[:1], tokens[:1], EVERYTHING)
    mean = attention.train()(tokens, tokens, EVERYTHING).mean(0, keepdim=True)
    torch.testing.assert_close(mean, still, atol=0.1, rtol=0)


def test_that_nothing_is_dropped_when_it_does_not_learn() -> None:
    model = made(dropout=0.5).eval()
    assert torch.equal(model(SOURCE, TARGET), model(SOURCE, TARGET))
