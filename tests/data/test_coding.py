"""How texts, pictures and running text are laid out for each architecture."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.data.coding import FLAGS, Coding, Vocabularies, flagged
from explorer.data.vocabulary import END, MASK, PAD, START, train_vocabulary
from explorer.messages.config import RunConfig
from explorer.messages.settings import with_values

WORDS = train_vocabulary(["0 1 2 3 4 5 6 7 8 9 a b c d e f"], "word", 100)
IDS = st.lists(st.integers(5, 15), min_size=1, max_size=9)
ROWS = st.lists(st.tuples(IDS, IDS), min_size=1, max_size=5)


def coding(architecture: str, task: str = "reverse", **values: Any) -> Coding:
    config = with_values(RunConfig(), {
        "model.architecture": architecture, "task.name": task, "model.max_length": 64,
        "decoding.max_length": 64, "task.max_length": 5, **values,
    })  # fmt: skip
    return Coding(config, Vocabularies.one(WORDS))


def test_that_a_decoder_alone_reads_the_source_and_says_only_the_target() -> None:
    batch = coding("decoder-only").batch([[5, 6, 7], [8]], [[7, 6], [9]])
    assert batch.source is None and batch.target_BT is not None
    assert batch.target_BT.tolist() == [[START, 5, 6, 7, END, 7, 6], [START, 8, END, 9] + [PAD] * 3]
    assert batch.places_N.tolist() == [4, 5, 6, 9, 10]
    assert batch.expected_N.tolist() == [7, 6, END, 9, END]


def test_that_an_encoder_alone_says_a_label_at_each_word() -> None:
    batch = coding("encoder-only").batch([[5, 6, 7], [8]], [[7, 6, 5], [9]])
    assert batch.target_BT is None and batch.source is not None
    assert batch.source.tolist() == [[START, 5, 6, 7, END], [START, 8, END, PAD, PAD]]
    assert batch.places_N.tolist() == [1, 2, 3, 6]
    assert batch.expected_N.tolist() == [7, 6, 5, 9]


def test_that_an_encoder_alone_says_a_class_at_the_start() -> None:
    batch = coding("encoder-only", "majority").batch([[5, 6, 7], [8]], [[7], [9]])
    assert batch.places_N.tolist() == [0, 5]
    assert batch.expected_N.tolist() == [7, 9]


@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
@given(rows=ROWS, longest=st.integers(4, 9))
def test_that_nothing_is_longer_than_the_model_reads(
    architecture: str, rows: list[tuple[list[int], list[int]]], longest: int
) -> None:
    short: dict[str, Any] = {
        "model.max_length": longest, "decoding.max_length": longest,
        "task.max_length": 1, "task.min_length": 1,
    }  # fmt: skip
    cut = coding(architecture, "reverse", **(short if longest > 4 else {}))
    batch = cut.batch([s for s, _ in rows], [t for _, t in rows])
    for read in (batch.source, batch.target_BT):
        assert read is None or read.shape[1] <= cut.longest
    assert len(batch.places_N) == len(batch.expected_N)
    last = batch.source if batch.target_BT is None else batch.target_BT
    assert last is not None
    assert all(last.flatten()[batch.places_N] != PAD)


def test_that_frames_are_told_from_padding_and_from_the_start() -> None:
    code = coding("encoder-only", "majority")
    silent, loud = (flagged(np.full((n, 3), v, np.float32)) for n, v in ((2, 0.0), (4, 1.0)))
    batch = code.batch([silent, loud], [[7], [8]])
    assert batch.source is not None and batch.source.shape == (2, 5, 3 + FLAGS)
    assert batch.source[0, :, :FLAGS].tolist() == [[0, 1], [1, 0], [1, 0], [0, 0], [0, 0]]
    assert batch.source[1, 0].tolist() == [0, 1, 0, 0, 0]


def test_that_running_text_is_learned_token_after_token() -> None:
    windows = np.arange(5, 15).reshape(2, 5)
    batch = coding("decoder-only").text_batch(windows, np.random.default_rng(0))
    assert batch.target_BT is not None
    assert batch.target_BT.tolist() == windows[:, :-1].tolist()
    assert batch.expected_N.view(2, 4).tolist() == windows[:, 1:].tolist()


def test_that_an_encoder_guesses_what_is_hidden_and_only_that() -> None:
    windows = np.random.default_rng(1).integers(5, 15, (40, 65))
    batch = coding("encoder-only").text_batch(windows, np.random.default_rng(0))
    assert batch.source is not None
    true = torch.from_numpy(windows[:, :-1].copy()).flatten()
    read = batch.source.flatten()
    assert torch.equal(batch.expected_N, true[batch.places_N])
    assert len(batch.places_N) == pytest.approx(0.15 * len(true), rel=0.15)
    kept = torch.ones(len(true), dtype=torch.bool)
    kept[batch.places_N] = False
    assert torch.equal(read[kept], true[kept])
    hidden = read[batch.places_N]
    assert (hidden == MASK).float().mean() == pytest.approx(0.8, abs=0.07)
    assert (hidden == batch.expected_N).float().mean() == pytest.approx(0.11, abs=0.05)
