"""What the comparisons with other implementations share: weights, outputs and gradients."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.model.transformer import Transformer

WIDTH, HEADS, LAYERS, FEED_FORWARD, VOCABULARY, LONGEST = 16, 4, 2, 24, 11, 12
Table = Mapping[str, Tensor]
"""Tensors by the names of parameters."""
Translation = Callable[[Table], dict[str, Tensor]]
"""Tensors under the other implementation's names to those under ours.

It only cuts, turns and renames, so that it does for gradients what it does for weights.
"""


def shape(**changes: Any) -> ModelConfig:
    """A small model without dropout."""
    values = {
        "width": WIDTH, "heads": HEADS, "encoder_layers": LAYERS, "decoder_layers": LAYERS,
        "feed_forward": FEED_FORWARD, "dropout": 0.0, "max_length": LONGEST,
    }  # fmt: skip
    return ModelConfig.model_validate({**values, **changes})


def randomise(model: nn.Module, seed: int = 1) -> None:
    """Draw every number at random, biases and norms too, so that nothing is at rest."""
    torch.manual_seed(seed)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4)


def model_like(theirs: nn.Module, translate: Translation, **changes: Any) -> Transformer:
    """Our model of a shape, with the weights of another, whose numbers are drawn at random."""
    randomise(theirs)
    ours = Transformer(shape(**changes), VOCABULARY).eval()
    copy_weights(ours, translate(dict(theirs.eval().named_parameters())))
    return ours


def copy_weights(ours: nn.Module, table: Table) -> None:
    """Give every parameter its tensor; none may be missing and none left over."""
    assert {name for name, _ in ours.named_parameters()} == set(table)
    with torch.no_grad():
        for name, parameter in ours.named_parameters():
            assert parameter.shape == table[name].shape, name
            parameter.copy_(table[name])


def assert_agree(
    ours: nn.Module, theirs: nn.Module, translate: Translation, found: Tensor, expected: Tensor
) -> None:
    """Outputs and the gradients of all parameters are the same to 1e-4."""
    assert expected.abs().max() > 0.1  # Or there would be nothing to compare.
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    for model, output in ((ours, found), (theirs, expected)):
        model.zero_grad()
        _loss(output).backward()
    gradients = {n: p.grad for n, p in theirs.named_parameters() if p.grad is not None}
    wanted = translate(gradients)
    for name, parameter in ours.named_parameters():
        assert parameter.grad is not None, name
        largest = wanted[name].abs().max().item()
        assert largest > 0 or "key.bias" in name, name  # One bias for all keys changes nothing.
        torch.testing.assert_close(
            parameter.grad, wanted[name], rtol=1e-4, atol=1e-4 * max(1.0, largest),
            msg=lambda text, name=name: f"{name}: {text}",
        )  # fmt: skip


def _loss(output: Tensor) -> Tensor:
    """A number in which every output takes part, each in its own way."""
    weights = torch.linspace(-1, 2, output.numel()).view_as(output)
    return (output * weights + output.square() * 0.1).sum()


def renamed(table: Table, names: Mapping[str, str]) -> dict[str, Tensor]:
    """Tensors whose names begin with a key, under names that begin with its value instead."""
    found: dict[str, Tensor] = {}
    for theirs, ours in names.items():
        for name, tensor in table.items():
            if name == theirs or name.startswith(f"{theirs}."):
                found[ours + name.removeprefix(theirs)] = tensor
    return found
