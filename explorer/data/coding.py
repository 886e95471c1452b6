"""How a task's texts become what a model of one architecture reads and should say.

Axes: B batch, S source position, T target position, N positions that something is expected at,
F features of a frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.data.tasks import TASKS
from explorer.data.tasks.task import SignalTask
from explorer.data.vocabulary import END, MASK, PAD, SPECIAL, START, Vocabulary
from explorer.messages.config import RunConfig
from explorer.messages.results import Floats
from explorer.messages.tasks import TASK_INFO, Form

Ids = Sequence[int]
Row = Ids | Floats
"""A source: token ids, or the frames (S×F) of a picture or a sound."""
FLAGS = 2
"""Features that a frame gets in front: it is a frame, it is the start. Padding has neither."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a model reads, padded, and what it should say where.

    `source` is B×S ids or B×S×F frames, None for a decoder alone; `target_BT` is what the decoder
    reads, None for an encoder alone. `places_N` are flat indices into the positions of the last
    stack (B·T, or B·S of an encoder alone) at which the tokens `expected_N` are due, so that
    nothing is computed elsewhere and a GPU need not be asked where they are. `tokens` counts all
    that is read and said, without padding.
    """

    source: Tensor | None
    target_BT: Tensor | None
    places_N: Tensor
    expected_N: Tensor
    tokens: int

    def to(self, device: torch.device) -> "Batch":
        """The batch on a device."""
        if device.type == "cpu":
            return self
        return Batch(
            _moved(self.source, device), _moved(self.target_BT, device),
            self.places_N.to(device, non_blocking=True),
            self.expected_N.to(device, non_blocking=True), self.tokens,
        )  # fmt: skip


def _moved(tensor: Tensor | None, device: torch.device) -> Tensor | None:
    return None if tensor is None else tensor.to(device, non_blocking=True)


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """The words of the source and of the target; often one and the same."""

    source: Vocabulary
    target: Vocabulary

    @property
    def shared(self) -> bool:
        """Whether one vocabulary serves both."""
        return self.source is self.target

    @classmethod
    def one(cls, vocabulary: Vocabulary) -> "Vocabularies":
        """One vocabulary for source and target."""
        return cls(vocabulary, vocabulary)


@dataclass(frozen=True, slots=True)
class Coding:
    """Cuts texts and lays them out as the architecture and the form of the task ask for."""

    config: RunConfig
    vocabularies: Vocabularies
    form: Form = field(init=False)
    signal: SignalTask | None = field(init=False)

    def __post_init__(self) -> None:
        name = self.config.task.name
        task = TASKS.get(name)
        object.__setattr__(self, "form", TASK_INFO[name].form)
        signal = task if TASK_INFO[name].signal else None
        object.__setattr__(self, "signal", signal)

    @property
    def longest(self) -> int:
        """Tokens that the model reads at most."""
        return self.config.model.max_length

    @property
    def features(self) -> int:
        """Features of a frame as the model reads it; 0 where the source is text."""
        return self.signal.features + FLAGS if self.signal else 0

    # Texts to rows

    def read(self, sources: Sequence[str]) -> list[Row]:
        """Each source as ids without special tokens, or as frames.

        Raises `ValueError` in words for a description that stands for no picture or sound.
        """
        if self.signal:
            return [flagged(self.signal.frames(text)) for text in sources]
        return list(self.vocabularies.source.ids(sources))

    def say(self, targets: Sequence[str]) -> list[list[int]]:
        """Each target as ids without special tokens."""
        return self.vocabularies.target.ids(targets)

    # Rows to batches

    def batch(self, sources: Sequence[Row], targets: Sequence[Ids]) -> Batch:
        """A batch of pairs, each row cut to the longest that the model reads."""
        match self.config.model.architecture:
            case "encoder-decoder":
                return self._encoder_decoder(sources, targets)
            case "decoder-only":
                return self._decoder_only(sources, targets)
            case "encoder-only":
                return self._encoder_only(sources, targets)

    def source_of(self, row: Row) -> Row:
        """A source as the encoder reads it, special tokens and all."""
        if isinstance(row, np.ndarray):
            start = np.zeros((1, row.shape[1]), np.float32)
            start[0, 1] = 1
            alone = self.config.model.architecture == "encoder-only"
            return np.concatenate([start, row])[: self.longest] if alone else row[: self.longest]
        if self.config.model.architecture == "encoder-only":
            return [START, *row[: self.longest - 2], END]
        return [*row[: self.longest - 1], END]

    def prompt_of(self, row: Row) -> list[int]:
        """What a decoder alone reads before it writes the target of a source."""
        if self.form == "text":
            return [int(i) for i in row[: self.longest]]
        return [START, *(int(i) for i in row[: self.longest - 2]), END]

    def places_of(self, row: Row) -> list[int]:
        """Where an encoder alone, reading `source_of(row)`, should say something."""
        if self.form == "class":
            return [0]
        if isinstance(row, np.ndarray):
            return list(range(1, min(len(row) + 1, self.longest)))
        starts = self.vocabularies.source.word_starts(row[: self.longest - 2])
        return [place + 1 for place in starts]

    def _encoder_decoder(self, sources: Sequence[Row], targets: Sequence[Ids]) -> Batch:
        read_in = [self.source_of(row) for row in sources]
        expected = [[*ids[: self.longest - 1], END] for ids in targets]
        read = [[START, *ids[:-1]] for ids in expected]
        tokens = sum(map(len, read_in)) + sum(map(len, expected))
        flat = padded(expected).flatten()
        places_N = flat.nonzero().flatten()
        return Batch(padded(read_in), padded(read), places_N, flat[places_N], tokens)

    def _decoder_only(self, sources: Sequence[Row], targets: Sequence[Ids]) -> Batch:
        read: list[list[int]] = []
        due: list[list[int]] = []
        for row, target in zip(sources, targets, strict=True):
            prompt = self.prompt_of(row)
            whole = [*prompt, *target, END][: self.longest + 1]
            read.append(whole[:-1])
            due.append([PAD] * (len(prompt) - 1) + whole[len(prompt) :])
        flat = padded(due).flatten()
        places_N = flat.nonzero().flatten()
        return Batch(None, padded(read), places_N, flat[places_N], sum(map(len, read)))

    def _encoder_only(self, sources: Sequence[Row], targets: Sequence[Ids]) -> Batch:
        read = [self.source_of(row) for row in sources]
        width = max(map(len, read))
        places: list[int] = []
        expected: list[int] = []
        for number, (row, target) in enumerate(zip(sources, targets, strict=True)):
            due = list(zip(self.places_of(row), target, strict=False))
            places += [number * width + place for place, _ in due]
            expected += [token for _, token in due]
        tokens = sum(map(len, read)) + len(expected)
        return Batch(padded(read), None, torch.tensor(places), torch.tensor(expected), tokens)

    # Running text

    def text_batch(self, windows_BL: NDArray[np.integer], chance: np.random.Generator) -> Batch:
        """Windows of running text, one token longer than a decoder reads at once.

        A decoder alone learns every next token. An encoder alone learns the tokens that are hidden
        from it: of the chosen ones 80 % are masked, 10 % replaced, 10 % left (Devlin et al., 2019).
        """
        ids_BL = torch.from_numpy(windows_BL.astype(np.int64))
        if self.config.model.architecture == "decoder-only":
            read, expected = ids_BL[:, :-1].contiguous(), ids_BL[:, 1:].flatten()
            return Batch(None, read, torch.arange(len(expected)), expected, read.numel())
        read = ids_BL[:, :-1].contiguous().flatten()
        chosen = chance.random(len(read)) < self.config.task.mask_share
        chosen[int(chance.integers(len(read)))] = True  # A batch without any would teach nothing.
        places_N = torch.from_numpy(chosen.nonzero()[0])
        expected = read[places_N]
        fate = torch.from_numpy(chance.random(len(places_N)))
        other = torch.from_numpy(
            chance.integers(len(SPECIAL), len(self.vocabularies.source), len(places_N))
        )
        read = read.clone()
        masked = torch.full_like(other, MASK)
        read[places_N] = torch.where(fate < 0.8, masked, torch.where(fate < 0.9, other, expected))
        source = read.view(len(ids_BL), -1)
        return Batch(source, None, places_N, expected, source.numel())


def flagged(frames_SF: Floats) -> Floats:
    """Frames with their flags in front."""
    flags = np.zeros((len(frames_SF), FLAGS), np.float32)
    flags[:, 0] = 1
    return np.concatenate([flags, frames_SF.astype(np.float32)], axis=1)


def padded(rows: Sequence[Row]) -> Tensor:
    """Rows of ids as B×L, of frames as B×L×F, filled up at the end."""
    first, longest = rows[0], max(map(len, rows))
    if isinstance(first, np.ndarray) and first.ndim == 2:
        frames = np.zeros((len(rows), longest, first.shape[1]), np.float32)
        for table, row in zip(frames, rows, strict=True):
            table[: len(row)] = row
        return torch.from_numpy(frames)
    table = np.full((len(rows), longest), PAD, dtype=np.int64)
    for line, ids in zip(table, rows, strict=True):
        line[: len(ids)] = ids
    return torch.from_numpy(table)
