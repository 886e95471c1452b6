"""Writing with a cache: the same numbers as without, whatever is kept, gone back to or reordered.

Models compute in float64, so that a difference of rounding cannot hide one of meaning.
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from explorer.inspection.recording import recording
from explorer.messages.config import ModelConfig
from explorer.messages.results import SiteKind
from explorer.model.cache import DecoderState, KeyValueCache
from explorer.model.looks import look_of
from explorer.model.patterns import PATTERNS
from explorer.model.transformer import Transformer
from tests.any_config import model_configs
from tests.model.test_every_combination import (
    SOURCE,
    assert_near,
    often,
    random_model,
)

LENGTH = 23
TEXT = torch.tensor([
    [2, *((3 * i + i * i // 5) % 7 + 4 for i in range(1, LENGTH))],
    [2, *((5 * i + i * i // 3) % 7 + 4 for i in range(1, LENGTH))],
    [2, *((2 * i + i * i // 2) % 7 + 4 for i in range(1, LENGTH))],
])  # fmt: skip
writers = st.one_of(
    model_configs(architecture="decoder-only"), model_configs(architecture="encoder-decoder")
)


def begun(model: Transformer, rows: int = 3, *, forget: bool = False) -> DecoderState:
    source = SOURCE[:rows] if model.config.has_encoder else None
    return model.start_decoding(source, forget=forget)


def whole(model: Transformer, text: Tensor = TEXT) -> Tensor:
    """Logits without any cache."""
    source = SOURCE[: len(text)] if model.config.has_encoder else None
    return model(source, text)


# Agreement


@given(config=writers, cuts=st.sets(st.integers(1, LENGTH - 1), max_size=6), forget=st.booleans())
@often
@torch.no_grad()
def test_that_reading_in_pieces_gives_the_logits_of_the_whole(
    config: ModelConfig, cuts: set[int], forget: bool
) -> None:
    model = random_model(config)
    expected, state = whole(model), begun(model, forget=forget)
    edges = [0, *sorted(cuts), LENGTH]
    for start, stop in pairwise(edges):
        assert_near(model.read_on(TEXT[:, start:stop], state), expected[:, stop - 1])


@given(config=writers, forget=st.booleans())
@often
@torch.no_grad()
def test_that_each_step_shows_the_attention_of_the_whole(config: ModelConfig, forget: bool) -> None:
    model = random_model(config)
    with recording(model.sites()) as expected:
        whole(model)
    state = begun(model, forget=forget)
    for place in range(LENGTH):
        with recording(model.sites()) as seen:
            model.decode_step(TEXT[:, place], state)
        for site, weights in seen.items():
            row = expected[site][:, :, place : place + 1]
            keys = place + 1 if site.kind is SiteKind.DECODER else row.shape[-1]
            assert_near(weights, row[..., :keys])


@given(config=writers, data=st.data())
@often
@torch.no_grad()
def test_that_branches_go_on_from_where_they_left_and_never_see_each_other(
    config: ModelConfig, data: st.DataObject
) -> None:
    """A tree of up to four branches, written on in any order."""
    model = random_model(config)
    branches = [(begun(model), TEXT[:, :0])]
    for _ in range(data.draw(st.integers(3, 12))):
        state, text = branches[data.draw(st.integers(0, len(branches) - 1))]
        if len(branches) < 4 and data.draw(st.booleans()):
            length = data.draw(st.integers(0, state.length))
            state, text = state.at(length), text[:, :length]
            branches.append((state, text))
        if state.length == LENGTH:
            continue
        token = torch.full((3,), data.draw(st.integers(4, 10)))
        logits, text = model.decode_step(token, state), torch.cat([text, token[:, None]], dim=1)
        branches[[s is state for s, _ in branches].index(True)] = (state, text)
        assert_near(logits, whole(model, text)[:, -1])


@given(config=writers, data=st.data(), forget=st.booleans())
@often
@torch.no_grad()
def test_that_reordered_rows_go_on_as_the_texts_that_they_are(
    config: ModelConfig, data: st.DataObject, forget: bool
) -> None:
    """As beams do: rows of one source are kept, dropped and named twice."""
    model = random_model(config)
    state, text = begun(model, 1, forget=forget), TEXT[:1, :0]
    for place in range(LENGTH // 2):
        chosen = st.lists(st.integers(0, len(text) - 1), min_size=1, max_size=4)
        rows = torch.tensor(data.draw(chosen))
        state.keep(rows)
        token = torch.arange(len(rows)) * 2 % 6 + 4 + place % 2
        text = torch.cat([text[rows], token[:, None]], dim=1)
        logits = model.decode_step(token, state)
        source = SOURCE[:1].expand(len(rows), -1) if config.has_encoder else None
        assert_near(logits, model(source, text)[:, -1])


@torch.no_grad()
def test_that_rows_of_one_source_share_its_keys() -> None:
    model = Transformer(small(), 11).eval()
    state = begun(model, 1)
    before = state.source[0].view()[0].data_ptr()
    for rows in ([0, 0, 0, 0], [3, 1, 1], [2, 0]):
        state.keep(torch.tensor(rows))
    keys = state.source[0].view()[0]
    assert len(keys) == 2 and keys.stride(0) == 0 and keys.data_ptr() == before


# What is kept


def small(**changes: object) -> ModelConfig:
    values = {
        "width": 16, "heads": 2, "encoder_layers": 1, "decoder_layers": 2, "feed_forward": 24,
        "dropout": 0.0, "max_length": 2048,
    }  # fmt: skip
    return ModelConfig.model_validate({**values, **changes})


WINDOWS = {
    "window": {"pattern": "window", "window": 12},
    "dilated": {"pattern": "dilated", "window": 6, "stride": 3},
    "global": {"pattern": "global", "window": 12, "global_tokens": 3},
    "block": {"pattern": "block", "window": 12},
}


def fixed(pattern: str) -> Transformer:
    """A decoder alone of a fixed window."""
    torch.manual_seed(2)
    config = small(architecture="decoder-only", positions="rotary", **WINDOWS[pattern])
    return Transformer(config, 11).eval()


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
@pytest.mark.parametrize("queries", [1, 2, 5])
def test_that_a_look_leaves_out_exactly_what_no_query_reaches(pattern: str, queries: int) -> None:
    config = small(**WINDOWS.get(pattern, {"pattern": pattern}))
    at = torch.arange(80)
    rule = (PATTERNS[config.pattern](at[:, None], at, config) & (at <= at[:, None])).numpy()
    for start in range(60):
        reached = np.flatnonzero(rule[start : start + queries].any(axis=0)).tolist()
        places = look_of(config, start, queries).places().tolist()
        assert places == sorted(places) and set(places) >= set(reached)
        if queries == 1:
            assert places == reached


@pytest.mark.parametrize("pattern", sorted(WINDOWS))
@torch.no_grad()
def test_that_memory_stays_as_it_is_when_told_to_forget(pattern: str) -> None:
    model = fixed(pattern)
    state = model.start_decoding(None, forget=True)
    for _ in range(300):
        model.decode_step(torch.tensor([5]), state)
    assert state.length == 300 and state.past[0].held < 90
    with pytest.raises(ValueError, match="cannot go back"):
        state.at(200)


def test_that_one_cannot_go_back_to_what_is_ahead() -> None:
    model = fixed("window")
    state = model.start_decoding(None, torch.tensor([[2, 5, 6]]))
    with pytest.raises(ValueError, match="0 to 3 tokens"):
        state.at(4)


# Work


@pytest.mark.parametrize("pattern", sorted(WINDOWS))
@torch.no_grad()
def test_that_a_step_computes_as_much_however_long_the_text_is(pattern: str) -> None:
    model = fixed(pattern)
    state = model.start_decoding(None)
    work: dict[int, int] = {}
    for place in range(1000):
        with FlopCounterMode(display=False) if place in (71, 119, 995) else nullcontext() as seen:
            model.decode_step(torch.tensor([5]), state)
        if seen is not None:
            work[place] = seen.get_total_flops()
    assert work[71] == work[119] == work[995] > 0


def test_that_room_is_taken_a_few_times_only() -> None:
    cache, places = KeyValueCache(), set[int]()
    for _ in range(1000):
        keys, _ = cache.extend(torch.ones(1, 2, 1, 4), torch.ones(1, 2, 1, 4))
        places.add(keys.untyped_storage().data_ptr())
    assert cache.length == 1000 and len(places) <= 8


def test_that_a_branch_copies_nothing_before_it_writes() -> None:
    model = fixed("window")
    with torch.no_grad():
        state = model.start_decoding(None, TEXT[:1])
    back = state.at(10)
    found, held = back.past[0].view()[0], state.past[0].view()[0]
    assert found.shape[2] == 10 and found.data_ptr() == held.data_ptr()


@pytest.mark.slow
@pytest.mark.parametrize("pattern", sorted(WINDOWS))
def test_that_a_thousand_steps_take_ten_times_a_hundred(pattern: str) -> None:
    """The best of several turns, so that a neighbour on the machine does not decide."""
    model = fixed(pattern)
    seconds(model, 100)
    hundred = best(lambda: seconds(model, 100), 12)
    thousand = best(lambda: seconds(model, 1000), 4)
    assert thousand <= 1.3 * 10 * hundred


def best(measure: Callable[[], float], turns: int) -> float:
    return min(measure() for _ in range(turns))


@torch.no_grad()
def seconds(model: Transformer, steps: int) -> float:
    """Of the processor, for so many steps with all attention watched."""
    token, state = torch.tensor([5]), model.start_decoding(None)
    started = time.process_time()
    for _ in range(steps):
        with recording(model.sites()):
            model.decode_step(token, state)
    return time.process_time() - started
