"""Weights on disk come back, and what is no weights of this model is refused in words."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from explorer.messages.config import ModelConfig
from explorer.model.transformer import Transformer
from explorer.runs.weights import (
    ModelFileError,
    load_weights,
    optimizer_tensors,
    restore_optimizer,
    save_weights,
)

CONFIG = ModelConfig(width=8, heads=2, encoder_layers=1, decoder_layers=1, feed_forward=8)


def model(seed: int = 0, vocabulary: int = 9) -> Transformer:
    torch.manual_seed(seed)
    return Transformer(CONFIG, vocabulary)


def test_that_weights_come_back_bit_for_bit(tmp_path: Path) -> None:
    path, written, read = tmp_path / "model.safetensors", model(0), model(1)
    save_weights(path, written)
    load_weights(path, read)
    for name, value in written.state_dict().items():
        assert torch.equal(value, read.state_dict()[name]), name
    assert read.output.weight is read.get_parameter("source_embedding.weight")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def scribble(path: Path) -> None:
    path.write_bytes(b"no weights at all, but a letter to a friend" * 9)


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("harm", [cut, empty, scribble, remove])
def test_that_a_damaged_file_is_told_and_changes_nothing(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    path, read = tmp_path / "model.safetensors", model(1)
    save_weights(path, model(0))
    harm(path)
    with pytest.raises(ModelFileError, match=r"model\.safetensors cannot be read as safetensors"):
        load_weights(path, read)
    assert torch.equal(read.output.weight, model(1).output.weight)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("lacking", "it lacks encoder.0.feed_forward.expand.bias"),
        ("foreign", "it has a foreign stranger"),
        ("shape", r"source_embedding.weight has the shape \(12, 8\), not \(9, 8\)"),
    ],
)
def test_that_weights_of_another_model_are_told(
    tmp_path: Path, change: str, complaint: str
) -> None:
    path = tmp_path / "model.safetensors"
    other = model(vocabulary=12 if change == "shape" else 9)
    tensors = {name: p.detach().clone() for name, p in other.named_parameters()}
    if change == "lacking":
        del tensors["encoder.0.feed_forward.expand.bias"]
    if change == "foreign":
        tensors["stranger"] = torch.zeros(1)
    save_file(tensors, path)
    with pytest.raises(ModelFileError, match=f"belongs to another model: .*{complaint}"):
        load_weights(path, model())


def test_that_an_optimizers_memory_comes_back() -> None:
    one, other = model(), model()
    first, second = (torch.optim.Adam(m.parameters(), fused=True) for m in (one, other))
    for parameter in one.parameters():
        parameter.grad = torch.ones_like(parameter)
    first.step()
    kept = {name: tensor.clone() for name, tensor in optimizer_tensors(first).items()}
    restore_optimizer(second, kept)
    again = optimizer_tensors(second)
    assert again.keys() == kept.keys() and len(kept) == 3 * len(list(one.parameters()))
    assert all(torch.equal(again[name], kept[name]) for name in kept)
