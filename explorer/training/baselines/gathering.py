"""From a run's data to what its baselines are made from, a little at a time."""

from collections.abc import Generator, Iterator, Sequence
from itertools import islice

import numpy as np

from explorer.data.coding import Coding
from explorer.data.coding import Row as Read
from explorer.data.task_data import TaskData
from explorer.data.vocabulary import END
from explorer.messages.config import RunConfig
from explorer.training.baselines.material import Examples, Material, Row
from explorer.training.evaluation import pairs_batch, text_batches

TOKENS = 1_000_000
"""Target tokens of the training data that are counted at most."""
EXAMPLES = 5_000
"""Examples of a generated task, of which there is no end, that are counted."""
SIGNALS = 1_000
"""Pictures or sounds that are looked at."""
SLICE = 50
"""Examples made between two pauses."""

Slices = Generator[None, None, Material]
_Rows = tuple[list[Row], list[Row]]


def gather(config: RunConfig, data: TaskData) -> Slices:
    """A bounded sample of the training data, and the tokens that the run's evaluation measures.

    Pauses (yields) after each slice; the generator's value is the material.
    """
    return _gather_text(config, data) if data.coding.form == "text" else _gather_pairs(config, data)


def _gather_text(config: RunConfig, data: TaskData) -> Slices:
    coding, pieces, size = data.coding, list[Row](), 0
    alone = config.model.architecture == "encoder-only"
    held_out: list[Row] = []
    for batch in text_batches(coding, data.validation_text, config.training.evaluate_examples):
        due = batch.expected_N.numpy()
        if alone:
            held_out.append(due)
        elif batch.target_BT is not None:
            read_BT = batch.target_BT.numpy()
            held_out += list(np.hstack([read_BT[:, :1], due.reshape(len(read_BT), -1)]))
        yield
    for _, piece in data.stream.examples():
        pieces.append(np.asarray(piece, np.int64))
        size += len(piece)
        if size >= TOKENS:
            break
        yield
    sample = f"{size:,} tokens of the training text"
    return Material(
        "text", len(coding.vocabularies.target), None, False, 0 if alone else 1, True, sample,
        _rows_of([], pieces), _rows_of([], held_out),
    )  # fmt: skip


def _gather_pairs(config: RunConfig, data: TaskData) -> Slices:
    coding, joint = data.coding, config.model.architecture != "encoder-only"
    held_out: _Rows = [], []
    for pair in data.validation[: config.training.evaluate_examples]:
        due = pairs_batch(coding, [pair]).expected_N.tolist()
        if joint and due[-1] == END:
            due.pop()
        elif joint:
            continue  # Cut short by the longest that the model reads.
        _add(held_out, coding, coding.read([pair.source])[0], due)
        yield
    train: _Rows = [], []
    yield from _gather_train(train, config, data)
    whole = not config.task.own
    sample = f"{len(train[1]):,} {'generated' if whole else 'training'} examples"
    return Material(
        coding.form, len(coding.vocabularies.target), END if joint else None, joint, 0,
        coding.vocabularies.shared and coding.signal is None, sample,
        _rows_of(*train), _rows_of(*held_out),
    )  # fmt: skip


def _gather_train(train: _Rows, config: RunConfig, data: TaskData) -> Iterator[None]:
    coding = data.coding
    most = SIGNALS if coding.signal else TOKENS if config.task.own else EXAMPLES
    left = TOKENS
    for number, (source, target) in enumerate(islice(data.stream.examples(), most), 1):
        _add(train, coding, source, target)
        left -= len(target)
        if left <= 0:
            return
        if number % SLICE == 0:
            yield


def _add(rows: _Rows, coding: Coding, source: Read, target: Sequence[int]) -> None:
    """Add an example; of a word in several pieces that has one label, the first stands for it."""
    read = np.asarray(source)
    pieces = read.ndim == 1 and coding.form == "aligned" and len(read) != len(target)
    if pieces:
        read = read[coding.vocabularies.source.word_starts(read.tolist())]
    rows[0].append(read)
    rows[1].append(np.asarray(target, np.int64))


def _rows_of(sources: Sequence[Row], targets: Sequence[Row]) -> Examples:
    return Examples(sources, targets)
