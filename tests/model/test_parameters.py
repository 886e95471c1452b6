"""The numbers that a model learns: how many there are, what they are at first, which are one."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from explorer.messages.config import ModelConfig
from explorer.model.transformer import Transformer
from tests.any_config import model_configs

WORDS, SOURCE_WORDS, FEATURES = 11, 13, 5
WIDTH, HIDDEN = 64, 128


def made(seed: int = 3, **changes: Any) -> Transformer:
    """A model as it is before its first step, wide enough to measure deviations."""
    values = {
        "width": WIDTH, "heads": 4, "encoder_layers": 3, "decoder_layers": 4,
        "feed_forward": HIDDEN, "max_length": 40,
    }  # fmt: skip
    torch.manual_seed(seed)
    return Transformer(ModelConfig.model_validate({**values, **changes}), WORDS)


# How many


def expected_count(config: ModelConfig, words: int, source_words: int | None) -> int:
    """The sum over the layers, written out from the formulas of the paper.

    Without `source_words` the source has the words of the target, and may share their table.
    """
    width, hidden, bias = config.width, config.feed_forward, int(config.bias)
    shared = config.groups * config.head_width
    attention = 2 * width * (width + bias) + 2 * shared * (width + bias)
    attention += 2 * config.head_width * config.query_key_norm
    attention += config.heads * (config.sink == "learned")
    ups = 2 if config.activation in ("swiglu", "geglu") else 1
    feed_forward = ups * hidden * (width + bias) + width * (hidden + bias)
    norm = width * (2 if config.norm_kind == "layer" and config.bias else 1)
    block = attention + feed_forward + 2 * norm
    total = words * width  # What it says.
    tied = config.tie_embeddings
    last = norm * (config.norm == "before")
    if config.has_encoder:
        total += config.encoder_layers * block + last
        total += 0 if tied and source_words is None else (source_words or words) * width
    if config.has_decoder:
        crossing = (attention + norm) * config.has_encoder
        total += config.decoder_layers * (block + crossing) + last
        total += 0 if tied else words * width
    total += norm * config.embedding_norm
    return total + config.max_length * width * (config.positions == "learned")


@given(config=model_configs())
@settings(max_examples=60, deadline=None)
def test_that_a_model_has_as_many_numbers_as_its_formulas(config: ModelConfig) -> None:
    for others in (None, SOURCE_WORDS):
        model = Transformer(config, WORDS, others)
        assert model.parameter_count() == expected_count(config, WORDS, others)


def test_that_tied_tables_are_one() -> None:
    model = made(tie_embeddings=True)
    shared = model.output.weight
    assert model.get_parameter("source_embedding.weight") is shared
    assert model.get_parameter("target_embedding.weight") is shared


def test_that_a_source_of_other_words_has_a_table_of_its_own() -> None:
    model = Transformer(made().config, WORDS, SOURCE_WORDS)
    assert model.get_parameter("target_embedding.weight") is model.output.weight
    assert model.get_parameter("source_embedding.weight").shape == (SOURCE_WORDS, WIDTH)


def test_that_frames_have_a_matrix_in_place_of_a_table() -> None:
    model = Transformer(made().config, WORDS, features=FEATURES)
    assert model.source_embedding is None
    assert model.get_parameter("source_frames.weight").shape == (WIDTH, FEATURES)


# What they are at first


def near(found: Tensor, deviation: float) -> bool:
    """Whether numbers have a deviation, and a mean of nothing, within five standard errors."""
    error = 5 * deviation / (2 * found.numel()) ** 0.5
    return abs(found.std().item() - deviation) < error and abs(found.mean().item()) < 1.5 * error


def matrices(model: Transformer, *ends: str) -> dict[str, Tensor]:
    """Matrices of the blocks whose names end so."""
    names = tuple(f"{end}.weight" for end in ends)
    return {
        name: p.detach() for name, p in model.named_parameters()
        if name.startswith(("encoder.", "decoder.")) and name.endswith(names) and p.dim() == 2
    }  # fmt: skip


INWARD = ("query", "key", "value", "expand", "gate")
OUTWARD = ("attention.output", "contract")


def test_that_xavier_is_even_up_to_its_bound() -> None:
    found = matrices(made(initialisation="xavier", activation="swiglu"), *INWARD, *OUTWARD)
    assert len(found) == 3 * (4 + 3) + 4 * (8 + 3)
    for name, matrix in found.items():
        bound = (6 / sum(matrix.shape)) ** 0.5
        assert bound * 0.98 < matrix.abs().max() <= bound, name
        assert near(matrix, bound / 3**0.5), name


@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
def test_that_gpt2s_deviations_shrink_where_the_residual_is_reached(architecture: str) -> None:
    model = made(initialisation="gpt2", architecture=architecture)
    for name, matrix in matrices(model, *INWARD).items():
        assert near(matrix, 0.02), name
    for name, matrix in matrices(model, *OUTWARD).items():
        layers = 3 if name.startswith("encoder.") else 4
        assert near(matrix, 0.02 / (2 * layers) ** 0.5), name
    for name, table in model.named_parameters():
        if "embedding" in name:
            assert near(table.detach()[1:], 0.02), name


def test_that_depth_begins_as_if_there_were_no_blocks() -> None:
    model = made(initialisation="depth").eval()
    for matrix in matrices(model, *OUTWARD).values():
        assert matrix.abs().max() == 0
    for name, matrix in matrices(model, *INWARD).items():
        assert near(matrix, matrix.shape[1] ** -0.5), name
    source, target = torch.tensor([[4, 5, 6]]), torch.tensor([[2, 7, 8]])
    embedded = model.decoder_norm(model._embed(model.target_embedding, target))
    torch.testing.assert_close(model(source, target), model.output(embedded))


@pytest.mark.parametrize("initialisation", ["xavier", "gpt2", "depth"])
@pytest.mark.parametrize("tied", [True, False])
def test_that_the_rest_begins_at_rest(initialisation: str, tied: bool) -> None:
    model = made(
        initialisation=initialisation, tie_embeddings=tied, sink="learned", query_key_norm=True,
        embedding_norm=True,
    )  # fmt: skip
    for name, parameter in model.named_parameters():
        if name.endswith("norm.weight"):
            assert (parameter == 1).all(), name
        elif parameter.dim() == 1:
            assert (parameter == 0).all(), name
    for table in (model.source_embedding, model.target_embedding):
        assert table is not None
        assert (table.weight[0] == 0).all()  # Padding.


@pytest.mark.parametrize("initialisation", ["xavier", "depth"])
def test_that_scaled_embeddings_have_unit_variance(initialisation: str) -> None:
    table = made(initialisation=initialisation).get_parameter("target_embedding.weight")
    assert near(table.detach()[1:] * WIDTH**0.5, 1.0)


def test_that_another_seed_gives_other_weights_and_the_same_the_same() -> None:
    one, same, other = made(1), made(1), made(2)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert not torch.equal(one.output.weight, other.output.weight)


def test_that_tables_of_different_words_are_not_tied_because_they_are_of_one_size() -> None:
    model = Transformer(made(tie_embeddings=True).config, WORDS, WORDS)
    assert model.source_embedding is not None and model.target_embedding is not None
    assert model.source_embedding.weight is not model.target_embedding.weight
    assert model.target_embedding.weight is model.output.weight
