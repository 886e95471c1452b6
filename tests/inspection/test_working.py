"""Weights made from queries and keys against those that the model used."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from numpy.typing import NDArray

from explorer.inspection import tracing
from explorer.inspection.normalising import overview_of
from explorer.inspection.recording import recording
from explorer.inspection.working import heads_of, working
from explorer.messages.config import ModelConfig
from explorer.messages.heads import MadeWeights
from explorer.messages.results import SiteKind
from explorer.model.attention import MultiHeadAttention
from tests.any_config import model_configs
from tests.model.test_every_combination import SOURCE, WHOLE, random_model
from tests.subject import small_subject


@settings(max_examples=40, deadline=None)
@given(model_configs())
def test_that_heads_make_the_weights_that_the_model_used(config: ModelConfig) -> None:
    model = random_model(config).float()
    source = SOURCE[:1] if config.has_encoder else None
    with (
        torch.no_grad(), recording(model.sites()) as recorded, working(model.sites()) as seen,
    ):  # fmt: skip
        model.hidden(source, WHOLE[:1] if config.has_decoder else None)
    lengths = {SiteKind.ENCODER: SOURCE.shape[1], SiteKind.DECODER: WHOLE.shape[1]}
    for site, attention in model.sites():
        allowed: NDArray[np.bool_] | None = None
        if site.kind is not SiteKind.CROSS:
            causal = site.kind is SiteKind.DECODER
            table = model.allowed(lengths[site.kind], causal=causal)
            allowed = None if table is None else table.numpy()
        slopes_H = None if site.kind is SiteKind.CROSS else model.slopes_H
        heads = heads_of(attention, seen[site], allowed, slopes_H)
        made = np.stack([heads.block(head) for head in range(heads.shape[0])])
        np.testing.assert_allclose(made, recorded[site][0].numpy(), atol=2e-4)
        quickly = heads_of(attention, seen[site], allowed, slopes_H, recorded[site][0])
        normalisers = quickly.normaliser_HQ, heads.normaliser_HQ
        np.testing.assert_allclose(*normalisers, atol=2e-3, rtol=1e-4)
        part = heads.block(0, slice(1, 3), slice(2, 5))
        np.testing.assert_allclose(part, made[0, 1:3, 2:5], atol=1e-6)


def test_that_a_long_text_has_the_same_maps_made_a_head_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subject = small_subject()
    sentences = subject.source("3 1 4 1 5 9"), subject.target("9 5 1")
    whole = tracing.trace(subject, *sentences, "", "", own_target=False)
    monkeypatch.setattr(tracing, "DENSE", 10)
    made = tracing.trace(subject, *sentences, "", "", own_target=False)
    assert list(made.weights) == list(whole.weights)
    for site, weights in made.weights.items():
        assert isinstance(weights, MadeWeights)
        assert weights.shape == whole.weights[site].shape
        for head in range(weights.shape[0]):
            np.testing.assert_allclose(weights[head], whole.weights[site][head], atol=1e-5)


def test_that_the_length_moved_is_that_of_the_value_through_the_output_layer() -> None:
    subject = small_subject()
    attention = subject.model.decoder[0].get_submodule("cross_attention")
    assert isinstance(attention, MultiHeadAttention)
    out = attention.get_submodule("output").get_parameter("weight").detach().numpy()
    with torch.no_grad(), working(subject.model.sites()) as seen:
        subject.model.hidden(torch.tensor([[5, 6, 7, 3]]), torch.tensor([[2, 5]]))
    site = next(site for site, layer in subject.model.sites() if layer is attention)
    heads = heads_of(attention, seen[site], None, None)
    width = heads.value_HKD.shape[2]
    for head in range(heads.shape[0]):
        own = out[:, head * width : (head + 1) * width]
        moved = np.linalg.norm(heads.value_HKD[head] @ own.T, axis=1)
        np.testing.assert_allclose(heads.moved_HK[head], moved, rtol=1e-4)


def test_that_pooled_maps_hold_the_maximum_and_the_mean_of_each_stretch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subject = small_subject()
    found = tracing.trace(
        subject, subject.source("3 1 4 1 5 9"), subject.target("9 5"), "", "", own_target=False
    )
    monkeypatch.setattr("explorer.inspection.normalising.POOLED", 3)
    for heads in found.heads.values():
        pooled, (count, queries, keys) = overview_of(heads), heads.shape
        rows, columns = min(3, queries), min(3, keys)
        for head in range(count):
            whole = heads.block(head)
            for row in range(rows):
                for column in range(columns):
                    part = whole[
                        row * queries // rows : (row + 1) * queries // rows,
                        column * keys // columns : (column + 1) * keys // columns,
                    ]
                    maximum = pooled.maximum_HPP[head, row, column]
                    assert maximum == pytest.approx(part.max(), rel=1e-4)
                    assert pooled.mean_HPP[head, row, column] == pytest.approx(
                        part.mean(), rel=1e-4
                    )
