"""Both kinds of models offer what inspection and decoding ask for; pyright holds them to it."""

import inspect

import pytest

from explorer.model.attention import MultiHeadAttention
from explorer.model.cache import DecoderState
from explorer.model.transformer import Transformer
from explorer.subjects import protocol
from explorer.subjects.outside.attention import OutsideAttention
from explorer.subjects.outside.model import OutsideModel
from explorer.subjects.outside.state import OutsideState


def own_model(model: Transformer) -> "protocol.Writes[DecoderState]":
    """Only pyright reads this: our model is one that writes."""
    return model


def outside_model(model: OutsideModel) -> "protocol.Writes[OutsideState]":
    """Only pyright reads this: a model from outside is one that writes."""
    return model


def attentions(own: MultiHeadAttention, outside: OutsideAttention) -> list[protocol.Attends]:
    """Only pyright reads this: both have the same taps."""
    return [own, outside]


@pytest.mark.parametrize("model", [Transformer, OutsideModel])
def test_that_every_call_takes_the_same_arguments(model: type) -> None:
    asked = inspect.getmembers(protocol.Writes, inspect.isfunction)
    names = [name for name, _ in asked if not name.startswith("_")]
    assert {"hidden", "sites", "start_decoding", "decode_step", "read_each"} <= set(names)
    for name, method in asked:
        if name in names and name not in ("parameters", "eval"):
            found = inspect.signature(getattr(model, name)).parameters
            asked_for = list(inspect.signature(method).parameters)
            assert list(found)[: len(asked_for)] == asked_for, name
            more = [found[extra] for extra in list(found)[len(asked_for) :]]
            assert all(extra.default is not inspect.Parameter.empty for extra in more), name
