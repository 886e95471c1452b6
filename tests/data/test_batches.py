"""Pairs to batches, a function of the seed and the step alone."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from explorer.data.batches import CorpusStream, GeneratedStream, held_out
from explorer.data.coding import Batch, Coding, Vocabularies
from explorer.data.pairs import CorpusError
from explorer.data.prepare import prepare
from explorer.data.tasks import TASKS
from explorer.data.vocabulary import END, PAD, START, train_vocabulary
from explorer.messages.config import RunConfig, TaskConfig

TASK = TaskConfig(name="reverse", min_length=1, max_length=5, symbols=10)
VOCABULARY = train_vocabulary(TASKS["reverse"].words(TASK), "word", 100)


def coding(longest: int = 32) -> Coding:
    """Lists for an encoder–decoder that reads so many tokens."""
    config = RunConfig.model_validate({
        "task": TASK.model_dump(), "decoding": {"max_length": 2},
    })  # fmt: skip
    model = config.model.model_copy(update={"max_length": longest})
    config = config.model_copy(update={"model": model})
    return Coding(config, Vocabularies.one(VOCABULARY))


def generated(seed: int = 0) -> GeneratedStream:
    return GeneratedStream(TASKS["reverse"], coding(), 16, seed)


def sources(batch: Batch) -> Tensor:
    """What the encoder reads."""
    assert batch.source is not None
    return batch.source


def alike(one: Batch, other: Batch) -> bool:
    tensors = ("source", "target_BT", "places_N", "expected_N")
    return all(torch.equal(getattr(one, name), getattr(other, name)) for name in tensors)


def test_that_a_batch_reads_says_and_pads_as_it_should() -> None:
    batch = coding(10).batch([[5, 6, 7], [8]], [[7, 6], [8, 9, 4]])
    assert batch.source is not None and batch.target_BT is not None
    assert batch.source.tolist() == [[5, 6, 7, END], [8, END, PAD, PAD]]
    assert batch.target_BT.tolist() == [[START, 7, 6, PAD], [START, 8, 9, 4]]
    assert batch.places_N.tolist() == [0, 1, 2, 4, 5, 6, 7]
    assert batch.expected_N.tolist() == [7, 6, END, 8, 9, 4, END]
    assert batch.tokens == 13


ids = st.lists(st.integers(4, 30), max_size=12)


@given(rows=st.lists(st.tuples(ids, ids), min_size=1, max_size=6), longest=st.integers(2, 9))
def test_that_no_row_is_longer_than_the_model_reads(
    rows: list[tuple[list[int], list[int]]], longest: int
) -> None:
    batch = coding(longest).batch([s for s, _ in rows], [t for _, t in rows])
    assert batch.source is not None and batch.target_BT is not None
    assert batch.source.shape[1] <= longest and batch.target_BT.shape[1] <= longest
    assert batch.tokens == int((batch.source != PAD).sum() + (batch.target_BT != PAD).sum())
    assert len(batch.places_N) == len(batch.expected_N) == int((batch.target_BT != PAD).sum())
    assert int((batch.expected_N == END).sum()) == len(rows)


def test_that_the_same_seed_gives_the_same_batches_in_any_order() -> None:
    one, other = generated(), generated()
    first = [one.batch(step) for step in range(5)]
    backwards = [other.batch(step) for step in reversed(range(5))][::-1]
    assert all(alike(a, b) for a, b in zip(first, backwards, strict=True))
    assert not alike(first[0], first[1])
    assert not alike(first[0], generated(seed=1).batch(0))


def test_that_held_out_sources_are_never_trained_on() -> None:
    config = RunConfig.model_validate({"task": {**TASK.model_dump(), "test": 100}})
    data = prepare(config)
    kept = {p.source for p in (*data.validation, *data.test)}
    trained = {
        data.coding.vocabularies.target.text(row.tolist())
        for s in range(40)
        for row in sources(data.stream.batch(s))
    }
    assert len(kept) > 300 and len(trained) > 1000
    assert not kept & trained
    assert all(held_out(source) for source in kept)


def corpus_stream(count: int, batch_size: int, seed: int = 0) -> CorpusStream:
    """A corpus whose sources are single different tokens, from 10 up."""
    sources = [[10 + i] * (1 + i % 3) for i in range(count)]
    return CorpusStream(coding(), sources, [[5]] * count, batch_size, seed)


def epoch(stream: CorpusStream, number: int, batches: int) -> list[int]:
    """The first token of every source in an epoch, in the order of training."""
    steps = range(number * batches, (number + 1) * batches)
    return [int(row[0]) for step in steps for row in sources(stream.batch(step))]


def test_that_an_epoch_covers_every_pair_once_and_the_next_in_another_order() -> None:
    stream = corpus_stream(40, 8)
    first, second = epoch(stream, 0, 5), epoch(stream, 1, 5)
    assert sorted(first) == sorted(second) == list(range(10, 50))
    assert first != second


def test_that_a_corpus_smaller_than_a_batch_is_still_learned_from() -> None:
    assert sorted(epoch(corpus_stream(3, 8), 0, 1)) == [10, 11, 12]


def test_that_pairs_left_over_in_one_epoch_get_their_turn_in_others() -> None:
    stream = corpus_stream(11, 4)
    assert len(set(epoch(stream, 0, 2))) == 8
    assert {token for number in range(20) for token in epoch(stream, number, 2)} == set(
        range(10, 21)
    )


def test_that_a_corpus_batch_is_found_again_from_any_step() -> None:
    expected = corpus_stream(40, 8).batch(12)
    wandering = corpus_stream(40, 8)
    for step in (3, 17, 0):
        wandering.batch(step)
    assert alike(wandering.batch(12), expected)
    assert not alike(corpus_stream(40, 8, seed=1).batch(12), expected)


def test_that_a_prepared_corpus_never_trains_on_what_it_holds_out(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"w{i} x\tv{i}\nw{i} x\tu{i}\n" for i in range(30)))
    config = RunConfig.model_validate({
        "task": {"name": "pairs", "file": str(path), "validation": 5, "test": 5},
        "training": {"batch_size": 4},
    })  # fmt: skip
    data, told = prepare(config), []
    prepare(config, report=lambda doing, done, total: told.append((doing, done, total)))
    held = {p.source for p in (*data.validation, *data.test)}
    rows = [row for step in range(10) for row in sources(data.stream.batch(step)).tolist()]
    assert len(held) == 10
    assert not held & {data.coding.vocabularies.target.text(row) for row in rows}
    assert told[-1] == ("Cutting text into tokens", 40, 40)


def test_that_a_task_without_a_file_says_where_to_choose_one() -> None:
    with pytest.raises(CorpusError, match=r"task\.file: .*Open data"):
        prepare(RunConfig.model_validate({"task": {"name": "pairs"}}))
