"""What our Transformer promises beside agreeing with PyTorch's: taps, caches, ties, places."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.inspection.recording import Recorded, recording
from explorer.messages.config import ModelConfig
from explorer.messages.results import SiteKind
from explorer.model.patterns import causal_mask
from explorer.model.positions import sinusoidal_table
from explorer.model.taps import hooks_left, watching
from explorer.model.transformer import Transformer

SOURCE = torch.tensor([[4, 5, 6, 7, 3], [8, 9, 3, 0, 0], [10, 3, 0, 0, 0]])
TARGET = torch.tensor([[2, 5, 6, 7], [2, 9, 4, 0], [2, 10, 0, 0]])


def assert_near(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def small(**changes: object) -> Transformer:
    """A small model, ready to compute."""
    values = {
        "width": 16, "heads": 4, "encoder_layers": 2, "decoder_layers": 2, "feed_forward": 24,
        "dropout": 0.3, "max_length": 12,
    }  # fmt: skip
    torch.manual_seed(3)
    return Transformer(ModelConfig.model_validate({**values, **changes}), 11).eval()


def recorded(model: Transformer) -> Recorded:
    with recording(model.sites()) as weights, torch.no_grad():
        model(SOURCE, TARGET)
    return weights


def test_that_positions_are_those_of_the_paper() -> None:
    table = sinusoidal_table(40, 12).numpy()
    expected = np.empty((40, 12))
    for place in range(40):
        for pair in range(6):
            angle = place / 10000 ** (2 * pair / 12)
            expected[place, 2 * pair] = math.sin(angle)
            expected[place, 2 * pair + 1] = math.cos(angle)
    np.testing.assert_allclose(table, expected, atol=1e-6)


@pytest.mark.parametrize("norm", ["after", "before"])
def test_that_a_watched_model_says_the_same(norm: str) -> None:
    model = small(norm=norm)
    unseen = model(SOURCE, TARGET)
    with recording(model.sites()):
        seen = model(SOURCE, TARGET)
    kept = TARGET != 0
    assert_near(seen[kept], unseen[kept])


@pytest.mark.parametrize("norm", ["after", "before"])
def test_that_writing_step_by_step_gives_the_logits_of_the_whole(norm: str) -> None:
    model = small(norm=norm)
    target = torch.tensor([[2, 5, 6, 7], [2, 9, 4, 8], [2, 10, 4, 4]])
    whole = model(SOURCE, target)
    state = model.start_decoding(SOURCE)
    steps = torch.stack([model.decode_step(target[:, i], state) for i in range(4)], dim=1)
    assert_near(steps, whole)


def test_that_rows_dropped_while_writing_leave_the_others_as_they_were() -> None:
    model = small()
    target = torch.tensor([[2, 5, 6], [2, 9, 4], [2, 10, 4]])
    state = model.start_decoding(SOURCE)
    model.decode_step(target[:, 0], state)
    rows = torch.tensor([0, 2])
    state.keep(rows)
    logits = model.decode_step(target[rows, 1], state)
    assert_near(logits, model(SOURCE, target)[rows, 1])


def test_that_no_hook_stays_when_the_body_raises() -> None:
    model = small()
    with pytest.raises(KeyError), recording(model.sites()):
        assert hooks_left(model) == 6
        raise KeyError
    assert hooks_left(model) == 0


def test_that_no_hook_stays_when_a_probe_raises() -> None:
    model = small()
    tap = next(model.sites())[1].weights

    def refuse(tensor: Tensor) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), watching({tap: refuse}):
        model(SOURCE, TARGET)
    assert hooks_left(model) == 0


def test_that_what_a_probe_returns_takes_the_tensors_place() -> None:
    model = small(norm="before")
    tap = next(model.sites())[1].mixed
    before = model(SOURCE, TARGET)
    with watching({tap: lambda mixed: mixed.mul(3)}):
        changed = model(SOURCE, TARGET)
    assert not torch.allclose(before, changed, atol=1e-3)


def test_that_each_query_spends_its_whole_attention() -> None:
    for weights in recorded(small()).values():
        torch.testing.assert_close(weights.sum(-1), torch.ones_like(weights.sum(-1)))


def test_that_padding_is_never_looked_at() -> None:
    for site, weights in recorded(small()).items():
        ids = TARGET if site.kind is SiteKind.DECODER else SOURCE
        hidden = (ids == 0)[:, None, None, :].expand_as(weights)
        if site.kind is SiteKind.DECODER:  # Only padding itself may look at padding before it.
            hidden = hidden & (TARGET != 0)[:, None, :, None]
        assert weights[hidden].max() == 0
        assert weights[~hidden].max() > 0


def test_that_the_decoder_never_looks_ahead() -> None:
    weights = [w for site, w in recorded(small()).items() if site.kind is SiteKind.DECODER]
    assert len(weights) == 2
    for each in weights:
        assert each.triu(1).abs().max() == 0


def test_that_a_later_token_changes_no_earlier_logits() -> None:
    model = small()
    changed = TARGET.clone()
    changed[0, 3] = 9
    before, after = model(SOURCE, TARGET)[0], model(SOURCE, changed)[0]
    torch.testing.assert_close(before[:3], after[:3])
    assert not torch.allclose(before[3], after[3])


def test_that_fewer_queries_than_keys_are_the_last_ones() -> None:
    assert causal_mask(2, 4)[0, 0].tolist() == [[True, True, True, False], [True] * 4]
