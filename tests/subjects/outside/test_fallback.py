"""Families with an attention of their own: weights as their eager code tells them."""

from typing import Any

import pytest
import torch

pytest.importorskip("transformers")

import transformers as hf

from explorer.inspection.recording import recording
from explorer.messages.config import ModelConfig
from explorer.messages.results import Site, SiteKind
from explorer.subjects.outside.attention import register
from explorer.subjects.outside.loading import quietly
from explorer.subjects.outside.model import OutsideModel
from tests.subjects.outside.families import WORDS, eager


def bloom() -> OutsideModel:
    """A decoder whose distances are penalised by ALiBi in its own code."""
    told: dict[str, Any] = {"attn_implementation": register()}
    config = hf.BloomConfig(
        vocab_size=WORDS,
        hidden_size=32,
        n_layer=2,
        n_head=4,
        bos_token_id=2,
        eos_token_id=3,
        **told,
    )
    torch.manual_seed(0)
    inner = hf.BloomForCausalLM(config).eval()
    shape = ModelConfig.model_validate({"architecture": "decoder-only"})
    model = OutsideModel(inner, shape).eval()
    with quietly():  # As a folder is opened: the library reports what is known already.
        assert not model.find_sites() and model.ask_for_weights()
    return model


def test_that_weights_are_those_that_the_family_tells() -> None:
    model = bloom()
    assert model.told
    ids = torch.randint(5, WORDS, (1, 8))
    with torch.no_grad(), recording(model.sites()) as recorded:
        logits = model(None, ids)
    expected, weights = eager(model.inner, model._inputs(None, ids))
    clear(model)
    assert set(recorded) == {Site(SiteKind.DECODER, 0), Site(SiteKind.DECODER, 1)}
    for site, table in recorded.items():
        torch.testing.assert_close(table, weights[site], atol=1e-5, rtol=0)
    torch.testing.assert_close(logits, expected, atol=1e-4, rtol=0)


def test_that_cached_steps_tell_theirs_too() -> None:
    model = bloom()
    ids = torch.randint(5, WORDS, (1, 6))
    with torch.no_grad():
        whole = model(None, ids)
        state = model.start_decoding(None, ids[:, :5])
        with recording(model.sites()) as recorded:
            logits = model.decode_step(ids[:, 5], state)
    clear(model)
    torch.testing.assert_close(logits, whole[:, -1], atol=1e-4, rtol=0)
    assert {table.shape for table in recorded.values()} == {(1, 4, 1, 6)}


def clear(model: OutsideModel) -> None:
    """The library leaves the hooks that it collects with."""
    for module in model.inner.modules():
        module._forward_hooks.clear()
