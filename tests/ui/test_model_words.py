"""The facts of a model in words."""

import pytest

from explorer.messages.config import ModelConfig, RunConfig
from explorer.messages.results import ModelInfo
from explorer.ui.widgets.figures import size
from explorer.ui.widgets.model_words import shape, weights


def info(weight_bytes: int, packed_bytes: int) -> ModelInfo:
    return ModelInfo("a", "", RunConfig(), 0, 1, 1, "", None, (), weight_bytes, packed_bytes)


@pytest.mark.parametrize(
    ("architecture", "said"),
    [("encoder-decoder", "Encoder–decoder 3+4"), ("decoder-only", "Decoder only 4"),
     ("encoder-only", "Encoder only 3")],
)  # fmt: skip
def test_that_an_architecture_is_said_with_the_layers_that_it_has(architecture, said) -> None:
    config = ModelConfig(architecture=architecture, encoder_layers=3, decoder_layers=4)
    assert shape(config) == said


def test_that_weights_are_said_packed_only_where_that_spares_something() -> None:
    assert weights(info(3_200_000, 311_000)) == "3.20 MB → 311 kB"
    assert weights(info(3_200_000, 3_200_000)) == "3.20 MB"
    assert weights(info(0, 0)) == ""


def test_that_bytes_have_units() -> None:
    assert [size(n) for n in (12, 999, 1000, 41_234, 1.23e9)] == [
        "12 bytes", "999 bytes", "1.00 kB", "41.2 kB", "1.23 GB",
    ]  # fmt: skip
