"""Attention in blocks against the whole table, and the patterns against their definitions."""

from functools import partial
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from explorer.messages.model_config import ModelConfig
from explorer.model.attention import attention_scores, attention_weights
from explorer.model.patterns import PATTERNS, pattern_mask
from explorer.model.positions import alibi_bias, alibi_slopes
from explorer.model.sparse import SPARSE, Blocks, cut_of, worthwhile
from explorer.model.taps import watching
from explorer.model.transformer import Transformer

patterns = st.sampled_from(sorted(PATTERNS))
sparse = st.sampled_from(SPARSE)
lengths, windows = st.integers(1, 150), st.integers(1, 40)
strides, firsts = st.integers(2, 5), st.integers(1, 6)


def config(pattern: str, window: int, stride: int = 2, first: int = 1) -> ModelConfig:
    """A small model with this pattern."""
    values = {"pattern": pattern, "window": window, "stride": stride, "global_tokens": first}
    return ModelConfig.model_validate({"width": 16, "heads": 4, **values})


def may_look(c: ModelConfig, query: int, key: int) -> bool:
    """The definitions once more, of single positions."""
    match c.pattern:
        case "window":
            return abs(query - key) <= c.window
        case "dilated":
            steps, rest = divmod(abs(query - key), c.stride)
            return rest == 0 and steps <= c.window
        case "global":
            near = abs(query - key) <= c.window
            return near or query < c.global_tokens or key < c.global_tokens
        case "block":
            return query // c.window == key // c.window
        case _:
            return True


@given(patterns, st.integers(1, 40), windows, strides, firsts)
def test_that_a_mask_is_its_definition(
    pattern: str, length: int, window: int, stride: int, first: int
) -> None:
    c = config(pattern, window, stride, first)
    mask = pattern_mask(c, length, length)
    for query in range(length):
        for key in range(length):
            seen = mask is None or bool(mask[0, 0, query, key])
            assert seen == may_look(c, query, key)


@given(patterns, st.integers(1, 40), windows, strides, firsts)
def test_that_every_query_sees_itself(
    pattern: str, length: int, window: int, stride: int, first: int
) -> None:
    mask = pattern_mask(config(pattern, window, stride, first), length, length)
    assert mask is None or bool(mask[0, 0].diagonal().all())


@given(patterns, st.integers(1, 40), st.integers(1, 40), windows, strides, firsts)
def test_that_the_last_queries_of_a_cache_have_the_last_rows(
    pattern: str, queries: int, past: int, window: int, stride: int, first: int
) -> None:
    c = config(pattern, window, stride, first)
    keys = queries + past
    whole, last = pattern_mask(c, keys, keys), pattern_mask(c, queries, keys)
    assert (whole is None) == (last is None)
    if whole is not None and last is not None:
        assert torch.equal(whole[:, :, past:], last)


def attend(
    query: Tensor, key: Tensor, value: Tensor, allowed: Tensor | None, bias: Tensor | None,
    cap: float = 0.0, sink: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """The formula itself."""
    scores = attention_scores(query, key, cap)
    return attention_weights(scores if bias is None else scores + bias, allowed, sink) @ value


@settings(deadline=None, max_examples=150)
@given(
    sparse, lengths, windows, strides, firsts, st.booleans(), st.booleans(), st.booleans(),
    st.sampled_from([0.0, 5.0]), st.booleans(), st.integers(0, 2**31),
)  # fmt: skip
def test_that_blocks_give_the_numbers_of_the_whole_table(
    pattern: str, length: int, window: int, stride: int, first: int, causal: bool, padded: bool,
    alibi: bool, cap: float, sinks: bool, seed: int,
) -> None:  # fmt: skip
    c = config(pattern, window, stride, first)
    make = torch.Generator().manual_seed(seed)
    query, key, value = (
        torch.randn(2, 4, length, 4, generator=make).requires_grad_() for _ in range(3)
    )
    toward = torch.randn(2, 4, length, 4, generator=make)
    real = torch.ones(2, length, dtype=torch.bool)
    if padded:
        real[1, (length + 1) // 2 :] = False
    sink = torch.randn(4, generator=make) if sinks else None
    slopes = alibi_slopes(4) if alibi else None
    mask = pattern_mask(c, length, length)
    table = real[:, None, None] if mask is None else mask & real[:, None, None]
    if causal:
        table = table & torch.ones(length, length, dtype=torch.bool).tril()
    bias = None if slopes is None else alibi_bias(slopes, length, length)
    whole = attend(query, key, value, table, bias, cap, sink)
    blocks = Blocks(
        c, length, causal=causal, device=torch.device("cpu"),
        padding_BL=real if padded else None, slopes_H=slopes,
    )  # fmt: skip
    kept = real[:, None, :, None]
    cut = blocks.attend(query, key, value, partial(attend, cap=cap, sink=sink))
    torch.testing.assert_close(cut * kept, whole * kept, rtol=1e-5, atol=1e-5)
    tensors = (query, key, value)
    wanted = torch.autograd.grad((whole * kept * toward).sum(), tensors)
    found = torch.autograd.grad((cut * kept * toward).sum(), tensors)
    for mine, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-5)


@given(sparse, lengths, windows, strides, firsts, st.booleans())
def test_that_folding_comes_back(
    pattern: str, length: int, window: int, stride: int, first: int, causal: bool
) -> None:
    cut = cut_of(config(pattern, window, stride, first), length, causal=causal)
    there = torch.arange(2 * length).view(2, length)
    folded = cut.fold(there)
    assert folded.shape[2] == cut.size and torch.equal(cut.unfold(folded), there)
    assert cut.reach(there).shape == (*folded.shape[:2], cut.keys)


@pytest.mark.parametrize("pattern", SPARSE)
def test_that_blocks_are_for_long_texts(pattern: str) -> None:
    c = config(pattern, 16)
    assert worthwhile(c, 2048, causal=False) and not worthwhile(c, 40, causal=False)
    assert not worthwhile(config("full", 16), 2048, causal=False)


def same_model(pattern: str, values: dict[str, object]) -> Transformer:
    """A small model in which blocks are worth their while at 150 tokens."""
    shape = {
        "width": 16, "heads": 4, "key_value_heads": 2, "feed_forward": 16, "window": 3,
        "max_length": 256, "dropout": 0.0, "global_tokens": 2,
    }  # fmt: skip
    torch.manual_seed(1)
    return Transformer(
        ModelConfig.model_validate({**shape, "pattern": pattern, **values}), 11
    ).eval()


OPTIONS: tuple[dict[str, object], ...] = (
    {}, {"positions": "alibi"}, {"positions": "rotary", "sink": "learned"},
    {"score_cap": 2.0, "sink": "zero"},
)  # fmt: skip


@pytest.mark.parametrize("pattern", SPARSE)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_that_watching_changes_no_logits_of_any_architecture(
    pattern: str, options: dict[str, object]
) -> None:
    ids = torch.randint(1, 11, (2, 150))
    ids[1, 130:] = 0
    sides = {
        "encoder-decoder": (ids, ids), "decoder-only": (None, ids), "encoder-only": (ids, None),
    }  # fmt: skip
    for architecture, (source, target) in sides.items():
        model = same_model(pattern, {**options, "architecture": architecture})
        found = model(source, target)
        seen: list[Tensor] = []
        with watching({a.weights: seen.append for _, a in model.sites()}):
            wanted = model(source, target)
        assert seen and all(w.shape[2:] == (150, 150) for w in seen)
        real = ids != 0
        torch.testing.assert_close(found[real], wanted[real], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only"])
@torch.no_grad()
def test_that_writing_step_by_step_gives_the_logits_of_the_whole(
    pattern: str, architecture: str
) -> None:
    model = same_model(pattern, {"architecture": architecture})
    target = torch.randint(1, 11, (2, 140))
    source = torch.randint(1, 11, (2, 130)) if architecture == "encoder-decoder" else None
    whole = model(source, target)
    state = model.start_decoding(source, target[:, :125])
    for place in range(125, 140):
        logits = model.decode_step(target[:, place], state)
        torch.testing.assert_close(logits, whole[:, place], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("pattern", SPARSE)
def test_that_a_model_takes_blocks_only_unwatched_and_where_they_pay(
    pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    attend_in_blocks = Blocks.attend

    def noted(self: Blocks, *given: Any) -> Tensor:
        lengths.append(self.cut.length)
        return attend_in_blocks(self, *given)

    monkeypatch.setattr(Blocks, "attend", noted)
    model = same_model(pattern, {"architecture": "encoder-only", "encoder_layers": 1})
    model(torch.ones(1, 200, dtype=torch.long), None)
    model(torch.ones(1, 20, dtype=torch.long), None)
    with watching({a.scores: lambda tensor: None for _, a in model.sites()}):
        model(torch.ones(1, 200, dtype=torch.long), None)
    assert lengths == [200]
